import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { otherDiscipline } from '../../../hw/linux/other-discipline.ts';
import { Scratch } from '../../support/scratch.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  for (const folder of ['proc', 'cgroup']) mkdirSync(join(scratch.path, folder));
});
afterEach(() => scratch.dispose());

const proc = () => join(scratch.path, 'proc');
const cgroup = () => join(scratch.path, 'cgroup');
const found = () => otherDiscipline(proc(), cgroup());

function run(pid: number, name: string, ...options: string[]): void {
  mkdirSync(join(proc(), String(pid)));
  writeFileSync(join(proc(), String(pid), 'comm'), `${name}\n`);
  writeFileSync(join(proc(), String(pid), 'cmdline'), ['/usr/sbin/x', ...options, ''].join('\u0000'));
}

function unit(name: string, populated: 0 | 1, pids: readonly number[] = []): void {
  const folder = join(cgroup(), 'system.slice', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cgroup.events'), `populated ${populated}\nfrozen 0\n`);
  writeFileSync(join(folder, 'cgroup.procs'), pids.map((pid) => `${pid}\n`).join(''));
}

describe('another program that keeps the clock', () => {
  test.each(['chronyd', 'ntpd', 'systemd-timesyn', 'phc2sys'])('%s is found by its process', (name) => {
    run(1, 'systemd');
    run(71, name, '-F', '1');
    expect(found()).toEqual({ name: `${name} (process 71)`, remedy: expect.any(String) });
  });

  test('is found by its unit where the processes of others are hidden', () => {
    unit('chrony.service', 1);
    unit('ssh.service', 1);
    expect(found()).toEqual({ name: 'chrony.service', remedy: 'systemctl disable --now chrony.service' });
  });

  test('is no matter while it is stopped, or told to leave the clock alone', () => {
    unit('systemd-timesyncd.service', 0);
    unit('chrony.service', 1, [71]);
    run(71, 'chronyd', '-x', '-d');
    run(72, 'chronyc');
    run(73, 'bash');
    expect(found()).toBeUndefined();
    run(74, 'ntpd', '-x');
    expect(found()?.name).toBe('ntpd (process 74)');
  });

  test('can’t be looked for everywhere', () => {
    expect(otherDiscipline('/nowhere', '/nowhere')).toBeUndefined();
  });
});

/** Threads run compiled code; `npm test` compiles before it tests. */
const MAIN = join(import.meta.dirname, '../../../dist/src/main.js');

describe('the appliance', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function start(program: string, ...options: string[]): ChildProcess {
    const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  }

  test('does not start to steer a clock that another program keeps', async () => {
    // Only its name is that of the other program.
    copyFileSync('/bin/sleep', join(scratch.path, 'phc2sys'));
    chmodSync(join(scratch.path, 'phc2sys'), 0o755);
    const other = start(join(scratch.path, 'phc2sys'), '60');
    await new Promise((resolve) => other.once('spawn', resolve));
    const config = join(scratch.path, 'timeball.yaml');
    writeFileSync(config, `clock: {steer: true}\nstate: {directory: ${scratch.path}}\n`);
    const appliance = start(
      process.execPath,
      MAIN,
      'run',
      '--config',
      config,
      '--socket',
      join(scratch.path, 's'),
    );
    let said = '';
    appliance.stderr?.on('data', (text: Buffer) => {
      said += text;
    });
    const code = await new Promise((resolve) => appliance.once('close', resolve));
    expect(said).toMatch(
      /^timeball: clock.steer: phc2sys \(process \d+\) keeps this machine's clock already: stop it for good, or set clock.steer to false\n$/,
    );
    expect(code).toBe(69);
  });
});
