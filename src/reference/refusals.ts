/** Why an edge got no label: the table of reasons, with the words an operator sees. */
export const REFUSALS = {
  'train-acquiring': 'waiting for four edges that stand whole seconds apart',
  'off-phase':
    'the edge is not a whole number of seconds after the others: noise or doubled pulses on the line',
  'several-pulses': "edges come more than once a second: set the receiver's time pulse to 1 Hz",
  'pulse-inverted': 'the line is active for most of the second: the pulse looks inverted',
  'no-burst': 'no sentences followed the edge',
  'no-time': 'the receiver sends no time',
  'no-date': 'the receiver sends no date',
  'no-fix': 'the receiver has no valid fix',
  'fix-unknown': 'no sentence says whether there is a fix (RMC, GGA, GNS or GLL)',
  'bad-date': 'the date is implausible',
  contradiction: 'the sentences of the burst contradict each other',
  ambiguous: 'the burst comes at a moment that could belong to two seconds',
  disagrees: 'the second does not follow on the one before',
  'leap-hold': 'the receiver may not know the leap seconds yet',
  'position-moved': 'the receiver claims to be elsewhere',
  'kept-time': 'the label contradicts the time that is being kept',
  unproven: 'too few bursts in a row agreed',
} as const satisfies Record<string, string>;

export type Refusal = keyof typeof REFUSALS;
