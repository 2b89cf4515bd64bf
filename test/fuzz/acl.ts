/** Random rules against the longest prefix found the plain way, and prefixes through their text. */
import { Acl, compileAcl } from '../../src/access/acl.ts';
import {
  formatAddress,
  formatPrefix,
  isIpv4Prefix,
  masked,
  type Prefix,
  parsePrefix,
} from '../../src/access/prefix.ts';
import { naiveFind } from '../access/naive-acl.ts';
import { Dice } from './dice.ts';
import { count, must, type Run, type Target } from './target.ts';

const ADDRESSES = 40;
/** Where the address lies, so that a wrong offset shows. */
const AT = 5;

class AclRun implements Run {
  readonly tally = new Map<string, number>();
  readonly #dice: Dice;
  readonly #memory = new Uint8Array(32);
  #rules: readonly Prefix[] = [];
  #address: Uint8Array = new Uint8Array(16);

  constructor(seed: number) {
    this.#dice = new Dice(seed);
  }

  input(): unknown {
    return { address: Buffer.from(this.#address).toString('hex'), rules: this.#rules.map(formatPrefix) };
  }

  step(): void {
    const dice = this.#dice;
    this.#rules = Array.from({ length: dice.below(30) }, () => this.#prefix());
    for (const rule of this.#rules) checkText(rule);
    const acl = new Acl(compileAcl(this.#rules));
    this.#memory.fill(0xa5);
    for (let i = 0; i < ADDRESSES; i++) {
      this.#address = dice.oneIn(3) && this.#rules.length > 0 ? this.#edge() : this.#bytes();
      this.#memory.set(this.#address, AT);
      const found = acl.find(this.#memory, AT);
      const expected = naiveFind(this.#rules, this.#address);
      must(found === expected, `${formatAddress(this.#address)} is under rule ${found}, not ${expected}`);
      count(this.tally, found < 0 ? 'none' : 'found');
    }
  }

  #prefix(): Prefix {
    const bytes = this.#bytes();
    const least = isIpv4Prefix({ bytes, length: 128 }) ? 96 : 0;
    const length = least + this.#dice.below(129 - least);
    return { bytes: masked(bytes, length), length };
  }

  /** Few different bytes, so that networks nest and addresses hit them. */
  #bytes(): Uint8Array {
    const dice = this.#dice;
    const bytes = new Uint8Array(16);
    const v4 = !dice.oneIn(3);
    if (v4 && !dice.oneIn(10)) bytes.set([0xff, 0xff], 10);
    for (let i = v4 ? 12 : 0; i < 16; i++) bytes[i] = dice.pick([0, 1, 0x7f, 0x80, 0xfe, 0xff]);
    return bytes;
  }

  /** The first or last address of a network, or a neighbour of it. */
  #edge(): Uint8Array {
    const { bytes, length } = this.#dice.pick(this.#rules);
    const size = 1n << BigInt(128 - length);
    const start = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
    const edge = this.#dice.pick([start - 1n, start, start + size - 1n, start + size]);
    const hex = BigInt.asUintN(128, edge).toString(16).padStart(32, '0');
    return new Uint8Array(Buffer.from(hex, 'hex'));
  }
}

function checkText(prefix: Prefix): void {
  const text = formatPrefix(prefix);
  const read = parsePrefix(text);
  const same =
    !('error' in read) && read.length === prefix.length && Buffer.compare(read.bytes, prefix.bytes) === 0;
  must(same, `${text} is read as another prefix`);
}

export const acl: Target = {
  name: 'acl',
  steps: 300,
  reaches: ['none', 'found'],
  start: (seed) => new AclRun(seed),
};
