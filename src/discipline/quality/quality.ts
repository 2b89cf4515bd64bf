/**
 * How good the clock is, in the field's own figures: stability of the local clock (ADEV, TDEV), range of the served
 * time's error (MTIE), and how the edges scatter around the served time. Fed a sample a second, in fixed memory.
 */
import { type ErrorFigures, ErrorStatistics } from './error-statistics.ts';
import { Histogram, type HistogramBucket } from './histogram.ts';
import { Mtie } from './mtie.ts';
import { OCTAVES } from './octaves.ts';
import { Stability } from './stability.ts';

export interface QualitySample {
  /** TAI second of the edge, whole: what tells a gap. */
  readonly second: number;
  /**
   * TAI − local at the edge, as whole seconds and nanoseconds apart: a local clock that starts in 1970 is 1.8e18 ns
   * off, which one float64 holds only to 256 ns. `nanos` may be negative or beyond 1e9, so the parts of two
   * instants can be subtracted as they are.
   */
  readonly phase: { readonly wholeSeconds: number; readonly nanos: number };
  /** Measured minus predicted at the edge, ns; negative where the stamp is late. NaN: nothing was predicted yet. */
  readonly residualNs: number;
}

/** By averaging time or window. Null: not known yet. */
export interface OctaveFigures {
  readonly tauSeconds: number;
  /** Overlapping Allan deviation of the local clock, dimensionless. */
  readonly adev: number | null;
  /** Time deviation of the local clock. */
  readonly tdevNs: number | null;
  /** Differences that `adev` rests on. */
  readonly adevCount: number;
  /** Maximum time interval error of the residuals, over the last one to two days. */
  readonly mtieNs: number | null;
}

/** Plain JSON; units are in the names. */
export interface QualitySnapshot {
  /** Samples since the start. */
  readonly samples: number;
  /** Residual of the last sample that had one, in the sign of `QualitySample`; null: none had. */
  readonly lastResidualNs: number | null;
  /** One entry for each of 1, 2, 4 ... 65536 s. */
  readonly octaves: readonly OctaveFigures[];
  /** Residuals of the last hour and the last day; null: there were none. */
  readonly lastHour: ErrorFigures | null;
  readonly lastDay: ErrorFigures | null;
  /** Residuals of the last day, ascending; null at the open ends. */
  readonly histogram: readonly HistogramBucket[];
}

/** How long a second counts fully for ADEV and TDEV, s: longer than the longest averaging time many times over. */
const STABILITY_MEMORY = 14 * 86_400;
/** A crystal stays within 500 ppm; an edge is at most this late (ns). More means that the local clock was set. */
const MOST_RATE = 500_000;
const MOST_LATE = 10_000_000;

export class Quality {
  readonly #stability = new Stability(STABILITY_MEMORY);
  readonly #mtie = new Mtie();
  readonly #hour = new ErrorStatistics(60, 60);
  readonly #day = new ErrorStatistics(900, 96);
  readonly #histogram = new Histogram();
  #samples = 0;
  #lastResidual: number | null = null;
  #base = Number.NaN;
  #lastSecond = Number.NaN;
  #lastPhase = Number.NaN;

  /**
   * One sample per labelled edge, the late ones included: they are how edges scatter. Not those that contradict
   * the clock. A second that never comes is a gap; windows then stand still until the next sample.
   */
  add(sample: QualitySample): void {
    const { second, residualNs } = sample;
    this.#samples++;
    if (Number.isFinite(residualNs)) this.#lastResidual = residualNs;
    this.#stability.add(this.#phaseOf(sample), second);
    this.#mtie.add(residualNs, second);
    this.#hour.add(residualNs, second);
    this.#day.add(residualNs, second);
    this.#histogram.add(residualNs, second);
  }

  /** The local clock was stepped: phases before and after don't compare. The figures so far stay. */
  clockStepped(): void {
    this.#stability.restart();
    this.#base = Number.NaN;
  }

  snapshot(): QualitySnapshot {
    const stability = new Map(this.#stability.adev().map((figures) => [figures.tau, figures]));
    const mtie = new Map(this.#mtie.mtie().map(({ tau, mtieNs }) => [tau, mtieNs]));
    return {
      samples: this.#samples,
      lastResidualNs: this.#lastResidual,
      octaves: Array.from({ length: OCTAVES }, (_, octave) => {
        const tauSeconds = 2 ** octave;
        const figures = stability.get(tauSeconds);
        return {
          tauSeconds,
          adev: figures?.adev ?? null,
          tdevNs: figures?.tdev ?? null,
          adevCount: Math.round(figures?.count ?? 0),
          mtieNs: mtie.get(tauSeconds) ?? null,
        };
      }),
      lastHour: this.#hour.figures(),
      lastDay: this.#day.figures(),
      histogram: this.#histogram.buckets(),
    };
  }

  /** Phase from a zero near by, exact. A jump that no crystal makes starts a new series, with a zero of its own. */
  #phaseOf({ second, phase }: QualitySample): number {
    let phaseNs = (phase.wholeSeconds - this.#base) * 1e9 + phase.nanos;
    const elapsed = Math.abs(second - this.#lastSecond);
    if (!(Math.abs(phaseNs - this.#lastPhase) <= MOST_LATE + MOST_RATE * elapsed)) {
      this.clockStepped();
      this.#base = phase.wholeSeconds;
      phaseNs = phase.nanos;
    }
    this.#lastSecond = second;
    this.#lastPhase = phaseNs;
    return phaseNs;
  }
}
