/** Directives of ntpd and NTPsec that have no counterpart, and why. */

const UPSTREAM = 'an upstream server: this server takes its time from its own receiver';
const BROADCAST = 'broadcast and multicast: clients ask this server, it sends nothing unasked';
const STATISTICS = 'statistics files: see the admin page and /metrics';
const DISCIPLINE = "a knob of ntpd's own clock discipline";
const AUTOKEY = 'Autokey (broken, RFC 8633 §4.2): use symmetric keys';
const INTERNAL = "an inner matter of ntpd's process";
const NO_WRITING = 'nothing can be changed over NTP queries here';

const REASONS: Readonly<Record<string, string>> = {
  server: UPSTREAM,
  pool: UPSTREAM,
  peer: `${UPSTREAM}; symmetric mode is answered as to a client`,
  manycastclient: UPSTREAM,
  unpeer: UPSTREAM,
  unconfig: UPSTREAM,
  broadcast: BROADCAST,
  broadcastclient: BROADCAST,
  multicastclient: BROADCAST,
  manycastserver: BROADCAST,
  broadcastdelay: BROADCAST,
  ttl: BROADCAST,
  driftfile: 'the learned rate of the oscillator is kept in state.directory',
  nonvolatile: 'the learned rate of the oscillator is kept in state.directory',
  statsdir: STATISTICS,
  statistics: STATISTICS,
  filegen: STATISTICS,
  logfile: 'logs go to standard output, for journald or syslog; see log.level',
  logconfig: 'logs go to standard output, for journald or syslog; see log.level',
  tinker: DISCIPLINE,
  tos: 'how ntpd chooses among upstream servers',
  calldelay: INTERNAL,
  phone: INTERNAL,
  mru: 'the list of clients has a fixed size here',
  rlimit: INTERNAL,
  setvar: 'variables of ntpd for queries',
  reset: INTERNAL,
  pidfile: INTERNAL,
  saveconfigdir: NO_WRITING,
  controlkey: NO_WRITING,
  requestkey: NO_WRITING,
  trap: 'traps of ntpd: none are sent',
  crypto: AUTOKEY,
  keysdir: AUTOKEY,
  autokey: AUTOKEY,
  automax: AUTOKEY,
  revoke: AUTOKEY,
  ident: AUTOKEY,
  authdelay: INTERNAL,
  ntpsigndsocket: 'signatures of Windows domains (MS-SNTP) are not supported',
  nts: 'Network Time Security of NTPsec',
  mdnstries: 'nothing is announced over mDNS',
  dscp: INTERNAL,
  leapsmearinterval: 'leap seconds are announced, never smeared: clients that need a smear must do it',
  extra: 'a second port for NTS: see ntp.listen',
  simulate: INTERNAL,
};

/** What `disable`/`enable` switch. */
const SWITCHES: Readonly<Record<string, string>> = {
  auth: 'no associations are made with unknown peers here',
  bclient: BROADCAST,
  calibrate: DISCIPLINE,
  kernel: DISCIPLINE,
  monitor: 'the list of clients is always kept, and never given out over NTP queries',
  mode7: 'mode 7 (ntpdc) is not answered',
  ntp: DISCIPLINE,
  pps: DISCIPLINE,
  stats: STATISTICS,
  peer_clear_digest_early: AUTOKEY,
  unpeer_crypto_early: AUTOKEY,
  unpeer_crypto_nak_early: AUTOKEY,
  unpeer_digest_early: AUTOKEY,
};

export const NTP_DIRECTIVES_WITHOUT_COUNTERPART: readonly string[] = [
  ...Object.keys(REASONS),
  'enable',
  'disable',
];

/** Why the directive is left out, or undefined where it is no such directive. */
export function withoutCounterpart(words: readonly string[]): string | undefined {
  const [directive = '', ...rest] = words;
  if (directive === 'enable' || directive === 'disable') return switched(rest);
  return Object.hasOwn(REASONS, directive) ? REASONS[directive] : undefined;
}

function switched(names: readonly string[]): string {
  const reasons = names
    .slice(0, Object.keys(SWITCHES).length)
    .map((name) => (Object.hasOwn(SWITCHES, name) ? SWITCHES[name] : "no switch of ntpd's"));
  return [...new Set(reasons)].join('; ') || 'switches nothing';
}
