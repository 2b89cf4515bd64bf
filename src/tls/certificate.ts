/** A certificate that the appliance signs itself: X.509 version 3 (RFC 5280), ECDSA on P-256 with SHA-256. */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { isIP } from 'node:net';
import {
  bitString,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
  yes,
} from './der.ts';
import { addressBytes } from './subject-names.ts';

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/** RFC 5280, upper bound of a common name. */
const LONGEST_NAME = 64;
const SERIAL_BYTES = 16;

export interface CertificateRequest {
  /** Host names and IP addresses; the first is the subject's common name. */
  readonly names: readonly string[];
  /** Whole seconds count. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** On P-256. */
  readonly key: KeyObject;
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** PEM. */
export function selfSigned(request: CertificateRequest): string {
  const toBeSigned = body(request);
  const signature = sign('sha256', toBeSigned, { key: request.key, dsaEncoding: 'der' });
  const der = sequence(toBeSigned, sequence(objectIdentifier(OID.ecdsaWithSha256)), bitString(signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** RFC 5280 §4.1.2. */
function body({ names, notBefore, notAfter, key }: CertificateRequest): Buffer {
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const name = distinguishedName(names[0] ?? 'timeball');
  return sequence(
    explicit(0, integer(2n)),
    integer(serialNumber()),
    sequence(objectIdentifier(OID.ecdsaWithSha256)),
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey,
    explicit(3, sequence(...extensions(names, publicKey))),
  );
}

/** Positive, and at most 20 bytes: RFC 5280 §4.1.2.2. */
function serialNumber(): bigint {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return BigInt(`0x${bytes.toString('hex')}`);
}

function distinguishedName(commonName: string): Buffer {
  const part = (oid: string, text: string) =>
    setOf(sequence(objectIdentifier(oid), utf8String(text.slice(0, LONGEST_NAME))));
  return sequence(part(OID.organization, 'Timeball'), part(OID.commonName, commonName));
}

function extensions(names: readonly string[], publicKey: Buffer): Buffer[] {
  const keyId = keyIdentifier(publicKey);
  return [
    // Not an authority: who trusts it trusts this appliance alone.
    extension(OID.basicConstraints, sequence(), true),
    // digitalSignature, the first bit.
    extension(OID.keyUsage, bitString(Buffer.from([0x80]), 7), true),
    extension(OID.extendedKeyUsage, sequence(objectIdentifier(OID.serverAuth))),
    extension(OID.subjectAltName, sequence(...names.map(alternativeName))),
    extension(OID.subjectKeyIdentifier, octetString(keyId)),
    extension(OID.authorityKeyIdentifier, sequence(implicit(0, keyId))),
  ];
}

function extension(oid: string, value: Buffer, critical = false): Buffer {
  return sequence(objectIdentifier(oid), ...(critical ? [yes()] : []), octetString(value));
}

/** RFC 5280 §4.2.1.6: dNSName is [2], iPAddress [7]. */
function alternativeName(name: string): Buffer {
  return isIP(name) === 0 ? implicit(2, Buffer.from(name, 'ascii')) : implicit(7, addressBytes(name));
}

/** RFC 5280 §4.2.1.2 (1): of the bits of the key itself, which end the structure: 65 bytes on P-256. */
function keyIdentifier(publicKey: Buffer): Buffer {
  return createHash('sha1').update(publicKey.subarray(-65)).digest();
}
