/**
 * `/dev/ppsN` (RFC 2783 as Linux does it): the kernel stamps in the interrupt, PPS_FETCH hands the stamps out.
 */
import { instant } from '../../src/time/instant.ts';
import { EdgePair } from './edge-pair.ts';
import { EACCES, EINTR, ENODEV, ENOENT, ENOTTY, EPERM, ETIMEDOUT, errnoName } from './errno.ts';
import {
  FDATA,
  FDATA_SIZE,
  KPARAMS,
  KPARAMS_SIZE,
  PPS_API_VERSION,
  PPS_CAPTURE_ASSERT,
  PPS_CAPTURE_CLEAR,
  ppsRequests,
} from './kernel-pps-layout.ts';
import type { EmitEdge, PpsSource } from './pps-source.ts';
import { O_RDWR, type Syscalls } from './syscalls.ts';

/** Waits without an edge before the path is looked at again: older kernels never tell that a device went. */
const QUIET_WAITS = 15;

export class KernelPps implements PpsSource {
  readonly name: string;
  readonly pause = 0;
  readonly #sys: Syscalls;
  readonly #path: string;
  readonly #falling: boolean;
  /** The mode bit of the edge that marks the second. */
  readonly #needed: number;
  readonly #requests: ReturnType<typeof ppsRequests>;
  readonly #fdata = new Uint8Array(FDATA_SIZE);
  readonly #view = new DataView(this.#fdata.buffer);
  readonly #edges: EdgePair;
  #fd = -1;
  #quiet = 0;

  constructor(sys: Syscalls, path: string, edge: 'rising' | 'falling') {
    this.#sys = sys;
    this.#path = path;
    this.#falling = edge === 'falling';
    this.#needed = this.#falling ? PPS_CAPTURE_CLEAR : PPS_CAPTURE_ASSERT;
    this.#edges = new EdgePair(this.#falling);
    this.#requests = ppsRequests(sys.wordSize);
    this.name = `kernel PPS ${path}`;
  }

  open(): string | undefined {
    this.#fd = this.#sys.open(this.#path, O_RDWR);
    if (this.#fd < 0) return openReason(this.#path, this.#fd);
    const reason = this.#setUp();
    if (reason !== undefined) this.close();
    return reason;
  }

  /**
   * PPS_FETCH waits for the next edge and knows nothing of one that came between two calls; so each wait starts
   * and ends with a look (a fetch without waiting).
   */
  wait(timeout: number, emit: EmitEdge): string | undefined {
    const looked = this.#fetch(0);
    if (looked < 0) return this.#lost(looked);
    if (this.#emitNew(emit) > 0) return undefined;
    const waited = this.#fetch(timeout);
    if (waited !== -ETIMEDOUT && waited < 0) return this.#lost(waited);
    if (waited >= 0) this.#emitNew(emit);
    else if (++this.#quiet % QUIET_WAITS === 0) return this.#stillThere();
    return undefined;
  }

  note(): string {
    return '';
  }

  close(): void {
    if (this.#fd >= 0) this.#sys.close(this.#fd);
    this.#fd = -1;
  }

  #setUp(): string | undefined {
    const wanted = this.#capture();
    if (typeof wanted === 'string') return wanted;
    const params = new Uint8Array(KPARAMS_SIZE);
    const view = new DataView(params.buffer);
    const got = this.#sys.ioctl(this.#fd, this.#requests.getParams, params);
    if (got < 0) return `${this.#path}: PPS_GETPARAMS failed (${errnoName(got)})`;
    const mode = view.getInt32(KPARAMS.mode, true);
    if ((mode & wanted) !== wanted) {
      view.setInt32(KPARAMS.version, PPS_API_VERSION, true);
      view.setInt32(KPARAMS.mode, mode | wanted, true);
      const set = this.#sys.ioctl(this.#fd, this.#requests.setParams, params);
      // Without permission the other edge stays unseen; only the one that marks the second is indispensable.
      if (set < 0 && (mode & this.#needed) === 0) return paramsReason(this.#path, set);
    }
    const looked = this.#fetch(0);
    if (looked < 0) return this.#lost(looked);
    this.#edges.start(this.#word(FDATA.assertSequence), this.#word(FDATA.clearSequence));
    return undefined;
  }

  /** The mode bits to ask for: both edges where the device has them, so that a pulse's width can be seen. */
  #capture(): number | string {
    const bits = new Uint8Array(4);
    const got = this.#sys.ioctl(this.#fd, this.#requests.getCapabilities, bits);
    if (got === -ENOTTY) return `${this.#path} is not a PPS device: check pps.device`;
    if (got < 0) return `${this.#path}: PPS_GETCAP failed (${errnoName(got)})`;
    const capabilities = new DataView(bits.buffer).getInt32(0, true);
    if ((capabilities & this.#needed) === 0) return edgeReason(this.#path, this.#falling);
    return capabilities & (PPS_CAPTURE_ASSERT | PPS_CAPTURE_CLEAR);
  }

  /** PPS_FETCH with a time-out in ms; 0 looks without waiting. Interrupted waits count as timed out. */
  #fetch(timeout: number): number {
    this.#fdata.fill(0);
    this.#view.setBigInt64(FDATA.timeoutSeconds, BigInt(Math.floor(timeout / 1000)), true);
    this.#view.setInt32(FDATA.timeoutNanos, (timeout % 1000) * 1_000_000, true);
    const result = this.#sys.ioctl(this.#fd, this.#requests.fetch, this.#fdata);
    return result === -EINTR ? -ETIMEDOUT : result;
  }

  #emitNew(emit: EmitEdge): number {
    const count = this.#edges.update(
      this.#last(FDATA.assertSequence, FDATA.assertSeconds, FDATA.assertNanos),
      this.#last(FDATA.clearSequence, FDATA.clearSeconds, FDATA.clearNanos),
      emit,
    );
    if (count > 0) this.#quiet = 0;
    return count;
  }

  #last(sequence: number, seconds: number, nanos: number) {
    const whole = Number(this.#view.getBigInt64(seconds, true));
    return { sequence: this.#word(sequence), at: instant<'Local'>(whole, this.#view.getInt32(nanos, true)) };
  }

  #word(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  #stillThere(): string | undefined {
    const fd = this.#sys.open(this.#path, O_RDWR);
    if (fd < 0) return this.#lost(fd);
    this.#sys.close(fd);
    return undefined;
  }

  #lost(result: number): string {
    return `${this.#path} went away (${errnoName(result)}): is the receiver still plugged in?`;
  }
}

function openReason(path: string, result: number): string {
  if (result === -ENOENT || result === -ENODEV)
    return `${path} does not exist: add dtoverlay=pps-gpio,gpiopin=18 to config.txt, or choose another pps.device`;
  if (result === -EACCES || result === -EPERM)
    return `no permission to open ${path}: run as root, or give the service's group access by a udev rule`;
  return `cannot open ${path} (${errnoName(result)})`;
}

function paramsReason(path: string, result: number): string {
  if (result === -EPERM)
    return `${path} does not capture its edges and setting it up needs CAP_SYS_TIME: grant it to the service`;
  return `${path} does not take its settings (PPS_SETPARAMS: ${errnoName(result)})`;
}

function edgeReason(path: string, falling: boolean): string {
  const [edge, other] = falling ? ['clear', 'rising'] : ['assert', 'falling'];
  return `${path} does not capture ${edge} edges: set pps.edge to ${other}, or let its driver capture them`;
}
