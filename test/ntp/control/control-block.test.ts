import { expect, test } from 'vitest';
import {
  ControlBlockReader,
  ControlBlockWriter,
  createControlBlock,
  type Variable,
} from '../../../src/ntp/control/control-block.ts';
import { LOCKED } from './query.ts';

test('nothing, then what was written last, whole', () => {
  const block = createControlBlock();
  const [writer, reader] = [new ControlBlockWriter(block), new ControlBlockReader(block)];
  expect(reader.read()).toBeUndefined();
  writer.write(LOCKED);
  expect(reader.read()).toEqual(LOCKED);
  expect(reader.read()).toBe(reader.read());
  writer.write({ ...LOCKED, system: [] });
  expect(reader.read()).toEqual({ ...LOCKED, system: [] });
});

test('what can not stand on the wire becomes a question mark', () => {
  const block = createControlBlock();
  new ControlBlockWriter(block).write({ ...LOCKED, peer: [['srchost', '"a\r\n\u0000é\u{1f552}"']] });
  expect(new ControlBlockReader(block).read()?.peer).toEqual([['srchost', '"a??????"']]);
});

test('too much for the block: the end of the longest list is left out', () => {
  const block = createControlBlock();
  const system: Variable[] = Array.from({ length: 1000 }, (_, i) => [`name${i}`, 'x'.repeat(20)]);
  new ControlBlockWriter(block).write({ ...LOCKED, system });
  const read = new ControlBlockReader(block).read();
  expect(read?.peer).toEqual(LOCKED.peer);
  expect(read?.system.length).toBeGreaterThan(150);
  expect(read?.system).toEqual(system.slice(0, read?.system.length));
});
