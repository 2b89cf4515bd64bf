/**
 * The compression functions of the OpenSSL that Node itself has, called directly: of the half microsecond that
 * `node:crypto` takes for a header, two thirds go into its interface. Deprecated in OpenSSL 3, exported all the same; where
 * they are not, or under FIPS, which allows the other interface alone, there are none, and `node:crypto` does it.
 */
import { getFips } from 'node:crypto';
import { createRequire } from 'node:module';
import type { DigestName, PaddedDigest } from '../ports.ts';

type Koffi = typeof import('koffi');

interface Calls {
  init(context: bigint): number;
  update(context: bigint, bytes: bigint, length: number): number;
}

interface Library {
  readonly koffi: Koffi;
  readonly calls: ReadonlyMap<DigestName, Calls>;
}

/** More than the largest context, SHA512_CTX with 216 bytes, by any version: openssl/sha.h, openssl/md5.h. */
const CONTEXT_BYTES = 512;
/** Bytes of the state, with which every context begins, and of the digest. */
const STATE_BYTES: Readonly<Record<DigestName, number>> = { MD5: 16, SHA1: 20, SHA256: 32, SHA512: 64 };

/** Null: there is none. */
let loaded: Library | null | undefined;

/**
 * For messages of one length: `bytes`, whole blocks, is that of the message with its padding. Undefined where this machine
 * has none of these functions.
 */
export function opensslDigest(name: DigestName, bytes: number): PaddedDigest | undefined {
  if (loaded === undefined) loaded = load();
  const calls = loaded?.calls.get(name);
  if (!loaded || !calls) return undefined;
  return new OpensslDigest(loaded.koffi, calls, STATE_BYTES[name], bytes);
}

function load(): Library | null {
  const supported = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  if (!supported || getFips() !== 0) return null;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const own = koffi.load(null);
    const calls = (name: DigestName): [DigestName, Calls] => [
      name,
      {
        init: own.func(`int ${name}_Init(uintptr_t context)`),
        update: own.func(`int ${name}_Update(uintptr_t context, uintptr_t bytes, size_t length)`),
      },
    ];
    return { koffi, calls: new Map((Object.keys(STATE_BYTES) as DigestName[]).map(calls)) };
  } catch {
    return null;
  }
}

class OpensslDigest implements PaddedDigest {
  readonly input: Uint8Array;
  readonly state: Uint8Array;
  readonly #words: Int32Array;
  readonly #initial: Int32Array;
  readonly #context: bigint;
  readonly #bytes: bigint;
  readonly #update: Calls['update'];

  constructor(koffi: Koffi, calls: Calls, stateBytes: number, bytes: number) {
    // Buffers made by `new ArrayBuffer` stay where they are for as long as something refers to them.
    const input = new ArrayBuffer(bytes);
    const context = new ArrayBuffer(CONTEXT_BYTES);
    this.input = new Uint8Array(input);
    this.state = new Uint8Array(context, 0, stateBytes);
    this.#words = new Int32Array(context, 0, stateBytes / 4);
    this.#context = koffi.address(context);
    this.#bytes = koffi.address(input);
    this.#update = calls.update;
    calls.init(this.#context);
    this.#initial = this.#words.slice();
  }

  /** Whole blocks leave nothing behind in the context but the state, and a count of bits that nobody reads. */
  run(): void {
    const words = this.#words;
    const initial = this.#initial;
    for (let i = 0; i < words.length; i++) words[i] = initial[i] as number;
    this.#update(this.#context, this.#bytes, this.input.length);
  }
}
