/** The appliance itself and the Node that runs it, as they lie in the image: production packages for arm64 only. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { run, say } from './shell.ts';

interface NodePackage {
  readonly package: string;
  readonly version: string;
  readonly integrity: string;
}

/** Where Node's package lies unpacked. @throws Error where it is not the one that `node.json` names. */
export function nodeFiles(
  image: string,
  cache: string,
): { readonly folder: string; readonly version: string } {
  const wanted = JSON.parse(readFileSync(join(image, 'node.json'), 'utf8')) as NodePackage;
  const folder = join(cache, `${wanted.package}-${wanted.version}`);
  if (existsSync(folder)) return { folder, version: wanted.version };
  say(`Node ${wanted.version} is fetched`);
  mkdirSync(cache, { recursive: true });
  run('npm', ['pack', `${wanted.package}@${wanted.version}`, '--silent', '--pack-destination', cache]);
  const tar = join(cache, `${wanted.package}-${wanted.version}.tgz`);
  const found = `sha512-${createHash('sha512').update(readFileSync(tar)).digest('base64')}`;
  if (found !== wanted.integrity) {
    rmSync(tar);
    throw new Error(
      `${wanted.package}@${wanted.version} is ${found}, not ${wanted.integrity}: it was tampered with`,
    );
  }
  mkdirSync(`${folder}.part`, { recursive: true });
  run('tar', [
    'xzf',
    tar,
    '-C',
    `${folder}.part`,
    '--strip-components=1',
    'package/bin/node',
    'package/LICENSE',
  ]);
  rmSync(tar);
  renameSync(`${folder}.part`, folder);
  return { folder, version: wanted.version };
}

/** onoff works by a library that has to be compiled; the drivers that ship do without. */
const NOT_NEEDED = ['onoff', 'epoll', '.bin', '.package-lock.json', 'koffi/doc', 'koffi/vendor'];

/** The packages that the lock file asks for, without what only other machines or a compiler need. */
export function productionPackages(project: string, cache: string): string {
  const hash = createHash('sha256').update(NOT_NEEDED.join());
  for (const name of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(project, name)));
  const folder = join(cache, `app-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return join(folder, 'node_modules');
  say('the packages of the appliance are fetched');
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(join(project, name), join(part, name));
  run(
    'npm',
    ['ci', '--omit=dev', '--os=linux', '--cpu=arm64', '--libc=glibc', '--ignore-scripts', '--no-audit'],
    {
      cwd: part,
    },
  );
  prune(join(part, 'node_modules'));
  renameSync(part, folder);
  return join(folder, 'node_modules');
}

function prune(modules: string): void {
  for (const name of NOT_NEEDED) rmSync(join(modules, name), { recursive: true, force: true });
  const prebuilt = join(modules, '@serialport/bindings-cpp/prebuilds');
  for (const name of readdirSync(prebuilt))
    if (name !== 'linux-arm64') rmSync(join(prebuilt, name), { recursive: true });
  rmSync(join(prebuilt, 'linux-arm64/@serialport+bindings-cpp.musl.node'), { force: true });
}

/** Puts both where the image has them: /usr/lib/timeball. `bundle`: see `bundleApp`. */
export function installApp(options: {
  readonly project: string;
  readonly bundle: string;
  readonly modules: string;
  readonly node: string;
  readonly root: string;
}): void {
  const { project, bundle, modules, node, root } = options;
  const home = join(root, 'usr/lib/timeball');
  const app = join(home, 'app');
  mkdirSync(app, { recursive: true });
  copyFileSync(join(node, 'bin/node'), join(home, 'node'));
  copyFileSync(join(node, 'LICENSE'), join(home, 'node.LICENSE'));
  copyFileSync(join(project, 'package.json'), join(app, 'package.json'));
  copyFileSync(join(project, 'LICENSE'), join(app, 'LICENSE'));
  cpSync(modules, join(app, 'node_modules'), { recursive: true });
  cpSync(bundle, join(app, 'dist'), { recursive: true });
  cpSync(join(project, 'dist/web'), join(app, 'dist/web'), { recursive: true });
}
