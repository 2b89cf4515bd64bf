/** What a PPS correction of another daemon would be here. It is only shown: whether it still fits, its owner knows. */

/** ns; what `discipline.antennaDelay` takes. */
const MOST = 1_000_000;

/**
 * `seconds`: the correction that ntpd (`time1`) or chronyd (`offset`) adds to what it measured with the edge. A late
 * edge makes the local clock seem fast, so the sign is that of `discipline.antennaDelay`: positive, the edge is late.
 */
export function antennaHint(name: string, seconds: number): string | undefined {
  if (!Number.isFinite(seconds) || seconds === 0) return undefined;
  const ns = Number((seconds * 1e9).toPrecision(9));
  const shown = `${name} ${seconds} s = ${ns} ns`;
  if (Math.abs(ns) <= MOST)
    return `${shown}: if it is the delay of antenna and receiver, set discipline.antennaDelay: ${ns}`;
  return `${shown} is more than an antenna's delay: check pps.edge (the wrong edge is late by the pulse's width)`;
}
