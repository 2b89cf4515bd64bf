import { acl } from './acl.ts';
import { control } from './control.ts';
import { imports } from './imports.ts';
import { keyFiles } from './key-files.ts';
import { packets } from './packets/packets.ts';
import type { Target } from './target.ts';

export const TARGETS: readonly Target[] = [packets, control, keyFiles, imports, acl];
