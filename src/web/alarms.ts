/** What in a status wants somebody's attention. */
import type { Status } from '../status/status.ts';

export interface Alarm {
  readonly severity: 'warning' | 'error';
  readonly text: string;
  /** The event log tells of it as well. */
  readonly logged: boolean;
}

export function alarmsOf(status: Status): Alarm[] {
  const { state, reason, receiver, pps, leap, ntp, management, savedState, gate } = status;
  const alarms: (Alarm | false)[] = [
    state === 'holdover' && warning(`Holdover: ${reason}`, true),
    state === 'expired' && error(`Not serving: ${reason}`, true),
    receiver.device.state !== 'open' &&
      error(`Receiver ${receiver.device.device}: ${deviceText(receiver.device)}`, true),
    pps.device.state !== 'open' && error(`PPS ${pps.device.device}: ${deviceText(pps.device)}`, true),
    ntp.service.state !== 'open' && error(`NTP service: ${deviceText(ntp.service)}`, false),
    gate.acceptedInSeconds !== null &&
      warning(
        `The receiver contradicts the clock: it is believed in ${Math.ceil(gate.acceptedInSeconds)} s`,
        true,
      ),
    gate.exposed !== null && error(`The reference was shown to be wrong: ${gate.exposed}`, true),
    leap.expired && warning(`The leap second table has expired on ${leap.expires}`, true),
    leap.next !== null &&
      warning(`Leap second: ${leap.next.direction} at the end of ${leap.next.date}`, true),
    ntp.keys.problems.length > 0 && error(`Keys: ${ntp.keys.problems[0]}`, false),
    ...(management?.notServed ?? []).map((problem) => warning(`This page: ${problem}`, false)),
    savedState.problem !== '' && warning(`State is not saved: ${savedState.problem}`, false),
  ];
  return alarms.filter((alarm) => alarm !== false);
}

function deviceText({ state, reason }: { readonly state: string; readonly reason: string }): string {
  return reason === '' ? state : reason;
}

function warning(text: string, logged: boolean): Alarm {
  return { severity: 'warning', text, logged };
}

function error(text: string, logged: boolean): Alarm {
  return { severity: 'error', text, logged };
}
