/** How the appliance ends: at once and in order, however it was started. */
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ANYWHERE, ApplianceProcess } from '../support/appliance.ts';
import { ROOT } from '../support/program.ts';

async function simulate(...args: readonly string[]): Promise<ApplianceProcess> {
  const appliance = await ApplianceProcess.simulate(...args);
  onTestFinished(() => appliance.dispose());
  return appliance;
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('ends it within a second, exit code 0, with a last log line', async () => {
    const appliance = await simulate();
    const { took, ...ended } = await appliance.end(signal);
    expect(ended).toEqual({ code: 0, signal: null });
    expect(took).toBeLessThan(1000);
    expect(JSON.parse(appliance.program.err.lines.at(-1) ?? '')).toMatchObject({ msg: 'stopped' });
  });

  test('ends what npm start runs, too', async () => {
    const command = [process.execPath, join(ROOT, 'src/setup.mjs'), 'start', '--headless', ...ANYWHERE];
    // It may have to be built first.
    const appliance = await ApplianceProcess.start(command, 90_000);
    onTestFinished(() => appliance.dispose());
    const { took, ...ended } = await appliance.end(signal);
    expect(ended).toEqual({ code: 0, signal: null });
    expect(took).toBeLessThan(1000);
    await expect(appliance.status()).rejects.toThrow('fetch failed');
  });
});
