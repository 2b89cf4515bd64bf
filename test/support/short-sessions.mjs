/** A simulation whose logins end soon: `node short-sessions.mjs SECONDS simulate OPTION...`. */
import { parseTimeball } from '../../dist/src/cli/options.js';
import { simulate } from '../../dist/src/cli/simulate.js';

const [seconds, ...words] = process.argv.slice(2);
const { options } = parseTimeball(words);
await simulate(options, { sessionLimits: { longest: Number(seconds), idle: Number(seconds) } });
