/** The servers that are measured, each a process of its own on the same core. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiled } from '../workers/serving.ts';
import { ACCESS_PREFIXES } from './access-prefixes.ts';
import { NODE_FLAGS } from './node-flags.ts';
import { pinned } from './pinned.ts';
import { projectRoot } from './project-root.ts';
import type { ServeOptions } from './serve-answers.ts';

const CORE = 0;
const START_WITHIN_MS = 20_000;
const ASK_AGAIN_MS = 100;

export class BenchServer {
  readonly name: string;
  port = 0;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  #text = '';
  #wanted: ((line: string) => void)[] = [];
  #complaint = '';

  private constructor(name: string, command: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.name = name;
    const [program, ...args] = command as [string, ...string[]];
    this.#child = spawn(program, args, { env: { ...process.env, ...env } });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint ||= text.trim().split('\n', 1)[0] ?? '';
    });
    this.#child.stdin.on('error', () => {}); // it ended: `stop` and `line` tell
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', () => resolve());
      this.#child.on('close', () => resolve());
    });
  }

  /** Our responder. `prefix` comes before the command: all of it must become the server, as `ip netns exec` does. */
  static async ours(
    name: string,
    options: ServeOptions = {},
    prefix: readonly string[] = [],
  ): Promise<BenchServer> {
    const script = compiled('test/bench/serve-answers.js').pathname;
    return BenchServer.#onItsPort(name, [
      ...prefix,
      ...pinned(CORE),
      process.execPath,
      ...NODE_FLAGS,
      script,
      JSON.stringify(options),
    ]);
  }

  static async floor(name: string, program: string, variant: 'plain' | 'stamped'): Promise<BenchServer> {
    return BenchServer.#onItsPort(name, [...pinned(CORE), program, variant]);
  }

  /** chronyd with the same rules and limits as ours; undefined where it is not unpacked. Never sets the clock (-x). */
  static async chronyd(keyFile?: string): Promise<BenchServer | undefined> {
    const cache = join(projectRoot(), '.cache/clients');
    const program = join(cache, 'usr/sbin/chronyd');
    if (!existsSync(program)) return undefined;
    const folder = mkdtempSync(join(tmpdir(), 'timeball-bench-'));
    const port = await freePort();
    const file = join(folder, 'chrony.conf');
    writeFileSync(file, chronyConfig(folder, port, keyFile));
    const command = [...pinned(CORE), program, '-x', '-d', '-u', 'root', '-f', file];
    const server = new BenchServer('chronyd', command, { LD_LIBRARY_PATH: join(cache, 'libs') });
    server.port = port;
    server.#ended.then(() => rmSync(folder, { recursive: true, force: true }));
    await server.#answering();
    return server;
  }

  static async #onItsPort(name: string, command: readonly string[]): Promise<BenchServer> {
    const server = new BenchServer(name, command);
    server.port = Number(await server.line());
    return server;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Asks for a report and reads it. */
  async report<Report>(): Promise<Report> {
    this.#child.stdin.write('report\n');
    return JSON.parse(await this.line()) as Report;
  }

  /** The next line it prints. @throws Error of one line when it ends or takes too long. */
  async line(): Promise<string> {
    let overdue: NodeJS.Timeout | undefined;
    const failed = new Promise<never>((_, reject) => {
      const fail = (why: string) => reject(new Error(`${this.name} ${why}: ${this.#complaint}`));
      overdue = setTimeout(fail, START_WITHIN_MS, 'says nothing');
      void this.#ended.then(() => fail('ended'));
    });
    const line = new Promise<string>((resolve) => {
      this.#wanted.push(resolve);
      this.#take('');
    });
    return Promise.race([line, failed]).finally(() => clearTimeout(overdue));
  }

  async stop(): Promise<void> {
    this.#child.kill();
    await this.#ended;
  }

  #take(text: string): void {
    this.#text += text;
    for (let end = this.#text.indexOf('\n'); end >= 0; end = this.#text.indexOf('\n')) {
      const next = this.#wanted.shift();
      if (!next) return;
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      next(line);
    }
  }

  /** Asks until it answers. */
  async #answering(): Promise<void> {
    const socket = createSocket('udp4');
    const request = Buffer.alloc(48);
    request[0] = 0x23; // version 4, mode 3
    const again = setInterval(() => socket.send(request, this.port, '127.0.0.1'), ASK_AGAIN_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.on('message', () => resolve());
        socket.on('error', reject);
        setTimeout(
          () => reject(new Error(`${this.name} does not answer: ${this.#complaint}`)),
          START_WITHIN_MS,
        ).unref();
      });
    } finally {
      clearInterval(again);
      socket.close();
    }
  }
}

/** Limits so wide that they do not bite: 2^-10 s per answer. */
function chronyConfig(folder: string, port: number, keyFile: string | undefined): string {
  return [
    `port ${port}`,
    'cmdport 0',
    `pidfile ${join(folder, 'chronyd.pid')}`,
    'bindaddress 127.0.0.1',
    'local stratum 1',
    'ratelimit interval -10 burst 255',
    'clientloglimit 16777216',
    'allow 127.0.0.0/8',
    ...ACCESS_PREFIXES.map((prefix) => `allow ${prefix}`),
    ...(keyFile === undefined ? [] : [`keyfile ${keyFile}`]),
    '',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
