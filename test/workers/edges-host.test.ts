/** Real worker threads: the compiled edge thread on a sysfs of files, and small scripts that misbehave. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { realTimers } from '../../hw/linux/real-timers.ts';
import { systemClock } from '../../hw/linux/system-clock.ts';
import type { PpsDevice } from '../../hw/ports.ts';
import { EdgesHost } from '../../src/workers/edges-host.ts';
import { linuxPps } from '../../src/workers/pps-device.ts';
import { Recorder } from '../hw/linux/recorder.ts';
import { VirtualTimers } from '../hw/linux/virtual-timers.ts';

/** Threads run compiled code; `npm test` compiles before it tests. */
const ENTRY = new URL('../../dist/src/workers/edges.js', import.meta.url);
if (!existsSync(ENTRY)) throw new Error('dist/src/workers/edges.js is missing: run npx tsc -p tsconfig.json');

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function listen(device: PpsDevice): Recorder {
  const heard = new Recorder();
  cleanUps.push(() => device.close());
  device.open(heard);
  return heard;
}

/** A sysfs with kernel PPS device 7, which has no node in /dev. */
function sysfs() {
  const root = mkdtempSync(join(tmpdir(), 'timeball-edges-'));
  cleanUps.push(() => rmSync(root, { recursive: true }));
  const folder = join(root, 'class/pps/pps7');
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => {
    // Renamed into place: sysfs never shows half a stamp either.
    writeFileSync(join(folder, 'new'), `${text}\n`);
    renameSync(join(folder, 'new'), join(folder, name));
  };
  write('assert', '1800000000.000000001#1');
  write('clear', '1800000000.100000001#1');
  return { root, folder, write };
}

const settings = { device: '/dev/pps7', line: 18, edge: 'rising' } as const;

/** A thread that runs `code`, with `port` to its host. */
function script(code: string): URL {
  const header = "import { parentPort as port, workerData } from 'node:worker_threads';\n";
  return new URL(`data:text/javascript,${encodeURIComponent(header + code)}`);
}

describe('the edge thread', () => {
  it('forwards edges, reports the device going, and finds it again', async () => {
    const { root, folder, write } = sysfs();
    const heard = listen(
      new EdgesHost({ settings: { ...settings, sysfs: root }, timers: realTimers(), entry: ENTRY }),
    );
    await heard.untilState('open');
    expect(heard.lastState?.device).toMatch(/pps7 \(by polling.*as \/dev\/pps7 does not exist/);
    write('assert', '1800000001.000000123#2');
    await heard.until(() => heard.edges.length === 1);
    expect(heard.edges[0]).toEqual({
      at: { seconds: 1_800_000_001, nanos: 123 },
      sequence: 3,
      polarity: 'assert',
      stampedBy: 'kernel',
      timescale: 'realtime',
    });
    rmSync(join(folder, 'assert'));
    await heard.untilState('failed');
    expect(heard.lastState?.reason).toContain('cannot read');
    write('assert', '1800000005.000000000#6');
    await heard.untilState('open');
  });

  it('names what is missing, and ends when asked to', async () => {
    const host = new EdgesHost({
      settings: { ...settings, sysfs: '/nowhere' },
      timers: realTimers(),
      entry: ENTRY,
    });
    const heard = listen(host);
    await heard.untilState('failed');
    expect(heard.lastState?.reason).toMatch(/\/dev\/pps7 does not exist/);
    await Promise.all([host.close(), host.close()]);
    expect(heard.lastState?.state).toBe('closed');
  });
});

describe('the host', () => {
  it('starts another thread when one dies, later and later, and says why', async () => {
    const timers = new VirtualTimers();
    const entry = script(
      "port.postMessage({ edge: { sequence: 1 } }); throw new Error('out of luck\\nstack');",
    );
    const heard = listen(new EdgesHost({ settings, timers, entry }));
    await heard.untilState('failed');
    expect(heard.lastState?.reason).toBe(
      'the thread that waits for edges died (out of luck): it is restarted',
    );
    expect(heard.edges).toHaveLength(1);
    await timers.advance(249);
    expect(heard.edges).toHaveLength(1);
    await timers.advance(1);
    await heard.until(() => heard.edges.length === 2);
  });

  it('reports a thread that can’t be loaded', async () => {
    const entry = new URL('file:///nowhere/edges.js');
    const heard = listen(new EdgesHost({ settings, timers: new VirtualTimers(), entry }));
    await heard.untilState('failed');
    expect(heard.lastState?.reason).toContain('/nowhere/edges.js');
  });

  it('ends a thread that does not listen', async () => {
    const entry = script(
      "port.postMessage({ state: { state: 'open', device: 'x', reason: '' } }); for (;;);",
    );
    const host = new EdgesHost({ settings, timers: realTimers(), entry });
    const heard = listen(host);
    await heard.untilState('open');
    await host.close();
    expect(heard.lastState?.state).toBe('closed');
  });
});

describe('the PPS device of the settings', () => {
  const clock = systemClock({ steer: false });

  it('uses the thread for kernel PPS', async (context) => {
    const { root, write } = sysfs();
    const wanted = { ...settings, device: 'auto', sysfs: root };
    const heard = listen(linuxPps({ settings: wanted, timers: realTimers(), clock, entry: ENTRY }));
    await heard.until(() => heard.states.some(({ state }) => state === 'open' || state === 'failed'));
    const found = heard.lastState?.device ?? '';
    // On a board with real devices, `auto` rightly finds those instead.
    if (!/pps7/.test(found)) context.skip(`this machine has ${found}`);
    write('assert', '1800000001.000000123#2');
    await heard.until(() => heard.edges.length === 1);
  });

  it('answers with a reason where onoff has no line', async () => {
    const wanted = { ...settings, device: 'onoff', line: 1023, sysfs: '/nowhere' };
    const heard = listen(linuxPps({ settings: wanted, timers: realTimers(), clock, entry: ENTRY }));
    await heard.untilState('failed');
    expect(heard.lastState?.reason).toMatch(
      /onoff is not usable|no GPIO in sysfs|does not exist|no permission/,
    );
  });
});
