/** What the API asks of logins, users and tokens; the appliance gives it an `Auth` of `src/auth`. */
import type { AccountAdmin } from '../auth/account-admin.ts';
import type { Auth } from '../auth/auth.ts';

export type { SessionView, TokenView, UserView } from '../auth/views.ts';

export type LoginControls = Pick<
  Auth,
  'claimed' | 'bySession' | 'byToken' | 'login' | 'logout' | 'claim' | 'changePassword'
>;

export type AccountControls = Pick<AccountAdmin, keyof AccountAdmin>;

/** What a page is told before anybody is logged in. */
export interface ApplianceInfo {
  readonly mode: 'hardware' | 'simulation';
  readonly hostName: string;
  readonly version: string;
}
