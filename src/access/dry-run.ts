/** What a change of the rules would do to the clients that were seen, before it is made. */
import { type AccessVerdict, verdictOf } from './explain.ts';
import { ACTION, ANY_KEY, Policy, type PolicyImage } from './policy.ts';
import { formatAddress } from './prefix.ts';

/** A client that was seen. */
export interface SeenClient {
  /** Its address: the 16 bytes at `at`. */
  readonly address: Uint8Array;
  readonly at: number;
  /** The key that its last request was authenticated with; 0: none. */
  readonly keyId: number;
}

/** `unserved`: neither before nor after. */
export type ServiceChange = 'gains' | 'loses' | 'keeps' | 'unserved';

export interface ClientChange {
  readonly address: string;
  readonly change: ServiceChange;
  readonly before: AccessVerdict;
  readonly after: AccessVerdict;
  /** The client would be (or was) refused only for want of the key that the rule asks for. */
  readonly wantsKey: boolean;
}

/** One per client, in their order. Rate limits are not weighed: how often a client asks is not known here. */
export function* compareAccess(
  before: PolicyImage,
  after: PolicyImage,
  clients: Iterable<SeenClient>,
): Generator<ClientChange> {
  const judgeBefore = judge(before);
  const judgeAfter = judge(after);
  for (const client of clients) {
    const old = judgeBefore(client);
    const now = judgeAfter(client);
    yield {
      address: formatAddress(client.address, client.at),
      change: CHANGES[Number(old.served)]?.[Number(now.served)] as ServiceChange,
      before: old.verdict,
      after: now.verdict,
      wantsKey: old.wantsKey || now.wantsKey,
    };
  }
}

/** By whether it was served before, then whether it is after. */
const CHANGES: readonly (readonly ServiceChange[])[] = [
  ['unserved', 'gains'],
  ['loses', 'keeps'],
];

interface Judged {
  readonly served: boolean;
  readonly wantsKey: boolean;
  readonly verdict: AccessVerdict;
}

function judge(image: PolicyImage): (client: SeenClient) => Judged {
  const policy = new Policy(image.table);
  // There are far more clients than rules.
  const verdicts = new Map<number, AccessVerdict>();
  return ({ address, at, keyId }) => {
    const entry = policy.find(address, at);
    const verdict = verdicts.get(entry) ?? verdictOf(image, entry);
    verdicts.set(entry, verdict);
    const allowed = policy.action[entry] === ACTION.serve;
    const hasKey = satisfies(policy.requireKey[entry] ?? 0, keyId);
    return { served: allowed && hasKey, wantsKey: allowed && !hasKey, verdict };
  };
}

function satisfies(required: number, keyId: number): boolean {
  if (required === 0) return true;
  return required === ANY_KEY ? keyId !== 0 : keyId === required;
}
