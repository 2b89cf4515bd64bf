import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import type { Server } from 'node:tls';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CertificateKeeper } from '../../src/tls/certificate-keeper.ts';
import { PASSWORD } from '../auth/support.ts';
import { ISSUED } from '../tls/issued.ts';
import { pair, World as TlsWorld } from '../tls/support.ts';
import { type ApiWorld, apiWorld, ask, tokenOf } from './auth-support.ts';

let api: ApiWorld;
let keeper: CertificateKeeper;
let port: number;

beforeEach(async () => {
  const world = new TlsWorld();
  // Of now: the client checks it by this machine's clock.
  world.utc = { millis: Math.max(world.utc.millis, Date.now()), trusted: false };
  keeper = await world.open();
  api = await apiWorld({ keeper });
  keeper.follow(api.server.server as unknown as Server);
  await api.server.listen({ host: '127.0.0.1', port: 0 });
  port = (api.server.server.address() as AddressInfo).port;
});
afterEach(() => api.server.close());

/** A request whose certificate is checked: only one signed by `ca` counts. */
function fetchTls(
  method: string,
  path: string,
  ca: string,
  headers: Record<string, string> = {},
  body?: object,
) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const agent = new Agent({ ca, keepAlive: false });
      const options = { host: '127.0.0.1', port, path, method, agent };
      const type = body ? { 'content-type': 'application/json' } : {};
      const asked = request({ ...options, headers: { ...headers, ...type } }, async (response) => {
        const chunks = await response.toArray();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
      asked.on('error', reject);
      asked.end(body && JSON.stringify(body));
    },
  );
}

async function handshake(options: object): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

