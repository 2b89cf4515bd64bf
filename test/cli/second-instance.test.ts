/** Two appliances on one address: the second ends with a line that says so, the first stays untouched. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EX_OSERR } from '../../src/cli/exit-codes.ts';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { NtpQuery } from '../support/ntp-query.ts';
import { run } from '../support/program.ts';
import { freePort, Scratch } from '../support/scratch.ts';

let first: ApplianceProcess;
let ntp: string;
let http: string;
const scratch = new Scratch();

beforeAll(async () => {
  first = await ApplianceProcess.simulate();
  ntp = `127.0.0.1:${first.port}`;
  http = first.url.replace('http://', '');
});
afterAll(async () => {
  await first?.dispose();
  scratch.dispose();
});

/** The lines that are no log. */
function plain(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{'))
    .join('\n');
}

describe.concurrent('the second instance', () => {
  test('simulate on the same NTP port', async () => {
    const { code, err, out } = await run(
      timeball('simulate', '--headless', '--ntp', ntp, '--http', '127.0.0.1:0'),
    );
    expect({ code, out }).toEqual({ code: EX_OSERR, out: '' });
    expect(plain(err)).toBe(
      `timeball: another program serves NTP on ${ntp}: stop it or choose another port with --ntp`,
    );
  });

  test('simulate on the same HTTP port', async () => {
    const { code, err, out } = await run(
      timeball('simulate', '--headless', '--ntp', '127.0.0.1:0', '--http', http),
    );
    expect({ code, out }).toEqual({ code: EX_OSERR, out: '' });
    expect(plain(err)).toBe(
      `timeball: HTTP ${http} is in use by another program: stop it or choose another address with --http`,
    );
  });

  test('run on the same NTP port names the configuration key', async () => {
    const config = scratch.write('ntp.yaml', `ntp:\n  listen: ['${ntp}']\n`);
    const { code, err } = await run(timeball('run', '--config', config));
    expect(code).toBe(EX_OSERR);
    expect(plain(err)).toBe(
      `timeball: another program serves NTP on ${ntp}: stop it or choose another port in ntp.listen`,
    );
  });

  test('run on the same HTTP port names the configuration key', async () => {
    const free = `127.0.0.1:${await freePort()}`;
    const config = scratch.write('http.yaml', `ntp:\n  listen: ['${free}']\nhttp:\n  listen: ['${http}']\n`);
    const { code, err } = await run(timeball('run', '--config', config));
    expect(code).toBe(EX_OSERR);
    expect(plain(err)).toBe(
      `timeball: HTTP ${http} is in use by another program: stop it or choose another address in http.listen`,
    );
  });
});

test('the first still answers', async () => {
  const client = await NtpQuery.connect(first.port);
  expect((await client.ask()).mode).toBe(4);
  client.close();
  expect((await first.status()).ntp.service).toMatchObject({ state: 'open', restarts: 0 });
});
