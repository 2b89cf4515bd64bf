/** The status snapshot in ntpd's words and units, for control queries (mode 6): what `ntpq -p` and `ntpq -c rv` show. */
import { machine, release, type } from 'node:os';
import { PeerHistory, SystemHistory } from './control-history.ts';
import { lastUpdate, milliseconds, minuteOf, partsPerMillion, quoted, timestamp } from './control-values.ts';
import type { ControlContents, Variable } from './ntp/control/control-block.ts';
import {
  CLOCK_SOURCE,
  PEER_SELECTION,
  PEER_STATUS,
  peerStatusWord,
  REFERENCE_ASSOCIATION,
  systemStatusWord,
} from './ntp/control/control-message.ts';
import type { Status } from './status/status.ts';
import { parseUtc } from './time/utc.ts';

/** What of the status is told. */
export type ControlStatus = Pick<
  Status,
  | 'version'
  | 'uptimeSeconds'
  | 'state'
  | 'stratum'
  | 'utc'
  | 'clock'
  | 'reference'
  | 'gate'
  | 'quality'
  | 'pps'
  | 'leap'
>;

/** What is said of the server itself. */
export interface ServerIdentity {
  /** Reference identifier, 1 to 4 printable ASCII characters. */
  readonly refid: string;
  /** log2 of the clock's precision in seconds: RFC 5905 §7.3. */
  readonly precision: number;
  /** ntpd's names for this machine; default: as `uname` has it. */
  readonly processor?: string;
  readonly system?: string;
}

/** ntpd's address of the NMEA reference clock, unit 0: by it old tools know a clock from a server on the network. */
const CLOCK_ADDRESS = '127.127.20.0';
const CLOCK_NAME = 'NMEA(0)';
/** log2 seconds: ntpd's least poll interval of a reference clock; `reach` moves on once in as long. */
const POLL = 4;
/** log2 seconds of the loop's time constant, as ntpd counts it, and the least there is. */
const TIME_CONSTANT = 4;
const LEAST_TIME_CONSTANT = 3;
const [CLIENT_MODE, SERVER_MODE] = [3, 4] as const;
/** The bit of ntpd's `flash` that says why a peer is not followed: it can't be reached. */
const FLASH_UNREACHABLE = 0x1000;
const NTP_PORT = 123;
const LEAP_UNSYNCHRONISED = 3;

/** Keeps what a single snapshot does not tell: reach and events. */
export class ControlVariables {
  readonly #server: Required<ServerIdentity>;
  readonly #system = new SystemHistory();
  readonly #peer = new PeerHistory(2 ** POLL);

  constructor(server: ServerIdentity) {
    // A comma would end the value for the reader.
    const refid = server.refid.replace(/[",=]/g, '?');
    this.#server = { processor: machine(), system: `${type()}/${release()}`, ...server, refid };
  }

  /** To be called once a second, and when the state changes; what `ControlBlockWriter.write` takes. */
  update(status: ControlStatus): ControlContents {
    this.#system.update(status.state);
    this.#peer.update(status);
    return {
      systemStatus: this.#systemStatus(status),
      system: this.#systemVariables(status),
      systemByName: this.#systemByName(status),
      peerStatus: this.#peerStatus(status),
      peer: this.#peerVariables(status),
    };
  }

  #systemStatus(status: ControlStatus): number {
    const { events, last } = this.#system;
    // The leap indicator of the answer's own moment replaces this one.
    const leap = serving(status) ? 0 : LEAP_UNSYNCHRONISED;
    return systemStatusWord(leap, clockSource(status), events, last);
  }

  #peerStatus(status: ControlStatus): number {
    const { reach, events, last } = this.#peer;
    const flags = PEER_STATUS.configured | (reach > 0 ? PEER_STATUS.reachable : 0);
    return peerStatusWord(flags, selection(status), events, last);
  }

