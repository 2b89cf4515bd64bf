import { describe, expect, test } from 'vitest';
import { createMapping, MappingReader, writeMapping } from '../../src/time/clock-mapping.ts';

describe('mapping', () => {
  test('unwritten it is the identity', () => {
    const reader = new MappingReader(createMapping());
    reader.refresh();
    expect(reader.toLocal(1_796_000_000, 999_999_999)).toEqual({
      seconds: 1_796_000_000,
      nanos: 999_999_999,
    });
  });

  test('offset and rate: local = machine + offset + rate · (machine − anchor)', () => {
    const buffer = createMapping();
    const reader = new MappingReader(buffer);
    writeMapping(buffer, { anchorSeconds: 1000, anchorNanos: 5e8, offset: -2e9, rate: 12_000 });
    expect(reader.offsetAt(1000, 5e8)).toBe(0); // not before it is refreshed
    reader.refresh();
    expect(reader.offsetAt(1000, 5e8)).toBe(-2e9);
    expect(reader.offsetAt(1010, 5e8)).toBe(-2e9 + 120_000);
    expect(reader.offsetAt(990, 5e8)).toBe(-2e9 - 120_000);
    expect(reader.toLocal(1001, 5e8)).toEqual({ seconds: 999, nanos: 500_012_000 });
  });

  test('every reader sees every new mapping', () => {
    const buffer = createMapping();
    const readers = [new MappingReader(buffer), new MappingReader(buffer)];
    for (const offset of [1, 2, 3]) {
      writeMapping(buffer, { anchorSeconds: 0, anchorNanos: 0, offset, rate: 0 });
      for (const reader of readers) reader.refresh();
      expect(readers.map((reader) => reader.offsetAt(0, 0))).toEqual([offset, offset]);
    }
  });
});
