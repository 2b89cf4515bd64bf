/** An uploaded certificate with its key: what is wrong with them, before anything is replaced. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** Characters; a chain of a few certificates. */
export const LONGEST_PEM = 65_536;
const LEAST_RSA_BITS = 2048;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];
const MOST_CERTIFICATES = 10;

export interface Flaw {
  readonly field: 'certificate' | 'key';
  /** What is wrong and what to do. */
  readonly message: string;
}

/** PEM, in one form: the appliance's own certificate first, then those that signed it. */
export interface CheckedPair {
  readonly certificate: string;
  readonly key: string;
}

/** `now`: milliseconds since 1970, or undefined where the time is not known. */
export function checkPair(certificate: string, key: string, now: number | undefined): CheckedPair | Flaw {
  const chain = readChain(certificate);
  if (typeof chain === 'string') return { field: 'certificate', message: chain };
  const [own] = chain;
  const privateKey = readKey(key);
  if (typeof privateKey === 'string') return { field: 'key', message: privateKey };
  if (!own.checkPrivateKey(privateKey))
    return {
      field: 'key',
      message: 'does not belong to the certificate: upload the pair that was made together',
    };
  const flaw = chainFlaw(chain) || (now !== undefined && timeFlaw(own, now)) || '';
  if (flaw !== '') return { field: 'certificate', message: flaw };
  return {
    certificate: chain.map(String).join(''),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function readChain(text: string): [X509Certificate, ...X509Certificate[]] | string {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length > MOST_CERTIFICATES)
    return `holds more than ${MOST_CERTIFICATES} certificates: upload the chain alone`;
  try {
    const [own, ...others] = blocks.map((block) => new X509Certificate(block));
    return own
      ? [own, ...others]
      : 'holds no certificate: upload PEM text that begins with -----BEGIN CERTIFICATE-----';
  } catch {
    return 'is not a readable certificate: upload it in PEM form';
  }
}

function readKey(text: string): KeyObject | string {
  if (/ENCRYPTED/.test(text)) return 'is encrypted: take its passphrase off first';
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    return 'is not a readable private key: upload it in PEM form, without a passphrase';
  }
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength < LEAST_RSA_BITS)
    return `is an RSA key of ${modulusLength} bits: use ${LEAST_RSA_BITS} or more`;
  if (key.asymmetricKeyType === 'rsa' || (key.asymmetricKeyType === 'ec' && CURVES.includes(namedCurve)))
    return key;
  return 'is of a kind that browsers do not take: use RSA, or ECDSA on P-256, P-384 or P-521';
}

function chainFlaw([own, ...others]: readonly [X509Certificate, ...X509Certificate[]]): string {
  let signed = own;
  for (const issuer of others) {
    if (!signed.checkIssued(issuer))
      return 'is followed by one that has not signed it: upload the chain in order';
    signed = issuer;
  }
  return '';
}

function timeFlaw(own: X509Certificate, now: number): string {
  if (Date.parse(own.validTo) <= now) return `expired on ${own.validTo}: upload one that is valid`;
  if (Date.parse(own.validFrom) > now)
    return `is not valid before ${own.validFrom}: upload one that is valid now`;
  return '';
}
