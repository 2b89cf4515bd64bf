/** The image in QEMU: a receiver's line, a pulse, a network port, and a root shell to look inside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { Boot } from './card.ts';
import { type PulseBy, pulseTree } from './device-tree.ts';
import { delay, until } from './wait.ts';

/** Niceness of what must not wait. */
export const URGENT = -15;
/** In the machine's folder; those of an earlier start would pass for its own. */
const SOCKETS = ['qmp', 'serial', 'shell', 'usb'];
/** A board without a battery knows no better; and what is served must not come from there. */
const CLOCK_AT_START = '2024-02-29T12:00:00';
const MACHINE = ['-M', 'virt', '-cpu', 'cortex-a53', '-smp', '2', '-m', '512', '-nodefaults'];

export interface MachineOptions {
  readonly card: string;
  readonly boot: Boot;
  readonly pulseBy: PulseBy;
  readonly folder: string;
  readonly ntpPort: number;
  readonly httpPort: number;
  /** File of what the kernel and systemd say. */
  readonly console: string;
  /** Records every write to the card here. */
  readonly writeLog?: string;
}

export class Machine {
  readonly #options: MachineOptions;
  readonly #process: ChildProcess;
  readonly startedAt = performance.now();
  #serial: Socket | undefined;
  #shell: Socket | undefined;
  #usb: Socket | undefined;
  #shellText = '';
  #commands = 0;

  constructor(options: MachineOptions) {
    this.#options = options;
    for (const name of SOCKETS) rmSync(join(options.folder, name), { force: true });
    const said = openSync(join(options.folder, 'qemu.log'), 'w');
    this.#process = spawn('qemu-system-aarch64', argumentsFor(options), { stdio: ['ignore', said, said] });
    closeSync(said);
  }

