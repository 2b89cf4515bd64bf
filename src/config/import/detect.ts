/** Whether a text is an ntp.conf or a chrony.conf. */
import { CHRONY_DIRECTIVES_WITHOUT_COUNTERPART } from './chrony/no-counterpart.ts';
import { NTP_DIRECTIVES_WITHOUT_COUNTERPART } from './ntp/no-counterpart.ts';
import { type Syntax, sourceLines } from './source-lines.ts';

const NTP = new Set([
  ...NTP_DIRECTIVES_WITHOUT_COUNTERPART,
  'restrict',
  'unrestrict',
  'discard',
  'interface',
  'nic',
  'keys',
  'trustedkey',
  'leapfile',
  'fudge',
  'refclock',
  'includefile',
]);
const CHRONY = new Set([
  ...CHRONY_DIRECTIVES_WITHOUT_COUNTERPART,
  'allow',
  'deny',
  'ratelimit',
  'bindaddress',
  'binddevice',
  'port',
  'keyfile',
  'leapseclist',
  'refclock',
  'include',
  'confdir',
]);

/** By the directives that only one of the two has; undefined where neither has more. */
export function detectSyntax(text: string): Syntax | undefined {
  let ntp = 0;
  let chrony = 0;
  // The words of chrony.conf: more is a comment in it than in ntp.conf, but for `#` after a directive.
  for (const { words } of sourceLines(text, 'chrony')) {
    const word = (words[0] as string).toLowerCase();
    if (NTP.has(word) === CHRONY.has(word)) continue;
    if (NTP.has(word)) ntp++;
    else chrony++;
  }
  if (ntp === chrony) return undefined;
  return ntp > chrony ? 'ntp' : 'chrony';
}
