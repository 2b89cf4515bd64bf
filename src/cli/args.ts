/**
 * Declared commands and options over `parseArgs` of node:util, which finds the tokens; types, defaults, messages
 * and help come from the tables (`options.ts`).
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import { CliError, EX_USAGE } from './exit-codes.ts';

/** `refused`: what is wrong with the value and what to use, to follow "--option: ". */
export type OptionValue<T> = { readonly value: T } | { readonly refused: string };

export interface Option<T> {
  /** What the value is, in capitals, as in `--config FILE`; undefined for a flag, which takes none. */
  readonly placeholder: string | undefined;
  readonly repeatable: boolean;
  readonly description: string;
  /** All values that were given, in order; none for the default. A flag gets `['']`. */
  readonly parse: (texts: readonly string[]) => OptionValue<T>;
}

export interface Positional {
  /** In capitals, as in the usage line. */
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
}

/** Option names are in camelCase here and in kebab-case on the command line. */
export type Options = Readonly<Record<string, Option<unknown>>>;

export interface Command<O extends Options = Options> {
  readonly summary: string;
  readonly positionals: readonly Positional[];
  readonly options: O;
}

export type Commands = Readonly<Record<string, Command>>;

export type ValuesOf<O extends Options> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/** What the command line asks for. */
export type Invocation<C extends Commands> =
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly text: string }
  | {
      [K in keyof C & string]: {
        readonly kind: 'command';
        readonly command: K;
        readonly options: ValuesOf<C[K]['options']>;
        readonly positionals: readonly string[];
      };
    }[keyof C & string];

export interface Program<C extends Commands> {
  readonly name: string;
  readonly summary: string;
  readonly commands: C;
}

/** Reads the arguments after the program's name. Throws a `CliError` (EX_USAGE) with one line. */
export function parseCommandLine<C extends Commands>(
  program: Program<C>,
  argv: readonly string[],
): Invocation<C> {
  const [first, ...rest] = argv;
  const names = Object.keys(program.commands);
  if (first === '--version' || first === '-V') return { kind: 'version' };
  if (first === '--help' || first === '-h') return { kind: 'help', text: programHelp(program) };
  if (first === undefined) throw usage(`${program.name}: no command: use one of ${names.join(', ')}`);
  const command = Object.hasOwn(program.commands, first) ? program.commands[first] : undefined;
  if (!command) throw usage(`${program.name}: ${unknown(first, names, program.name)}`);
  const where = `${program.name} ${first}`;
  const { given, positionals, help } = collect(where, command, rest);
  if (help) return { kind: 'help', text: commandHelp(where, command) };
  checkPositionals(where, command.positionals, positionals);
  const options = readValues(where, command.options, given);
  // The table's types say what each value is; TypeScript can't follow them through the loop.
  return { kind: 'command', command: first, options, positionals } as unknown as Invocation<C>;
}

function usage(message: string): CliError {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an argument may hold them, a message is one line
  return new CliError(message.replace(/[\u0000-\u001f\u007f]+/g, ' '), EX_USAGE);
}

function unknown(name: string, names: readonly string[], program: string): string {
  const kind = name.startsWith('-') ? `unknown option ${name}` : `unknown command ${name}`;
  const suggestion = nearest(name, names);
  return `${kind}: ${suggestion === undefined ? `see ${program} --help` : `did you mean ${suggestion}?`}`;
}

interface Collected {
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
  readonly help: boolean;
}

function collect(where: string, command: Command, args: readonly string[]): Collected {
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  let help = false;
  const byName = new Map(
    Object.entries(command.options).map(([key, option]) => [kebab(key), { key, option }]),
  );
  for (const token of tokensOf(command, args)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    if (token.rawName === '--help' || token.rawName === '-h') {
      help = true;
      continue;
    }
    const found = token.rawName.startsWith('--') ? byName.get(token.name) : undefined;
    if (!found)
      throw usage(`${where}: unknown option ${token.rawName}: ${optionRemedy(token, byName, where)}`);
    const values = given.get(found.key) ?? [];
    if (values.length > 0 && !found.option.repeatable)
      throw usage(`${where}: --${token.name} is given twice: give it once`);
    values.push(textOf(where, found.option, token));
    given.set(found.key, values);
  }
  return { given, positionals, help };
}

