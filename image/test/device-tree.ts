/** The virtual machine's device tree, its power key replaced: its line carries the receiver's pulse, and has a pin's name. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../build/shell.ts';

/** Line of the PL061 that `system_powerdown` pulses for 100 ms; named as a Raspberry Pi names the pin, it is to be found. */
const PULSE_LINE = 3;
const LINES = Array.from({ length: 8 }, (_, line) => (line === PULSE_LINE ? '"GPIO18"' : '""'));

/** With it the kernel takes measures at each system call that cost an emulated processor a fifth of its time. */
const SEED = /\n\t*kaslr-seed = [^\n]*/;
export type PulseBy = 'gpio' | 'kernel-pps';

/** `machine`: QEMU's options that the tree depends on. Returns the tree's file. */
export function pulseTree(machine: readonly string[], by: PulseBy, folder: string): string {
  const binary = join(folder, 'virt.dtb');
  run('qemu-system-aarch64', [...machine, '-display', 'none', '-machine', `dumpdtb=${binary}`]);
  const source = run('dtc', ['-q', '-I', 'dtb', '-O', 'dts', binary]);
  const keys = /\n(\t+)gpio-keys \{[\s\S]*?\n\1\};/;
  const node = keys.exec(source)?.[0];
  const gpios = /gpios = <([^>]*)>/.exec(node ?? '')?.[1];
  if (node === undefined || gpios === undefined) throw new Error('this QEMU has no power key on a GPIO line');
  const pps = `\n\tpps {\n\t\tcompatible = "pps-gpio";\n\t\tgpios = <${gpios}>;\n\t};`;
  const changed = join(folder, 'virt.dts');
  const tree = source.replace(SEED, '').replace(node, by === 'kernel-pps' ? pps : '');
  const chip = /\n(\t+)compatible = "arm,pl061[^\n]*/;
  if (!chip.test(tree)) throw new Error('this QEMU has no PL061');
  writeFileSync(
    changed,
    tree.replace(chip, (text, tabs) => `${text}\n${tabs}gpio-line-names = ${LINES.join(', ')};`),
  );
  run('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-o', binary, changed]);
  if (readFileSync(binary).length === 0) throw new Error('dtc wrote nothing');
  return binary;
}
