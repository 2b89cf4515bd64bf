/** What the API asks of TLS; the appliance gives it a `TlsAdmin` of `src/tls`. */
import type { TlsAdmin } from '../tls/tls-admin.ts';

export type { TlsView } from '../tls/tls-admin.ts';

export type TlsControls = Pick<TlsAdmin, keyof TlsAdmin>;
