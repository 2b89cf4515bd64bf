/**
 * What make and model a receiver is, as far as its sentences tell: some say it when they start, others when they are
 * asked, and sentences of a maker's own say at least whose it is. Most say nothing.
 */
import type { Sentence } from './framer.ts';

/** Null: not told. Texts are of printable ASCII, 40 characters at most. */
export interface ReceiverModel {
  readonly maker: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
}

const LONGEST = 40;
const NOTHING: ReceiverModel = { maker: null, model: null, firmware: null };

type Told = { readonly [K in keyof ReceiverModel]?: string | undefined };

/** A sentence of one maker's own, by the beginning of its address; `read`: what its fields tell beyond that. */
interface Proprietary {
  readonly begins: string;
  readonly maker: string;
  readonly read?: (address: string, fields: readonly string[]) => Told;
}

const PROPRIETARY: readonly Proprietary[] = [
  { begins: 'PUBX', maker: 'u-blox' },
  {
    begins: 'PMTK',
    maker: 'MediaTek',
    // Release, build, model.
    read: (address, [firmware, , model]) => (address === 'PMTK705' ? { firmware, model } : {}),
  },
  {
    begins: 'PAIR',
    maker: 'Airoha',
    // `AG3335M_V2.5.0.…`, the chip first.
    read: (address, [firmware = '']) =>
      address === 'PAIR021' ? { firmware, model: /^[^_]+(?=_)/.exec(firmware)?.[0] } : {},
  },
  {
    begins: 'PQTM',
    maker: 'Quectel',
    // `LC29HBSNR11A01S`: module and version in one.
    read: (address, [firmware]) => (address === 'PQTMVERNO' ? { firmware } : {}),
  },
  {
    begins: 'PGRM',
    maker: 'Garmin',
    // `GPS 15x-W Ver. 4.20`.
    read: (address, [text = '']) => {
      const [, model, firmware] = /^(.*?)(?: Ver\.? (.*))?$/.exec(text) ?? [];
      return address === 'PGRMT' ? { model, firmware } : {};
    },
  },
  {
    begins: 'PERD',
    maker: 'Furuno',
    read: (address, [kind, model, firmware]) =>
      address === 'PERDSYS' && kind === 'VERSION' ? { model, firmware } : {},
  },
  {
    begins: 'PSTM',
    maker: 'STMicroelectronics',
    read: (address, [firmware]) => (address === 'PSTMVER' ? { firmware } : {}),
  },
  { begins: 'PFEC', maker: 'Furuno' },
  { begins: 'PSRF', maker: 'SiRF' },
  { begins: 'PTNL', maker: 'Trimble' },
  { begins: 'PSTI', maker: 'SkyTraq' },
];

/** Texts that receivers send by `TXT`, mostly as they start. */
const TEXTS: readonly (readonly [pattern: RegExp, told: (value: string) => Told])[] = [
  [/^(u-blox) ?(?:AG|ag)\b/, () => ({ maker: 'u-blox' })],
  [/^MOD[= ](.+)$/, (model) => ({ maker: 'u-blox', model })],
  [/^FWVER=(.+)$/, (firmware) => ({ maker: 'u-blox', firmware })],
  [/^ROM CORE +(\S+)/, (firmware) => ({ maker: 'u-blox', firmware })],
  [/^MA=(.+)$/, (maker) => ({ maker })],
  [/^IC=(.+)$/, (model) => ({ model })],
  [/^SW=(.+)$/, (firmware) => ({ firmware })],
];

export class ReceiverModelReader {
  #told: ReceiverModel = NOTHING;

  take({ address, fields }: Sentence): void {
    const told = /^..TXT$/.test(address) ? readText(fields) : readProprietary(address, fields);
    if (told) this.#learn(told);
  }

  /** Null: nothing was told. */
  get view(): ReceiverModel | null {
    return this.#told === NOTHING ? null : this.#told;
  }

  /** Another maker is another receiver on the line: what the one before said no longer holds. */
  #learn(told: Told): void {
    const { maker, model, firmware } = this.#told;
    const next = { maker: clean(told.maker), model: clean(told.model), firmware: clean(told.firmware) };
    const same = next.maker === null || maker === null || next.maker === maker;
    this.#told = same
      ? {
          maker: next.maker ?? maker,
          model: next.model ?? model,
          firmware: next.firmware ?? firmware,
        }
      : next;
  }
}

/** Number of texts, number of this one, its kind, and the text, which may have commas in it. */
function readText(fields: readonly string[]): Told | undefined {
  const text = fields.slice(3).join(',').trim();
  for (const [pattern, told] of TEXTS) {
    const match = pattern.exec(text);
    if (match) return told((match[1] ?? '').trim());
  }
  return undefined;
}

function readProprietary(address: string, fields: readonly string[]): Told | undefined {
  const found = PROPRIETARY.find(({ begins }) => address.startsWith(begins));
  return found && { ...found.read?.(address, fields), maker: found.maker };
}

/** Sentences are of printable ASCII: the framer lets no other by. */
function clean(text = ''): string | null {
  const bare = text.trim();
  return bare === '' || bare === 'N/A' ? null : bare.slice(0, LONGEST);
}
