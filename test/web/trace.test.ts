import { beforeEach, expect, test } from 'vitest';
import type { Status } from '../../src/status/status.ts';
import { alarmsOf } from '../../src/web/alarms.ts';
import { historyOf } from '../../src/web/history.ts';
import { isRefusal, pointsOf, rateOf, record } from '../../src/web/trace.ts';

const open = { state: 'open', device: 'x', reason: '' };
/** A locked appliance without a care, and what a test says otherwise. */
function status(over: Record<string, unknown> = {}): Status {
  return {
    uptimeSeconds: 100,
    state: 'locked',
    reason: '',
    utc: '2026-11-21T16:00:00.000000Z',
    clock: { errorBoundNs: 900 },
    reference: { margin: 0.4 },
    receiver: { device: open },
    pps: { device: open },
    gate: { acceptedInSeconds: null, exposed: null },
    leap: { expired: false, expires: '2027-06-28', next: null },
    quality: { samples: 1, lastResidualNs: 5 },
    ntp: { service: open, keys: { problems: [] }, counters: {} },
    savedState: { problem: '' },
    ...over,
  } as unknown as Status;
}

const counted = (served: number, uptimeSeconds: number) =>
  status({ uptimeSeconds, ntp: { counters: { served, 'bad-mac': served / 10 } } });

beforeEach(() => record(status({ uptimeSeconds: 0 }), 0, 0));

test('rates are of the last seconds', () => {
  for (let second = 0; second <= 20; second++) record(counted(second * second, second), second * 1000, 0);
  // 20² − 15² in five seconds.
  expect(rateOf(['served'])).toBeCloseTo((400 - 225) / 5);
  expect(rateOf(['served', 'bad-mac'])).toBeCloseTo(((400 - 225) / 5) * 1.1);
});

test('a restart of the appliance makes no negative rate', () => {
  for (let second = 0; second <= 5; second++) record(counted(1000 * second, second + 50), second * 1000, 0);
  record(counted(3, 1), 6000, 0);
  expect(rateOf(['served'])).toBeNull();
  record(counted(13, 2), 7000, 0);
  expect(rateOf(['served'])).toBeCloseTo(10);
});

test('refusals are what got no time', () => {
  const names = [
    'served',
    'served-interleaved',
    'control-answered',
    'authenticated',
    'version-4',
    'send-failed',
  ];
  expect(names.filter(isRefusal)).toEqual([]);
  expect(['denied', 'kiss-rate', 'bad-mac', 'too-short'].every(isRefusal)).toBe(true);
});

test('a history becomes a trace', () => {
  const mean = (...values: (number | null)[]) => ({ min: values, mean: values, max: values });
  const history = historyOf({
    from: '1970-01-01T00:01:00Z',
    stepSeconds: 2,
    series: {
      ppsOffsetNs: mean(7, null),
      requestsPerSecond: mean(10, null),
      droppedPerSecond: mean(4, null),
    },
  });
  expect(history.x).toEqual([61, 63]);
  expect(pointsOf(history)).toMatchObject([
    { at: 61, residualNs: 7, answeredPerSecond: 6, refusedPerSecond: 4 },
    { at: 63, residualNs: null, answeredPerSecond: null, refusedPerSecond: null },
  ]);
});

test('a good clock has no alarm', () => {
  expect(alarmsOf(status())).toEqual([]);
});

test.each([
  [{ state: 'holdover', reason: 'no edge' }, 'warning', 'Holdover: no edge'],
  [{ state: 'expired', reason: 'too long' }, 'error', 'Not serving: too long'],
  [{ pps: { device: { ...open, state: 'failed', reason: 'no such file' } } }, 'error', 'PPS x: no such file'],
  [{ leap: { expired: true, expires: '2026-01-01', next: null } }, 'warning', '2026-01-01'],
  [{ gate: { acceptedInSeconds: 59.2, exposed: null } }, 'warning', 'in 60 s'],
  [{ savedState: { problem: 'disk full' } }, 'warning', 'disk full'],
])('%j is an alarm', (over, severity, text) => {
  expect(alarmsOf(status(over))).toMatchObject([{ severity, text: expect.stringContaining(text) }]);
});
