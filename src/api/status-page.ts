/** The LAN page: the status as plain HTML, made anew for every visit. It needs no script and nothing from outside. */
import type { FastifyInstance } from 'fastify';
import type { Status } from '../status/status.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --warn: #b35900; --bad: #c1272d; }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --warn: #e0913a; --bad: #ff6b6b; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 70rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: baseline; }
h1 { font-size: 1rem; margin: 0; letter-spacing: .08em; }
.utc { font: 600 clamp(1.6rem, 7vw, 4rem)/1.2 ui-monospace, monospace; margin: .5rem 0 0; }
.state { font-size: 1.3rem; font-weight: 600; }
.locked { color: var(--good); } .holdover, .acquiring { color: var(--warn); } .freerun, .expired { color: var(--bad); }
.reason { margin: .25rem 0 1rem; max-width: 60ch; }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1rem; }
section { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .15rem 1rem; margin: 0; }
dt { opacity: .75; } dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .1rem .3rem; } th:first-child, td:first-child { text-align: left; }
footer { margin-top: 1rem; opacity: .75; font-size: .9rem; }
`;

const STATES: Readonly<Record<Status['state'], string>> = {
  freerun: 'Free-running: no time to serve yet',
  acquiring: 'Acquiring: labelling edges',
  locked: 'Locked: serving stratum 1',
  holdover: 'Holdover: serving on what was learned',
  expired: 'Expired: holdover ended, not serving',
};

/** Adds `/` and its style sheet. */
export function statusPage(server: FastifyInstance, status: () => Status): void {
  server.get('/', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('refresh', '2').send(render(status())),
  );
  server.get('/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));
}

function render(s: Status): string {
  const simulated =
    s.mode === 'simulation'
      ? '<p>Simulated receiver and clock; the truth is this machine’s own time.</p>'
      : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${esc(s.state)} – Timeball</title><link rel="stylesheet" href="/style.css"></head><body>
<header><h1>TIMEBALL</h1><span class="state ${s.state}">${STATES[s.state]}</span></header>
<p class="utc">${s.utc === null ? '––:––:––' : esc(s.utc.slice(11, 19))} UTC</p>
<p class="reason">${s.utc === null ? '' : esc(s.utc.slice(0, 10))} ${esc(s.reason)}</p>${simulated}
<main>${clock(s)}${reference(s)}${receiver(s)}${ntp(s)}${satellites(s)}${system(s)}</main>
<footer>Timeball ${esc(s.version)}, built ${esc(s.buildDate)} · <a href="/api/v1/status">status as JSON</a></footer>
</body></html>`;
}

function clock({ clock: c, holdover: h, stratum }: Status): string {
  return list('Clock', [
    ['Error bound', time(c.errorBoundNs)],
    ['Without edges', forecast(h.secondsUntil)],
    ['Stratum', String(stratum)],
    ['Local clock − UTC', c.offsetSeconds === null ? '–' : time(c.offsetSeconds * 1e9, true)],
    ['Rate', c.ratePpm === null ? '–' : `${signed(c.ratePpm, 3)} ppm`],
    ['Steering', c.steering.active ? `${signed(c.steering.ratePpm, 3)} ppm` : c.steering.reason],
  ]);
}

function reference({ reference: r, pps }: Status): string {
  const refused = Object.values(r.edgesRefused).reduce((a, b) => a + b, 0);
  return list('Reference', [
    ['Last edge', age(pps.secondsSinceEdge)],
    ['Edge jitter', time(pps.jitterNs)],
    ['Label margin', r.margin === undefined ? '–' : `${(r.margin * 1000).toFixed(0)} ms`],
    [
      'Burst delay',
      r.burstDelay.mean === undefined
        ? '–'
        : `${(r.burstDelay.mean * 1000).toFixed(0)} ms (${r.burstDelay.source})`,
    ],
    ['Edges labelled / refused', `${r.edgesLabelled} / ${refused}`],
    ['Week repair', r.weekRepair === 0 ? 'none' : `${r.weekRepair} weeks added`],
    ['PPS', device(pps.device)],
  ]);
}

