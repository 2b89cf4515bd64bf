/** ms since 1970 with a fraction: one clock for the pulses that are given and for the answers that are judged. */
export function hostNow(): number {
  return performance.timeOrigin + performance.now();
}
