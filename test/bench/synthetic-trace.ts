/** A trace of a quiet clock whose edges scatter by ±500 ns and are missing in [from, to). */
export function syntheticTrace(length: number, [from, to]: readonly [number, number]): string {
  const lines = Array.from({ length }, (_, t) => {
    const scatter = (((t * 7919) % 1001) - 500) * 1e-9;
    const edge = t >= from && t < to ? 'nan' : scatter.toExponential(4);
    return `${t},1.2e-05,${40 + (t % 7) / 10},0.05,${edge}`;
  });
  return `t,freq,cpu_temp,cpu_load,pps_error\n${lines.join('\n')}\n`;
}
