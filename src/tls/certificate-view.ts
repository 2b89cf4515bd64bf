/** A certificate as people and the API see it. */
import { X509Certificate } from 'node:crypto';

export interface CertificateView {
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601 UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Upper-case hex pairs with colons, as browsers show it. */
  readonly fingerprintSha256: string;
  readonly selfSigned: boolean;
  /** Host names and IP addresses that it is for. */
  readonly names: readonly string[];
}

/** Of the first in the PEM text. */
export function certificateView(pem: string): CertificateView {
  const certificate = new X509Certificate(pem);
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
    fingerprintSha256: certificate.fingerprint256,
    selfSigned: isSelfSigned(certificate),
    names: namesOf(certificate.subjectAltName),
  };
}

export function isSelfSigned(certificate: X509Certificate): boolean {
  // `checkIssued` would want it to be an authority.
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

/** `DNS:timeball, IP Address:192.0.2.1`. */
function namesOf(text: string | undefined): string[] {
  return (text ?? '').split(', ').flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? []);
}
