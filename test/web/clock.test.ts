import { describe, expect, test } from 'vitest';
import { offsetText } from '../../src/web/pages/overview/offset-text.ts';
import { UtcEstimate } from '../../src/web/utc-clock.ts';

describe('the clock between two messages', () => {
  test('goes by the message that was least late', () => {
    const clock = new UtcEstimate();
    // UTC is 1,000,000 ms ahead of the browser's running time; messages are 40, 3 and 25 ms late.
    for (const [sent, late] of [
      [0, 40],
      [1000, 3],
      [2000, 25],
    ] as const)
      clock.take(1_000_000 + sent, sent + late);
    expect(clock.at(3000)).toBe(1_002_997);
  });

  test('forgets a message after a minute', () => {
    const clock = new UtcEstimate();
    clock.take(1_000_000, 0);
    clock.take(1_061_000, 61_030);
    expect(clock.at(61_030)).toBe(1_061_000);
  });

  test('follows at once where the time is stepped', () => {
    const clock = new UtcEstimate();
    clock.take(1_000_000, 0);
    clock.take(500_000, 1000);
    expect(clock.at(1000)).toBe(500_000);
  });

  test('knows nothing before the first message, nor while no time is served', () => {
    const clock = new UtcEstimate();
    expect(clock.at(0)).toBeUndefined();
    clock.take(1_000_000, 0);
    clock.take(null, 1000);
    expect(clock.at(1000)).toBeUndefined();
  });
});

test.each([
  [12, 'agrees to within 50 ms'],
  [-49.9, 'agrees'],
  [801, '801 ms ahead'],
  [-2345, '2.3 s behind'],
  [600_000, '10 min ahead'],
  [-7_200_000, '2 h behind'],
  [400 * 86_400_000, '400 days ahead'],
])('a browser %d ms ahead', (ahead, text) => expect(offsetText(ahead)).toContain(text));
