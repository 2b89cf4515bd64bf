import { parseAddress } from '../../../src/access/address.ts';
import { ClientReader } from '../../../src/ntp/clients/client-list.ts';
import { ClientRecorder, createClientTable } from '../../../src/ntp/clients/client-table.ts';
import { createExchange, type Exchange } from '../../../src/ntp/exchange.ts';
import { CODE, type OutcomeName } from '../../../src/ntp/outcomes.ts';
import { fractionFromNanos, ntpSeconds } from '../../../src/time/ntp-timestamp.ts';

/** 2026-11-21T00:00:00Z, seconds. */
export const NOW = 1_795_219_200;

export interface Visit {
  readonly outcome?: OutcomeName;
  readonly port?: number;
  readonly version?: number;
  readonly mode?: number;
  readonly poll?: number;
  /** Key that the request names, and whether it is proven. */
  readonly keyId?: number;
  readonly proven?: boolean;
  /** Seconds, the client's clock minus ours; undefined: no transmit stamp. */
  readonly offset?: number;
  /** The transmit stamp itself. */
  readonly stamp?: readonly [seconds: number, fraction: number];
  readonly synchronised?: boolean;
}

export function exchangeFrom(bytes: Uint8Array): Exchange {
  return createExchange({
    data: new Uint8Array(64),
    slotSize: 64,
    sourceAddress: bytes,
    localAddress: new Uint8Array(16),
  });
}

/** A table (or one of so many clients), one hand that writes it, one that reads it. Times in seconds after `NOW`. */
export function clientTable(table: number | SharedArrayBuffer = 1_000) {
  const memory = typeof table === 'number' ? createClientTable(table) : table;
  const recorder = new ClientRecorder(memory);
  const reader = new ClientReader(memory);
  const visit = (address: string, at: number, visit: Visit = {}) => {
    const exchange = exchangeFrom(parseAddress(address) as Uint8Array);
    exchange.sourcePort = visit.port ?? 40_000;
    exchange.version = visit.version ?? 4;
    exchange.mode = visit.mode ?? 3;
    exchange.poll = visit.poll ?? 6;
    exchange.keyId = visit.keyId ?? 0;
    exchange.key = visit.proven ? 0 : -1;
    const seconds = NOW + at;
    Object.assign(exchange.receive, whole(seconds), { synchronised: visit.synchronised ?? true });
    const sent = visit.offset === undefined ? undefined : whole(seconds + visit.offset);
    const [stampSeconds, fraction] =
      visit.stamp ?? (sent ? [ntpSeconds(sent.seconds), fractionFromNanos(sent.nanos)] : [0, 0]);
    exchange.requestTransmitSeconds = stampSeconds;
    exchange.requestTransmitFraction = fraction;
    recorder.now = seconds * 1_000;
    recorder.lockSeconds = seconds;
    recorder.record(exchange, CODE[visit.outcome ?? 'served']);
  };
  return { memory, recorder, reader, visit };
}

function whole(time: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(time);
  return { seconds, nanos: Math.round((time - seconds) * 1e6) * 1e3 };
}
