/** What `ntpq -n -c peers` tells of an ntpd's servers. */

export interface Peer {
  readonly tally: string;
  readonly remote: string;
  readonly refid: string;
  /** Of the last eight polls, as bits. */
  readonly reach: number;
  /** ms. */
  readonly offset: number;
}

export function peersOf(text: string): Peer[] {
  const lines = text.split('\n').slice(2);
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const columns = line.slice(1).trim().split(/\s+/);
      const [remote = '', refid = ''] = columns;
      const [reach = '', , offset = ''] = columns.slice(6);
      return {
        tally: line[0] ?? '',
        remote,
        refid,
        reach: Number.parseInt(reach, 8),
        offset: Number(offset),
      };
    });
}

/** Falseticker (x), unreachable or too far off (blank) is what none may be. */
export function isFollowing(peers: readonly Peer[]): boolean {
  const tallies = peers.map(({ tally }) => tally).join('');
  return /^[-+*#]+$/.test(tallies) && tallies.includes('*');
}
