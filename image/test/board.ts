/** A board with this card in it: what its boot code does from one start to the next, and the ports to reach it by. */
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import type { Card } from './card.ts';
import type { PulseBy } from './device-tree.ts';
import { Machine } from './machine.ts';
import { until } from './wait.ts';

export interface PowerOptions {
  readonly pulseBy: PulseBy;
  readonly writeLog?: string;
}

export class Board {
  readonly #card: Card;
  readonly #folder: string;
  readonly ntpPort: number;
  readonly httpPort: number;
  /** The Pi's boot code forgets it with the power, and after one start. */
  #tryboot = false;
  #starts = 0;
  /** What the last start went by. */
  startedBy: 'config.txt' | 'tryboot.txt' = 'config.txt';

  private constructor(card: Card, folder: string, ntpPort: number, httpPort: number) {
    this.#card = card;
    this.#folder = folder;
    this.ntpPort = ntpPort;
    this.httpPort = httpPort;
  }

  static async with(card: Card, folder: string): Promise<Board> {
    return new Board(card, folder, await freePort(), await freePort());
  }

  async powerOn(options: PowerOptions): Promise<Machine> {
    const by = this.#tryboot && this.#card.list().includes('tryboot.txt') ? 'tryboot.txt' : 'config.txt';
    this.#tryboot = false;
    this.startedBy = by;
    const machine = new Machine({
      card: this.#card.path,
      boot: this.#card.boot(this.#folder, by),
      folder: this.#folder,
      ntpPort: this.ntpPort,
      httpPort: this.httpPort,
      console: join(this.#folder, `console-${++this.#starts}.log`),
      ...options,
    });
    await machine.open();
    return machine;
  }

  /** The next start of a machine that restarts itself, as the boot code would have it. */
  async restarted(machine: Machine, seconds: number, options: PowerOptions): Promise<Machine> {
    await until('the restart', seconds, () => !machine.alive, 500);
    await machine.kill();
    this.#tryboot = /Rebooting with argument '0 tryboot'/.test(machine.console());
    return this.powerOn(options);
  }
}

/** Free at the moment, most likely for TCP too; QEMU can't be asked which it took. */
export function freePort(): Promise<number> {
  return new Promise((done) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => done(port));
    });
  });
}
