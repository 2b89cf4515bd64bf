/** What the wizard checks of the receiver, from one status. */
import { receiverModelText } from '../../../status/receiver-model-text.ts';
import type { Status } from '../../../status/status.ts';

export interface Check {
  readonly name: string;
  readonly state: 'good' | 'waiting' | 'bad';
  readonly text: string;
}

/** Seconds without which a line that should speak each second counts as silent. */
const SILENT = 5;

export function receiverChecks(status: Status): readonly Check[] {
  return [portCheck(status), sentenceCheck(status), fixCheck(status), ppsCheck(status), clockCheck(status)];
}

function portCheck({ receiver: { device } }: Status): Check {
  const [port = '', baud] = device.device.split(/ at (?=\d+ baud)/);
  const text = baud ? `${port}, ${baud}` : device.device;
  if (device.state === 'open') return { name: 'Port', state: 'good', text };
  const reason = device.reason || 'looking for it';
  return { name: 'Port', state: device.state === 'failed' ? 'bad' : 'waiting', text: `${text}: ${reason}` };
}

function sentenceCheck({ receiver }: Status): Check {
  const kinds = Object.keys(receiver.sentences);
  const { secondsSinceBytes: since } = receiver;
  const isSpeaking = kinds.length > 0 && since !== null && since < SILENT;
  if (!isSpeaking) {
    const text =
      receiver.bytes > 0 && kinds.length === 0
        ? 'it sends bytes, but no NMEA sentence: is the baud rate right?'
        : 'nothing comes from it: are its TX and the RX of this machine connected?';
    return { name: 'Model', state: 'waiting', text };
  }
  const model = receiverModelText(receiver.model) || 'it does not tell its model';
  return { name: 'Model', state: 'good', text: `${model}; speaks NMEA (${kinds.slice(0, 8).join(', ')})` };
}

function fixCheck({ receiver: { fixType, satellites, satellitesUsed } }: Status): Check {
  const systems = [...new Set(satellites.map(({ system }) => system))].join(', ');
  const seen = `${satellites.length} satellites in view${systems ? ` (${systems})` : ''}, ${satellitesUsed ?? 0} used`;
  if (fixType === '2D' || fixType === '3D')
    return { name: 'Satellites', state: 'good', text: `${fixType} fix, ${seen}` };
  return {
    name: 'Satellites',
    state: 'waiting',
    text: `no fix yet, ${seen}: the antenna needs a free view of the sky`,
  };
}

function ppsCheck({ pps: { device, edges, secondsSinceEdge, jitterNs } }: Status): Check {
  const name = 'PPS';
  if (device.state === 'failed') return { name, state: 'bad', text: `${device.device}: ${device.reason}` };
  if (secondsSinceEdge === null || secondsSinceEdge > SILENT)
    return {
      name,
      state: 'waiting',
      text: `${device.device}: no pulse yet; most receivers send none before the fix`,
    };
  const jitter = jitterNs === null ? '' : `, jitter ${Math.round(jitterNs)} ns`;
  return { name, state: 'good', text: `${device.device}: ${edges} pulses seen${jitter}` };
}

function clockCheck({ state, reason }: Status): Check {
  if (state === 'locked') return { name: 'Clock', state: 'good', text: 'locked: the time is good' };
  return { name: 'Clock', state: 'waiting', text: reason || state };
}
