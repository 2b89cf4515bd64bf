/** A chronyd that runs as a client, measures, and is asked what it found; it never touches the clock (-x). */

import { assertClockless, chronyUser, runClient, startClient } from './clients.ts';
import type { Program } from './program.ts';
import { Scratch } from './scratch.ts';
import { until } from './until.ts';

/** What chronyc ntpdata tells of a server. */
export interface NtpData {
  readonly interleaved: boolean;
  readonly authenticated: boolean;
  /** Where its stamps come from: Kernel, Daemon or Hardware. */
  readonly txStamps: string;
  readonly version: number;
  readonly mode: string;
  readonly stratum: number;
  readonly leap: string;
  readonly refid: string;
  /** Seconds. */
  readonly offset: number;
  readonly rootDispersion: number;
  readonly delay: number;
  readonly sent: number;
  /** Answers to its requests, with the right key where there is one. */
  readonly valid: number;
}

/** Questions in a row at the start, then four a second: answers in plenty within seconds. */
export const OFTEN = 'iburst minpoll -2 maxpoll -2';

export class Chronyd {
  readonly program: Program;
  readonly #scratch: Scratch;

  private constructor(scratch: Scratch, program: Program) {
    this.#scratch = scratch;
    this.program = program;
  }

  /** Starts it with these lines of configuration; `prefix` runs it, e.g. in a network namespace. */
  static async start(lines: readonly string[], prefix: readonly string[] = []): Promise<Chronyd> {
    // It opens its socket only in a folder that nobody else may enter.
    const scratch = new Scratch();
    const own = ['cmdport 0', 'port 0', `bindcmdaddress ${scratch.path}/chronyd.sock`];
    const pid = `pidfile ${scratch.path}/chronyd.pid`;
    const config = scratch.write('chrony.conf', [...own, pid, ...lines, ''].join('\n'));
    const started = new Chronyd(
      scratch,
      startClient('chronyd', [...chronyUser(), '-x', '-d', '-f', config], prefix),
    );
    try {
      await started.program.err.first('line of chronyd about the clock', (line) =>
        line.includes('Disabled control of system clock') ? line : undefined,
      );
      assertClockless(started.program);
    } catch (error) {
      await started.dispose();
      throw error;
    }
    return started;
  }

  async ntpData(server: string): Promise<NtpData | undefined> {
    const { code, out } = await this.#ask('ntpdata', server);
    if (code !== 0) return undefined;
    const found = new Map(
      [...out.matchAll(/^(\S.*?) *: (.*)$/gm)].map(([, name = '', value = '']) => [name, value.trim()]),
    );
    const text = (name: string) => found.get(name) ?? '';
    const number = (name: string) => Number.parseFloat(text(name));
    return {
      interleaved: text('Interleaved') === 'Yes',
      authenticated: text('Authenticated') === 'Yes',
      txStamps: text('TX timestamping'),
      version: number('Version'),
      mode: text('Mode'),
      stratum: number('Stratum'),
      leap: text('Leap status'),
      refid: text('Reference ID'),
      offset: number('Offset'),
      rootDispersion: number('Root dispersion'),
      delay: number('Peer delay'),
      sent: number('Total TX'),
      valid: number('Total valid RX'),
    };
  }

  /** Waits until what it knows of `server` fits. */
  async until(what: string, server: string, fits: (data: NtpData) => boolean): Promise<NtpData> {
    let last: NtpData | undefined;
    try {
      return await until(what, async () => {
        last = await this.ntpData(server);
        return last !== undefined && fits(last) ? last : undefined;
      });
    } catch (error) {
      const log = this.program.err.text;
      throw new Error(`${(error as Error).message}; last seen: ${JSON.stringify(last)}\n${log}`);
    }
  }

  /** The servers in use: selected (`*`) or combined with it (`+`). */
  async sources(): Promise<readonly { readonly address: string; readonly state: string }[]> {
    const { out } = await this.#ask('-c', 'sources');
    const rows = out.trim().split('\n');
    return rows.map((row) => row.split(',')).map(([, state = '', address = '']) => ({ address, state }));
  }

  async dispose(): Promise<void> {
    await this.program.dispose();
    this.#scratch.dispose();
  }

  #ask(...args: readonly string[]) {
    return runClient('chronyc', ['-n', '-h', `${this.#scratch.path}/chronyd.sock`, ...args]);
  }
}
