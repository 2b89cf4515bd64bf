import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { UtcNow } from '../../src/time/utc-clock.ts';
import { newKey, selfSigned } from '../../src/tls/certificate.ts';
import { CertificateKeeper } from '../../src/tls/certificate-keeper.ts';

export const BUILD = new Date('2026-11-21T00:00:00Z');
export const DAY_MS = 86_400_000;

export function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A pair as somebody might upload it. */
export function pair(about: { from?: string; to?: string; names?: string[] } = {}) {
  const key = newKey();
  const { from = '2026-01-01T00:00:00Z', to = '2028-01-01T00:00:00Z', names = ['time.example'] } = about;
  const certificate = selfSigned({ names, notBefore: new Date(from), notAfter: new Date(to), key });
  return { certificate, key: pem(key) };
}

export function rsaKey(bits: number): string {
  return pem(generateKeyPairSync('rsa', { modulusLength: bits }).privateKey);
}

export class World {
  utc: UtcNow = { millis: Date.parse('2026-12-01T00:00:00Z'), trusted: true };
  names = ['clock7', 'clock7.local', 'localhost', '127.0.0.1', '::1', '2001:db8::7'];
  readonly events: string[] = [];
  readonly warnings: string[] = [];

  open(directory?: string): Promise<CertificateKeeper> {
    return CertificateKeeper.open({
      directory,
      buildDate: BUILD,
      utc: () => this.utc,
      names: () => this.names,
      events: {
        raise: (type, text) => void this.events.push(`${type}: ${text}`),
        clear: (type) => void this.events.push(`${type} cleared`),
      },
      warn: (problem) => void this.warnings.push(problem),
    });
  }
}
