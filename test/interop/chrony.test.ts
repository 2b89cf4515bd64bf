/** chronyd, the field's gold standard, asks the appliance over loopback. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { chronyOffset, needClient } from '../support/clients.ts';
import { hasLoopback6 } from '../support/loopback.ts';

let appliance: ApplianceProcess;

beforeAll(async () => {
  const ntp = ['--ntp', '127.0.0.1:0', ...(hasLoopback6 ? ['--ntp', '[::1]:0'] : [])];
  appliance = await ApplianceProcess.start(
    timeball('simulate', '--headless', ...ntp, '--http', '127.0.0.1:0'),
  );
  await appliance.serving();
});
afterAll(() => appliance?.dispose());

describe.concurrent('chronyd agrees with this machine though the simulated clock is 0.8 s and 12 ppm off', () => {
  test('the simulated clock is off indeed', async () => {
    const { clock } = await appliance.status();
    expect(clock.offsetSeconds).toBeCloseTo(0.8, 2);
    expect(Math.abs((clock.ratePpm ?? 0) - 12)).toBeLessThan(3);
  });

  test('over IPv4', async (context) => {
    needClient(context, 'chronyd');
    expect(Math.abs(await chronyOffset('127.0.0.1', appliance.port))).toBeLessThanOrEqual(100e-6);
  });

  test('over IPv6', async (context) => {
    needClient(context, 'chronyd');
    if (!hasLoopback6) context.skip('this machine has no ::1');
    expect(Math.abs(await chronyOffset('::1', appliance.ntp[1]?.port ?? 0))).toBeLessThanOrEqual(100e-6);
  });
});
