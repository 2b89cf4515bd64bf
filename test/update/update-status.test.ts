/** The record of the last update, as whoever asks reads it. */
import { afterAll, expect, test } from 'vitest';
import { readUpdateRecord, type UpdateRecord } from '../../src/update/update-status.ts';
import { Scratch } from '../support/scratch.ts';

const scratch = new Scratch();
afterAll(() => scratch.dispose());

const record: UpdateRecord = {
  ...{
    state: 'kept',
    version: '2.0.0',
    from: '1.0.0',
    slot: 'b',
    at: '2026-11-21T00:00:00.000Z',
    reason: '',
  },
  ...{ baseline: { locked: true, boundSeconds: 1e-5 }, deadlineSeconds: 900 },
};
const read = (text: string) => readUpdateRecord(scratch.write('state.json', text));

test('is read, and what does not belong to it is left out', () =>
  expect(read(JSON.stringify({ ...record, more: 1, baseline: { ...record.baseline, more: 2 } }))).toEqual(
    record,
  ));

test('none is none', () => expect(readUpdateRecord(`${scratch.path}/none`)).toBeUndefined());

test.each([
  '',
  '{',
  'null',
  '[]',
  '{}',
  JSON.stringify({ ...record, state: 'new' }),
  JSON.stringify({ ...record, slot: 'c' }),
  JSON.stringify({ ...record, version: 1 }),
  JSON.stringify({ ...record, deadlineSeconds: null }),
  JSON.stringify({ ...record, baseline: null }),
  JSON.stringify({ ...record, baseline: { locked: true, boundSeconds: '1' } }),
  JSON.stringify({ ...record, reason: 'x'.repeat(10_000) }),
])('unreadable is none: %#', (text) => expect(read(text)).toBeUndefined());
