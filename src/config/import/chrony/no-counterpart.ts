/** Directives of chronyd that have no counterpart, and why. */

const UPSTREAM = 'an upstream server: this server takes its time from its own receiver';
const CHRONYC =
  "for chronyc's protocol, which is not served: status is over NTP queries, the page and the API";
const NTS = 'Network Time Security is not part of this import';
const CLOCK = "a knob of chronyd's own clock discipline";
const RTC = 'the real-time clock is left to the kernel: see clock.rtc';
const LOGS = 'logs go to standard output, for journald or syslog; see log.level, the page and /metrics';
const PROCESS = "an inner matter of chronyd's process";
const SELECTION = 'how chronyd chooses among its sources';
const STEERING = "the machine's clock: see clock.steer; the served time never steps";

const REASONS: Readonly<Record<string, string>> = {
  server: UPSTREAM,
  peer: `${UPSTREAM}; symmetric mode is answered as to a client`,
  pool: UPSTREAM,
  initstepslew: UPSTREAM,
  refresh: UPSTREAM,
  acquisitionport: UPSTREAM,
  bindacqaddress: UPSTREAM,
  bindacqdevice: UPSTREAM,
  sourcedir: 'upstream servers: this server takes its time from its own receiver',
  dumpdir: PROCESS,
  dumponexit: PROCESS,
  maxsamples: CLOCK,
  minsamples: CLOCK,
  ntsdumpdir: NTS,
  ntsntpserver: NTS,
  ntsport: NTS,
  ntsprocesses: NTS,
  ntsratelimit: NTS,
  ntsrefresh: NTS,
  ntsrotate: NTS,
  ntsservercert: NTS,
  ntsserverkey: NTS,
  ntscachedir: NTS,
  ntsaeads: NTS,
  ntstrustedcerts: NTS,
  nosystemcert: NTS,
  nocerttimecheck: NTS,
  maxntsconnections: NTS,
  authselectmode: SELECTION,
  combinelimit: SELECTION,
  maxdistance: SELECTION,
  maxjitter: SELECTION,
  minsources: SELECTION,
  reselectdist: SELECTION,
  stratumweight: SELECTION,
  clockprecision: 'the precision is measured',
  corrtimeratio: CLOCK,
  driftfile: 'the learned rate of the oscillator is kept in state.directory',
  fallbackdrift: CLOCK,
  leapsecmode: 'leap seconds are announced, never smeared: clients that need a smear must do it',
  leapsectz: 'leap seconds: see leap.file (auto takes the newest table of this host and the shipped one)',
  makestep: STEERING,
  maxchange: STEERING,
  maxclockerror: 'the error of the clock is estimated, see discipline',
  maxdrift: CLOCK,
  maxupdateskew: CLOCK,
  maxslewrate: STEERING,
  tempcomp: 'the temperature behaviour is learned from the thermometer',
  linux_freq_scale: CLOCK,
  linux_hz: CLOCK,
  broadcast: 'broadcast: clients ask this server, it sends nothing unasked',
  clientloglimit: 'the list of clients has a fixed size here',
  noclientlog: 'the list of clients has a fixed size here',
  local: 'without its receiver this server is in holdover, up to discipline.holdoverLimit, and says so',
  ntpsigndsocket: 'signatures of Windows domains (MS-SNTP) are not supported',
  ptpport: 'NTP over PTP is not supported',
  ptpdomain: 'NTP over PTP is not supported',
  smoothtime: 'the served time is a model that neither steps nor slews',
  bindcmdaddress: CHRONYC,
  bindcmddevice: CHRONYC,
  cmdallow: CHRONYC,
  cmddeny: CHRONYC,
  cmdport: CHRONYC,
  cmdratelimit: CHRONYC,
  opencommands: CHRONYC,
  commandkey: CHRONYC,
  generatecommandkey: CHRONYC,
  hwclockfile: RTC,
  rtcautotrim: RTC,
  rtcdevice: RTC,
  rtcfile: RTC,
  rtconutc: RTC,
  rtcsync: RTC,
  manual: 'nobody sets the time by hand here',
  log: LOGS,
  logbanner: LOGS,
  logchange: LOGS,
  logdir: LOGS,
  mailonchange: LOGS,
  hwtimestamp: 'requests are stamped by the kernel on receipt',
  hwtstimeout: 'requests are stamped by the kernel on receipt',
  maxtxbuffers: PROCESS,
  keepalive: PROCESS,
  lock_all: PROCESS,
  pidfile: PROCESS,
  sched_priority: PROCESS,
  user: PROCESS,
  dscp: PROCESS,
};

export const CHRONY_DIRECTIVES_WITHOUT_COUNTERPART: readonly string[] = Object.keys(REASONS);

/** `directive` in lower case. */
export function withoutCounterpart(directive: string): string | undefined {
  return Object.hasOwn(REASONS, directive) ? REASONS[directive] : undefined;
}
