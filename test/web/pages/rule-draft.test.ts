import { describe, expect, it } from 'vitest';
import {
  draftOf,
  keyText,
  limitText,
  ruleOf,
  rulePatchOf,
} from '../../../src/web/pages/access/rule-draft.ts';
import type { AccessRule } from '../../../src/web/pages/access/shapes.ts';
import { rulesFor } from '../../../src/web/pages/wizard/served.ts';

const complete = { rateLimit: 'default', requireKey: false, allowQueries: false, note: '' } as const;

describe('an access rule in its form', () => {
  it.each<[string, AccessRule]>([
    ['plain', { ...complete, prefix: '192.0.2.0/24', action: 'serve' }],
    ['denied', { ...complete, prefix: 'any', action: 'deny', note: 'closed' }],
    [
      'with a key of its own',
      { ...complete, prefix: '::1', action: 'serve', requireKey: 7, allowQueries: true },
    ],
    ['with any key', { ...complete, prefix: '::1', action: 'serve', requireKey: true }],
    ['with a limit', { ...complete, prefix: '::1', action: 'serve', rateLimit: { interval: 0, burst: 4 } }],
    ['without a limit', { ...complete, prefix: '::1', action: 'serve', rateLimit: 'off' }],
  ])('comes out as it went in: %s', (_name, rule) => {
    expect(ruleOf(draftOf(rule))).toEqual(rule);
  });

  it('fills what was left out with the defaults', () => {
    expect(ruleOf(draftOf({ prefix: 'any', action: 'ignore' }))).toEqual({
      ...complete,
      prefix: 'any',
      action: 'ignore',
    });
  });

  it('takes a part of a limit away again when its field is emptied', () => {
    const draft = draftOf({ prefix: 'any', action: 'serve', rateLimit: { interval: 1, burst: 4 } });
    expect(rulePatchOf({ ...draft, burst: '' })['rateLimit']).toEqual({
      interval: 1,
      burst: null,
      leak: null,
    });
  });

  it('says limits and keys in few words', () => {
    expect(limitText({ interval: 2, burst: 4 })).toBe('1 per 2 s, 4 in a row');
    expect([limitText(undefined), limitText({}), limitText('off')]).toEqual([
      'as for all',
      'as for all',
      'none',
    ]);
    expect([keyText(undefined), keyText(true), keyText(7)]).toEqual(['no', 'any key', 'key 7']);
  });
});

describe('whom the wizard serves', () => {
  const now: AccessRule[] = [
    { prefix: 'attached', action: 'serve' },
    { prefix: '10.0.0.0/8', action: 'deny', note: 'mine' },
  ];

  it('adds what is missing and leaves the rules of one’s own alone', () => {
    expect(rulesFor('attached', [], now)).toEqual(now);
    const wide = rulesFor('private', [], now);
    expect(wide.slice(0, 2)).toEqual(now);
    expect(wide.slice(2).map(({ prefix }) => prefix)).toContain('192.168.0.0/16');
    expect(wide.filter(({ prefix }) => prefix === '10.0.0.0/8')).toEqual([now[1]]);
    expect(rulesFor('own', ['192.0.2.0/24'], now).at(-1)).toEqual({
      prefix: '192.0.2.0/24',
      action: 'serve',
    });
  });
});
