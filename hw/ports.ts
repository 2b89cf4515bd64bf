/**
 * The devices a time appliance is made of, as interfaces. `hw/linux` implements them for real devices, `hw/sim`
 * for simulated ones; nothing else knows the difference.
 *
 * Conventions for every driver: a device that is missing, taken or unplugged is a state with a reason and a
 * remedy, reported through the listener, never an exception thrown later; the driver keeps trying with back-off.
 */
import type { Instant } from '../src/time/instant.ts';
import type { Celsius, Nanoseconds, Ppb } from '../src/time/units.ts';

/** How a device fares, in words an operator can act on. */
export interface DeviceState {
  readonly state: 'opening' | 'open' | 'failed' | 'closed';
  /** What is in use or was tried, e.g. `/dev/ttyAMA0 at 9600 baud`. */
  readonly device: string;
  /** One line: what is wrong and what to do; empty while open. */
  readonly reason: string;
}

/** Bytes as they came, with the local clock's reading when the first of them arrived (±1 ms is enough). */
export interface StampedBytes {
  readonly bytes: Uint8Array;
  readonly at: Instant<'Local'>;
}

export interface SerialListener {
  bytes(chunk: StampedBytes): void;
  state(state: DeviceState): void;
}

/** A receiver's serial line. Bytes are stamped before any parsing; nothing is buffered beyond one read. */
export interface SerialPort {
  /** Opens now and again after every failure, until closed. Called once. */
  open(listener: SerialListener): void;
  close(): Promise<void>;
}

/** Who read the clock when the edge came: the interrupt handler (±1 µs) or a woken process (±10–1000 µs). */
export type StampClass = 'kernel' | 'user';

/** One edge of the pulse-per-second line. */
export interface Edge {
  /** The local clock's reading at the edge: CLOCK_REALTIME, whatever clock the device stamps with. */
  readonly at: Instant<'Local'>;
  /** Counts up by one per edge seen by the device, so that a gap shows a lost edge. 32-bit, may wrap. */
  readonly sequence: number;
  /** `assert`: the line became active (rising unless inverted); `clear`: it became inactive. */
  readonly polarity: 'assert' | 'clear';
  readonly stampedBy: StampClass;
  /** The clock the device itself stamped with; a monotonic stamp was mapped to the local clock by the driver. */
  readonly timescale: 'realtime' | 'monotonic';
}

export interface PpsListener {
  edge(edge: Edge): void;
  state(state: DeviceState): void;
}

export interface PpsDevice {
  /** Opens now and again after every failure, until closed. Called once. */
  open(listener: PpsListener): void;
  close(): Promise<void>;
}

export interface ClockCapabilities {
  /** Whether `setRate` and `step` act; where false, `reason` says why and what would change it. */
  readonly steer: boolean;
  readonly reason: string;
  /** Largest |rate| that `setRate` takes. 0 where it does not act. */
  readonly maxRate: Ppb;
  /** Smallest difference between two readings, in nanoseconds: RFC 5905 §7.3 precision. */
  readonly resolution: Nanoseconds;
}

/**
 * The clock that stamps edges, bytes and packets. The discipline models it; where it may steer it, it does so
 * through here, and feeds what it did to the estimator as a known input.
 */
export interface LocalClock {
  now(): Instant<'Local'>;
  readonly capabilities: ClockCapabilities;
  /** Sets the rate correction, absolute: positive makes the local clock run faster. ±maxRate. */
  setRate(rate: Ppb): void;
  /** Adds `delta` at once: positive moves the local clock forward. */
  step(delta: Nanoseconds): void;
  /** Tells the kernel (for its status bits and RTC update) that the clock is within `bound` of UTC, or not. */
  setSynchronised(bound: Nanoseconds | undefined, taiMinusUtc: number): void;
  /**
   * Kernel stamps (CLOCK_REALTIME) → local readings for other threads: see `src/time/clock-mapping.ts`. The identity
   * where the local clock is the machine's own.
   */
  readonly mapping: SharedArrayBuffer;
}

export interface Thermometer {
  /** Temperature of the board or oscillator, or undefined where there is no sensor. */
  read(): Celsius | undefined;
  readonly name: string;
}

export interface LoadMeter {
  /** Share of CPU time spent busy since the last call, 0–1, or undefined where it can't be told. */
  read(): number | undefined;
}

/** What time passes by: real timers, or virtual ones in tests. */
export interface Timers {
  /** Calls `task` every `milliseconds` until the returned function is called. */
  every(milliseconds: number, task: () => void): () => void;
  /** Calls `task` once after `milliseconds`, unless the returned function is called before. */
  after(milliseconds: number, task: () => void): () => void;
  /** Seconds on a clock that never steps. */
  monotonic(): number;
}

