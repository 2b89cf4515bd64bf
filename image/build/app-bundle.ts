/**
 * The appliance's own code and what it reads its settings with, put together into a few files: a small board opens
 * twelve hundred in seconds, these at once. Packages with files or threads of their own stay as they are.
 */
import { join } from 'node:path';
import { build } from 'vite';

/** What is started by its path; the rest goes into files that these share. */
const ENTRIES = [
  ...['src/main', 'src/workers/answers', 'src/workers/edges'],
  ...['image/guest/prepare', 'image/guest/console', 'image/guest/install-update', 'image/guest/trial'],
];
const TAKEN_IN = ['typebox', 'yaml'];
const LEFT = [/^node:/, /^koffi/, /^@?fastify/, /^pino/, /serialport/, /^onoff$/, /^nmea-simple/];

/** `dist`: what the compiler made. The same folders come to be in `into`. */
export async function bundleApp(dist: string, into: string): Promise<void> {
  await build({
    configFile: false,
    root: dist,
    logLevel: 'warn',
    ssr: { noExternal: TAKEN_IN, external: true },
    build: {
      ssr: true,
      target: 'node20',
      outDir: into,
      emptyOutDir: true,
      copyPublicDir: false,
      // Line numbers of errors mean something to whoever has the source.
      minify: false,
      rollupOptions: {
        input: Object.fromEntries(ENTRIES.map((entry) => [entry, join(dist, `${entry}.js`)])),
        external: LEFT,
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          // Beside the threads' entries, which are named from there; the page is as far away as from `src/api`.
          chunkFileNames: 'src/workers/[name]-[hash].js',
        },
      },
    },
  });
}
