/** `bindaddress`, `binddevice` and `port` of chronyd → `ntp.listen` and `ntp.port`. */
import { isIP } from 'node:net';
import { isDevice } from '../device.ts';
import type { Draft } from '../draft.ts';
import type { SourceLine } from '../source-lines.ts';

export class ChronySockets {
  readonly #draft: Draft;
  /** The last of each family counts. */
  readonly #addresses = new Map<number, string>();
  readonly #lines: SourceLine[] = [];
  #device: string | undefined;
  #port: number | undefined;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  address(line: SourceLine) {
    const address = line.words[1] ?? '';
    const family = isIP(address);
    if (family === 0 || address.includes('%') || line.words.length > 2)
      return this.#draft.add(
        line,
        'refused',
        `${address.slice(0, 60)} is no address: write one of this host's`,
      );
    this.#addresses.set(family, address);
    this.#lines.push(line);
  }

  device(line: SourceLine) {
    const name = line.words[1] ?? '';
    if (!isDevice(name))
      return this.#draft.add(
        line,
        'refused',
        `${name.slice(0, 60)} is no interface name: write one such as eth0`,
      );
    this.#device = name;
    this.#lines.push(line);
  }

  port(line: SourceLine) {
    const text = line.words[1] ?? '';
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (!(port <= 65_535)) return this.#draft.add(line, 'refused', 'is no port: write 0 to 65535');
    this.#port = port;
    this.#draft.add(line, 'applied', port === 0 ? 'port 0: nobody is served' : `ntp.port: ${port}`);
  }

  /** Whether chronyd opens an NTP port at all. */
  get serves(): boolean {
    return this.#port !== 0;
  }

  finish() {
    if (this.#port !== undefined && this.#port > 0) this.#draft.settings.port = this.#port;
    if (this.#lines.length === 0) return;
    if (this.#device !== undefined && this.#addresses.size > 0) {
      const why =
        'an interface and an address together can not be expressed: delete binddevice or bindaddress';
      for (const line of this.#lines) this.#draft.add(line, 'refused', why);
      return;
    }
    const listen = this.#device
      ? [this.#device]
      : [this.#addresses.get(4) ?? '0.0.0.0', this.#addresses.get(6) ?? '::'];
    this.#draft.settings.listen = listen;
    for (const line of this.#lines) this.#draft.add(line, 'applied', `ntp.listen: ${listen.join(', ')}`);
  }
}
