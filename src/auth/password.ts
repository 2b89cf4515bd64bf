/** Passwords are kept as scrypt hashes (RFC 7914), written as the PHC string format has it. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

export interface ScryptCost {
  /** Binary logarithm of N. */
  readonly log2n: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and three passes: one of the settings that OWASP's password storage guide calls equal. */
export const DEFAULT_COST: ScryptCost = { log2n: 15, r: 8, p: 3 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Bytes; the hash of a file from elsewhere may not ask for more. */
const MOST_MEMORY = 256 * 1024 * 1024;
const WRITTEN = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{16,88})\$([\w+/]{22,88})$/;
/** A hash takes a core and 32 MiB for long: more that wait would only be given up by their callers. */
const MOST_WAITING = 16;

/** Hashes one at a time, so that logins take no more than one core from the rest. */
export class PasswordHasher {
  readonly #cost: ScryptCost;
  /** Verified where there is no user, so that the time taken does not tell. */
  readonly #nobody: Promise<string>;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(cost: ScryptCost = DEFAULT_COST) {
    this.#cost = cost;
    this.#nobody = hashWith(cost, randomBytes(SALT_BYTES).toString('hex'));
  }

  /** Undefined: too many wait already. */
  hash(password: string): Promise<string | undefined> {
    return this.#inTurn(() => hashWith(this.#cost, password));
  }

  /** `stored` undefined: takes as long, and is false. Undefined: too many wait already. */
  verify(password: string, stored: string | undefined): Promise<boolean | undefined> {
    return this.#inTurn(async () => {
      const matches = await verifyHash(password, stored ?? (await this.#nobody));
      return matches && stored !== undefined;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#waiting >= MOST_WAITING) return Promise.resolve(undefined);
    this.#waiting += 1;
    const result = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = result.catch(() => {});
    return result;
  }
}

async function hashWith(cost: ScryptCost, password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, cost);
  const { log2n, r, p } = cost;
  return `$scrypt$ln=${log2n},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** Whether a text is a hash of this kind, and one that can be afforded at every login. */
export function isPasswordHash(text: string): boolean {
  const [, log2n, r, p] = WRITTEN.exec(text) ?? [];
  return isAffordable({ log2n: Number(log2n), r: Number(r), p: Number(p) });
}

/** False as well where `stored` is no hash of this kind. */
async function verifyHash(password: string, stored: string): Promise<boolean> {
  const [, log2n, r, p, salt = '', hash = ''] = WRITTEN.exec(stored) ?? [];
  const cost = { log2n: Number(log2n), r: Number(r), p: Number(p) };
  if (!isAffordable(cost)) return false;
  const expected = Buffer.from(hash, 'base64');
  const found = await derive(password, Buffer.from(salt, 'base64'), expected.length, cost);
  return timingSafeEqual(expected, found);
}

function isAffordable({ log2n, r, p }: ScryptCost): boolean {
  return log2n >= 1 && log2n <= 20 && r >= 1 && p >= 1 && p <= 16 && memory(log2n, r) <= MOST_MEMORY;
}

function memory(log2n: number, r: number): number {
  return 128 * 2 ** log2n * r;
}

function derive(password: string, salt: Uint8Array, length: number, cost: ScryptCost): Promise<Buffer> {
  const { log2n, r, p } = cost;
  const options: ScryptOptions = { N: 2 ** log2n, r, p, maxmem: 2 * memory(log2n, r) };
  // Keyboards write the same letter in different ways: NIST SP 800-63B §5.1.1.2.
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) =>
    scrypt(text, salt, length, options, (error, key) => (error ? reject(error) : resolve(key))),
  );
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
