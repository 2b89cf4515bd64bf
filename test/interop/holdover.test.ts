/** The antenna is unplugged and plugged in again while a client watches that no answer promises too much. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApplianceProcess } from '../support/appliance.ts';
import { type Answer, NtpQuery } from '../support/ntp-query.ts';
import { until } from '../support/until.ts';

let appliance: ApplianceProcess;
let client: NtpQuery;

beforeAll(async () => {
  appliance = await ApplianceProcess.simulate();
  client = await NtpQuery.connect(appliance.port);
  await appliance.serving();
});
afterAll(async () => {
  client?.close();
  await appliance?.dispose();
});

/** Asks until the appliance is in `state` and `enough` holds; checks every answer on the way, which it returns. */
async function watch(state: string, enough: (answers: readonly Answer[]) => boolean, within: number) {
  const answers: Answer[] = [];
  await until(
    `state ${state} with the answers wanted`,
    async () => {
      const { state: now } = await appliance.status();
      const answer = await client.ask();
      expectHonest(answer);
      if (now === state) answers.push(answer);
      return answers.length > 0 && enough(answers) ? true : undefined;
    },
    within,
  );
  return answers;
}

function expectHonest(answer: Answer): void {
  expect(answer).toMatchObject({ leap: 0, mode: 4, stratum: 1, refid: 'GPS\0', rootDelay: 0 });
  expect(Math.abs(answer.offset)).toBeLessThanOrEqual(answer.rootDispersion + answer.roundTrip);
}

const dispersions = (answers: readonly Answer[]) => answers.map(({ rootDispersion }) => rootDispersion);

test('holdover: the bound grows and stays true, and the way back is no step', async () => {
  const [before] = (await watch('locked', () => true, 1000)) as [Answer];

  await appliance.fault('antennaUnplugged', true);
  await watch('holdover', () => true, 5000);
  // Short format counts in 15 µs.
  const grows = (answers: readonly Answer[]) => new Set(dispersions(answers)).size >= 3;
  const alone = await watch('holdover', grows, 15_000);
  const bounds = dispersions(alone);
  expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
  expect(bounds[0]).toBeGreaterThanOrEqual(before.rootDispersion);
  const { reason, stratum } = await appliance.status();
  expect(reason).toMatch(/no edges for \d+ s/);
  expect(stratum).toBe(1);

  const last = alone.at(-1) as Answer;
  await appliance.fault('antennaUnplugged', false);
  const [after] = (await watch('locked', () => true, 20_000)) as [Answer];
  const step = Math.abs(after.offset - last.offset);
  // The half round trips are what this client can't know.
  expect(step).toBeLessThanOrEqual(last.rootDispersion + (last.roundTrip + after.roundTrip) / 2);
  expect(after.rootDispersion).toBeLessThan(last.rootDispersion);
  expect((await appliance.status()).reason).toBe('');
});