describe('over real TLS', () => {
  test('the certificate is trusted by who has it, and the cookie is for TLS alone', async () => {
    const { cert } = keeper.secureOptions;
    const session = await fetchTls('GET', '/api/v1/session', cert);
    expect(JSON.parse(session.body)).toMatchObject({ tls: true });
    expect(session.headers['strict-transport-security']).toBeUndefined();
    const login = await fetchTls('POST', '/api/v1/session', cert, {}, { name: 'ada', password: PASSWORD });
    expect(login.status).toBe(201);
    expect(String(login.headers['set-cookie'])).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    await expect(fetchTls('GET', '/api/v1/session', ISSUED.issuer)).rejects.toThrow(
      /self-signed certificate/,
    );
  });

  test('a page of its own origin may act', async () => {
    const { cert } = keeper.secureOptions;
    const login = await fetchTls('POST', '/api/v1/session', cert, {}, { name: 'ada', password: PASSWORD });
    const cookie = String(login.headers['set-cookie']).split(';', 1)[0] ?? '';
    const { csrf } = JSON.parse(login.body) as { csrf: string };
    const from = (origin: string) =>
      fetchTls('POST', '/probe/admin', cert, {
        cookie,
        'x-csrf-token': csrf,
        origin,
        'sec-fetch-site': 'same-origin',
      });
    expect((await from(`https://127.0.0.1:${port}`)).status).toBe(200);
    expect((await from('https://127.0.0.1')).status).toBe(403);
  });

  test('HSTS, where it is switched on', async () => {
    api.settings.hsts = true;
    const { headers } = await fetchTls('GET', '/api/v1/session', keeper.secureOptions.cert);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    const refused = await fetchTls('GET', '/probe/admin', keeper.secureOptions.cert);
    expect(refused.headers['strict-transport-security']).toBe('max-age=31536000');
  });

  test('an upload is used at once, and connections that are open stay', async () => {
    const open = await handshake({});
    const before = open.getPeerCertificate().fingerprint256;
    const headers = await tokenOf(api.auth, 'admin');
    const { certificate, key } = ISSUED;
    const answer = await fetchTls('PUT', '/api/v1/tls', keeper.secureOptions.cert, headers, {
      certificate,
      key,
    });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toContain('PRIVATE');
    expect(JSON.parse(answer.body)).toMatchObject({
      enabled: true,
      certificate: { names: ['time.example'], selfSigned: false },
    });
    const next = await handshake({ ca: ISSUED.issuer, servername: 'time.example' });
    expect(next.getPeerCertificate().fingerprint256).not.toBe(before);
    open.write('GET /api/v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const [reply] = (await once(open, 'data')) as [Buffer];
    expect(reply.toString()).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of [open, next]) socket.destroy();
    expect(api.world.audit.at(-1)).toMatchObject({
      action: 'certificate.upload',
      after: { issuer: 'O=Example, CN=Example CA' },
    });
    expect(JSON.stringify(api.world.audit)).not.toContain('PRIVATE');
  });

  test('renewed: another key', async () => {
    const before = keeper.secureOptions;
    const headers = await tokenOf(api.auth, 'admin');
    const answer = await fetchTls('POST', '/api/v1/tls/renew', before.cert, headers);
    expect(answer.status).toBe(200);
    expect(keeper.secureOptions.key).not.toBe(before.key);
    expect((await fetchTls('GET', '/api/v1/session', keeper.secureOptions.cert)).status).toBe(200);
  });

  test('who may not come is cut off before the handshake', async () => {
    api.settings.allow = ['192.0.2.0/24'];
    await expect(handshake({})).rejects.toThrow(/ECONNRESET|disconnected before secure/);
    expect(api.world.events.at(-1)?.text).toBe('management refused to 127.0.0.1: not in http.allow');
  });

  test('old protocols are refused, and plain HTTP', async () => {
    await expect(
      handshake({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }),
    ).rejects.toThrow();
    const old = await handshake({ maxVersion: 'TLSv1.2' });
    expect(old.getCipher().name).toMatch(/^ECDHE-ECDSA-(AES|CHACHA)/);
    old.destroy();
    await expect(
      handshake({ maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:ECDHE-ECDSA-AES128-SHA' }),
    ).rejects.toThrow();
    const plain = connectTcp(port, '127.0.0.1', () => plain.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
    plain.on('error', () => {});
    let said = '';
    plain.on('data', (chunk) => {
      said += chunk;
    });
    await once(plain, 'close');
    expect(said).not.toContain('200');
  });
});

describe('/tls', () => {
  test.each<[string, () => { certificate: string; key: string }, number, string]>([
    ['another key', () => ({ certificate: ISSUED.certificate, key: pair().key }), 422, 'key'],
    ['an expired one', () => pair({ to: '2026-02-01T00:00:00Z' }), 200, ''],
    ['no certificate', () => ({ certificate: 'x', key: ISSUED.key }), 422, 'certificate'],
    ['too much', () => ({ certificate: 'x'.repeat(70_000), key: ISSUED.key }), 400, 'certificate'],
  ])('an upload of %s', async (_what, upload, status, field) => {
    // The time is not known here: that it has expired can't be told.
    const headers = await tokenOf(api.auth, 'admin');
    const answer = await ask(api.server, 'PUT', '/api/v1/tls', { headers, payload: upload() });
    const errors = (answer.body['errors'] ?? [{ field: '' }]) as { field: string }[];
    expect([answer.status, errors[0]?.field]).toEqual([status, field]);
  });

  test('is shown to viewers, changed by administrators', async () => {
    const headers = await tokenOf(api.auth, 'viewer');
    const shown = await ask(api.server, 'GET', '/api/v1/tls', { headers });
    expect(shown.body).toEqual({ enabled: true, hsts: false, certificate: keeper.view });
    expect((await ask(api.server, 'POST', '/api/v1/tls/renew', { headers })).status).toBe(403);
  });

  test('where there is none', async () => {
    const plain = await apiWorld();
    const headers = await tokenOf(plain.auth, 'admin');
    const none = { enabled: false, hsts: false, certificate: null };
    expect((await ask(plain.server, 'GET', '/api/v1/tls', { headers })).body).toEqual(none);
    expect((await ask(plain.server, 'POST', '/api/v1/tls/renew', { headers })).status).toBe(409);
    await plain.server.close();
  });
});
