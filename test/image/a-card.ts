/** A card of plain files: boot partition, two slots, data; and the boot code that reads it. */
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namedSlot, otherSlot, rootOf, type Slot } from '../../image/guest/slot.ts';
import { filesIn, type UpdateDisk, updateDisk } from '../../image/guest/update-disk.ts';
import { type InstallOptions, installUpdate } from '../../image/guest/update-install.ts';
import { keepSlot } from '../../image/guest/update-slots.ts';
import type { UpdateRecord } from '../../src/update/update-status.ts';
import { Scratch } from '../support/scratch.ts';
import { content, ROOT_BYTES } from '../update/a-bundle.ts';

const SLOT_BYTES = 200_000;
const CONFIG =
  '# a comment in Latin-1: \xe4\r\narm_64bit=1\nkernel=vmlinuz\n#os_prefix=slot-b/\nos_prefix=slot-a/\n';

/** The power goes. */
export class Cut extends Error {}

export class ACard {
  readonly scratch = new Scratch();
  readonly firmware = join(this.scratch.path, 'firmware');
  record: UpdateRecord | undefined;
  restarts = 0;
  /** Steps until the power goes. */
  stepsLeft = Number.POSITIVE_INFINITY;
  /** Whether it goes in the midst of the step. */
  within = false;
  readonly #running: Slot;

  /** `version` is in the slot that runs, version 0.0.9 in the other one. */
  constructor(running: Slot = 'a', version = '1.0.0') {
    this.#running = running;
    mkdirSync(this.firmware);
    const config = Buffer.from(
      CONFIG.replace('\nos_prefix=slot-a/', `\nos_prefix=slot-${running}/`),
      'latin1',
    );
    writeFileSync(join(this.firmware, 'config.txt'), config);
    this.#fill(running, version);
    this.#fill(otherSlot(running), '0.0.9');
  }

  dispose(): void {
    this.scratch.dispose();
  }

  deviceOf = (slot: Slot) => join(this.scratch.path, `device-${slot}`);

  #fill(slot: Slot, version: string): void {
    const folder = join(this.firmware, `slot-${slot}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'vmlinuz'), content(`kernel ${version}`, 30_000));
    writeFileSync(join(folder, 'initrd.img'), content(`initrd ${version}`, 20_000));
    writeFileSync(join(folder, 'cmdline.txt'), `root=${rootOf(slot)} rootfstype=squashfs ro quiet\n`);
    writeFileSync(this.deviceOf(slot), content(`root ${version}`, ROOT_BYTES));
    truncateSync(this.deviceOf(slot), SLOT_BYTES);
  }

  options(bundle: string, keysFolder: string, change: Partial<InstallOptions> = {}): InstallOptions {
    return {
      ...{
        bundle,
        keysFolder,
        version: '1.0.0',
        downgrade: false,
        deadlineSeconds: 900,
        firmware: this.firmware,
      },
      commandLine: `quiet root=${rootOf(this.#running)} ro\n`,
      deviceOf: this.deviceOf,
      capacity: async () => SLOT_BYTES,
      forget: async () => {},
      disk: this.disk(),
      writable: (task) => task(),
      baseline: async () => ({ locked: true, boundSeconds: 5e-6 }),
      record: (record) =>
        this.#step(async () => {
          this.record = record;
        }),
      now: () => '2026-11-21T00:00:00.000Z',
      restart: () => this.#step(async () => void this.restarts++),
      ...change,
    };
  }

  install(bundle: string, keysFolder: string, change: Partial<InstallOptions> = {}) {
    return installUpdate(this.options(bundle, keysFolder, change));
  }

  keep(running: Slot): Promise<void> {
    return keepSlot(this.disk(), this.firmware, running);
  }

  /** The real one, on whose power there is no relying. */
  disk(): UpdateDisk {
    const half = (
      chunks: AsyncIterable<Uint8Array>,
      write: (chunks: AsyncIterable<Uint8Array>) => Promise<void>,
    ) =>
      this.#step(
        () => write(chunks),
        () => write(firstOf(chunks)),
      );
    return {
      remove: (path) => this.#step(() => updateDisk.remove(path)),
      removeFolder: (path) =>
        this.#step(
          () => updateDisk.removeFolder(path),
          async () => {
            const [first] = await filesIn(path).catch(() => []);
            if (first) await updateDisk.remove(join(path, first));
          },
        ),
      makeFolder: (path) => this.#step(() => updateDisk.makeFolder(path)),
      writeFile: (path, chunks) => half(chunks, (some) => updateDisk.writeFile(path, some)),
      writeDevice: (path, chunks) => half(chunks, (some) => updateDisk.writeDevice(path, some)),
      rename: (from, to) => this.#step(() => updateDisk.rename(from, to)),
      writeByte: (path, offset, byte) => this.#step(() => updateDisk.writeByte(path, offset, byte)),
    };
  }

  async #step(whole: () => Promise<void>, part: () => Promise<void> = async () => {}): Promise<void> {
    if (this.stepsLeft < 0) throw new Cut();
    if (this.stepsLeft-- > 0) return whole();
    if (this.within) await part();
    throw new Cut();
  }

  /** What the board starts, as far as it is whole: else undefined. `tryboot`: when it was restarted for a trial. */
  boot(tryboot = false): { readonly slot: Slot; readonly version: string } | undefined {
    const name = tryboot && readdirSync(this.firmware).includes('tryboot.txt') ? 'tryboot.txt' : 'config.txt';
    const slot = namedSlot(readFileSync(join(this.firmware, name)))?.slot;
    if (!slot) return undefined;
    const read = (file: string) => readFileSync(join(this.firmware, `slot-${slot}`, file));
    if (read('cmdline.txt').toString() !== `root=${rootOf(slot)} rootfstype=squashfs ro quiet\n`)
      return undefined;
    const version = ['0.0.9', '1.0.0', '2.0.0', '3.0.0'].find(
      (one) =>
        read('vmlinuz').equals(content(`kernel ${one}`, 30_000)) &&
        read('initrd.img').equals(content(`initrd ${one}`, 20_000)) &&
        readFileSync(this.deviceOf(slot))
          .subarray(0, ROOT_BYTES)
          .equals(content(`root ${one}`, ROOT_BYTES)),
    );
    return version === undefined ? undefined : { slot, version };
  }

  names(): string[] {
    return readdirSync(this.firmware).sort();
  }

  config(): string {
    return readFileSync(join(this.firmware, 'config.txt'), 'latin1');
  }
}

async function* firstOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk.subarray(0, chunk.length >> 1);
    return;
  }
}