type Token = { name: string; rawName: string; value: string | undefined; inlineValue: boolean | undefined };

/** Not strict: its own messages name neither the command nor a remedy. */
function tokensOf(command: Command, args: readonly string[]) {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [key, option] of Object.entries(command.options))
    options[kebab(key)] = { type: option.placeholder === undefined ? 'boolean' : 'string', multiple: true };
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function textOf(where: string, option: Option<unknown>, { name, value, inlineValue }: Token): string {
  if (option.placeholder === undefined) {
    if (value !== undefined) throw usage(`${where}: --${name} takes no value: leave out =${value}`);
    return '';
  }
  // `--config --headless` has forgotten the file; one that is really called so takes the form with `=`. No option is
  // called by a digit: that is a number.
  const swallowed = inlineValue !== true && value !== undefined && /^-\D/.test(value);
  if (value === undefined || value === '' || swallowed)
    throw usage(`${where}: --${name} has no value: write --${name} ${option.placeholder}`);
  return value;
}

function optionRemedy(token: Token, known: ReadonlyMap<string, unknown>, where: string): string {
  const suggestion = nearest(token.name, [...known.keys()]);
  return suggestion === undefined ? `see ${where} --help` : `did you mean --${suggestion}?`;
}

function checkPositionals(where: string, declared: readonly Positional[], given: readonly string[]): void {
  const missing = declared.slice(given.length).find(({ required }) => required);
  if (missing) throw usage(`${where}: ${missing.name} is missing: name ${missing.description}`);
  const extra = given[declared.length];
  if (extra === undefined) return;
  const remedy = declared.length === 0 ? 'it takes options only' : `it takes one ${declared[0]?.name} only`;
  throw usage(`${where}: unexpected argument ${extra}: ${remedy}, see ${where} --help`);
}

function readValues(where: string, options: Options, given: Collected['given']): Record<string, unknown> {
  const entries = Object.entries(options).map(([key, option]) => {
    const result = option.parse(given.get(key) ?? []);
    if ('refused' in result) throw usage(`${where}: --${kebab(key)}: ${result.refused}`);
    return [key, result.value] as const;
  });
  return Object.fromEntries(entries);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function programHelp({ name, summary, commands }: Program<Commands>): string {
  const rows = Object.entries(commands).map(([command, about]): [string, string] => [command, about.summary]);
  const options: [string, string][] = [
    ['--help', 'show this help; after a command, its own'],
    ['--version', 'show the version'],
  ];
  return `Usage: ${name} COMMAND [OPTION...]\n${summary}\n\nCommands:\n${table(rows)}\nOptions:\n${table(options)}`;
}

function commandHelp(where: string, { summary, positionals, options }: Command): string {
  const names = positionals.map(({ name, required }) => (required ? ` ${name}` : ` [${name}]`)).join('');
  const rows = Object.entries(options).map(
    ([key, { placeholder, description, repeatable }]): [string, string] => {
      const left = placeholder === undefined ? `--${kebab(key)}` : `--${kebab(key)} ${placeholder}`;
      return [left, repeatable ? `${description}; may be repeated` : description];
    },
  );
  rows.push(['--help', 'show this help']);
  const args = positionals.map(({ name, description }): [string, string] => [name, description]);
  const argHelp = args.length > 0 ? `\nArguments:\n${table(args)}` : '';
  return `Usage: ${where}${names} [OPTION...]\n${summary}\n${argHelp}\nOptions:\n${table(rows)}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('');
}
