import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { serviceManager } from '../../../hw/linux/service-manager.ts';

const c = (createRequire(import.meta.url)('koffi') as typeof import('koffi')).load('libc.so.6');
const socket = c.func('int socket(int domain, int type, int protocol)');
const bind = c.func('int bind(int fd, const void *address, uint32_t size)');
const recv = c.func('long recv(int fd, void *into, size_t length, int flags)');
const close = c.func('int close(int fd)');
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A socket like systemd's; `sun_path` as the kernel wants it. */
function listenAt(name: string): () => string | undefined {
  const fd = socket(AF_UNIX, SOCK_DGRAM, 0) as number;
  const address = Buffer.concat([Buffer.from([AF_UNIX, 0]), Buffer.from(name)]);
  expect(bind(fd, address, address.length)).toBe(0);
  ends.push(() => close(fd));
  return () => {
    const into = Buffer.alloc(200);
    const length = recv(fd, into, into.length, MSG_DONTWAIT) as number;
    return length < 0 ? undefined : into.toString('utf8', 0, length);
  };
}

describe('telling systemd', () => {
  test('by a socket in the file system, datagram for datagram', () => {
    const folder = mkdtempSync(join(tmpdir(), 'timeball-notify-'));
    ends.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'notify');
    const next = listenAt(`${path}\0`);
    const notify = serviceManager(path);
    notify?.('READY=1');
    notify?.('WATCHDOG=1');
    expect([next(), next(), next()]).toEqual(['READY=1', 'WATCHDOG=1', undefined]);
  });

  test('by an abstract socket', () => {
    const name = `timeball-notify-${process.pid}`;
    const next = listenAt(`\0${name}`);
    serviceManager(`@${name}`)?.('STOPPING=1');
    expect(next()).toBe('STOPPING=1');
  });

  test('a manager that has gone is no error', () => {
    expect(() => serviceManager('/run/timeball-no-such-socket')?.('READY=1')).not.toThrow();
  });

  test.each([undefined, '', 'relative', `/${'x'.repeat(120)}`])('there is none at %j', (path) => {
    expect(serviceManager(path)).toBeUndefined();
  });
});
