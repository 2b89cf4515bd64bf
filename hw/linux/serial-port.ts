/**
 * The receiver's serial line through `serialport`: stamped chunks out, reopened for as long as it takes.
 *
 * `@serialport/parser-readline` is not used: it joins chunks into lines and so loses when their bytes came.
 */
import { SerialPort as NodeSerialPort } from 'serialport';
import type { Instant } from '../../src/time/instant.ts';
import type { LocalClock, SerialListener, SerialPort, Timers } from '../ports.ts';
import { BackOff } from './back-off.ts';
import type { BaudProbe } from './baud-probe.ts';
import { ReceiverSearch } from './receiver-search.ts';
import { NO_SERIAL_DEVICE, serialReason } from './serial-devices.ts';
import { stampingBinding } from './stamping-binding.ts';
import { StateReporter } from './state-reporter.ts';

/** Most bytes in one chunk: 44 ms at 460,800 baud. */
const READ_SIZE = 4096;
/** How often the search for the baud rate looks at what it has, ms. */
const PROBE_TICK = 250;

export interface SerialOptions {
  /** A path, or `auto`: one of serial0, ttyAMA0, ttyS0, ttyACM*, ttyUSB* that speaks NMEA. */
  readonly device: string;
  /** Bits per second, or `auto`: found by looking for NMEA sentences. */
  readonly baud: number | 'auto';
  readonly clock: LocalClock;
  readonly timers: Timers;
  /** Where `auto` looks; `/dev` unless a test says otherwise. */
  readonly deviceRoot?: string;
  /** File that keeps the device and rate that were found, for the next start; absent: nothing is kept. */
  readonly memory?: string;
}

export class LinuxSerialPort implements SerialPort {
  readonly #options: SerialOptions;
  readonly #backOff = new BackOff();
  readonly #search: ReceiverSearch;
  #listener: SerialListener | undefined;
  #states = new StateReporter(() => {});
  #port: NodeSerialPort | undefined;
  /** Pending while a port opens, so that `close` can wait for it. */
  #opening: Promise<void> = Promise.resolve();
  #closed = false;
  #cancelRetry: () => void = () => {};
  #stopProbe: () => void = () => {};
  #probe: BaudProbe | undefined;
  #device: string;

  constructor(options: SerialOptions) {
    this.#options = options;
    this.#search = new ReceiverSearch(options);
    this.#device = options.device;
  }

  open(listener: SerialListener): void {
    this.#listener = listener;
    this.#states = new StateReporter((state) => listener.state(state));
    this.#states.report('opening', this.#device);
    this.#attempt();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry();
    this.#stopProbe();
    await this.#opening;
    const port = this.#port;
    if (port?.isOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
    this.#states.report('closed', this.#device);
  }

  #attempt(): void {
    const path = this.#search.next();
    if (path === undefined) {
      this.#retry(NO_SERIAL_DEVICE);
      return;
    }
    this.#device = path;
    this.#opening = new Promise((resolve) => this.#openPort(path, resolve));
  }

  #openPort(path: string, done: () => void): void {
    const { baud, clock, timers } = this.#options;
    this.#probe = this.#search.probe(path, timers.monotonic());
    let arrival: Instant<'Local'> = clock.now();
    const binding = stampingBinding(() => {
      arrival = clock.now();
    });
    // A variable of its own, since the package's types leave `binding` out, though it is a documented option.
    const settings = {
      binding,
      path,
      baudRate: this.#probe?.baud ?? (baud as number),
      autoOpen: false,
      highWaterMark: READ_SIZE,
      // Dropping DTR on close resets some receivers.
      hupcl: false,
    };
    const port = new NodeSerialPort(settings);
    this.#port = port;
    port.on('data', (bytes: Buffer) => this.#bytes(bytes, arrival));
    port.on('close', () => this.#gone(port));
    // Errors come with a close or with the callback that asked; unheard, they would end the process.
    port.on('error', () => {});
    port.open((error) => {
      done();
      if (this.#closed) return;
      if (error) this.#retry(serialReason(error.message, path));
      else this.#opened();
    });
  }

  #opened(): void {
    if (!this.#probe) {
      this.#states.report('open', this.#speed());
      return;
    }
    this.#reportProbe(this.#probe);
    this.#stopProbe = this.#options.timers.every(PROBE_TICK, () => this.#tick());
  }

  #bytes(bytes: Buffer, at: Instant<'Local'>): void {
    if (this.#closed) return;
    this.#backOff.reset();
    this.#listener?.bytes({ bytes, at });
    if (!this.#probe) return;
    this.#probe.add(bytes, this.#options.timers.monotonic());
    if (this.#probe.verdict === 'good') this.#reportProbe(this.#probe);
  }

  #tick(): void {
    const { timers } = this.#options;
    if (!this.#probe) return;
    const turned = this.#probe.tick(timers.monotonic());
    if (this.#probe.verdict !== 'good' && this.#search.shouldMoveOn(this.#probe.verdict)) {
      this.#moveOn(this.#probe);
    } else if (turned) {
      this.#port?.update({ baudRate: this.#probe.baud }, () => {});
      this.#reportProbe(this.#probe);
    }
  }

  /** To the next device: this one is silent, or the one that was good is back. */
  #moveOn(probe: BaudProbe): void {
    this.#stopProbe();
    if (probe.verdict === 'fruitless') this.#reportProbe(probe);
    const port = this.#port;
    this.#port = undefined;
    this.#opening = new Promise((resolve) => {
      if (port?.isOpen) port.close(() => resolve());
      else resolve();
    });
    void this.#opening.then(() => {
      if (!this.#closed) this.#attempt();
    });
  }

  #reportProbe(probe: BaudProbe): void {
    if (probe.verdict === 'good') {
      this.#search.good(this.#device, probe.baud);
      this.#states.report('open', this.#speed());
    } else if (probe.verdict === 'searching') {
      // The second time round would only repeat what the first has shown.
      if (!this.#search.inVain) this.#states.report('opening', this.#device, this.#search.text);
    } else {
      const found = probe.heard
        ? 'bytes come, but no NMEA at any rate: set the receiver to NMEA output, 8N1'
        : 'not a byte at any rate: check power and that TX goes to RX';
      this.#states.report('failed', this.#search.tried, found);
    }
  }

  #speed(): string {
    return `${this.#device} at ${this.#probe?.baud ?? this.#options.baud} baud`;
  }

  #gone(port: NodeSerialPort): void {
    if (this.#closed || port !== this.#port) return;
    this.#stopProbe();
    this.#retry(`${this.#device} was disconnected: plug the receiver in again`);
  }

  #retry(reason: string): void {
    this.#port = undefined;
    if (!this.#search.inVain) this.#states.report('failed', this.#device, reason);
    this.#search.failed();
    this.#cancelRetry = this.#options.timers.after(this.#backOff.next(), () => this.#attempt());
  }
}
