import { describe, expect, test } from 'vitest';
import { LoginLimiter } from '../../src/auth/login-limiter.ts';

class Guesser {
  now = 0;
  readonly limiter = new LoginLimiter({ monotonic: () => this.now });

  /** Attempts that are granted within so many seconds, asking every second. */
  granted(seconds: number, address: (n: number) => string, name: (n: number) => string): number {
    let count = 0;
    for (let n = 0; n < seconds; n++, this.now++)
      if (this.limiter.attempt(address(n), name(n)).wait === 0) count++;
    return count;
  }
}

describe('the login limiter', () => {
  test('lets people mistype, then makes each attempt wait twice as long', () => {
    const { limiter, now } = Object.assign(new Guesser(), {});
    expect(now).toBe(0);
    for (let n = 0; n < 5; n++) expect(limiter.attempt('192.0.2.1', 'ada').wait).toBe(0);
    expect(limiter.attempt('192.0.2.1', 'ada').wait).toBe(1);
  });

  test('waits double up to their limits', () => {
    const guesser = new Guesser();
    const waits: number[] = [];
    for (let n = 0; n < 18; n++) {
      const { wait } = guesser.limiter.attempt('192.0.2.1', `user${n}`);
      waits.push(wait);
      if (wait > 0) {
        guesser.now += wait;
        expect(guesser.limiter.attempt('192.0.2.1', `user${n}`).wait).toBe(0);
      }
    }
    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  test('an hour of guessing from one address', () => {
    expect(
      new Guesser().granted(
        3600,
        () => '192.0.2.1',
        (n) => `user${n}`,
      ),
    ).toBeLessThan(20);
  });

  test('an hour of guessing one name from everywhere: below the 100 of ASVS 2.2.1', () => {
    const everywhere = (n: number) => `198.51.${n >> 8}.${n & 255}`;
    expect(new Guesser().granted(3600, everywhere, () => 'ada')).toBeLessThan(100);
  });

  test('whoever fails on purpose locks the owner of the name out for a minute at most', () => {
    const guesser = new Guesser();
    guesser.granted(
      3600,
      (n) => `198.51.${n >> 8}.${n & 255}`,
      () => 'ada',
    );
    expect(guesser.limiter.attempt('192.0.2.1', 'ada').wait).toBeLessThanOrEqual(60);
    expect(guesser.limiter.attempt('192.0.2.1', 'grace').wait).toBe(0);
  });

  test('upper and lower case are one name, and a /64 is one address', () => {
    const { limiter } = new Guesser();
    for (let n = 0; n < 5; n++) limiter.attempt(`2001:db8:0:1::${n + 1}`, `x${n}`);
    expect(limiter.attempt('2001:db8::1:0:0:0:99', 'other').wait).toBeGreaterThan(0);
    expect(limiter.attempt('2001:db8:0:2::1', 'other').wait).toBe(0);
    for (let n = 0; n < 5; n++) limiter.attempt(`203.0.113.${n}`, n % 2 ? 'Ada' : 'aDA');
    expect(limiter.attempt('203.0.113.9', 'ada').wait).toBeGreaterThan(0);
  });

  test('IPv4 addresses are each their own, however a socket writes them', () => {
    const { limiter } = new Guesser();
    for (let n = 0; n < 5; n++) limiter.attempt('::ffff:192.0.2.1', `x${n}`);
    expect(limiter.attempt('192.0.2.1', 'y').wait).toBeGreaterThan(0);
    expect(limiter.attempt('::ffff:192.0.2.2', 'y').wait).toBe(0);
  });

  test('a crowd at once counts as many', () => {
    const { limiter } = new Guesser();
    const waits = Array.from({ length: 100 }, () => limiter.attempt('192.0.2.1', 'ada').wait);
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
  });

  test('success and an hour of silence forgive', () => {
    const guesser = new Guesser();
    const { limiter } = guesser;
    for (let n = 0; n < 6; n++) limiter.attempt('192.0.2.1', 'ada');
    limiter.succeeded('192.0.2.1', 'ada');
    expect(limiter.attempt('192.0.2.1', 'ada').wait).toBe(0);
    for (let n = 0; n < 6; n++) limiter.attempt('192.0.2.1', 'ada');
    guesser.now += 3601;
    for (let n = 0; n < 5; n++) expect(limiter.attempt('192.0.2.1', 'ada').wait).toBe(0);
  });

  test('the first refusal of each wait is told', () => {
    const { limiter } = new Guesser();
    for (let n = 0; n < 5; n++) limiter.attempt('192.0.2.1', 'ada');
    const told = Array.from({ length: 10 }, () => limiter.attempt('192.0.2.1', 'ada').first);
    expect(told).toEqual([true, ...Array(9).fill(false)]);
  });

  test('memory is bounded', () => {
    const { limiter } = new Guesser();
    for (let n = 0; n < 50_000; n++)
      limiter.attempt(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, `name${n}`);
    expect(limiter.size).toBeLessThanOrEqual(4096 + 1024);
  });
});