  /** In the order in which ntpd lists them; `leap`, `stratum`, root values and `clock` are set by each answer. */
  #systemVariables(status: ControlStatus): Variable[] {
    const { refid, precision, processor, system } = this.#server;
    const { clock, quality, leap, pps } = status;
    return [
      ['version', quoted(`timeball ${status.version}`)],
      ['processor', quoted(processor)],
      ['system', quoted(system)],
      ['leap', String(serving(status) ? 0 : LEAP_UNSYNCHRONISED)],
      ['stratum', String(status.stratum)],
      ['precision', String(precision)],
      ['rootdelay', milliseconds(0)],
      ['rootdisp', milliseconds(clock.errorBoundNs)],
      // 0 as in the header of a time answer that serves nothing.
      ['refid', serving(status) ? refid : '0.0.0.0'],
      ['reftime', timestamp(serving(status) ? lastUpdate(status) : undefined)],
      ['clock', timestamp(undefined)],
      ['peer', String(status.state === 'locked' ? REFERENCE_ASSOCIATION : 0)],
      ['tc', String(TIME_CONSTANT)],
      ['mintc', String(LEAST_TIME_CONSTANT)],
      ['offset', milliseconds(quality.lastResidualNs)],
      ['frequency', partsPerMillion(correction(clock))],
      ['sys_jitter', milliseconds(pps.jitterNs)],
      ['clk_jitter', milliseconds(quality.lastHour?.rmsNs ?? null)],
      ['clk_wander', partsPerMillion(clock.rateSigmaPpm)],
      ...leapVariables(leap),
    ];
  }

  /** What ntpq's `sysinfo` and `sysstats` ask for by name. */
  #systemByName({ clock, pps, uptimeSeconds }: ControlStatus): Variable[] {
    return [
      ['rootdist', milliseconds(clock.errorBoundNs)],
      ['peeradr', `${CLOCK_ADDRESS}:${NTP_PORT}`],
      ['peermode', String(CLIENT_MODE)],
      ['authdelay', milliseconds(0)],
      // Not ntpd's name; the first that an operator tries.
      ['jitter', milliseconds(pps.jitterNs)],
      ['ss_uptime', String(uptimeSeconds)],
    ];
  }

  #peerVariables(status: ControlStatus): Variable[] {
    const { refid, precision } = this.#server;
    const { reach, unreach } = this.#peer;
    const update = lastUpdate(status);
    return [
      ['srcadr', CLOCK_ADDRESS],
      ['srcport', String(NTP_PORT)],
      ['srchost', quoted(CLOCK_NAME)],
      ['dstadr', '127.0.0.1'],
      ['dstport', String(NTP_PORT)],
      ['leap', String(reach > 0 ? 0 : LEAP_UNSYNCHRONISED)],
      ['stratum', '0'],
      ['precision', String(precision)],
      ['rootdelay', milliseconds(0)],
      ['rootdisp', milliseconds(0)],
      ['refid', refid],
      ['reftime', timestamp(update)],
      ['rec', timestamp(update)],
      ['reach', `0x${reach.toString(16)}`],
      ['unreach', String(unreach)],
      ['hmode', String(CLIENT_MODE)],
      ['pmode', String(SERVER_MODE)],
      ['hpoll', String(POLL)],
      ['ppoll', String(POLL)],
      ['headway', '0'],
      ['flash', `0x${(reach > 0 ? 0 : FLASH_UNREACHABLE).toString(16)}`],
      ['keyid', '0'],
      ['offset', milliseconds(status.quality.lastResidualNs)],
      ['delay', milliseconds(0)],
      ['dispersion', milliseconds(status.clock.errorBoundNs)],
      ['jitter', milliseconds(status.pps.jitterNs)],
    ];
  }
}

function serving(status: ControlStatus): boolean {
  return status.stratum < 16;
}

/** In holdover the time comes from the crystal alone. */
function clockSource(status: ControlStatus): number {
  if (!serving(status)) return CLOCK_SOURCE.unspecified;
  return status.state === 'locked' ? CLOCK_SOURCE.pps : CLOCK_SOURCE.localNet;
}

function selection({ state, gate }: ControlStatus): number {
  if (state === 'locked') return PEER_SELECTION.pps;
  return gate.contradictingEdges > 0 ? PEER_SELECTION.falseticker : PEER_SELECTION.reject;
}

/** ntpd's `frequency`: what is added to the crystal's rate; positive: the crystal is slow. */
function correction({ ratePpm, steering }: Status['clock']): number | null {
  return ratePpm === null ? null : steering.ratePpm - ratePpm;
}

/** `leapsec` is the UTC time from which the count is another, `expire` the end of the table. */
function leapVariables({ taiMinusUtc, next, expires }: Status['leap']): Variable[] {
  const variables: Variable[] = [];
  if (taiMinusUtc !== null) variables.push(['tai', String(taiMinusUtc)]);
  const event = next && parseUtc(next.date);
  if (event) variables.push(['leapsec', quoted(minuteOf(event.day + 1))]);
  const expiry = parseUtc(expires);
  if (expiry) variables.push(['expire', quoted(minuteOf(expiry.day))]);
  return variables;
}
