/** Logs of real receivers drive the appliance; a real client judges the time. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, type TestContext, test } from 'vitest';
import { ApplianceProcess } from '../support/appliance.ts';
import { chronyAgrees, need, needClient } from '../support/clients.ts';
import { NtpQuery } from '../support/ntp-query.ts';
import { ROOT } from '../support/program.ts';
import { until } from '../support/until.ts';

const LOGS = join(ROOT, '../shared/receivers');

async function replay(context: TestContext, log: string): Promise<ApplianceProcess> {
  const path = join(LOGS, log);
  need(context, existsSync(path) ? '' : `${path} is missing: put the receiver logs there`);
  const appliance = await ApplianceProcess.simulate('--nmea', path);
  context.onTestFinished(() => appliance.dispose());
  return appliance;
}

describe.concurrent('a replayed log', () => {
  test.for([
    ['mt3339.log', '1 Hz'],
    ['quectel-l76k-nmea.log', '5 Hz'],
    ['gp-320fw-2019-03-28.log', 'times at .99 of a second'],
  ] as const)('%s (%s) is served and chronyd accepts it', async ([log], context) => {
    needClient(context, 'chronyd');
    const appliance = await replay(context, log);
    expect(await appliance.serving()).toBe(`serving stratum 1 on 127.0.0.1:${appliance.port}`);
    await chronyAgrees('127.0.0.1', appliance.port, 100e-6);
    const { receiver, reference } = await appliance.status();
    expect(receiver.bytes).toBeGreaterThan(0);
    expect(reference.edgesLabelled).toBeGreaterThan(0);
  });

  test('skytraq.log (no fix) is never served, and the status says why', async (context) => {
    const appliance = await replay(context, 'skytraq.log');
    const client = await NtpQuery.connect(appliance.port);
    context.onTestFinished(() => client.close());
    // Long enough for every log above to lock.
    const status = await until(
      'ten edges refused for want of a fix',
      async () => {
        const now = await appliance.status();
        return (now.reference.edgesRefused['no-fix'] ?? 0) >= 10 ? now : undefined;
      },
      60_000,
    );
    expect(status).toMatchObject({ state: 'freerun', stratum: 16, utc: null });
    expect(status.reason).toMatch(/no valid fix/);
    expect(status.reference.edgesLabelled).toBe(0);
    expect(await client.ask()).toMatchObject({ leap: 3, stratum: 0, refid: '\0\0\0\0' });
    expect(appliance.program.out.lines).toEqual([]);
  });
});
