/** The real `serialport` on real ptys. */
import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openPty, type Pty } from '../../../hw/linux/pty.ts';
import { realTimers } from '../../../hw/linux/real-timers.ts';
import { LinuxSerialPort, type SerialOptions } from '../../../hw/linux/serial-port.ts';
import { systemClock } from '../../../hw/linux/system-clock.ts';
import { difference } from '../../../src/time/instant.ts';
import { Recorder } from './recorder.ts';

const clock = systemClock({ steer: false });
const cleanUps: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function pty(): Pty {
  const result = openPty();
  if (result.error !== undefined) throw new Error(result.error);
  cleanUps.push(() => result.pty.close());
  return result.pty;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'timeball-serial-'));
  cleanUps.push(() => rmSync(path, { recursive: true }));
  return path;
}

function listen(options: Partial<SerialOptions> & { device: string }): {
  port: LinuxSerialPort;
  heard: Recorder;
} {
  const port = new LinuxSerialPort({ baud: 9600, clock, timers: realTimers(), ...options });
  const heard = new Recorder();
  cleanUps.push(() => port.close());
  port.open(heard);
  return { port, heard };
}

const SENTENCE = '$GPZDA,120000.00,01,01,2026,00,00*63\r\n';
const bytes = (text: string) => new TextEncoder().encode(text);

describe('serial port on a pty', () => {
  it('stamps each chunk with the local clock when it arrives', async () => {
    const line = pty();
    const { heard } = listen({ device: line.path });
    await heard.untilState('open');
    expect(heard.lastState).toEqual({ state: 'open', device: `${line.path} at 9600 baud`, reason: '' });
    for (let round = 1; round <= 3; round++) {
      const before = clock.now();
      line.write(bytes(SENTENCE));
      await heard.until(() => heard.text.length === round * SENTENCE.length);
      const chunk = heard.chunks.at(-1);
      if (!chunk) throw new Error('no chunk');
      expect(difference(chunk.at, before)).toBeGreaterThanOrEqual(0);
      expect(difference(clock.now(), chunk.at)).toBeGreaterThanOrEqual(0);
    }
    expect(heard.text).toBe(SENTENCE.repeat(3));
  });

  it('reads the clock once for each chunk, before its listener hears of it', async () => {
    const line = pty();
    const order: string[] = [];
    const now = () => {
      order.push('stamp');
      return clock.now();
    };
    const { heard } = listen({
      device: line.path,
      clock: { ...clock, capabilities: clock.capabilities, now },
    });
    await heard.untilState('open');
    for (const letter of ['a', 'b']) {
      order.length = 0;
      line.write(bytes(letter));
      await heard.until(() => heard.text.endsWith(letter));
      expect(order).toEqual(['stamp']);
    }
  });

  it('keeps up with a line of 460,800 baud, in bounded chunks', async () => {
    const line = pty();
    const { heard } = listen({ device: line.path, baud: 460_800 });
    await heard.untilState('open');
    // 3 s of a full line, as fast as the pty takes it.
    const sent = bytes(SENTENCE.repeat(Math.ceil((3 * 46_080) / SENTENCE.length)));
    let at = 0;
    const push = () => {
      at += line.write(sent.subarray(at, at + 2048));
      if (at < sent.length) setImmediate(push);
    };
    push();
    await heard.until(() => heard.chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0) >= sent.length);
    expect(heard.text).toBe(new TextDecoder().decode(sent));
    expect(Math.max(...heard.chunks.map((chunk) => chunk.bytes.length))).toBeLessThanOrEqual(4096);
  });

  it('reopens what was unplugged and plugged in again', async () => {
    const link = join(folder(), 'receiver');
    const first = pty();
    symlinkSync(first.path, link);
    const { heard } = listen({ device: link });
    await heard.untilState('open');
    first.write(bytes('one'));
    await heard.until(() => heard.text === 'one');
    unlinkSync(link);
    first.close();
    await heard.until(() => /does not exist/.test(heard.lastState?.reason ?? ''));
    const second = pty();
    symlinkSync(second.path, link);
    await heard.untilState('open');
    second.write(bytes('two'));
    await heard.until(() => heard.text === 'onetwo');
    expect(heard.states.map((state) => state.state)).toEqual(['opening', 'open', 'failed', 'failed', 'open']);
    expect(heard.states[2]?.reason).toContain('was disconnected');
  });

  it('takes the first device there is with `auto`', async () => {
    const root = folder();
    const line = pty();
    const { heard } = listen({ device: 'auto', deviceRoot: root });
    await heard.untilState('failed');
    expect(heard.lastState?.reason).toContain('no serial device found');
    symlinkSync('/nowhere', join(root, 'serial0')); // the alias of a UART that is off
    symlinkSync(line.path, join(root, 'ttyUSB0'));
    await heard.untilState('open');
    expect(heard.lastState?.device).toBe(`${join(root, 'ttyUSB0')} at 9600 baud`);
  });

  it('finds the baud rate where it is not given', async () => {
    const line = pty();
    const { heard } = listen({ device: line.path, baud: 'auto' });
    await heard.until(() => /looking for NMEA/.test(heard.lastState?.reason ?? ''));
    line.write(bytes(SENTENCE + SENTENCE));
    await heard.untilState('open');
    expect(heard.lastState?.device).toMatch(/ at 9600 baud$/);
  });

  it('closes while opening, twice, and for good', async () => {
    const line = pty();
    const { port, heard } = listen({ device: line.path });
    await Promise.all([port.close(), port.close()]);
    expect(heard.lastState?.state).toBe('closed');
    const again = listen({ device: line.path });
    await again.heard.untilState('open');
  });
});

describe('why a port can’t be opened', () => {
  it.each([
    ['missing', () => '/dev/no-such-tty', /\/dev\/no-such-tty does not exist: connect/],
    ['no tty', () => '/dev/null', /\/dev\/null is not a serial device/],
    [
      'a file',
      () => {
        const path = join(folder(), 'file');
        writeFileSync(path, '');
        return path;
      },
      /is not a serial device/,
    ],
  ])('%s', async (_name, device, reason) => {
    const { heard } = listen({ device: device() });
    await heard.untilState('failed');
    expect(heard.lastState?.reason).toMatch(reason);
  });

  it('taken by another program', async () => {
    const line = pty();
    const first = listen({ device: line.path });
    await first.heard.untilState('open');
    const second = listen({ device: line.path });
    await second.heard.untilState('failed');
    expect(second.heard.lastState?.reason).toContain('in use by another program');
    await first.port.close();
    await second.heard.untilState('open');
  });

  const root = process.geteuid?.() === 0;
  it.skipIf(!root)('not permitted (needs root to give permissions up)', async () => {
    const line = pty();
    process.seteuid?.(65_534);
    try {
      const { heard } = listen({ device: line.path });
      await heard.untilState('failed');
      expect(heard.lastState?.reason).toMatch(/no permission .*group dialout/);
    } finally {
      process.seteuid?.(0);
    }
  });
});