  async open(): Promise<void> {
    this.#serial = await this.#socket('serial');
    this.#serial.resume();
    this.#shell = await this.#socket('shell');
    this.#shell.setEncoding('utf8').on('data', (text: string) => {
      this.#shellText = `${this.#shellText}${text}`.slice(-200_000);
    });
  }

  /**
   * Ahead of whatever else this machine does: late pulses would pass for a bad clock. Called when it has booted, since
   * until then it takes all it can get.
   */
  hurry(): void {
    const threads = readdirSync(`/proc/${this.#process.pid}/task`).map(Number);
    for (const thread of threads) {
      try {
        setPriority(thread, URGENT);
      } catch {}
    }
  }

  /** QEMU's monitor, for one at a time: `system_powerdown` gives a pulse on the PPS line. */
  get monitor(): string {
    return this.#path('qmp');
  }

  /** Bytes of the receiver on the UART. */
  say(text: string): void {
    this.#serial?.write(text);
  }

  /** A USB serial adapter is there while somebody holds its other end. */
  async plugUsb(): Promise<void> {
    this.#usb = await this.#socket('usb');
    this.#usb.resume();
  }

  sayUsb(text: string): void {
    this.#usb?.write(text);
  }

  unplugUsb(): void {
    this.#usb?.destroy();
    this.#usb = undefined;
  }

  console(): string {
    return readFileSync(this.#options.console, 'latin1');
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Runs a line in the root shell of the guest. @throws Error when it has not ended within the time. */
  async run(command: string, seconds = 60): Promise<string> {
    await this.#plainShell();
    const mark = `end-${++this.#commands}`;
    // Split, so that the echo of the line is not taken for its end.
    this.#shell?.write(`${command}; echo "${mark.slice(0, 2)}""${mark.slice(2)}:$?"\n`);
    const end = new RegExp(`${mark}:(\\d+)`);
    await until(`the end of ${command}`, seconds, () => end.test(this.#shellText));
    const text = this.#shellText.slice(0, this.#shellText.search(end));
    this.#shellText = '';
    return text.replaceAll('\r', '').trim();
  }

  /** Has a line done, whose end the machine may not live to see. */
  async begin(command: string): Promise<void> {
    await this.#plainShell();
    this.#commands++;
    this.#shell?.write(`${command} &\n`);
  }

  /** Once it prompts, makes it one that neither edits nor repeats its input. */
  async #plainShell(): Promise<void> {
    if (this.#commands > 0) return;
    await until('the root shell', 120, () => /root@.*# $/.test(this.#shellText));
    this.#shell?.write('exec env PS1= sh\n');
    // Split, so that its echo is not taken for what it says.
    this.#shell?.write('stty -echo; echo "rea""dy"\n');
    await until('a plain shell', 60, () => /ready/.test(this.#shellText));
    this.#shellText = '';
  }

  /** As when the plug is pulled. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    for (let n = 0; this.alive && n < 100; n++) await delay(20);
    for (const socket of [this.#serial, this.#shell, this.#usb]) socket?.destroy();
  }

  async #socket(name: string): Promise<Socket> {
    const path = this.#path(name);
    await until(`QEMU's ${name}`, 20, () => existsSync(path) || !this.alive);
    if (!this.alive)
      throw new Error(`QEMU has ended: ${readFileSync(this.#path('qemu.log'), 'utf8').trim()}`);
    const socket = connect(path);
    socket.on('error', () => {});
    return socket;
  }

  #path(name: string): string {
    return join(this.#options.folder, name);
  }
}

function argumentsFor(options: MachineOptions): string[] {
  const { boot, pulseBy, folder, ntpPort, httpPort, console } = options;
  // So talkative that the last words of a restart are heard.
  const commandLine = boot.commandLine
    .replace('console=tty1 quiet', 'console=hvc0')
    .replace('loglevel=4', 'loglevel=7');
  const server = (name: string) => `socket,id=${name},path=${join(folder, name)},server=on,wait=off`;
  return [
    ...MACHINE,
    ...['-display', 'none', '-no-reboot', '-rtc', `base=${CLOCK_AT_START}`],
    ...['-dtb', pulseTree(MACHINE, pulseBy, folder), '-kernel', boot.kernel, '-initrd', boot.initrd],
    ...['-append', `${commandLine} systemd.debug_shell=hvc1`],
    ...drive(options),
    ...['-device', 'qemu-xhci', '-chardev', server('usb'), '-device', 'usb-serial,chardev=usb'],
    ...['-netdev', netdev(ntpPort, httpPort), '-device', 'virtio-net-device,netdev=net'],
    ...['-chardev', server('serial'), '-serial', 'chardev:serial'],
    ...['-chardev', `file,id=console,path=${console}`, '-chardev', server('shell')],
    ...['-device', 'virtio-serial-device', '-device', 'virtconsole,chardev=console'],
    ...['-device', 'virtconsole,chardev=shell'],
    ...['-chardev', server('qmp'), '-mon', 'chardev=qmp,mode=control'],
  ];
}

/** What is written is safe when the guest has it said: QEMU may be killed, this machine goes on. */
function drive({ card, writeLog }: MachineOptions): string[] {
  const file = (name: string, path: string) => [
    '-blockdev',
    `driver=file,node-name=${name},filename=${path},cache.no-flush=on`,
  ];
  if (writeLog === undefined) return [...file('card', card), '-device', 'virtio-blk-device,drive=card'];
  return [
    ...[...file('card-file', card), ...file('log-file', writeLog)],
    ...['-blockdev', 'driver=blklogwrites,node-name=card,file=card-file,log=log-file'],
    ...['-device', 'virtio-blk-device,drive=card'],
  ];
}

/** Nothing but loopback of this machine reaches the guest. */
function netdev(ntpPort: number, httpPort: number): string {
  return `user,id=net,hostfwd=udp:127.0.0.1:${ntpPort}-:123,hostfwd=tcp:127.0.0.1:${httpPort}-:8080`;
}
