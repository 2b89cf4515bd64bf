/**
 * A scripted kernel behind the `Syscalls` seam: devices by path, time that passes only in waits, and a refusal of
 * whatever real drivers would refuse. Structures are read and written here by literal offsets of the kernel's
 * headers, on purpose not through the drivers' own tables.
 */
import type { Syscalls } from '../../../hw/linux/syscalls.ts';
import type { VirtualTimers } from './virtual-timers.ts';

export const ENOENT = 2;
export const EBADF = 9;
export const EACCES = 13;
export const EBUSY = 16;
export const ENODEV = 19;
export const EINVAL = 22;
export const ENOTTY = 25;
export const ETIMEDOUT = 110;

/** An open file of a device. */
export interface FakeFile {
  ioctl?(request: number, argument: Uint8Array): number;
  /** Poll bits now. */
  poll?(): number;
  read?(into: Uint8Array): number;
  close?(): void;
}

export class FakeKernel implements Syscalls {
  readonly wordSize = 8;
  /** CLOCK_REALTIME − CLOCK_MONOTONIC, in whole seconds. */
  readonly boot = 1_800_000_000;
  readonly timers: VirtualTimers;
  /** What each path opens as: a file, or −errno. */
  readonly paths = new Map<string, () => FakeFile | number>();
  readonly opened: string[] = [];
  readonly #files = new Map<number, FakeFile>();
  /** What happens while the program waits, by virtual ms. */
  readonly #script: { at: number; run: () => void }[] = [];
  #nextFd = 3;

  constructor(timers: VirtualTimers) {
    this.timers = timers;
  }

  get openFiles(): number {
    return this.#files.size;
  }

  at(milliseconds: number, run: () => void): void {
    this.#script.push({ at: milliseconds, run });
    this.#script.sort((a, b) => a.at - b.at);
  }

  file(content: string): () => FakeFile {
    return () => ({
      read(into) {
        into.set(new TextEncoder().encode(content));
        return content.length;
      },
    });
  }

  install(file: FakeFile): number {
    const fd = this.#nextFd++;
    this.#files.set(fd, file);
    return fd;
  }

  open(path: string, _flags: number): number {
    this.opened.push(path);
    const file = this.paths.get(path)?.() ?? -ENOENT;
    return typeof file === 'number' ? file : this.install(file);
  }

  close(fd: number): number {
    const file = this.#files.get(fd);
    if (!file) throw new Error(`close of ${fd}, which is not open`);
    file.close?.();
    this.#files.delete(fd);
    return 0;
  }

  read(fd: number, into: Uint8Array): number {
    return this.#files.get(fd)?.read?.(into) ?? -EBADF;
  }

  ioctl(fd: number, request: number, argument: Uint8Array): number {
    return this.#files.get(fd)?.ioctl?.(request, argument) ?? -EBADF;
  }

  poll(fd: number, timeout: number): number {
    if (fd !== -1 && !this.#files.has(fd)) throw new Error(`poll of ${fd}, which is not open`);
    let bits = 0;
    this.waitUntil(this.timers.now + timeout, () => {
      bits = this.#files.get(fd)?.poll?.() ?? 0;
      return bits !== 0;
    });
    return bits;
  }

  readClock(clock: number, stamp: Float64Array): void {
    const nanos = this.timers.now * 1e6;
    stamp[0] = Math.floor(nanos / 1e9) + (clock === 0 ? this.boot : 0);
    stamp[1] = nanos % 1e9;
  }

  /** Lets time pass up to `until`, running the script, and stops as soon as `ready`. */
  waitUntil(until: number, ready: () => boolean): boolean {
    this.#runDue();
    while (!ready()) {
      const next = this.#script[0];
      if (!next || next.at > until) {
        this.timers.now = Math.max(this.timers.now, until);
        return false;
      }
      this.timers.now = Math.max(this.timers.now, next.at);
      this.#runDue();
    }
    return true;
  }

  #runDue(): void {
    while (this.#script[0] && this.#script[0].at <= this.timers.now) this.#script.shift()?.run();
  }
}
