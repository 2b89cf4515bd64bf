import { describe, expect, it } from 'vitest';
import { FAULT_DESCRIPTIONS, FaultBoard, leapFault } from '../../../hw/sim/faults.ts';
import { difference } from '../../../src/time/instant.ts';
import { parseUtc } from '../../../src/time/utc.ts';
import { type Lab, ofType, openLab, sentences } from './lab.ts';

const NOON = '2026-03-01T12:00:00Z';
const asserts = (lab: Lab) => lab.edges.filter(({ polarity }) => polarity === 'assert');
const status = (lab: Lab) => ofType(lab.text(), 'RMC').map(({ fields }) => fields[1]);

/** A lab that has run for a moment, with nothing written down. */
function running(): Lab {
  const lab = openLab(NOON);
  lab.time.runFor(2.9);
  lab.forget();
  return lab;
}

describe('faults', () => {
  it('antenna unplugged: no fix, nothing heard, no edges; then a few seconds to reacquire', () => {
    const lab = running();
    lab.world.faults.setFault('antennaUnplugged', true);
    lab.time.runFor(10);
    expect(lab.edges).toHaveLength(0);
    expect(new Set(status(lab))).toEqual(new Set(['V']));
    expect(new Set(ofType(lab.text(), 'GGA').map(({ fields }) => fields[5]))).toEqual(new Set(['0']));
    const snr = ofType(lab.text(), 'GSV').flatMap(({ fields }) =>
      fields.slice(3, -1).filter((_, i) => i % 4 === 3),
    );
    expect(snr.length).toBeGreaterThan(100);
    expect(snr.join('')).toBe('');
    lab.forget();
    lab.world.faults.setFault('antennaUnplugged', false);
    lab.time.runFor(10);
    expect(status(lab).join('')).toMatch(/^V{3,6}A{4,7}$/);
    expect(asserts(lab).length).toBe(status(lab).filter((each) => each === 'A').length);
  });

  it('PPS missing: all of them, or a share, while sentences go on', () => {
    const lab = running();
    lab.world.faults.setFault('ppsMissing', 1);
    lab.time.runFor(5);
    expect(lab.edges).toHaveLength(0);
    expect(new Set(status(lab))).toEqual(new Set(['A']));
    lab.world.faults.setFault('ppsMissing', 0.3);
    lab.time.runFor(1000);
    expect(asserts(lab).length).toBeGreaterThan(650);
    expect(asserts(lab).length).toBeLessThan(750);
  });

  it('PPS doubled: an extra edge somewhere between the seconds', () => {
    const lab = running();
    lab.world.faults.setFault('ppsDoubled', 1);
    lab.time.runFor(100);
    const fractions = lab.told
      .filter((_, i) => lab.edges[i]?.polarity === 'assert')
      .map(({ nanos }) => nanos / 1e9);
    expect(fractions.filter((fraction) => fraction < 0.01)).toHaveLength(100);
    expect(fractions.filter((fraction) => fraction > 0.1 && fraction < 0.9)).toHaveLength(100);
  });

  it('PPS inverted: the end of the pulse takes the place of its start', () => {
    const lab = running();
    lab.world.faults.setFault('ppsInverted', true);
    lab.time.runFor(3);
    const phase = (polarity: string) =>
      lab.told
        .filter((_, i) => lab.edges[i]?.polarity === polarity)
        .map(({ nanos }) => Math.round(nanos / 1e7));
    expect(phase('assert')).toEqual([10, 10, 10]);
    expect(phase('clear')).toEqual([0, 0, 0]);
  });

  it('corrupt bytes: some sentences break, the others stay right', () => {
    const lab = running();
    lab.time.runFor(100);
    const clean = sentences(lab.text()).length;
    lab.forget();
    lab.world.faults.setFault('corruptBytes', 0.002); // about 65 bytes in a sentence: one in eight breaks
    lab.time.runFor(100);
    const share = sentences(lab.text()).length / clean;
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(0.95);
  });

  it('receiver restart: silence, then no time and no fix, then all is well', () => {
    const lab = running();
    lab.world.faults.setFault('receiverRestart', 3);
    lab.time.runFor(3);
    expect(lab.text()).toBe('');
    expect(lab.edges).toHaveLength(0);
    lab.time.runFor(4.9);
    expect(lab.edges).toHaveLength(0);
    expect(status(lab).join('')).toMatch(/^V+$/);
    expect(new Set(ofType(lab.text(), 'RMC').map(({ fields }) => fields[0]))).toEqual(new Set(['']));
    expect(lab.world.faults.faults().receiverRestart).toBe(0);
    lab.forget();
    lab.time.runFor(5);
    expect(status(lab).join('')).toMatch(/A{4,}$/);
    expect(asserts(lab).length).toBeGreaterThanOrEqual(4);
  });

  it('weeks wrong: the date alone is off', () => {
    const lab = running();
    lab.world.faults.setFault('weeksWrong', -1024);
    lab.time.runFor(1.9);
    const rmc = ofType(lab.text(), 'RMC').at(-1);
    expect(rmc?.fields[8]).toBe('160706'); // 2026-03-01 less 7168 days
    expect(rmc?.fields[0]).toBe('120004.00');
  });

  it.each([
    [2, 0, '120007.00'],
    [-3, 0, '120002.00'],
    [0.25, 0.75, '120005.00'],
    [-0.25, 0.25, '120004.00'],
  ])('time jump by %d s: edges at phase %d, labels follow', (jump, phase, label) => {
    const lab = running();
    lab.world.faults.setFault('timeJump', jump);
    lab.time.runFor(3);
    const told = lab.told.filter((_, i) => lab.edges[i]?.polarity === 'assert');
    expect(told.length).toBeGreaterThanOrEqual(2);
    for (const { nanos } of told) expect(nanos / 1e9).toBeCloseTo(phase, 2);
    expect(ofType(lab.text(), 'RMC').map(({ fields }) => fields[0])).toContain(label);
    const spacing = lab.edges.filter(({ polarity }) => polarity === 'assert').slice(-2);
    const [a, b] = spacing;
    if (!a || !b) throw new Error('two edges expected');
    expect(difference(b.at, a.at) / 1e9).toBeCloseTo(1, 3);
  });

  it('position jump: northward by so many metres', () => {
    const lab = running();
    const minutes = () => Number(ofType(lab.text(), 'GGA').at(-1)?.fields[1]?.slice(2));
    lab.time.runFor(1);
    const before = minutes();
    lab.world.faults.setFault('positionJump', 1853);
    lab.time.runFor(2);
    expect(minutes() - before).toBeCloseTo(1, 1); // a nautical mile is a minute of arc
  });

  it('leap second: the receiver shows one that its table does not have', () => {
    const lab = openLab('2026-06-30T23:59:57Z');
    lab.world.faults.setFault('leapSecond', leapFault(parseUtc('2026-06-30')?.day ?? 0, 1));
    lab.time.runFor(4.95);
    const shown = ofType(lab.text(), 'RMC').map(({ fields }) => fields[0]);
    expect(shown).toEqual(['235958.00', '235959.00', '235960.00', '000000.00']);
    lab.world.faults.setFault('leapSecond', '');
    lab.time.runFor(1);
    expect(ofType(lab.text(), 'RMC').at(-1)?.fields[0]).toBe('000002.00');
  });

  it('clear: everything is well again', () => {
    const lab = running();
    lab.world.faults.setFault('ppsInverted', true);
    lab.world.faults.setFault('timeJump', 0.5);
    lab.world.faults.clear();
    lab.time.runFor(2);
    lab.forget();
    lab.time.runFor(3);
    expect(asserts(lab)).toHaveLength(3);
    expect(lab.told[0]?.nanos).toBeLessThan(1e6);
  });
});

