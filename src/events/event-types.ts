/** Every event that there is: the one list that the log, the page, metrics, syslog and the tests share. */

/** In rising order. */
export const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

interface EventKind {
  readonly severity: Severity;
  /** A condition stays active until it is cleared; anything else has happened and is over. */
  readonly condition: boolean;
  readonly meaning: string;
}

export const EVENT_TYPES = {
  'clock-locked': {
    severity: 'info',
    condition: false,
    meaning: 'the clock is locked and stratum 1 is served',
  },
  'clock-lost': { severity: 'warning', condition: true, meaning: 'the clock is no longer locked' },
  'holdover-limit-near': { severity: 'error', condition: true, meaning: 'holdover is about to end' },
  'holdover-ended': {
    severity: 'critical',
    condition: true,
    meaning: 'holdover has ended: no time is served',
  },
  antenna: { severity: 'error', condition: true, meaning: 'the receiver hears too few satellites' },
  'jamming-suspected': {
    severity: 'warning',
    condition: true,
    meaning: 'the signals of all satellites are weaker than usual',
  },
  'spoofing-suspected': {
    severity: 'critical',
    condition: true,
    meaning: 'the receiver contradicts the kept time or place',
  },
  'label-ambiguous': {
    severity: 'error',
    condition: true,
    meaning: 'it can not be told which second an edge marks',
  },
  'leap-announced': { severity: 'info', condition: true, meaning: 'a leap second is coming' },
  'leap-table-expiring': {
    severity: 'warning',
    condition: true,
    meaning: 'the leap second table expires soon, or has expired',
  },
  'certificate-expiring': {
    severity: 'warning',
    condition: true,
    meaning: 'the TLS certificate expires soon, or has expired',
  },
  'config-changed': { severity: 'info', condition: false, meaning: 'the configuration was changed' },
  'config-rolled-back': {
    severity: 'warning',
    condition: false,
    meaning: 'a change was not confirmed and was undone',
  },
  'login-failed': { severity: 'warning', condition: false, meaning: 'a login was refused' },
  'login-limited': {
    severity: 'warning',
    condition: false,
    meaning: 'too many logins failed: further ones must wait',
  },
  claimed: { severity: 'info', condition: false, meaning: 'the appliance was claimed' },
  'denied-traffic': { severity: 'warning', condition: true, meaning: 'sources that may not ask keep asking' },
  'rate-limited-traffic': { severity: 'warning', condition: true, meaning: 'sources ask too often' },
  'temperature-high': { severity: 'warning', condition: true, meaning: 'the board is hot' },
  'disk-full': {
    severity: 'error',
    condition: true,
    meaning: 'the disk is almost full, or can not be written',
  },
  'update-installed': {
    severity: 'info',
    condition: false,
    meaning: 'an update is installed and runs on trial',
  },
  'update-kept': { severity: 'info', condition: false, meaning: 'an update was well and is kept' },
  'update-rolled-back': {
    severity: 'error',
    condition: false,
    meaning: 'an update was not well: the version of before runs again',
  },
  'update-refused': { severity: 'warning', condition: false, meaning: 'an update was refused' },
  restarted: { severity: 'info', condition: false, meaning: 'the appliance was started' },
  'clock-stepped': { severity: 'error', condition: false, meaning: 'somebody else has set the clock' },
  'receiver-lost': { severity: 'error', condition: true, meaning: 'nothing comes from the receiver' },
  'pps-lost': { severity: 'error', condition: true, meaning: 'no edges come' },
} as const satisfies Record<string, EventKind>;

export type EventType = keyof typeof EVENT_TYPES;
export const EVENT_TYPE_NAMES = Object.keys(EVENT_TYPES) as readonly EventType[];

export function kindOf(type: EventType): EventKind {
  return EVENT_TYPES[type];
}

/** Whether `severity` is at least as bad as `least`. */
export function atLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}
