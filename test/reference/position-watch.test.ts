import { describe, expect, it } from 'vitest';
import { PositionWatch } from '../../src/reference/position-watch.ts';
import { instant } from '../../src/time/instant.ts';

const SEATTLE = { latitude: 47.662, longitude: -122.326 };
const GARBLED = { latitude: 47.662, longitude: 0 };

/** What it says after each of the positions, a second apart. */
function objections(positions: readonly (typeof SEATTLE)[], acceptAfter = 0): (string | undefined)[] {
  const watch = new PositionWatch({ limit: 1000, acceptAfter });
  return positions.map((position, second) => {
    watch.take(instant<'Local'>(1_800_000_000 + second), position);
    return watch.objection;
  });
}

const times = (count: number, position: typeof SEATTLE) => Array(count).fill(position);

describe('PositionWatch', () => {
  it('one garbled position at the start does not become the place where it stands', () => {
    for (const garbledAt of [0, 1, 2, 3, 4]) {
      const positions = [...times(garbledAt, SEATTLE), GARBLED, ...times(10, SEATTLE)];
      expect(new Set(objections(positions))).toEqual(new Set([undefined]));
    }
  });

  it('once it stands somewhere, one position elsewhere is an objection until the next good one', () => {
    const said = objections([...times(5, SEATTLE), GARBLED, SEATTLE]);
    expect(said.slice(0, 5)).toEqual(times(5, undefined as never));
    expect(said[5]).toMatch(/^91\d{5} m from where it stood$/);
    expect(said[6]).toBeUndefined();
  });

  it('after a move that was accepted, it stands there', () => {
    const said = objections([...times(5, SEATTLE), ...times(20, GARBLED), SEATTLE], 10);
    expect(said[14]).toBeDefined();
    expect(said[15]).toBeUndefined();
    expect(said.at(-1)).toMatch(/m from where it stood/);
  });
});
