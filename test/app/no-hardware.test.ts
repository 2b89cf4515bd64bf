/** `timeball run` on a machine that has neither receiver nor PPS: it stays up, serves no time, and says why. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { NtpQuery } from '../support/ntp-query.ts';
import { run } from '../support/program.ts';
import { freePort, Scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';

const scratch = new Scratch();
let appliance: ApplianceProcess;

beforeAll(async () => {
  const config = scratch.write(
    'config.yaml',
    `receiver:
  device: /dev/timeball-none
pps:
  device: /dev/pps9999
ntp:
  listen: ['127.0.0.1:${await freePort()}']
http:
  listen: ['127.0.0.1:${await freePort()}']
state:
  directory: ${scratch.path}/state
`,
  );
  appliance = await ApplianceProcess.start(timeball('run', '--config', config));
});
afterAll(async () => {
  await appliance?.dispose();
  scratch.dispose();
});

describe('run without hardware', () => {
  test('names the missing devices in the status', async () => {
    const status = await until('two failed devices', async () => {
      const now = await appliance.status();
      return now.receiver.device.state === 'failed' && now.pps.device.state === 'failed' ? now : undefined;
    });
    expect(status).toMatchObject({ mode: 'hardware', state: 'freerun', stratum: 16, utc: null });
    expect(status.reason).toBe('nothing comes from the receiver: neither sentences nor edges');
    expect(status.receiver.device.device).toContain('/dev/timeball-none');
    expect(status.receiver.device.reason).toMatch(/does not exist/);
    expect(status.pps.device.device).toContain('/dev/pps9999');
    expect(status.pps.device.reason).toMatch(/\/dev\/pps9999 does not exist: .+/);
    expect(status.ntp.service).toMatchObject({ state: 'open', restarts: 0 });
  });

  test('shows them in "timeball status" too', async () => {
    const http = appliance.url.replace('http://', '');
    const { code, out } = await run(timeball('status', '--http', http));
    expect(code).toBe(0);
    expect(out).toMatch(/^state +freerun: nothing comes from the receiver/m);
    expect(out).toMatch(/^UTC +not served$/m);
    expect(out).toMatch(/^receiver +\/dev\/timeball-none.* failed: .*does not exist/m);
    expect(out).toMatch(/^PPS +\/dev\/pps9999 failed: .*does not exist/m);
    const json = await run(timeball('status', '--json', '--http', http));
    expect(JSON.parse(json.out)).toMatchObject({ state: 'freerun', ntp: { service: { restarts: 0 } } });
  });

  test('answers that it has no time', async () => {
    const client = await NtpQuery.connect(appliance.port);
    expect(await client.ask()).toMatchObject({ leap: 3, mode: 4, stratum: 0, refid: '\0\0\0\0' });
    client.close();
  });

  test('ends in order', async () => {
    expect(await appliance.end()).toMatchObject({ code: 0, signal: null });
    expect(appliance.program.out.lines).toEqual([]);
  });
});

test('run with device: auto finds what there is and stays up', async (context) => {
  const ports = [await freePort(), await freePort()];
  const config = scratch.write(
    'auto.yaml',
    `ntp:\n  listen: ['127.0.0.1:${ports[0]}']\nhttp:\n  listen: ['127.0.0.1:${ports[1]}']\nstate:\n  directory: ${scratch.path}/auto\n`,
  );
  const searching = await ApplianceProcess.start(timeball('run', '--config', config));
  context.onTestFinished(() => searching.dispose());
  // A machine may have serial ports and GPIO lines, but nothing on them makes it serve.
  const { receiver, pps, stratum } = await until('devices that were looked for', async () => {
    const now = await searching.status();
    return now.receiver.device.state !== 'closed' && now.pps.device.state !== 'closed' ? now : undefined;
  });
  expect(stratum).toBe(16);
  for (const { device } of [receiver, pps]) expect(device.device).not.toBe('');
  expect((await searching.end()).code).toBe(0);
});
