/**
 * What happens, live, as server-sent events: made once, however many look on. A reader that is too slow loses its
 * stream rather than the appliance its memory.
 */
import type { Timers } from '../../hw/ports.ts';
import type { Status } from '../status/status.ts';
import { isoTime, type UtcClock } from '../time/utc-clock.ts';
import type { EventItem } from './event-item.ts';
import { frame, statusText } from './frames.ts';

export type Topic = 'status' | 'event' | 'config' | 'nmea';

/** One open stream. */
export interface LiveSink {
  /** Takes it without waiting. */
  write(text: string): void;
  /** Bytes taken and not yet sent. */
  waiting(): number;
  /** Ends the stream at once; `closed` need not be called then. */
  drop(): void;
}

export interface LiveFeedOptions {
  readonly timers: Timers;
  readonly utc: UtcClock;
  readonly mostStreams?: number;
}

export interface LiveStream {
  /** The reader has gone. */
  closed(): void;
}

interface Stream {
  readonly sink: LiveSink;
  readonly topics: ReadonlySet<Topic>;
  readonly allowed: () => boolean;
}

export const MOST_STREAMS = 256;
/** Bytes waiting: beyond the first a status is left out, as the next one replaces it; beyond the second it is over. */
const BEHIND = 64 * 1024;
const TOO_SLOW = 256 * 1024;
const HEARTBEAT_MS = 15_000;
/** Sentences come in bursts of twenty: gathered, they cost one write. */
const NMEA_MS = 100;
const NMEA_MOST = 64 * 1024;
const HELLO = 'retry: 2000\n\n';

export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #most: number;
  readonly #streams = new Set<Stream>();
  readonly #stopHeart: () => void;
  #dropped = 0;
  #last: Status | undefined;
  #frame = '';
  #nmea = '';
  #closed = false;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.#most = options.mostStreams ?? MOST_STREAMS;
    this.#stopHeart = options.timers.every(HEARTBEAT_MS, () => this.#heartbeat());
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Streams ended since the start because their readers were too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Opens a stream; `first` is sent before anything else (what was missed). `allowed` is asked now and again: a login
   * may end. Undefined: there are too many.
   */
  open(
    sink: LiveSink,
    topics: ReadonlySet<Topic>,
    first = '',
    allowed: () => boolean = () => true,
  ): LiveStream | undefined {
    if (this.#closed || this.#streams.size >= this.#most) return undefined;
    const stream: Stream = { sink, topics, allowed };
    this.#streams.add(stream);
    sink.write(HELLO + first + (topics.has('status') ? this.#statusFrame() : ''));
    return { closed: () => this.#streams.delete(stream) };
  }

  /** About once a second. */
  status(status: Status): void {
    this.#last = status;
    this.#frame = '';
    if (this.#wanted('status')) this.#send('status', this.#statusFrame());
  }

  event(item: EventItem): void {
    this.#send('event', frame('event', JSON.stringify(item), item.id));
  }

  config(revision: number): void {
    this.#send('config', frame('config', JSON.stringify({ revision })));
  }

  /** A sentence of the receiver. */
  nmea(line: string): void {
    if (!this.#wanted('nmea')) return;
    const at = isoTime(this.#options.utc().millis);
    if (this.#nmea === '') this.#options.timers.after(NMEA_MS, () => this.#flushNmea());
    if (this.#nmea.length < NMEA_MOST) this.#nmea += frame('nmea', JSON.stringify({ at, line }));
  }

  /** Ends every stream; none is opened any more. */
  close(): void {
    this.#closed = true;
    this.#stopHeart();
    for (const { sink } of this.#streams) sink.drop();
    this.#streams.clear();
  }

  /** Made at most once a second. */
  #statusFrame(): string {
    if (this.#frame === '' && this.#last) this.#frame = frame('status', statusText(this.#last));
    return this.#frame;
  }

  #flushNmea(): void {
    const text = this.#nmea;
    this.#nmea = '';
    if (!this.#closed) this.#send('nmea', text);
  }

  #wanted(topic: Topic): boolean {
    for (const { topics } of this.#streams) if (topics.has(topic)) return true;
    return false;
  }

  #send(topic: Topic, text: string): void {
    for (const stream of this.#streams) if (stream.topics.has(topic)) this.#write(stream, text, topic);
  }

  #write(stream: Stream, text: string, topic?: Topic): void {
    const waiting = stream.sink.waiting();
    if (waiting > TOO_SLOW) {
      this.#dropped++;
      this.#end(stream);
    } else if (waiting <= BEHIND || topic !== 'status') stream.sink.write(text);
  }

  #heartbeat(): void {
    for (const stream of this.#streams) {
      if (stream.allowed()) this.#write(stream, ': alive\n\n');
      else this.#end(stream);
    }
  }

  #end(stream: Stream): void {
    this.#streams.delete(stream);
    stream.sink.drop();
  }
}
