import { describe, expect, it } from 'vitest';
import type { Status } from '../../../src/status/status.ts';
import { receiverChecks } from '../../../src/web/pages/wizard/receiver-checks.ts';

const open = { state: 'open', device: '/dev/ttyAMA0 at 9600 baud', reason: '' } as const;
const good = {
  state: 'locked',
  reason: '',
  receiver: {
    device: open,
    bytes: 9000,
    secondsSinceBytes: 0.4,
    sentences: { GNRMC: 9 },
    model: { maker: 'u-blox', model: 'NEO-M8T-0', firmware: null },
    fixType: '3D',
    satellitesUsed: 9,
    satellites: [{ system: 'GPS', prn: 1 }],
  },
  pps: { device: { ...open, device: '/dev/pps0' }, edges: 9, secondsSinceEdge: 0.6, jitterNs: 412.4 },
} as unknown as Status;

const stateOf = (status: Status) => receiverChecks(status).map(({ name, state }) => `${name} ${state}`);

describe('the receiver as the wizard checks it', () => {
  it('finds port, baud rate, model, satellites and pulse', () => {
    expect(stateOf(good)).toEqual(['Port good', 'Model good', 'Satellites good', 'PPS good', 'Clock good']);
    const texts = receiverChecks(good).map(({ text }) => text);
    expect(texts[0]).toBe('/dev/ttyAMA0, 9600 baud');
    expect(texts[1]).toBe('u-blox NEO-M8T-0; speaks NMEA (GNRMC)');
    expect(texts[3]).toBe('/dev/pps0: 9 pulses seen, jitter 412 ns');
  });

  it('says why there is no port', () => {
    const device = {
      state: 'failed',
      device: '/dev/ttyAMA0',
      reason: 'it does not exist: check the wiring',
    } as const;
    const [port] = receiverChecks({ ...good, receiver: { ...good.receiver, device } });
    expect(port).toEqual({
      name: 'Port',
      state: 'bad',
      text: '/dev/ttyAMA0: it does not exist: check the wiring',
    });
  });

  it('tells bytes that are no sentences from silence', () => {
    const mute = (bytes: number) => ({ ...good, receiver: { ...good.receiver, bytes, sentences: {} } });
    expect(receiverChecks(mute(900))[1]?.text).toContain('baud rate');
    expect(receiverChecks(mute(0))[1]?.text).toContain('connected');
  });

  it('takes a line that has fallen silent for not there', () => {
    const silent = {
      ...good,
      receiver: { ...good.receiver, secondsSinceBytes: 60, fixType: 'none' as const },
      pps: { ...good.pps, secondsSinceEdge: 60 },
    };
    expect(stateOf(silent).slice(1, 4)).toEqual(['Model waiting', 'Satellites waiting', 'PPS waiting']);
  });

  it('says so where the receiver does not tell its model', () => {
    const [, model] = receiverChecks({ ...good, receiver: { ...good.receiver, model: null } });
    expect(model?.text).toBe('it does not tell its model; speaks NMEA (GNRMC)');
  });
});
