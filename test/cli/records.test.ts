/** `timeball events|logs|audit` against a served API, and audit files without one. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { auditCommand } from '../../src/cli/audit-command.ts';
import { showEvents, showLogs } from '../../src/cli/events-command.ts';
import { EX_DATAERR, EX_NOINPUT, EX_USAGE } from '../../src/cli/exit-codes.ts';
import { ANN, recordApi, recordSide } from '../support/record-side.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
let record: ReturnType<typeof recordSide>;
let server: FastifyInstance;
let target: { host: string; port: number };
let output: string;

beforeEach(async () => {
  scratch = new Scratch();
  record = recordSide({ directory: scratch.path });
  server = await recordApi(record.side);
  await server.listen({ host: '127.0.0.1', port: 0 });
  target = { host: '127.0.0.1', port: (server.server.address() as AddressInfo).port };
  output = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += text;
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server.close();
  await record.side.stop();
  scratch.dispose();
});

const plain = { severity: undefined, active: false, limit: 100, json: false, acknowledge: false };

function rules(count: number): void {
  for (let n = 1; n <= count; n++)
    record.side.audit.record({
      actor: ANN,
      action: 'access-rule.create',
      target: `rule ${n}`,
      before: null,
      after: { n },
    });
}

describe('timeball events', () => {
  test('shows what has happened, the newest last', async () => {
    record.side.events.raise('antenna', 'gone');
    await showEvents(target, plain);
    expect(output).toBe(
      [
        'time (UTC)           severity  type       state   what',
        '2026-06-01 12:00:00  info      restarted  new     started: version 0.1.0',
        '2026-06-01 12:00:00  error     antenna    active  gone',
        '2 events\n',
      ].join('\n'),
    );
    output = '';
    await showEvents(target, { ...plain, severity: 'error', json: true });
    expect(JSON.parse(output)).toMatchObject({ total: 1, items: [{ type: 'antenna' }] });
  });

  test('acknowledges them', async () => {
    await showEvents(target, { ...plain, acknowledge: true });
    expect(output).toBe('1 event acknowledged\n');
  });
});

test('timeball logs shows the last lines', async () => {
  record.log.warn({ file: '/x' }, 'odd');
  await showLogs(target, { level: 'warn', limit: 10, json: false });
  expect(output).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d warn {2}odd file="\/x"\n$/);
});

describe('timeball audit', () => {
  const options = { json: false, limit: 100 };

  test('lists, exports, and verifies what was exported', async () => {
    rules(3);
    await auditCommand(target, ['list'], options);
    expect(output).toContain(
      'ann (session 192.0.2.1)  access-rule.create  rule 3  null -> {"n":3}\n3 entries\n',
    );
    output = '';
    await auditCommand(target, ['export'], options);
    const file = join(scratch.path, 'export.ndjson');
    writeFileSync(file, output);
    output = '';
    await auditCommand(target, ['verify', file], options);
    expect(output).toBe(
      `3 entries, none changed or missing; the last is 3, ${record.side.audit.head.hash}\n`,
    );
    const changed = scratch.write('changed', readFileSync(file, 'utf8').replace('rule 2', 'rule 9'));
    await expect(auditCommand(target, ['verify', changed], options)).rejects.toMatchObject({
      exitCode: EX_DATAERR,
      message: `timeball audit: the record was changed: ${changed} line 2 (entry 2): was changed: its hash does not fit; 1 entries before it are sound`,
    });
  });

  test('verifies the record of a running appliance, and a folder without one', async () => {
    rules(2);
    await auditCommand(target, ['verify'], { json: true, limit: 1 });
    expect(JSON.parse(output)).toMatchObject({ ok: true, entries: 2 });
    output = '';
    await auditCommand(target, ['verify', join(scratch.path, 'audit')], options);
    expect(output).toMatch(/^2 entries/);
  });

  test('says what is not possible', async () => {
    const fails = (args: string[]) => expect(auditCommand(target, args, options)).rejects;
    await fails(['erase']).toMatchObject({ exitCode: EX_USAGE });
    await fails(['list', 'file']).toMatchObject({ exitCode: EX_USAGE });
    await fails(['verify', '/none/such']).toMatchObject({
      exitCode: EX_NOINPUT,
      message: 'timeball audit: /none/such does not exist: name another file',
    });
  });
});
