/** What serving leaves to the garbage collector, whose pauses clients would see as asymmetry. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compiled } from './serving.ts';

const REQUESTS = 200_000;

/** Bytes collected by V8 while the probe served. */
function collected(...words: string[]): number {
  const probe = fileURLToPath(compiled('test/workers/gc-probe.js'));
  const out = execFileSync(process.execPath, ['--trace-gc', probe, String(REQUESTS), ...words], {
    encoding: 'utf8',
  });
  const [, during = '', served] = /begin\n([\s\S]*)end (\d+)/.exec(out) ?? [];
  expect(Number(served)).toBeGreaterThanOrEqual(REQUESTS);
  const megabytes = [...during.matchAll(/ ([\d.]+) \([\d.]+\) -> ([\d.]+) /g)].map(
    ([, before, after]) => Number(before) - Number(after),
  );
  return megabytes.reduce((sum, one) => sum + one, 0) * 1e6;
}

test('the sockets alone: nothing', () => {
  expect(collected('echo')).toBe(0);
});

test('with the responder: less than 100 bytes a request, a collection of 1 ms in 100,000 requests', () => {
  expect(collected() / REQUESTS).toBeLessThan(100);
});
