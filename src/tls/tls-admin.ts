/** What administrators do with the certificate, with who did it on the record. */
import type { AuditActor, AuditSink } from '../audit/audit-sink.ts';
import type { CertificateKeeper } from './certificate-keeper.ts';
import type { CertificateView } from './certificate-view.ts';
import type { Flaw } from './check-pair.ts';

export interface TlsView {
  /** Whether the page and the API are served by HTTPS. */
  readonly enabled: boolean;
  readonly hsts: boolean;
  /** Null: there is none. */
  readonly certificate: CertificateView | null;
}

export interface TlsAdminParts {
  /** Undefined: TLS is not in use, and there is no certificate. */
  readonly keeper: CertificateKeeper | undefined;
  readonly enabled: () => boolean;
  readonly hsts: () => boolean;
  readonly audit: AuditSink;
}

/** A flaw of what was given, why there is nothing to change, or what the disk refused: one line each. */
export type TlsResult =
  | { readonly flaw: Flaw }
  | { readonly unused: string }
  | { readonly failed: string }
  | { readonly view: TlsView };

export class TlsAdmin {
  readonly #parts: TlsAdminParts;

  constructor(parts: TlsAdminParts) {
    this.#parts = parts;
  }

  view(): TlsView {
    const { keeper, enabled, hsts } = this.#parts;
    return { enabled: enabled(), hsts: hsts(), certificate: keeper?.view ?? null };
  }

  /** PEM. */
  replace(actor: AuditActor, certificate: string, key: string): Promise<TlsResult> {
    return this.#change(actor, 'certificate.upload', (keeper) => keeper.replace(certificate, key));
  }

  /** One signed by the appliance itself, for its names of now. */
  renew(actor: AuditActor): Promise<TlsResult> {
    return this.#change(actor, 'certificate.renew', (keeper) => keeper.renew());
  }

  async #change(
    actor: AuditActor,
    action: string,
    change: (keeper: CertificateKeeper) => Promise<Flaw | string | undefined>,
  ): Promise<TlsResult> {
    const { keeper, audit } = this.#parts;
    if (!keeper) return { unused: 'there is no certificate here: TLS is not in use, see http.tls' };
    const before = outline(keeper.view);
    const problem = await change(keeper);
    if (typeof problem === 'string') return { failed: problem };
    if (problem) return { flaw: problem };
    audit.record({ actor, action, target: 'TLS certificate', before, after: outline(keeper.view) });
    return { view: this.view() };
  }
}

function outline({ subject, issuer, notAfter, fingerprintSha256 }: CertificateView): Record<string, unknown> {
  return { subject, issuer, notAfter, fingerprintSha256 };
}
