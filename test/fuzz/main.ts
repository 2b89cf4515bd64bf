/**
 * `npm run fuzz -- [--minutes N] [--target NAME] [--seed N]`: all targets in turn, with a new seed each time, until the
 * time is up or something is found. One JSON line per target on standard output; exit code 1 with a finding.
 * `--target NAME --seed N` with the seed of a finding repeats it.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type Finding, run, type Target } from './target.ts';
import { TARGETS } from './targets.ts';

const USAGE = `usage: npm run fuzz -- [--minutes N] [--target ${TARGETS.map(({ name }) => name).join('|')}] [--seed N]`;
const LARGEST_SEED = 0xffff_ffff;
const MS_PER_MINUTE = 60_000;

interface Options {
  readonly minutes: number;
  readonly targets: readonly Target[];
  readonly seed: number;
}

interface Total {
  readonly target: string;
  iterations: number;
  seeds: number;
  findings: Finding[];
}

function optionsOf(args: string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { minutes: { type: 'string' }, target: { type: 'string' }, seed: { type: 'string' } },
    });
    const minutes = Number(values.minutes ?? 1);
    const seed = Number(values.seed ?? randomInt(LARGEST_SEED));
    const targets = TARGETS.filter(({ name }) => values.target === undefined || values.target === name);
    const valid = minutes > 0 && Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED;
    return valid && targets.length > 0 ? { minutes, targets, seed } : undefined;
  } catch {
    return undefined;
  }
}

function fuzz({ minutes, targets, seed: first }: Options): boolean {
  const until = performance.now() + minutes * MS_PER_MINUTE;
  const totals = targets.map(({ name }): Total => ({ target: name, iterations: 0, seeds: 0, findings: [] }));
  let found = false;
  for (let round = 0; !found && performance.now() < until; round++)
    for (const [index, target] of targets.entries()) {
      const total = totals[index] as Total;
      const { steps, finding } = run(target, (first + round) % (LARGEST_SEED + 1), target.steps, until);
      total.iterations += steps;
      total.seeds++;
      if (finding) total.findings.push(finding);
      found ||= finding !== undefined;
    }
  for (const { target, iterations, seeds, findings } of totals)
    process.stdout.write(`${JSON.stringify({ target, iterations, seed: first, seeds, findings })}\n`);
  return !found;
}

const options = optionsOf(process.argv.slice(2));
if (!options) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 64;
} else process.exitCode = fuzz(options) ? 0 : 1;
