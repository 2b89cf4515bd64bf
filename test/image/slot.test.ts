/** Which slot runs and which one starts by default: as the installer and as the shell's check see it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { commandLineTemplate } from '../../image/build/bundle.ts';
import { commandLine, DISK_ID, partUuid, SLOT_A, SLOT_B } from '../../image/build/layout.ts';
import { CARD_ID, namedSlot, partitionOf, rootOf, runningSlot, type Slot } from '../../image/guest/slot.ts';
import { Scratch } from '../support/scratch.ts';

const scratch = new Scratch();
afterAll(() => scratch.dispose());

const SCRIPT = 'image/overlay/usr/lib/timeball/on-trial';

test('the running system and the build mean the same partitions', () => {
  expect(CARD_ID).toBe(DISK_ID);
  expect(rootOf('a')).toBe(`PARTUUID=${partUuid(SLOT_A)}`);
  expect(rootOf('b')).toBe(`PARTUUID=${partUuid(SLOT_B)}`);
  expect([partitionOf('a'), partitionOf('b')]).toEqual([SLOT_A.number, SLOT_B.number]);
  expect(readFileSync(SCRIPT, 'utf8')).toContain(`disk_id=${DISK_ID}\n`);
  const template = commandLineTemplate(commandLine(SLOT_A));
  expect(template.replace('@ROOT@', rootOf('b'))).toBe(commandLine(SLOT_B));
});

const RUNNING: readonly [string, Slot | undefined][] = [
  [commandLine(SLOT_A), 'a'],
  [`${commandLine(SLOT_B)}\n`, 'b'],
  [`root=${rootOf('a')} root=${rootOf('b')}`, 'b'],
  [`root=${rootOf('a')} root=/dev/sda1`, undefined],
  [`xroot=${rootOf('a')}`, undefined],
  [`root=${rootOf('a')}1`, undefined],
  [`root=PARTUUID=${DISK_ID}-04`, undefined],
  ['', undefined],
];
const NAMED: readonly [string, Slot | undefined][] = [
  ['os_prefix=slot-a/\n', 'a'],
  ['kernel=x\r\nos_prefix=slot-b/\r\nmore=1\r\n', 'b'],
  ['# \xe4\nos_prefix=slot-b/', 'b'],
  ['#os_prefix=slot-a/\nos_prefix=slot-b/\n', 'b'],
  ['os_prefix=slot-c/\n', undefined],
  ['os_prefix=slot-a\n', undefined],
  ['os_prefix=slot-a/x\n', undefined],
  ['#os_prefix=slot-a/\n', undefined],
  ['', undefined],
];

test.each(RUNNING)('the running slot: %j', (text, slot) => expect(runningSlot(text)).toBe(slot));

test.each(NAMED)('the default slot: %j', (text, slot) => {
  const bytes = Buffer.from(text, 'latin1');
  const named = namedSlot(bytes);
  expect(named?.slot).toBe(slot);
  if (named) expect(String.fromCharCode(bytes.readUInt8(named.offset))).toBe(slot);
});

test('two lines that differ name none', () =>
  expect(namedSlot(Buffer.from('os_prefix=slot-a/\nos_prefix=slot-b/\n'))).toBeUndefined());

describe("the shell's check whether this is a trial", () => {
  const config = scratch.write('config.txt', '');
  const line = scratch.write('cmdline', '');
  const text = readFileSync(SCRIPT, 'utf8')
    .replaceAll('/boot/firmware/config.txt', config)
    .replaceAll('/proc/cmdline', line);
  const onTrial = (command: string, named: string): boolean => {
    scratch.write('cmdline', command);
    scratch.write('config.txt', named);
    try {
      execFileSync('sh', ['-c', text], { stdio: ['ignore', 'ignore', 'inherit'] });
      return true;
    } catch (error) {
      // What systemd takes for "not now"; 255 would be a failure, and a restart.
      expect((error as { status: number }).status).toBe(1);
      return false;
    }
  };
  test.each(
    RUNNING.flatMap(([command, runs]) =>
      NAMED.map(([named, starts]) => [command, named, runs, starts] as const),
    ),
  )('%j with %j', (command, named, runs, starts) => {
    expect(onTrial(command, named)).toBe(runs !== undefined && starts !== undefined && runs !== starts);
  });
});
