/** The figures straight from their definitions, over a whole series at once: what the streaming ones must agree with. */

/** NIST SP 1065 §5.2.4, every `stride`th difference, from phases (ns) a second apart; NaN is a missing one. */
export function directAdev(phases: readonly number[], m: number, stride = 1): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i + 2 * m < phases.length; i += stride) {
    const d = at(phases, i + 2 * m) - 2 * at(phases, i + m) + at(phases, i);
    if (Number.isNaN(d)) continue;
    sum += d * d;
    count++;
  }
  return (Math.sqrt(sum / count / 2) / m) * 1e-9;
}

/** NIST SP 1065 §5.2.5 and §5.2.6, ns; windows begin at multiples of `stride`. */
export function directTdev(phases: readonly number[], m: number, stride = 1): number {
  let sum = 0;
  let count = 0;
  for (let j = 0; j + 3 * m <= phases.length; j += stride) {
    let d = 0;
    for (let i = j; i < j + m; i++) d += at(phases, i + 2 * m) - 2 * at(phases, i + m) + at(phases, i);
    if (Number.isNaN(d)) continue;
    sum += (d / m) ** 2;
    count++;
  }
  const mvar = sum / count / (2 * m * m);
  return Math.sqrt((m * m * mvar) / 3);
}

/** ITU-T G.810 §4.5.15: the worst range in windows of m + 1 points that begin at multiples of `stride`. */
export function directMtie(errors: readonly number[], m: number, stride = 1): number {
  let worst = 0;
  for (let j = 0; j + m < errors.length; j += stride) {
    const window = errors.slice(j, j + m + 1).filter((error) => !Number.isNaN(error));
    worst = Math.max(worst, Math.max(...window) - Math.min(...window));
  }
  return worst;
}

function at(values: readonly number[], i: number): number {
  return values[i] as number;
}
