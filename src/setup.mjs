/**
 * Runs before there is anything to run: installs the packages and builds where that is missing or out of date,
 * then does what was asked. Plain JavaScript, since nothing is compiled yet.
 *
 *   node src/setup.mjs start|test|bench|fuzz|screenshots|build|image|image:test [arguments]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [task = 'start', ...args] = process.argv.slice(2);
// What npm was told for itself must not reach the npm and node that are started here.
const node = process.execPath;

if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node ${process.versions.node} is too old: install Node 20 or later`);

installPackages();
// What runs needs no tests; a test that does not compile must not stop the appliance.
if (task === 'start' || task === 'build') build('tsconfig.build.json', ['src', 'hw'], 'dist/.built');
else if (task.startsWith('image'))
  build(
    'tsconfig.image.json',
    ['src', 'hw', 'image/build', 'image/guest', 'image/test'],
    'dist/.built-image',
  );
else build('tsconfig.json', ['src', 'hw', 'test'], 'dist/.built-tests');
if (task !== 'fuzz' && (task !== 'bench' || args[0] === 'page')) buildPage();

switch (task) {
  case 'start':
    // A small young generation: the appliance shares its board's memory with a table of clients. Garbage is collected
    // by the thread that made it, not on all cores at once, since the threads that answer would wait for one; it is swept
    // beside, or 40 MB of it would stay.
    exec(node, [
      '--max-semi-space-size=2',
      '--single-threaded-gc',
      '--concurrent-sweeping',
      join(root, 'dist/src/main.js'),
      'simulate',
      ...args,
    ]);
    break;
  case 'bench':
    exec(node, [join(root, 'dist/test/bench/main.js'), ...args]);
    break;
  case 'fuzz':
    exec(node, [join(root, 'dist/test/fuzz/main.js'), ...args]);
    break;
  case 'screenshots':
    exec(node, [join(root, 'dist/test/browser/screenshots.js'), ...args]);
    break;
  case 'test':
    installDebianPackages();
    exec(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args]);
    break;
  case 'build':
    break;
  case 'image':
    exec(node, [join(root, 'dist/image/build/main.js'), ...args]);
    break;
  case 'image:test':
    exec(node, [join(root, 'dist/image/test/main.js'), ...args]);
    break;
  default:
    fail(`there is no task ${task}: use start, test, bench, fuzz, screenshots, build, image or image:test`);
}

/** npm ci, unless what is installed is what the lock file asks for. */
function installPackages() {
  const wanted = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const mark = join(root, 'node_modules/.timeball-lock');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  say('installing packages (once)');
  run(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      // A production setting from outside would leave out the compiler.
      env: { ...process.env, NODE_ENV: 'development', npm_config_omit: '', npm_config_include: 'dev' },
    },
  );
  writeFileSync(mark, wanted);
}

/** tsc, unless nothing is newer than the last build. */
function build(project, folders, markFile) {
  unlessBuilt(markFile, [...folders, project, 'tsconfig.json', 'package-lock.json'], () => {
    say('building');
    run(node, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, project)]);
  });
}

/** The admin page, into dist/web. */
function buildPage() {
  unlessBuilt('dist/.built-web', ['src/web', 'package-lock.json'], () => {
    say('building the page');
    const config = join(root, 'src/web/vite.config.ts');
    run(node, [
      join(root, 'node_modules/vite/bin/vite.js'),
      'build',
      '--config',
      config,
      join(root, 'src/web'),
    ]);
  });
}

function unlessBuilt(markFile, sources, build) {
  const mark = join(root, markFile);
  const built = existsSync(mark) ? statSync(mark).mtimeMs : 0;
  if (sources.every((name) => newest(join(root, name)) < built)) return;
  build();
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, '');
}

function newest(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/**
 * NTP clients to test against. chrony, ntpsec and openntpd exclude each other as packages and start themselves
 * on installation, so they are unpacked into a cache folder instead of being installed.
 */
function installDebianPackages() {
  const script = join(root, 'test/interop/fetch-clients.sh');
  if (existsSync(script)) spawnSync('sh', [script], { cwd: root, stdio: ['ignore', 2, 2] });
}

function run(command, commandArgs, options = {}) {
  // Standard output belongs to the program that is started in the end.
  const result = spawnSync(command, commandArgs, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (result.error) fail(`${command} can't be started: ${result.error.message}`);
  if (result.status !== 0) fail(`${command} ${commandArgs[0]} failed (see above)`);
}

/** Becomes the program as nearly as Node can: same streams, same signals, same exit code. */
function exec(command, commandArgs) {
  import('node:child_process').then(({ spawn }) => {
    // One arena for all threads: each of its own would hold memory that nobody uses, 10 MB in all.
    const env = { MALLOC_ARENA_MAX: '1', ...process.env };
    const child = spawn(command, commandArgs, { stdio: 'inherit', env });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('error', (error) => fail(`${command} can't be started: ${error.message}`));
    child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
  });
}

function say(text) {
  process.stderr.write(`timeball: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
