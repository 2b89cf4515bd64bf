/** The card itself in an emulated Raspberry Pi 3B: SD controller, the board's own device tree, USB network. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { Status } from '../../src/status/status.ts';
import { ApiClient } from './api-client.ts';
import { freePort } from './board.ts';
import type { Card } from './card.ts';
import { askNtp } from './ntp-client.ts';
import type { Report } from './report.ts';
import { until } from './wait.ts';

/** Seconds; it only gets what others leave. */
const BOOT_WITHIN = 900;
const NICE = 10;
/** QEMU's model of the USB controller loses what hangs on it where the machine is busy; then it starts anew, so often. */
const MOST_STARTS = 5;
const USB_LOST = /usb usb1-port1: (attempt power cycle|unable to enumerate)/;
const CLAIM_CODE = 'test-claim-code';

/** Runs behind whatever else this machine does. */
export async function raspberry(card: Card, folder: string, report: Report): Promise<void> {
  card.put('timeball-setup.yaml', `claimCode: ${CLAIM_CODE}\n`);
  const [ntp, http] = [await freePort(), await freePort()];
  const log = join(folder, 'console.log');
  const forwarded = `hostfwd=udp:127.0.0.1:${ntp}-:123,hostfwd=tcp:127.0.0.1:${http}-:8080`;
  let child = powerOn(card, folder, log, forwarded);
  let startedAt = performance.now();
  const text = () => readFileSync(log, 'utf8');
  const ended = () => child.exitCode !== null;
  let starts = 1;
  const startAnew = async () => {
    starts++;
    child.kill('SIGKILL');
    await until('the end of QEMU', 20, () => child.signalCode !== null || ended());
    child = powerOn(card, folder, log, forwarded);
    startedAt = performance.now();
  };
  const answers = async () => {
    if (USB_LOST.test(text()) && starts < MOST_STARTS) await startAnew();
    return ended() || (await askNtp(ntp)) !== undefined;
  };
  try {
    await until('an NTP answer', BOOT_WITHIN, answers, 500);
    report.check('raspi3b: starts from the SD card', !ended());
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    const which = starts > 1 ? `, at start no. ${starts}` : '';
    report.figure('raspi3b: power-on to first answer, beside other work', `${seconds} s${which}`);
    const answer = await askNtp(ntp);
    const unknown = answer?.leap === 3 && answer.stratum === 0;
    report.check(
      'raspi3b: answers by USB Ethernet, and knows no time',
      unknown,
      `stratum ${answer?.stratum}`,
    );
    // What the screen shows when the service has answered it.
    const shown = /^state +(?!starting).*/m;
    await until('the state on the screen', 300, () => shown.test(text()) || ended(), 500);
    report.check('raspi3b: the screen says so', shown.test(text()), shown.exec(text())?.[0].trim());
    const { environment } = await statusOf(http);
    const warmth = environment.temperatureC;
    report.check("raspi3b: the processor's temperature is read", warmth !== null, `${warmth} °C`);
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

function powerOn(card: Card, folder: string, log: string, forwarded: string): ChildProcess {
  const boot = card.boot(folder);
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
      ...['-kernel', boot.kernel, '-initrd', boot.initrd],
      ...['-dtb', card.boardTree(folder, 'bcm2837-rpi-3-b.dtb'), '-append', commandLine],
      ...['-drive', `if=sd,format=raw,cache=unsafe,file=${card.path}`],
      ...['-netdev', `user,id=net,${forwarded}`, '-device', 'usb-net,netdev=net'],
    ],
    { stdio: ['ignore', said, said] },
  );
  closeSync(said);
  setPriority(child.pid ?? 0, NICE);
  return child;
}

/** Whoever has the code of the setup file makes himself the administrator, and is told everything. */
async function statusOf(port: number): Promise<Status> {
  let api: ApiClient | undefined;
  const claimed = async () => {
    api = await ApiClient.claim(port, CLAIM_CODE).catch(() => undefined);
    return api !== undefined;
  };
  await until('the claim', 300, claimed, 1000);
  const reply = await api?.send('GET', '/api/v1/status');
  if (reply?.status !== 200) throw new Error(`no status: ${reply?.status}`);
  return reply.body as Status;
}
