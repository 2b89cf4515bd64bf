/** Key files: good lines, changed ones, noise. What is loaded must be fit for use, and no message shows a secret. */
import { parseKeyFile } from '../../src/access/keys/key-file.ts';
import { type KeyData, Keyring } from '../../src/access/keys/keyring.ts';
import { Dice } from './dice.ts';
import { count, must, type Run, type Target } from './target.ts';

const FILE = '/etc/ntp.keys';
/** In every secret that is text: not a piece of any message. */
const MARK = 'xyzzy';
const SECRETS = [
  `ASCII:${MARK}0123456789`,
  `${MARK}&*()`,
  `${MARK}.0123456789`,
  'HEX:6CD5CA79D68B815093BA1DEC9DBD691C',
  '6CD5CA79D68B815093BA1DEC9DBD691C57545218',
  `HEX:${'5A'.repeat(64)}`,
  '0123456789abcdef',
];
const TYPES = ['MD5', 'M', 'SHA1', 'sha-1', 'SHA256', 'SHA2-256', 'SHA512', 'AES128', 'AES-128-CMAC', 'AES'];
const ADDRESSES = ['', '', ' 192.0.2.7', ' 192.0.2.0/24,2001:db8::/32', ' ::1,127.0.0.1', ' ::/0'];
const WORDS = [
  ...TYPES,
  ...SECRETS,
  'AES256',
  'HEX:',
  'ASCII:',
  '#',
  '!',
  ';',
  ',',
  '/',
  '\r',
  '\ufeff',
  '4294967296',
];
const LONGEST_MESSAGE = 300;
const MOST_PROBLEMS = 101;

class KeyFileRun implements Run {
  readonly tally = new Map<string, number>();
  readonly #dice: Dice;
  #text = '';

  constructor(seed: number) {
    this.#dice = new Dice(seed);
  }

  input(): unknown {
    return { text: this.#text, hex: Buffer.from(this.#text).toString('hex') };
  }

  step(): void {
    this.#text = this.#anyText();
    const { keys, problems, warnings } = parseKeyFile(this.#text, FILE);
    const lines = this.#text.split('\n').length;
    must(keys.length + problems.length <= lines + 1, 'more keys and problems than lines');
    must(problems.length <= MOST_PROBLEMS, `${problems.length} problems`);
    for (const message of [...problems, ...warnings]) checkMessage(message);
    must(new Set(keys.map(({ id }) => id)).size === keys.length, 'a number twice');
    for (const key of keys) checkKey(key);
    if (keys.length > 0) checkUse(keys, this.#dice);
    for (const { type } of keys) count(this.tally, type);
    if (problems.length > 0) count(this.tally, 'problems');
    if (warnings.length > 0) count(this.tally, 'warnings');
  }

  #anyText(): string {
    const dice = this.#dice;
    if (dice.oneIn(10))
      return Buffer.from(dice.bytes(dice.below(400))).toString(dice.pick(['utf8', 'latin1']));
    const text = Array.from({ length: dice.below(12) }, () => this.#line()).join(
      dice.pick(['\n', '\n', '\r\n']),
    );
    return dice.oneIn(3) ? text : dice.mutatedText(text, WORDS);
  }

  #line(): string {
    const dice = this.#dice;
    if (dice.oneIn(10)) return dice.pick(['', '# comment', '! comment', ' \t ', `# 1 MD5 ${MARK}`]);
    const id = dice.oneIn(10) ? dice.word() : 1 + dice.below(20);
    if (dice.oneIn(8)) return `${id} ${dice.pick(SECRETS)}`;
    return `${id} ${dice.pick(TYPES)} ${dice.pick(SECRETS)}${dice.pick(ADDRESSES)}${dice.pick(['', '  # key'])}`;
  }
}

function checkMessage(message: string): void {
  must(message.startsWith(`${FILE}:`) && !/[\n\r]/.test(message), `a message that is no line: ${message}`);
  must(message.length <= LONGEST_MESSAGE, `a message of ${message.length} characters`);
  must(!message.includes(MARK), `a message that shows a secret: ${message}`);
}

function checkKey({ id, type, secret, from }: KeyData): void {
  must(Number.isInteger(id) && id >= 1 && id <= 0xffff_ffff, `the number ${id}`);
  const { length } = secret;
  must(length >= 1 && length <= 512 && (type !== 'AES128' || length === 16), `${type} with ${length} bytes`);
  must(secret.buffer.byteLength === length, 'the secret is a part of other memory');
  must(from.length <= 64 && from.every((prefix) => prefix.bytes.length === 16), 'addresses');
}

/** Signs and verifies with each, as an answer thread would. */
function checkUse(keys: readonly KeyData[], dice: Dice): void {
  const ring = new Keyring(keys);
  const packet = dice.bytes(48 + 24);
  for (const { id, type } of keys) {
    const macLength = type === 'MD5' || type === 'AES128' ? 20 : 24;
    const index = ring.find(id);
    ring.sign(index, packet, 0, 48, 48, macLength);
    must(ring.verify(index, packet, 0, 48, 48, macLength), 'its own MAC is not taken');
    const at = dice.below(48 + macLength);
    packet[at] = (packet[at] as number) ^ (1 << dice.below(8));
    must(!ring.verify(index, packet, 0, 48, 48, macLength), 'a changed packet is taken');
  }
}

export const keyFiles: Target = {
  name: 'keys',
  steps: 5_000,
  reaches: ['MD5', 'SHA1', 'SHA256', 'SHA512', 'AES128', 'problems', 'warnings'],
  start: (seed) => new KeyFileRun(seed),
};
