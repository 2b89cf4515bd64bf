/**
 * Who is answered: one question per well-formed request, asked after the packet itself was found valid.
 */

/** `serve`: answer. `deny`: the source is not served. `limit`: the source asks too often. The last two are silent. */
export type Verdict = 'serve' | 'deny' | 'limit';

/** Pure towards the packet: it may count clients, but it reads no clock and no packet. Must not allocate. */
export interface AccessPolicy {
  /** Smallest poll interval the server asks for, log2 seconds (−6 … 17): an answer's poll is never below it. */
  readonly minimumPoll: number;
  /** Judges the source whose 16 bytes (IPv4 as v4-mapped, so already normalised) start at `at`. */
  judge(sourceAddresses: Uint8Array, at: number): Verdict;
}

/** Every valid request is answered. */
export const serveEveryone: AccessPolicy = { minimumPoll: 0, judge: () => 'serve' };