describe('FaultBoard', () => {
  it.each([
    ['ppsMising', 1, /^no fault "ppsMising"; there are antennaUnplugged, /],
    ['ppsMissing', 2, /ppsMissing: 2 is not between 0 and 1/],
    ['ppsMissing', Number.NaN, /is not between/],
    ['ppsMissing', 'yes', /expected a number, got string/],
    ['antennaUnplugged', 1, /expected a boolean/],
    ['weeksWrong', 0.5, /not a whole number/],
    ['leapSecond', '2026-06-29 insert', /last day of a month/],
    ['leapSecond', 'soon', /expected "YYYY-MM-DD insert"/],
  ])('refuses %s = %s with a reason', (name, value, reason) => {
    const board = new FaultBoard();
    const before = { ...board.faults() };
    expect(board.trySetFault(name, value)).toMatch(reason);
    expect(board.faults()).toEqual(before);
  });

  it('sets by name, tells listeners, and lists every fault with its value', () => {
    const board = new FaultBoard();
    const heard: string[] = [];
    board.onChange((name, faults) => heard.push(`${name} ${faults[name]}`));
    expect(board.trySetFault('leapSecond', '2026-12-31 delete')).toBe('');
    expect(board.trySetFault('timeJump', -0.5)).toBe('');
    expect(heard).toEqual(['leapSecond 2026-12-31 delete', 'timeJump -0.5']);
    expect(board.list()).toHaveLength(FAULT_DESCRIPTIONS.length);
    expect(board.list().find(({ name }) => name === 'timeJump')).toMatchObject({
      value: -0.5,
      unit: 's',
      none: 0,
    });
    expect(Object.keys(board.faults()).sort()).toEqual(FAULT_DESCRIPTIONS.map(({ name }) => name).sort());
  });
});