/** A bound socket of the responder. */
export interface BoundAddress {
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
}

/**
 * Answers that have left, with the kernel's stamps of their departure: what `collectDepartures` has filled. The datagram
 * itself tells which answer it was, so that nothing has to be counted; entries come in the order of sending per socket.
 */
export interface Departures {
  /** The UDP payloads as sent, at `start` each. */
  readonly data: Uint8Array;
  readonly start: Int32Array;
  /** Of the UDP payload, in bytes. */
  readonly length: Int32Array;
  /** CLOCK_REALTIME when the driver was handed the packet (not yet mapped to Local): whole seconds and nanoseconds. */
  readonly seconds: Float64Array;
  readonly nanos: Float64Array;
}

/**
 * UDP in batches, for a thread of its own. `receive` blocks; the packets of the batch are then edited in place
 * and `send` answers all those with `answerLength[i]` > 0 from the address that was asked. Nothing is allocated
 * per packet: every member is a typed array with one slot per packet.
 */
export interface DatagramServer {
  readonly bound: readonly BoundAddress[];
  readonly batchSize: number;
  /** Bytes a slot holds; longer datagrams are cut, and `length` then exceeds it. */
  readonly slotSize: number;
  /** All slots one after the other; the answer overwrites the request. */
  readonly data: Uint8Array;
  /** Length of the datagram as received, in bytes (may exceed slotSize: then it was cut). */
  readonly length: Int32Array;
  /** Bytes to send back from the slot; 0 = stay silent. Set to 0 by `receive`. */
  readonly answerLength: Int32Array;
  /** 1 asks the kernel to stamp the departure of this slot's answer; set to 0 by `receive`. */
  readonly stampAnswer: Uint8Array;
  /** 16 bytes per slot: the source's IPv6 address, IPv4 as v4-mapped (::ffff:a.b.c.d). */
  readonly sourceAddress: Uint8Array;
  readonly sourcePort: Int32Array;
  /** 16 bytes per slot: the address asked, IPv4 as v4-mapped; all zero where it can't be told. */
  readonly localAddress: Uint8Array;
  readonly localPort: Int32Array;
  /** Kernel's receive stamp (CLOCK_REALTIME; not yet mapped to Local): whole seconds and nanoseconds. */
  readonly receivedSeconds: Float64Array;
  readonly receivedNanos: Float64Array;
  /** Waits up to `timeout` ms for datagrams; returns how many slots are filled (0 on time-out or wake-up). */
  receive(timeout: number): number;
  /** Sends the answers of the first `count` slots; returns how many the kernel took. */
  send(count: number): number;
  /**
   * Collects departure stamps that have come since, without waiting; returns how many entries of `departed` are filled
   * (0 where the kernel gives none). Call until 0.
   */
  collectDepartures(): number;
  readonly departed: Departures;
  /** Reads CLOCK_REALTIME into `stamp[0]` seconds, `stamp[1]` nanoseconds, without allocating. */
  readClock(stamp: Float64Array): void;
  close(): void;
}

/** A TCP socket that is bound but does not listen yet; `fd` is its descriptor, which whoever takes it has to close. */
export interface BoundSocket {
  readonly fd: number;
  readonly port: number;
}

/** TCP sockets that take in only what comes through one network interface, whatever addresses it has. */
export interface InterfaceSockets {
  /** Number of the interface of this name, another each time it comes back; 0: there is none now. */
  indexOf(name: string): number;
  /**
   * Binds to all addresses of a family there; port 0 lets the kernel choose. `failed`: the name of the system's error such
   * as EADDRINUSE, or why this machine can't do it at all.
   */
  bind(name: string, family: 4 | 6, port: number): BoundSocket | { readonly failed: string };
}

/** The message digests of RFC 5905 §7.3 and those that came after it. */
export type DigestName = 'MD5' | 'SHA1' | 'SHA256' | 'SHA512';

/** A digest's compression function, for messages of one length whose padding the caller has written. */
export interface PaddedDigest {
  /** The message and its padding: FIPS 180-4 §5.1, RFC 1321 §3.1. */
  readonly input: Uint8Array;
  /** The digest, once `run` has returned: its words in this machine's byte order. */
  readonly state: Uint8Array;
  run(): void;
}

/** `bytes`: of the message with its padding. Undefined where this machine has no such function. */
export type PaddedDigests = (name: DigestName, bytes: number) => PaddedDigest | undefined;
