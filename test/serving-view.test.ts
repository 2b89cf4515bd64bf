/** What the API may ask about access: the dry run over the clients of the last 24 h. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { defaultConfig } from '../src/config/validate.ts';
import { Serving } from '../src/serving.ts';
import { ServingView } from '../src/serving-view.ts';
import { clientTable, NOW } from './ntp/clients/visits.ts';

const MINUTE = 60;
const DAY = 24 * 3600;

test('a dry run judges the clients of the last 24 h alone', () => {
  const config = defaultConfig();
  const access = { ...config.access, rules: [{ prefix: 'any', action: 'serve' as const }] };
  const serving = new Serving({
    config: { ...config, access },
    interfaces: () => ({}),
    log: pino({ level: 'silent' }),
  });
  const { visit } = clientTable(serving.tables.clients);
  const ago = (seconds: number) => Date.now() / 1000 - NOW - seconds;
  visit('192.0.2.1', ago(MINUTE));
  visit('192.0.2.2', ago(DAY + MINUTE));
  visit('198.51.100.1', ago(DAY - MINUTE));
  visit('198.51.100.2', ago(DAY + MINUTE));
  visit('198.51.100.3', ago(2 * DAY));
  // Long known, and back again.
  visit('198.51.100.3', ago(MINUTE));
  const rules = [{ prefix: '192.0.2.0/24', action: 'serve' }];
  const result = new ServingView(serving).dryRun({ rules });
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  const { hours, counts, gains, loses } = result;
  expect({ hours, counts, gains }).toEqual({
    hours: 24,
    counts: { gains: 0, loses: 2, keeps: 1, unserved: 0 },
    gains: [],
  });
  expect(loses.map(({ address }) => address).toSorted()).toEqual(['198.51.100.1', '198.51.100.3']);
});
