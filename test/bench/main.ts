/** `npm run bench -- NAME [options]`: one JSON object on the last line of standard output. */
import { benchAccuracy } from './accuracy.ts';
import { benchAdmin } from './admin.ts';
import { benchDiscipline } from './discipline.ts';
import { benchFlood } from './flood.ts';
import { benchLatency } from './latency.ts';
import { benchPage } from './page.ts';
import { benchQuality } from './quality.ts';
import { benchResponder } from './responder.ts';
import { benchYear } from './year.ts';

const BENCHES: Readonly<Record<string, (args: string[]) => Promise<Record<string, unknown>>>> = {
  accuracy: benchAccuracy,
  admin: benchAdmin,
  discipline: benchDiscipline,
  flood: benchFlood,
  latency: benchLatency,
  page: benchPage,
  quality: benchQuality,
  responder: benchResponder,
  year: benchYear,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (!bench) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [options]\n`);
  process.exit(64);
}
try {
  process.stdout.write(`${JSON.stringify(await bench(args))}\n`);
} catch (error) {
  process.stderr.write(`bench ${name}: ${(error as Error).message}\n`);
  process.exit(65);
}
