/** Takes the place of the browser's event stream: a status with each second of the page's own clock. */

/**
 * Runs in the page, so it may use nothing from outside. `text`: a status as the appliance sends it; the figures of what
 * comes are moved on, so that nothing stays the same.
 */
export function playStatus(text: string): void {
  const place = globalThis as unknown as Record<string, unknown> & EventTarget;
  place['statusesPlayed'] = 0;
  const pattern = JSON.parse(text);
  const begin = Date.now();
  class Played extends EventTarget {
    static readonly CLOSED = 2;
    readyState = 1;
    onerror = null;
    readonly #timer = setInterval(() => {
      const second = Math.round((Date.now() - begin) / 1000);
      place['statusesPlayed'] = Number(place['statusesPlayed']) + 1;
      pattern.uptimeSeconds++;
      pattern.utc = new Date(begin + second * 1000).toISOString();
      pattern.quality.samples++;
      pattern.quality.lastResidualNs = 100 * Math.sin(second * 12.9898);
      pattern.clock.errorBoundNs = 900 + 300 * Math.sin(second * 78.233);
      for (const name of Object.keys(pattern.ntp.counters)) pattern.ntp.counters[name] += second % 7;
      this.dispatchEvent(new MessageEvent('status', { data: JSON.stringify(pattern) }));
    }, 1000);
    close(): void {
      this.readyState = Played.CLOSED;
      clearInterval(this.#timer);
    }
  }
  place['EventSource'] = Played;
}
