/** The real `serialport` on real ptys. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openPty, type Pty } from '../../../hw/linux/pty.ts';
import { realTimers } from '../../../hw/linux/real-timers.ts';
import { LinuxSerialPort, type SerialOptions } from '../../../hw/linux/serial-port.ts';
import { systemClock } from '../../../hw/linux/system-clock.ts';
import { difference } from '../../../src/time/instant.ts';
import { Recorder } from './recorder.ts';
import { VirtualTimers } from './virtual-timers.ts';

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

describe('a receiver that nobody has named', () => {
  it('is waited for, and taken once it speaks NMEA', async () => {
    const root = folder();
    const line = pty();
    const { heard } = listen({ device: 'auto', deviceRoot: root });
    await heard.untilState('failed');
    expect(heard.lastState?.reason).toContain('no serial device found');
    symlinkSync('/nowhere', join(root, 'serial0')); // the alias of a UART that is off
    symlinkSync(line.path, join(root, 'ttyUSB0'));
    await heard.until(() => /looking for NMEA at 9600 baud/.test(heard.lastState?.reason ?? ''));
    line.write(bytes(SENTENCE + SENTENCE));
    await heard.untilState('open');
    expect(heard.lastState?.device).toBe(`${join(root, 'ttyUSB0')} at 9600 baud`);
  });

  it('is found behind a UART that is silent and one that has no hardware; the next start begins with it', async () => {
    const root = folder();
    const memory = join(root, 'state/found-receiver.json');
    const [silent, speaking] = [pty(), pty()];
    symlinkSync(silent.path, join(root, 'serial0'));
    symlinkSync(silent.path, join(root, 'ttyAMA0'));
    symlinkSync('/dev/null', join(root, 'ttyS0'));
    symlinkSync(speaking.path, join(root, 'ttyACM0'));
    const timers = new VirtualTimers();
    const search = { device: 'auto', baud: 'auto', deviceRoot: root, memory } as const;
    const { port, heard } = listen({ ...search, timers });
    await heard.until(() => /looking for/.test(heard.lastState?.reason ?? ''));
    await timers.advance(19_000);
    expect(heard.lastState?.device).toBe(join(root, 'serial0'));
    await timers.advance(2000); // all rates in vain
    await heard.until(() => /not a serial device/.test(heard.lastState?.reason ?? ''));
    expect(heard.states.at(-2)?.reason).toContain('not a byte at any rate');
    await timers.advance(500);
    await heard.until(() => heard.lastState?.device === join(root, 'ttyACM0'));
    speaking.write(bytes(SENTENCE + SENTENCE));
    await heard.untilState('open');
    expect(JSON.parse(readFileSync(memory, 'utf8'))).toEqual({ device: join(root, 'ttyACM0'), baud: 9600 });
    await port.close();
    const again = listen(search);
    await again.heard.until(() => again.heard.states.length >= 2);
    expect(again.heard.lastState?.device).toBe(join(root, 'ttyACM0'));
  });

  it('silent everywhere makes one state, not one each round', async () => {
    const root = folder();
    const lines = [pty(), pty()];
    for (const [index, line] of lines.entries()) symlinkSync(line.path, join(root, `ttyUSB${index}`));
    const timers = new VirtualTimers();
    const { heard } = listen({ device: 'auto', deviceRoot: root, timers });
    const opened = () => heard.states.filter(({ state }) => state === 'opening').length;
    await heard.until(() => opened() === 2);
    await timers.advance(3000);
    await heard.until(() => opened() === 3);
    await timers.advance(3000);
    await heard.until(() => heard.lastState?.device.includes('ttyUSB1') === true);
    expect(heard.lastState).toMatchObject({
      state: 'failed',
      device: `${join(root, 'ttyUSB0')}, ${join(root, 'ttyUSB1')}`,
      reason: expect.stringContaining('not a byte'),
    });
    const states = heard.states.length;
    for (let device = 0; device < 2; device++) {
      await timers.planned(); // it is open
      await timers.advance(3000);
    }
    expect(heard.states.length).toBe(states);
    // Whoever is tried in the next round is found all the same.
    await timers.planned();
    lines[0]?.write(bytes(SENTENCE + SENTENCE));
    await heard.untilState('open');
    expect(heard.states.length).toBe(states + 1);
    expect(heard.lastState?.device).toBe(`${join(root, 'ttyUSB0')} at 9600 baud`);
  });

  it('on USB is taken again as soon as it is back, whatever is tried meanwhile', async () => {
    const root = folder();
    const [uart, usb, replugged] = [pty(), pty(), pty()];
    symlinkSync(usb.path, join(root, 'ttyACM0'));
    const timers = new VirtualTimers();
    const { heard } = listen({ device: 'auto', deviceRoot: root, timers });
    await heard.until(() => /looking for/.test(heard.lastState?.reason ?? ''));
    usb.write(bytes(SENTENCE + SENTENCE));
    await heard.untilState('open');
    unlinkSync(join(root, 'ttyACM0'));
    symlinkSync(uart.path, join(root, 'ttyAMA0'));
    usb.close();
    await heard.until(() => /was disconnected/.test(heard.lastState?.reason ?? ''));
    await timers.advance(500);
    await heard.until(() => heard.lastState?.device === join(root, 'ttyAMA0'));
    symlinkSync(replugged.path, join(root, 'ttyACM0'));
    await timers.advance(500);
    await heard.until(() => heard.lastState?.device === join(root, 'ttyACM0'));
    replugged.write(bytes(SENTENCE + SENTENCE));
    await heard.untilState('open');
  });

  it.each(['', '{"device":"/dev/ttyAMA0"}', '{"device":"/dev/ttyAMA0","baud":17}', '[]', 'null'])(
    'is looked for from the beginning where what was kept is damaged (%#)',
    async (text) => {
      const root = folder();
      const memory = join(root, 'found-receiver.json');
      writeFileSync(memory, text);
      const line = pty();
      symlinkSync(line.path, join(root, 'ttyS0'));
      const { heard } = listen({ device: 'auto', baud: 'auto', deviceRoot: root, memory });
      await heard.until(() => heard.lastState?.device === join(root, 'ttyS0'));
      line.write(bytes(SENTENCE + SENTENCE));
      await heard.untilState('open');
    },
  );
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
