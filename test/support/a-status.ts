/** A snapshot of a healthy appliance, with what a test wants otherwise. */
import { OUTCOME_NAMES } from '../../src/status/clients.ts';
import type { Status } from '../../src/status/status.ts';

export type Otherwise = {
  readonly [K in keyof Status]?: Status[K] extends object | null
    ? Partial<NonNullable<Status[K]>> | Status[K]
    : Status[K];
};

export function aStatus(otherwise: Otherwise = {}): Status {
  const merged = Object.entries(otherwise).map(([key, value]) => {
    const usual = HEALTHY[key as keyof Status];
    const both = isPlain(value) && isPlain(usual);
    return [key, both ? { ...(usual as object), ...(value as object) } : value];
  });
  return { ...HEALTHY, ...Object.fromEntries(merged) } as Status;
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const SKY = [38, 41, 44, 47, 35, 33].map((signal, index) => ({
  system: index < 4 ? 'GPS' : 'Galileo',
  prn: index + 1,
  elevation: 40,
  azimuth: 60 * index,
  signal,
}));

const OPEN = { state: 'open', device: '/dev/test', reason: '' } as const;

const HEALTHY: Status = {
  version: '0.1.0',
  buildDate: '2026-01-01',
  mode: 'simulation',
  uptimeSeconds: 1000,
  state: 'locked',
  reason: '',
  stratum: 1,
  utc: '2026-06-01T12:00:00.000000Z',
  clock: {
    offsetSeconds: 0.8,
    ratePpm: 12,
    rateSigmaPpm: 0.001,
    errorBoundNs: 450,
    boundTermsNs: null,
    steering: { active: false, ratePpm: 0, reason: 'clock.steer is false' },
  },
  reference: {
    state: 'labelled',
    reason: '',
    refusal: undefined,
    agreeing: 4,
    agreementNeeded: 4,
    margin: 0.4,
    burstDelay: { mean: 0.1, jitter: 0.01, source: 'learned' },
    firstLabel: '2026-06-01T11:00:00Z',
    lastLabel: '2026-06-01T12:00:00Z',
    weekRepair: 0,
    pulseWidth: 0.1,
    edgesLabelled: 990,
    edgesRefused: { 'no-fix': 3 },
    secondsSinceSample: 0.5,
    samples: { taken: 990, late: 0, rejected: 0 },
  },
  holdover: {
    secondsUntil: {
      bound10us: 600,
      bound100us: 6000,
      bound1ms: 60_000,
      serviceEnds: 200_000,
      clientsReject: 2_592_000,
    },
    drills: [],
    thermalMinutes: 10,
  },
  gate: { contradictingEdges: 0, acceptedInSeconds: null, exposed: null },
  quality: {
    samples: 990,
    lastResidualNs: -20,
    octaves: [{ tauSeconds: 1, adev: 1e-9, tdevNs: 5, adevCount: 900, mtieNs: 60 }],
    lastHour: null,
    lastDay: null,
    histogram: [],
  },
  pps: { device: OPEN, edges: 1000, secondsSinceEdge: 0.5, jitterNs: 30 },
  receiver: {
    fixType: '3D',
    satellitesUsed: 6,
    satellites: SKY,
    model: { maker: 'u-blox', model: 'NEO-M8T-0', firmware: 'TIM 1.10' },
    device: OPEN,
    bytes: 500_000,
    secondsSinceBytes: 0.4,
    sentences: { GNRMC: 1000 },
    rejected: { 'checksum-wrong': 2 },
  },
  leap: { source: 'test', taiMinusUtc: 37, expires: '2027-06-28', expired: false, next: null },
  ntp: {
    service: { ...OPEN, restarts: 0 },
    rules: 4,
    keys: { file: '', loaded: 0, problems: [] },
    listening: ['127.0.0.1:11123'],
    kernelDrops: 0,
    counters: {
      ...Object.fromEntries(OUTCOME_NAMES.map((name) => [name, 0])),
      served: 500,
      authenticated: 10,
    },
  },
  management: { listening: ['127.0.0.1:8080'], secure: false, notServed: [] },
  environment: { temperatureC: 45, load: 0.1 },
  savedState: { savedAt: null, problem: '' },
};