function receiver({ receiver: r }: Status): string {
  const rejected = Object.values(r.rejected).reduce((a, b) => a + b, 0);
  const position =
    r.latitude === undefined ? '–' : `${r.latitude.toFixed(4)}°, ${(r.longitude ?? 0).toFixed(4)}°`;
  return list('Receiver', [
    ['Fix', r.fixType],
    ['Satellites used', r.satellitesUsed === undefined ? '–' : String(r.satellitesUsed)],
    ['Position', position],
    ['Sentences rejected', String(rejected)],
    ['Serial', device(r.device)],
  ]);
}

function ntp({ ntp: n }: Status): string {
  const rows = Object.entries(n.counters).filter(([, count]) => count > 0);
  return list('NTP', [
    ['Listening', n.listening.join(', ')],
    ['Service', device(n.service)],
    ...rows.map(([name, count]): [string, string] => [name, String(count)]),
  ]);
}

function satellites({ receiver: r }: Status): string {
  const heard = r.satellites.filter((sat) => sat.signal !== undefined);
  const bySystem = new Map<string, number[]>();
  for (const sat of heard) bySystem.set(sat.system, [...(bySystem.get(sat.system) ?? []), sat.signal ?? 0]);
  const rows = [...bySystem].map(([system, signals]) => {
    const mean = signals.reduce((a, b) => a + b, 0) / signals.length;
    return `<tr><td>${esc(system)}</td><td>${signals.length}</td><td>${mean.toFixed(0)}</td><td>${Math.max(...signals)}</td></tr>`;
  });
  const head = '<tr><th>System</th><th>Heard</th><th>Mean dB-Hz</th><th>Best</th></tr>';
  return `<section><h2>Satellites</h2><table>${head}${rows.join('')}</table></section>`;
}

function system({ environment: e, leap, uptimeSeconds, savedState }: Status): string {
  return list('System', [
    ['Temperature', e.temperatureC === null ? '–' : `${e.temperatureC.toFixed(1)} °C`],
    ['CPU load', e.load === null ? '–' : `${(e.load * 100).toFixed(0)} %`],
    ['Leap seconds', leap.next ? `${leap.next.direction} at the end of ${leap.next.date}` : 'none announced'],
    ['Leap table', `${leap.expired ? 'expired' : 'valid until'} ${leap.expires}`],
    ['Up', age(uptimeSeconds)],
    ['State saved', savedState.savedAt ?? (savedState.problem === '' ? 'not yet' : savedState.problem)],
  ]);
}

function list(title: string, rows: readonly (readonly [string, string])[]): string {
  const items = rows.map(([name, value]) => `<dt>${esc(name)}</dt><dd>${esc(value)}</dd>`);
  return `<section><h2>${esc(title)}</h2><dl>${items.join('')}</dl></section>`;
}

/** How long the clock would be good for, were the antenna lost now. */
function forecast(seconds: Status['holdover']['secondsUntil']): string {
  return seconds ? `100 µs for ${age(seconds.bound100us)}, served for ${age(seconds.serviceEnds)}` : '–';
}

function device({ state, device: name, reason }: Status['pps']['device']): string {
  return `${name} ${state}${reason === '' ? '' : `: ${reason}`}`;
}

/** Nanoseconds in the unit a reader would choose. */
export function time(ns: number | null, withSign = false): string {
  if (ns === null || !Number.isFinite(ns)) return '–';
  const size = Math.abs(ns);
  const [value, unit] =
    size < 1e3 ? [ns, 'ns'] : size < 1e6 ? [ns / 1e3, 'µs'] : size < 1e9 ? [ns / 1e6, 'ms'] : [ns / 1e9, 's'];
  const digits = unit === 'ns' ? 0 : 3;
  return `${withSign ? signed(value, digits) : value.toFixed(digits)} ${unit}`;
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

function age(seconds: number | null): string {
  if (seconds === null) return 'never';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function esc(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
