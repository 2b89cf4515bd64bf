/** The section `access`: who is served, how often, and with which key. */
import Type, { type Static } from 'typebox';
import { real, section, whole, yesOrNo } from './fields.ts';

/** Bounds compile time and memory; the longest rules of all still fit into the file's own limit. */
export const MAX_RULES = 20_000;
/** Words that stand for prefixes: those the host is attached to now, 127.0.0.0/8 and ::1, everything. */
export const PREFIX_WORDS = ['attached', 'loopback', 'any'] as const;
export type PrefixWord = (typeof PREFIX_WORDS)[number];

const interval = real(
  // 2^17 s is the longest poll interval of RFC 5905 §7.3.
  { minimum: 0, maximum: 131_072, unit: 's' },
  {
    title: 'interval',
    description: 'Seconds per answer that a client may ask for in the long run; 0: as many as it likes.',
    default: 0.25,
  },
);
const burst = whole(
  { minimum: 1, maximum: 1_000_000, unit: 'answers' },
  {
    title: 'number of answers',
    description: 'Answers that a client which was silent may get in a row.',
    default: 32,
  },
);
const leak = whole(
  { minimum: 0, maximum: 1_000_000 },
  {
    title: 'number of requests',
    description:
      "One of so many requests over the limit is answered all the same, so that nobody who forges a client's " +
      'address can cut it off; 0: none.',
    default: 16,
  },
);

/** An optional key has no default in a loaded rule: it stays absent, so that a rule is what its owner wrote. */
const rateLimit = Type.Optional(
  Type.Union(
    [
      Type.Literal('default'),
      Type.Literal('off'),
      section('A rate limit of its own; keys that are left out are those of access.rateLimit.', {
        interval: Type.Optional(interval),
        burst: Type.Optional(burst),
        leak: Type.Optional(leak),
      }),
    ],
    {
      title: 'rate limit',
      description:
        'default (as access.rateLimit says), off, or {interval: S, burst: N, leak: N}; what is left out there is as ' +
        'access.rateLimit says.',
      default: 'default',
      $comment: 'use default, off or {interval: S, burst: N, leak: N}',
    },
  ),
);

const prefix = Type.String({
  title: 'prefix',
  description:
    'A network (192.0.2.0/24, 2001:db8::/32), an address, or a word: attached (the networks that the board is ' +
    'attached to now), loopback (127.0.0.0/8 and ::1), any (all of IPv4 and IPv6).',
  $comment: 'write a network such as 192.0.2.0/24, an address, attached, loopback or any',
  maxLength: 256,
});

const ruleKeys = {
  prefix,
  action: Type.Enum(['serve', 'ignore', 'deny'], {
    title: 'action',
    description:
      'serve; ignore (silence); or deny (a DENY kiss code now and then, so that the client goes away).',
    $comment: 'use serve, ignore or deny',
  }),
  rateLimit,
  requireKey: Type.Optional(
    Type.Union([Type.Boolean(), Type.Integer({ minimum: 1, maximum: 4_294_967_295 })], {
      title: 'key requirement',
      description:
        'Whether requests must carry a valid MAC: false, true (of any key in keys.file), or the ID of the only key.',
      default: false,
      $comment: 'use false, true or a key ID of 1 to 4294967295',
    }),
  ),
  allowQueries: Type.Optional(
    yesOrNo({ description: 'Whether status queries (mode 6, ntpq) are answered.', default: false }),
  ),
  note: Type.Optional(
    Type.String({
      title: 'note',
      description: 'What the rule is for, for people: 200 characters at most.',
      default: '',
      $comment: 'write up to 200 characters',
      maxLength: 200,
    }),
  ),
};

/** The title stands in messages. */
const rule = Type.Object(ruleKeys, { title: 'rule', additionalProperties: false });

const DEFAULT_RULES: Static<typeof rule>[] = [
  { prefix: 'attached', action: 'serve' },
  { prefix: 'loopback', action: 'serve', rateLimit: 'off', allowQueries: true },
];

export const access = section('Who is served. A source that no rule matches gets no answer.', {
  rules: Type.Array(rule, {
    title: 'list of rules',
    description:
      'Rules, in any order: the one with the longest prefix that holds the source counts. Of a word and a prefix ' +
      'that mean the same network, the prefix counts. The keys of a rule:',
    $comment: 'write a list, e.g. [{prefix: 192.0.2.0/24, action: serve}]',
    default: DEFAULT_RULES,
    maxItems: MAX_RULES,
  }),
  rateLimit: section('The rate limit of rules that give none of their own, for each client by itself.', {
    interval,
    burst,
    leak,
  }),
});

export type AccessConfig = Static<typeof access>;
/** A rule as its owner wrote it: what is left out has the schema's default, see `completeRule`. */
export type AccessRule = AccessConfig['rules'][number];
export type RateLimit = AccessConfig['rateLimit'];

/** The rule with every key; `rateLimit` undefined: off. */
export interface CompleteRule extends Required<Omit<AccessRule, 'rateLimit'>> {
  readonly rateLimit: RateLimit | undefined;
}

/** `common`: `access.rateLimit`. */
export function completeRule(rule: AccessRule, common: RateLimit): CompleteRule {
  const { prefix, action, rateLimit: limit = 'default', requireKey = false, allowQueries = false } = rule;
  const own = typeof limit === 'string' ? {} : limit;
  const rateLimit = limit === 'off' ? undefined : { ...common, ...own };
  return { prefix, action, rateLimit, requireKey, allowQueries, note: rule.note ?? '' };
}
