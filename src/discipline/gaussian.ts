/**
 * A Gaussian belief over a few numbers (mean and covariance), and the two things that happen to it: time passes,
 * and something is measured. Small and dense: the states have two to six members.
 */
export class Gaussian {
  readonly size: number;
  readonly mean: Float64Array;
  /** Row by row, symmetric. */
  readonly covariance: Float64Array;
  readonly #gain: Float64Array;

  constructor(sigmas: readonly number[]) {
    this.size = sigmas.length;
    this.mean = new Float64Array(this.size);
    this.covariance = new Float64Array(this.size * this.size);
    this.#gain = new Float64Array(this.size);
    for (const [i, sigma] of sigmas.entries()) this.covariance[i * this.size + i] = sigma * sigma;
  }

  variance(i: number): number {
    return this.covariance[i * this.size + i] as number;
  }

  sigma(i: number): number {
    return Math.sqrt(Math.max(0, this.variance(i)));
  }

  /** Adds independent doubt to member `i`. */
  loosen(i: number, variance: number): void {
    this.covariance[i * this.size + i] = this.variance(i) + variance;
  }

  /** Adds doubt that members `i` and `j` share. */
  correlate(i: number, j: number, covariance: number): void {
    const { size, covariance: p } = this;
    p[i * size + j] = (p[i * size + j] as number) + covariance;
    if (i !== j) p[j * size + i] = (p[j * size + i] as number) + covariance;
  }

  /** Member 0 gains `Σ rates[i] · member i` (i ≥ 1): the others are what moves it. */
  accumulate(rates: ArrayLike<number>): void {
    const { size, covariance: p, mean } = this;
    for (let i = 1; i < size; i++) mean[0] = (mean[0] as number) + (rates[i] as number) * (mean[i] as number);
    for (let column = 0; column < size; column++) {
      let sum = 0;
      for (let i = 1; i < size; i++) sum += (rates[i] as number) * (p[i * size + column] as number);
      p[column] = (p[column] as number) + sum;
    }
    for (let row = 0; row < size; row++) {
      let sum = 0;
      for (let i = 1; i < size; i++) sum += (rates[i] as number) * (p[row * size + i] as number);
      p[row * size] = (p[row * size] as number) + sum;
    }
  }

  /** Variance of `Σ weights[i] · member i`. */
  varianceOf(weights: ArrayLike<number>): number {
    const { size, covariance: p } = this;
    let total = 0;
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++)
        total += (weights[row] as number) * (p[row * size + column] as number) * (weights[column] as number);
    return total;
  }

  /**
   * Takes a measurement of `Σ weights[i] · member i` that differs from the expectation by `residual` and has the
   * noise `variance`. Returns the share of the residual that was believed of what was measured, 0–1.
   */
  measure(weights: ArrayLike<number>, residual: number, variance: number): number {
    const { size, covariance: p, mean } = this;
    const gain = this.#gain;
    let expected = variance;
    for (let row = 0; row < size; row++) {
      let sum = 0;
      for (let column = 0; column < size; column++)
        sum += (p[row * size + column] as number) * (weights[column] as number);
      gain[row] = sum;
      expected += sum * (weights[row] as number);
    }
    for (let row = 0; row < size; row++)
      mean[row] = (mean[row] as number) + ((gain[row] as number) / expected) * residual;
    for (let row = 0; row < size; row++)
      for (let column = row; column < size; column++) {
        const value =
          (p[row * size + column] as number) - ((gain[row] as number) * (gain[column] as number)) / expected;
        p[row * size + column] = value;
        p[column * size + row] = value;
      }
    return 1 - variance / expected;
  }
}
