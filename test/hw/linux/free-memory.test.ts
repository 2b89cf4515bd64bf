import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compiled } from '../../workers/serving.ts';

/** Holds every hundredth of many small blocks, so that what lies between is free but not at the end of the heap. */
const SCRIPT = `
  const { readFileSync } = await import('node:fs');
  const { giveBackFreeMemory } = await import(process.argv[1]);
  const held = () => Number(/RssAnon:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  let blocks = Array.from({ length: 40_000 }, () => Buffer.allocUnsafeSlow(2_048).fill(1));
  blocks = blocks.filter((_, i) => i % 100 === 0);
  gc();
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  const before = held();
  giveBackFreeMemory();
  console.log(before - held(), blocks.length);
`;

test('what lies free between blocks in use goes back to the system', () => {
  const args = ['--expose-gc', '--input-type=module', '-e', SCRIPT, compiled('hw/linux/free-memory.js').href];
  const env = { ...process.env, MALLOC_ARENA_MAX: '1' };
  const [kilobytes, blocks] = execFileSync(process.execPath, args, { encoding: 'utf8', env }).split(' ');
  expect(Number(blocks)).toBe(400);
  expect(Number(kilobytes)).toBeGreaterThan(30_000);
});
