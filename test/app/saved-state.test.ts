/** What the appliance has learned outlives it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, type TestContext, test } from 'vitest';
import { STATE_FILE } from '../../src/config/state-file.ts';
import { ApplianceProcess } from '../support/appliance.ts';
import { Scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';

/** A folder of its own, and a configuration that keeps the state in `directory` within it. */
function stateIn(context: TestContext, directory: string) {
  const scratch = new Scratch();
  context.onTestFinished(() => scratch.dispose());
  const path = join(scratch.path, directory);
  const config = scratch.write('config.yaml', `state:\n  directory: ${path}\n`);
  return { scratch, path, config, file: join(path, STATE_FILE) };
}

async function simulate(context: TestContext, config: string): Promise<ApplianceProcess> {
  const appliance = await ApplianceProcess.simulate('--config', config);
  context.onTestFinished(() => appliance.dispose());
  return appliance;
}

interface Saved {
  readonly sections: { readonly drift: { readonly ratePpb: number; readonly sigmaPpb: number } };
}
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Saved;

describe.concurrent('saved state', () => {
  test('SIGTERM saves the drift, and the next start begins with it', async (context) => {
    const { config, file } = stateIn(context, 'new/state');
    const first = await simulate(context, config);
    await first.serving();
    const { code, took } = await first.end();
    expect(code).toBe(0);
    expect(took).toBeLessThan(1000);
    const { drift } = read(file).sections;
    // The simulated oscillator is 12 ppm fast.
    expect(Math.abs(drift.ratePpb - 12_000)).toBeLessThan(5 * drift.sigmaPpb + 500);

    const second = await simulate(context, config);
    const recalled = await second.logged('drift recalled');
    expect(recalled).toMatchObject({ ratePpm: drift.ratePpb / 1000, sigmaPpm: drift.sigmaPpb / 1000 });
    const { clock } = await until('a first estimate', async () => {
      const now = await second.status();
      return now.clock.ratePpm === null ? undefined : now;
    });
    // Nobody knows a rate so well after the first edges, unless it was remembered.
    expect(clock.ratePpm).toBeCloseTo(drift.ratePpb / 1000, 0);
    expect(clock.rateSigmaPpm).toBeLessThan(0.5);
    await second.serving();
  });

  test('an end before the time is known leaves what was saved alone', async (context) => {
    const { config, file, scratch } = stateIn(context, 'state');
    const saved = JSON.stringify({
      format: 'timeball-state',
      version: 1,
      savedAt: '2026-01-01T00:00:00Z',
      bootId: 'another boot',
      sections: { drift: { ratePpb: 11_900, sigmaPpb: 50, temperatureC: null }, leaps: [] },
    });
    scratch.write(join('state', STATE_FILE), saved);
    const appliance = await simulate(context, config);
    expect(await appliance.logged('drift recalled')).toMatchObject({ ratePpm: 11.9, sigmaPpm: 0.05 });
    expect((await appliance.end()).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(saved);
  });

  test('without state.directory nothing is kept and nothing recalled', async (context) => {
    const scratch = new Scratch({ 'config.yaml': 'log:\n  level: debug\n' });
    context.onTestFinished(() => scratch.dispose());
    const appliance = await simulate(context, join(scratch.path, 'config.yaml'));
    await appliance.end();
    expect(appliance.program.err.text).not.toMatch(/drift recalled/);
    expect(readdirSync(scratch.path)).toEqual(['config.yaml']);
  });

  test('a file cut short is moved aside with one line, and the time is served all the same', async (context) => {
    const { config, file, path, scratch } = stateIn(context, 'state');
    scratch.write(join('state', STATE_FILE), '{"format": "timeball-sta');
    const appliance = await simulate(context, config);
    await appliance.serving();
    const { savedState } = await appliance.status();
    expect(savedState.problem).toMatch(/is not JSON, so it was cut short or overwritten/);
    expect(appliance.program.err.text).toContain(JSON.stringify(savedState.problem).slice(1, -1));
    await appliance.end();
    expect(read(file).sections.drift.ratePpb).toBeGreaterThan(0);
    const files = readdirSync(path).filter((name) => name.startsWith(STATE_FILE));
    expect(files.length, 'the damaged one and the new one').toBe(2);
  });

  test('a directory that can not be made is named, with the remedy', async (context) => {
    const { config, scratch } = stateIn(context, 'config.yaml/state');
    const appliance = await simulate(context, config);
    await appliance.serving();
    expect((await appliance.end()).code).toBe(0);
    expect(appliance.program.err.text).toMatch(
      /state\.directory: \S+config\.yaml\/state can't be made \(ENOTDIR\): make it, or set state\.directory to another/,
    );
    expect(existsSync(join(scratch.path, 'config.yaml'))).toBe(true);
  });
});
