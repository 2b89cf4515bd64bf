/** The page and the API on an interface by name that comes late; the local socket is there all the while. */
import { expect, onTestFinished, test } from 'vitest';
import type { Status } from '../../src/status/status.ts';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { NetworkNamespace } from '../support/network-namespace.ts';
import { type Result, run } from '../support/program.ts';
import { Scratch } from '../support/scratch.ts';

const network = await NetworkNamespace.create();
const SERVED_NOW = 'the page and the API are served there now';

test.skipIf(typeof network === 'string')(
  `an interface that comes late (${typeof network === 'string' ? network : 'in a network of its own'})`,
  async () => {
    const { prefix, get, remove } = bound(network as NetworkNamespace);
    const scratch = new Scratch();
    const socket = `${scratch.path}/control.sock`;
    const file = scratch.write(
      'config.yaml',
      `receiver: {device: /dev/timeball-none}
pps: {device: /dev/pps9999}
http: {listen: ['eth9:8080'], tls: false, allow: [any], confirmSeconds: 600}
state: {directory: ${scratch.path}/state}
`,
    );
    const command = [...prefix, ...timeball('run', '--config', file, '--socket', socket)];
    const appliance = await ApplianceProcess.start(command);
    onTestFinished(async () => {
      await appliance.dispose();
      await remove();
      scratch.dispose();
    });
    const ask = (...words: string[]): Promise<Result> => run(timeball(...words, '--socket', socket));
    const management = async () =>
      (JSON.parse((await ask('status', '--json')).out) as Status).management as Status['management'];

    const absent =
      'HTTP eth9:8080: no such interface on this machine now: it is served as soon as it is there';
    expect(await management()).toEqual({ listening: [], secure: false, notServed: [absent] });
    expect((await ask('status')).out).toContain(`page and API       nowhere; ${absent}\n`);

    for (const words of [
      'link add eth9 type veth peer name other',
      'addr add 192.0.2.1/24 dev eth9',
      'link set other up',
      'link set eth9 up',
    ])
      expect(await run([...prefix, 'ip', ...words.split(' ')])).toMatchObject({ code: 0, err: '' });
    await appliance.logged(SERVED_NOW);
    expect(appliance.program.err.text.split(absent)).toHaveLength(2);
    expect(await management()).toEqual({ listening: ['eth9:8080'], secure: false, notServed: [] });
    expect(await get('http://192.0.2.1:8080/api/v1/status')).toMatchObject({ mode: 'hardware' });
    await expect(get('http://127.0.0.1:8080/api/v1/status')).rejects.toThrow('ECONNREFUSED');

    const clash = await ask('config', 'set', 'http.listen', "['127.0.0.1:8080', 'eth9:8080']");
    expect(clash.code).not.toBe(0);
    expect(clash.err).toContain("eth9:8080 can't be bound beside 127.0.0.1:8080 (http.listen[0])");
    const moved = await ask('config', 'set', 'http.listen', "['lo:8081']");
    expect(moved).toMatchObject({ code: 0 });
    expect(await get('http://127.0.0.1:8081/api/v1/status')).toMatchObject({ mode: 'hardware' });
    await ask('config', 'undo');
    expect(await get('http://192.0.2.1:8080/api/v1/status')).toMatchObject({ mode: 'hardware' });
  },
  60_000,
);

function bound(made: NetworkNamespace) {
  return { prefix: made.prefix, get: made.get.bind(made), remove: made.remove.bind(made) };
}
