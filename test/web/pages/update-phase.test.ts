import { describe, expect, test } from 'vitest';
import type { UpdateView } from '../../../src/api/update-controls.ts';
import { phaseOf, progressText } from '../../../src/web/pages/system/update-phase.ts';

const LAST: NonNullable<UpdateView['last']> = {
  ...{ state: 'trial', version: '0.2.0', from: '0.1.0', slot: 'b', at: '2027-01-01T00:00:00Z', reason: '' },
  baseline: { locked: true, boundSeconds: 1e-6 },
  deadlineSeconds: 900,
};
const VIEW: UpdateView = {
  ...{ version: '0.1.0', buildDate: '2027-01-01', slot: 'a', can: { upload: true, install: true } },
  ...{
    reason: '',
    uploading: false,
    installing: false,
    problem: '',
    last: null,
    bundle: null,
    largestBundle: 1,
  },
};
const standing = (state: typeof LAST.state, more: Partial<UpdateView> = {}): UpdateView => ({
  ...VIEW,
  last: { ...LAST, state },
  ...more,
});
const ASKED = { version: '0.2.0', lastAt: undefined };

describe('where an update stands', () => {
  test.each([
    ['nothing was ever done', VIEW, undefined, false, 'idle'],
    ['the network is down', VIEW, undefined, true, 'idle'],
    ['it was asked for a moment ago', VIEW, ASKED, false, 'installing'],
    ['the helper is at work', { ...VIEW, installing: true }, ASKED, false, 'installing'],
    [
      'an old outcome is not that of what was asked for',
      standing('kept'),
      { ...ASKED, lastAt: LAST.at },
      false,
      'installing',
    ],
    ['installed, the old system is about to restart', standing('trial'), ASKED, false, 'restarting'],
    ['it restarts', standing('trial'), undefined, true, 'restarting'],
    ['it is gone before it said more', VIEW, ASKED, true, 'restarting'],
    ['the other slot runs', standing('trial', { slot: 'b' }), undefined, false, 'trial'],
    [
      'without slots, the other version',
      standing('trial', { slot: null, version: '0.2.0' }),
      undefined,
      false,
      'trial',
    ],
    ['kept', standing('kept'), undefined, false, 'kept'],
    ['taken back', standing('rolled-back'), undefined, false, 'back'],
    ['refused by the installer', standing('refused'), undefined, false, 'refused'],
    ['refused by the helper', { ...VIEW, problem: 'no' }, ASKED, false, 'refused'],
    ['the power went while it was written', standing('installing'), undefined, false, 'idle'],
  ] as const)('%s', (_, view, asked, silent, phase) => {
    expect(phaseOf(view, asked, silent)).toBe(phase);
  });
});

test('words for each', () => {
  const back = {
    ...VIEW,
    last: { ...LAST, state: 'rolled-back', reason: 'its clock did not lock' },
  } as const;
  expect(progressText(back, 'back')).toEqual({
    tone: 'bad',
    head: 'Version 0.2.0 was taken back.',
    text: '0.1.0 runs again: its clock did not lock.',
  });
  expect(progressText(standing('trial'), 'trial').text).toBe(
    'It is kept once it has run well for a while and its clock is locked as well as before, within 15 min; else 0.1.0 comes back by itself.',
  );
  expect(progressText({ ...VIEW, problem: 'the card is full' }, 'refused').text).toBe('the card is full.');
  expect(progressText(VIEW, 'idle').head).toBe('');
});
