/** The well-known ntp.conf and chrony.conf examples, through the compiled policy that packets are judged by. */
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/access/address.ts';
import { ACTION, compilePolicy, Policy } from '../../../src/access/policy.ts';
import { imported } from './import-helpers.ts';

/** As `Policy.find` names it for the address. */
interface Judged {
  readonly action: number | undefined;
  /** ms per answer; 0: unlimited. */
  readonly interval: number | undefined;
  readonly burst: number | undefined;
  readonly leak: number | undefined;
  readonly allowQueries: number | undefined;
  readonly requireKey: number | undefined;
}

function judged(text: string, syntax: 'ntp' | 'chrony', address: string): Judged {
  const policy = new Policy(compilePolicy(imported(text, syntax).access, []).table);
  const rule = policy.find(parseAddress(address) as Uint8Array, 0);
  return {
    action: policy.action[rule],
    interval: policy.interval[rule],
    burst: policy.burst[rule],
    leak: policy.leak[rule],
    allowQueries: policy.allowQueries[rule],
    requireKey: policy.requireKey[rule],
  };
}

const FREE = { action: ACTION.serve, interval: 0, burst: 0, leak: 0, allowQueries: 1, requireKey: 0 };
/** ntpd: an answer each 2^3 s, 8 in a row, none over the limit. */
const LIMITED = { action: ACTION.serve, interval: 8_000, burst: 8, leak: 0, requireKey: 0 };
const LOOPBACK = ['127.0.0.1', '::1'];
const STRANGERS = ['192.0.2.9', '2001:db8::9'];

describe.each([
  {
    name: 'limited, queries for all',
    text: `restrict default limited kod nomodify notrap nopeer
restrict -6 default limited kod nomodify notrap nopeer
restrict 127.0.0.1
restrict -6 ::1
`,
    queries: 1,
  },
  {
    name: 'limited, queries for this host alone',
    text: `restrict default nomodify notrap nopeer noquery kod limited
restrict 127.0.0.1
restrict ::1
`,
    queries: 0,
  },
])('ntp.conf: $name', ({ text, queries }) => {
  test.each(LOOPBACK)('%s is free', (address) => expect(judged(text, 'ntp', address)).toEqual(FREE));

  test.each(STRANGERS)('%s is limited', (address) =>
    expect(judged(text, 'ntp', address)).toEqual({ ...LIMITED, allowQueries: queries }),
  );
});

test.each([...LOOPBACK, ...STRANGERS])(
  'ntp.conf: without a line for this host %s is limited, too',
  (address) => {
    const text = `restrict default limited kod nomodify notrap nopeer
restrict -6 default limited kod nomodify notrap nopeer
`;
    expect(judged(text, 'ntp', address)).toEqual({ ...LIMITED, allowQueries: 1 });
  },
);

describe('chrony.conf: allow and ratelimit', () => {
  const text = 'allow 192.0.2.0/24\nratelimit interval 1 burst 16 leak 2 kod 2\n';
  const nobody = { action: undefined, interval: undefined, allowQueries: undefined };
  test.each([
    ['192.0.2.9', { action: ACTION.serve, interval: 2_000, burst: 16, leak: 4, allowQueries: 0 }],
    ['2001:db8::9', nobody],
    ['198.51.100.9', nobody],
    // chronyd answers no stranger, and neither this host; but it may query.
    ['127.0.0.1', { action: ACTION.ignore, allowQueries: 1 }],
    ['::1', { action: ACTION.ignore, allowQueries: 1 }],
  ])('%s', (address, expected) => expect(judged(text, 'chrony', address)).toMatchObject(expected));
});
