/** Events, audit, history and system through the API, as a page or a script has them. */
import { createSocket } from 'node:dgram';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordSide } from '../../src/record-side.ts';
import { aStatus } from '../support/a-status.ts';
import { ANN, BEGIN, recordApi, recordSide } from '../support/record-side.ts';
import { Scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';

let scratch: Scratch;
let server: FastifyInstance | undefined;
let running: RecordSide | undefined;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => {
  await server?.close();
  await running?.stop();
  scratch.dispose();
});

async function serve(wishes: Parameters<typeof recordSide>[0] = {}) {
  const record = recordSide(wishes);
  running = record.side;
  server = await recordApi(record.side);
  return record;
}

async function ask(url: string, method: 'GET' | 'POST' = 'GET') {
  const response = await (server as FastifyInstance).inject({ url, method });
  const json = String(response.headers['content-type']).includes('json');
  return {
    status: response.statusCode,
    body: json && response.body !== '' && !url.endsWith('export') ? response.json() : response.body,
    headers: response.headers,
  };
}

describe('the record side', () => {
  test('an antenna that is lost becomes an event, which is acknowledged, audited and cleared', async () => {
    const { side, turn, timers } = await serve();
    const second = async (otherwise = {}) => {
      turn(aStatus(otherwise));
      await timers.advance(1000);
    };
    for (let i = 0; i < 5; i++) await second();
    for (let i = 0; i < 25; i++)
      await second({ receiver: { fixType: 'none', satellites: [], satellitesUsed: 0 } });
    const active = await ask('/api/v1/events/log?active=true');
    expect(active.body).toMatchObject({
      total: 1,
      items: [{ type: 'antenna', severity: 'error', active: true, acknowledgedBy: null }],
    });
    const { id } = active.body.items[0];
    const seen = await ask(`/api/v1/events/log/${id}/acknowledge`, 'POST');
    expect(seen.body).toMatchObject({
      id,
      acknowledgedBy: 'ann',
      acknowledgedAt: expect.stringMatching(/Z$/),
    });
    await ask(`/api/v1/events/log/${id}/acknowledge`, 'POST');
    for (let i = 0; i < 25; i++) await second();
    expect((await ask(`/api/v1/events/log/${id}`)).body).toMatchObject({
      active: false,
      clearedAt: expect.any(String),
    });
    const audit = await ask('/api/v1/audit');
    expect(audit.body.items).toMatchObject([
      { seq: 1, actor: ANN, action: 'event.acknowledge', target: `event ${id} (antenna)` },
    ]);
    expect((await ask('/api/v1/audit/verify')).body).toMatchObject({
      entries: 1,
      ok: true,
      firstBad: null,
      head: side.audit.head,
    });
    expect((await ask('/api/v1/events/log/acknowledge-all', 'POST')).body).toEqual({ acknowledged: 2 });
  });

  test('events, audit and history outlive a restart', async () => {
    const first = await serve({ directory: scratch.path });
    for (let i = 0; i < 130; i++) {
      first.turn(aStatus({ environment: { temperatureC: 50 } }));
      await first.timers.advance(1000);
    }
    await ask('/api/v1/system/reboot', 'POST');
    await server?.close();
    await first.side.stop();
    await serve({ directory: scratch.path });
    const types = (await ask('/api/v1/events/log')).body.items.map(({ type }: { type: string }) => type);
    expect(types).toEqual(['restarted', 'clock-locked', 'restarted']);
    expect((await ask('/api/v1/audit')).body.items).toMatchObject([{ action: 'system.reboot' }]);
    const from = new Date(BEGIN - 4 * 3_600_000).toISOString();
    const to = new Date(BEGIN + 180_000).toISOString();
    const history = await ask(`/api/v1/history?series=temperatureC&from=${from}&to=${to}&points=300`);
    expect(history.status).toBe(200);
    expect(history.body.series.temperatureC.mean.filter((value: unknown) => value === 50)).toHaveLength(3);
  });

  test('history says which parameter is wrong', async () => {
    const { turn, timers } = await serve();
    turn(aStatus());
    await timers.advance(1000);
    const wrong = async (query: string) => (await ask(`/api/v1/history?${query}`)).body;
    expect(await wrong('series=offsetNs,nonsense')).toMatchObject({
      status: 400,
      errors: [{ field: 'series', message: expect.stringContaining('nonsense is no series') }],
    });
    expect(await wrong('from=2026-06-01T12:00:00Z&to=2026-06-01T12:00:00Z')).toMatchObject({
      status: 400,
      errors: [{ field: 'from' }],
    });
    expect(await wrong('from=2020-06-01T12:00:00Z')).toMatchObject({ status: 400 });
    expect(await wrong('from=yesterday')).toMatchObject({ status: 400 });
    expect(await wrong('points=1')).toMatchObject({ status: 400 });
    expect(await wrong('serie=offsetNs')).toMatchObject({ status: 400, errors: [{ field: 'serie' }] });
    const all = (await ask('/api/v1/history?points=10')).body;
    expect(Object.keys(all.series)).toHaveLength(9);
    expect(all.series.offsetNs.mean.at(-1)).toBe(8e8);
  });

  test('log lines, by level', async () => {
    const { log } = await serve();
    log.warn({ device: 'x' }, 'careful');
    log.info('fine');
    expect((await ask('/api/v1/logs?level=warn')).body).toMatchObject({
      total: 1,
      items: [{ level: 'warn', text: 'careful', data: { device: 'x' } }],
    });
    expect((await ask('/api/v1/logs?level=loud')).status).toBe(400);
  });

  test('the machine, and a reboot that goes through the helper and is on record first', async () => {
    const done: string[] = [];
    const helper = {
      can: (verb: string) => verb === 'reboot',
      perform: async ({ verb }: { verb: string }) => {
        done.push(`${verb} after entry ${running?.audit.head.seq}`);
        return { done: true as const, text: 'in a moment' };
      },
    };
    await serve({ directory: scratch.path, helper });
    await until('the disk', async () =>
      (await ask('/api/v1/system')).body.disk === null ? undefined : true,
    );
    const { body } = await ask('/api/v1/system');
    expect(body).toMatchObject({
      version: expect.any(String),
      node: process.versions.node,
      can: { reboot: true, network: false, update: false, factoryReset: false },
      lastConfigChange: null,
      history: { bytesPerDay: 668_160 },
    });
    expect(body.disk.freeBytes).toBeGreaterThan(0);
    expect(await ask('/api/v1/system/reboot', 'POST')).toMatchObject({
      status: 202,
      body: { done: true, text: 'in a moment' },
    });
    expect(done).toEqual(['reboot after entry 1']);
  });

  test('a simulation restarts nothing, and says so', async () => {
    await serve();
    expect(await ask('/api/v1/system/factory-reset', 'POST')).toMatchObject({
      status: 409,
      body: { detail: 'a simulation restarts nothing' },
    });
  });

  test('metrics, dashboard and export have their types', async () => {
    const { side, turn } = await serve();
    turn(aStatus());
    side.audit.record({ actor: ANN, action: 'a.b', target: 'c', before: null, after: null });
    const metrics = await ask('/metrics');
    expect(metrics.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(metrics.body).toContain('timeball_audit_entries_total 1\n');
    expect((await ask('/api/v1/grafana-dashboard.json')).body).toMatchObject({ title: 'Timeball' });
    const all = await ask('/api/v1/audit/export');
    expect(all.headers['content-type']).toContain('application/x-ndjson');
    expect(JSON.parse(all.body)).toMatchObject({ seq: 1, action: 'a.b' });
  });

  test('events, audit and log lines go out by syslog', async () => {
    const receiver = createSocket('udp4');
    const got: string[] = [];
    receiver.on('message', (bytes) => got.push(bytes.toString()));
    await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve));
    const { side, log } = await serve({ syslog: [`udp://127.0.0.1:${receiver.address().port}`] });
    side.events.raise('holdover-ended', 'over');
    side.events.clear('holdover-ended');
    side.audit.record({ actor: ANN, action: 'key.create', target: 'key 5', before: null, after: null });
    log.warn({ file: '/x' }, 'odd');
    log.debug('unheard');
    await until('all of them', () => (got.some((text) => text.includes('odd')) ? true : undefined));
    receiver.close();
    const about = (what: string) => got.filter((text) => text.includes(` ${what} [`));
    expect(about('restarted')).toHaveLength(1);
    expect(about('holdover-ended')[0]).toMatch(
      /^<26>1 2026-06-01T12:00:00\.000Z clock timeball \d+ holdover-ended \[timeQuality tzKnown="1" isSynced="0"\]\[timeball@32473 event="2" severity="critical" change="new" active="true" count="1"\] over$/,
    );
    expect(about('holdover-ended')[1]).toMatch(/^<29>1 .*change="cleared".* cleared: over$/);
    expect(about('audit')[0]).toContain(`hash="${side.audit.head.hash}"] ann: key.create key 5`);
    expect(about('log').at(-1)).toMatch(/^<28>1 .*\] odd file=\/x$/);
    expect(got.join()).not.toContain('unheard');
  });

  test('a disk that can not be written is an event', async () => {
    const path = scratch.write('taken', '');
    const { side, turn, timers } = await serve({ directory: `${path}/below` });
    await side.events.flush();
    turn(aStatus());
    await timers.advance(1000);
    expect(side.events.active('disk-full')?.text).toMatch(/can not be/);
  });

  test('the description of the API knows every route of it', async () => {
    await serve();
    const { paths } = (await ask('/api/v1/openapi.json')).body;
    for (const path of [
      'events',
      'events/log',
      'events/log/{id}',
      'events/log/{id}/acknowledge',
      'events/log/acknowledge-all',
      'logs',
      'audit',
      'audit/export',
      'audit/verify',
      'history',
      'system',
      'system/reboot',
      'system/factory-reset',
      'grafana-dashboard.json',
    ])
      expect(paths[`/api/v1/${path}`], path).toBeDefined();
    expect(paths['/metrics'].get.operationId).toBe('getMetrics');
  });

  test('what no event has is not found, what is no id is refused', async () => {
    await serve();
    expect((await ask('/api/v1/events/log/77')).status).toBe(404);
    expect((await ask('/api/v1/events/log/77/acknowledge', 'POST')).status).toBe(404);
    expect((await ask('/api/v1/events/log/x')).status).toBe(400);
    expect((await ask('/api/v1/events/log?since=then')).status).toBe(400);
    expect((await ask('/api/v1/audit?limit=0')).status).toBe(400);
  });
});
