/** The card itself in an emulated Raspberry Pi 3B: SD controller, the board's own device tree, USB network. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Card } from './card.ts';
import type { Report } from './report.ts';
import { until } from './wait.ts';

const BOOT_WITHIN = 600;

export async function raspberry(card: Card, folder: string, report: Report): Promise<void> {
  const boot = card.boot(folder);
  const log = join(folder, 'console.log');
  const said = openSync(log, 'w');
  const commandLine = boot.commandLine
    .replace('console=tty1 quiet', 'console=ttyAMA0,115200')
    .replace('systemd.show_status=auto', 'systemd.show_status=1')
    // QEMU's model of the watchdog resets the board the moment that it is armed.
    .replace('loglevel=4', 'loglevel=7 systemd.watchdog_sec=0');
  const child = spawn(
    'qemu-system-aarch64',
    [
      ...['-M', 'raspi3b', '-display', 'none', '-no-reboot', '-serial', 'stdio', '-monitor', 'none'],
      ...[
        '-kernel',
        boot.kernel,
        '-initrd',
        boot.initrd,
        '-dtb',
        card.boardTree(folder, 'bcm2837-rpi-3-b.dtb'),
      ],
      ...['-append', commandLine, '-drive', `if=sd,format=raw,cache=unsafe,file=${card.path}`],
      ...['-netdev', 'user,id=net,restrict=on', '-device', 'usb-net,netdev=net'],
    ],
    { stdio: ['ignore', said, said] },
  );
  closeSync(said);
  const startedAt = performance.now();
  const text = () => readFileSync(log, 'utf8');
  const ended = () => child.exitCode !== null;
  try {
    // What the screen shows when the service has answered it.
    const shown = /^state +(?!starting).*/m;
    await until('the state on the screen', BOOT_WITHIN, () => shown.test(text()) || ended(), 500);
    report.check('raspi3b: starts from the SD card', !ended());
    report.figure(
      'raspi3b: power-on to the state on the screen',
      `${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
    );
    report.check('raspi3b: the service answers', shown.test(text()), shown.exec(text())?.[0].trim());
    report.check('raspi3b: the data partition is mounted', /Finished .*timeball-data\.service/.test(text()));
    const watchdog = /bcm2835-wdt.*watchdog timer/i.exec(text())?.[0] ?? '';
    report.check('raspi3b: the hardware watchdog is there', watchdog !== '', watchdog.trim());
    report.check('raspi3b: no unit has failed', !/FAILED/.test(text()), /^.*FAILED.*$/m.exec(text())?.[0]);
  } catch (error) {
    report.broke('raspi3b: starts from the SD card', error);
    process.stderr.write(`${text().slice(-3000)}\n`);
  } finally {
    child.kill('SIGKILL');
  }
}
