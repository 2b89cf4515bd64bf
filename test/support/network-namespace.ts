/** A network of its own, in which port 123 is free. */
import { randomUUID } from 'node:crypto';
import { hasCommand, IS_ROOT, run } from './program.ts';

export class NetworkNamespace {
  /** What comes before a command to run it inside. */
  readonly prefix: readonly string[];
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
    this.prefix = ['ip', 'netns', 'exec', name];
  }

  /** Makes one with its loopback up, or says in one line why there can't be one here. */
  static async create(): Promise<NetworkNamespace | string> {
    if (!IS_ROOT) return 'a network namespace (for port 123) needs root: run the tests as root';
    if (!hasCommand('ip')) return 'ip is missing: apt-get install iproute2';
    const name = `timeball-${randomUUID().slice(0, 8)}`;
    const added = await run(['ip', 'netns', 'add', name]);
    if (added.code !== 0) return `no network namespace can be made here: ${added.err.trim()}`;
    const made = new NetworkNamespace(name);
    const up = await run([...made.prefix, 'ip', 'link', 'set', 'lo', 'up']);
    if (up.code === 0) return made;
    await made.remove();
    return `a network namespace has no loopback here: ${up.err.trim()}`;
  }

  /** GETs JSON from a server inside. */
  async get(url: string): Promise<unknown> {
    const script = 'fetch(process.argv[1]).then(async (r) => console.log(await r.text()))';
    const { code, out, err } = await run([...this.prefix, process.execPath, '-e', script, url]);
    if (code !== 0) throw new Error(`${url} can't be read: ${err}`);
    return JSON.parse(out);
  }

  async remove(): Promise<void> {
    await run(['ip', 'netns', 'delete', this.name]);
  }
}
