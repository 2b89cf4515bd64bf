/** A copy of the image as a card that is larger than it, and what lies on its FAT partition. */
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { FIRMWARE, SECTOR } from '../build/layout.ts';
import { copySparse, run } from '../build/shell.ts';

/** Bytes; QEMU asks a power of two of an SD card. */
const CARD_BYTES = 4 * 1024 ** 3;

export interface Boot {
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
}

export class Card {
  readonly path: string;

  constructor(image: string, folder: string) {
    this.path = join(folder, 'card.img');
    copySparse(image, this.path);
    truncateSync(this.path, CARD_BYTES);
  }

  get #fat(): string {
    return `${this.path}@@${FIRMWARE.start * SECTOR}`;
  }

  read(name: string): string {
    return run('mtype', ['-i', this.#fat, `::/${name}`]);
  }

  list(): string {
    return run('mdir', ['-b', '-i', this.#fat, '::/']);
  }

  put(name: string, text: string): void {
    run('mcopy', ['-o', '-i', this.#fat, '-', `::/${name}`], { input: text });
  }

  /** Does what the board's boot code does: takes what config.txt names, or, once after it was asked to, tryboot.txt. */
  boot(folder: string, by: 'config.txt' | 'tryboot.txt' = 'config.txt'): Boot {
    const prefix = /^os_prefix=(.*)$/m.exec(this.read(by))?.[1] ?? '';
    for (const name of ['vmlinuz', 'initrd.img'])
      run('mcopy', ['-o', '-n', '-i', this.#fat, `::/${prefix}${name}`, join(folder, name)]);
    return {
      kernel: join(folder, 'vmlinuz'),
      initrd: join(folder, 'initrd.img'),
      commandLine: this.read(`${prefix}cmdline.txt`).trim(),
    };
  }

  /** A board's device tree, merged as it ships. */
  boardTree(folder: string, name: string): string {
    const prefix = /^os_prefix=(.*)$/m.exec(this.read('config.txt'))?.[1] ?? '';
    run('mcopy', ['-o', '-n', '-i', this.#fat, `::/${prefix}${name}`, join(folder, name)]);
    return join(folder, name);
  }
}
