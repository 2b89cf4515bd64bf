/** Keeps the certificate: made at the first start, renewed before it ends, swapped without a restart. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { ConditionSink } from '../events/event-sink.ts';
import type { UtcClock } from '../time/utc-clock.ts';
import { newKey, selfSigned } from './certificate.ts';
import { loadPair, savePair } from './certificate-file.ts';
import { type CertificateView, certificateView } from './certificate-view.ts';
import { type CheckedPair, checkPair, type Flaw } from './check-pair.ts';

const DAY_MS = 86_400_000;
/** Some browsers refuse more than 825 days, without a way round. */
const VALID_DAYS = 820;
/** What is left when it is renewed, or warned of. */
const RENEW_DAYS = 30;
/** A clock that is further from the build than this is wrong for sure. */
const LIKELY_DAYS = 20 * 365;

/** Forward secrecy and authenticated encryption alone: RFC 9325 §4.2. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

export interface CertificateKeeperOptions {
  /** The state folder; undefined: memory only. */
  readonly directory: string | undefined;
  /** No true time is earlier. */
  readonly buildDate: Date;
  readonly utc: UtcClock;
  /** What the appliance is called now: see `subjectNames`. */
  readonly names: () => readonly string[];
  readonly events: ConditionSink;
  /** One line each. */
  readonly warn: (problem: string) => void;
}

/** What is used of `tls.Server`. */
export interface SecureServer {
  setSecureContext(options: SecureContextOptions): void;
}

export class CertificateKeeper {
  readonly #options: CertificateKeeperOptions;
  readonly #servers = new Set<SecureServer>();
  #pair: CheckedPair;
  #view: CertificateView;

  private constructor(options: CertificateKeeperOptions, pair: CheckedPair) {
    this.#options = options;
    this.#pair = pair;
    this.#view = certificateView(pair.certificate);
  }

  /** Takes the certificate of the state folder, or makes one. */
  static async open(options: CertificateKeeperOptions): Promise<CertificateKeeper> {
    const { directory, warn } = options;
    const loaded = directory === undefined ? { kind: 'none' as const } : loadPair(directory);
    if (loaded.kind === 'loaded') return new CertificateKeeper(options, loaded.pair);
    if (loaded.kind === 'rejected') warn(`${loaded.reason}: a new certificate is made`);
    const pair = make(options, newKey());
    const problem = directory === undefined ? '' : await savePair(directory, pair);
    // Serving with one that is not kept is better than not serving.
    if (problem !== '') warn(problem);
    return new CertificateKeeper(options, pair);
  }

  get view(): CertificateView {
    return this.#view;
  }

  /** For a server of TLS. */
  get secureOptions(): SecureContextOptions & { readonly key: string; readonly cert: string } {
    const { key, certificate } = this.#pair;
    return { key, cert: certificate, minVersion: 'TLSv1.2', ciphers: CIPHERS, honorCipherOrder: true };
  }

  /** Has the server use each new certificate from then on; connections that are open stay. Returns how to end it. */
  follow(server: SecureServer): () => void {
    this.#servers.add(server);
    return () => void this.#servers.delete(server);
  }

  /** Uploaded, PEM. Undefined: it is in use. */
  async replace(certificate: string, key: string): Promise<Flaw | string | undefined> {
    const now = this.#options.utc();
    const pair = checkPair(certificate, key, now.trusted ? now.millis : undefined);
    if (!('certificate' in pair)) return pair;
    return this.#adopt(pair);
  }

  /** Signs a new one for the names of now; `key` is made anew where there is none. Undefined: it is in use. */
  async renew(key: KeyObject = newKey()): Promise<string | undefined> {
    return this.#adopt(make(this.#options, key));
  }

  /** The file was replaced, as by a restored backup. */
  reload(): void {
    const { directory, warn } = this.#options;
    const loaded = directory === undefined ? undefined : loadPair(directory);
    if (loaded?.kind === 'rejected') warn(`${loaded.reason}: the certificate stays as it was`);
    if (loaded?.kind === 'loaded') this.#use(loaded.pair);
  }

  /** To be called now and then, once a day or more. Nothing happens while the time is not known. */
  async watch(): Promise<void> {
    const { utc, events, warn } = this.#options;
    const now = utc();
    if (!now.trusted) return;
    if (this.#daysLeft(now.millis) >= RENEW_DAYS) return events.clear('certificate-expiring');
    if (this.#view.selfSigned) {
      // With the same key: those who trust the key need not look again.
      const problem = await this.renew(createPrivateKey(this.#pair.key));
      if (problem === undefined) return events.clear('certificate-expiring');
      warn(problem);
    }
    const { notAfter, subject } = this.#view;
    const verb = this.#daysLeft(now.millis) > 0 ? 'expires' : 'has expired';
    events.raise(
      'certificate-expiring',
      `the certificate of ${subject} ${verb} on ${notAfter}: upload another`,
      {
        notAfter,
      },
    );
  }

  #daysLeft(now: number): number {
    return (Date.parse(this.#view.notAfter) - now) / DAY_MS;
  }

  /** On the disk before it is used. */
  async #adopt(pair: CheckedPair): Promise<string | undefined> {
    const { directory } = this.#options;
    const problem = directory === undefined ? '' : await savePair(directory, pair);
    if (problem !== '') return problem;
    this.#use(pair);
    return undefined;
  }

  #use(pair: CheckedPair): void {
    this.#pair = pair;
    this.#view = certificateView(pair.certificate);
    for (const server of this.#servers) server.setSecureContext(this.secureOptions);
  }
}

function make({ buildDate, utc, names }: CertificateKeeperOptions, key: KeyObject): CheckedPair {
  const { notBefore, notAfter } = validity(buildDate.getTime(), utc());
  const certificate = selfSigned({ names: names(), notBefore, notAfter, key });
  return { certificate, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/**
 * From the build on: no true time is earlier, while the clock may still be wrong. Once the time is known, from the day
 * before, since browsers count the whole span.
 */
function validity(build: number, now: ReturnType<UtcClock>): { notBefore: Date; notAfter: Date } {
  const likely = now.trusted || now.millis - build < LIKELY_DAYS * DAY_MS;
  const latest = likely ? Math.max(build, now.millis) : build;
  const notBefore = now.trusted ? Math.max(build, now.millis - DAY_MS) : build;
  return { notBefore: wholeSeconds(notBefore), notAfter: wholeSeconds(latest + VALID_DAYS * DAY_MS) };
}

function wholeSeconds(millis: number): Date {
  return new Date(Math.floor(millis / 1000) * 1000);
}
