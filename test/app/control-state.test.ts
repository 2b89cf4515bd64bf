/** What control queries are answered from follows the state at once: the whole appliance, in virtual time. */
import pino from 'pino';
import { expect, test } from 'vitest';
import { VirtualTime } from '../../hw/sim/virtual-time.ts';
import { createWorld } from '../../hw/sim/world.ts';
import { createAppliance } from '../../src/app.ts';
import { createClockBlock } from '../../src/clock/clock-block.ts';
import { parseConfig } from '../../src/config/load.ts';
import { ControlBlockReader } from '../../src/ntp/control/control-block.ts';
import { Serving } from '../../src/serving.ts';
import { shippedTable } from '../../src/time/load-leap-table.ts';
import { parseUtc } from '../../src/time/utc.ts';

const START = '2026-12-05T11:00:00Z';

/** Nobody asks here: the block that answers would be made from is read itself. */
const NO_ANSWERS = {
  start: async () => [],
  apply: async () => {},
  counters: () => ({}),
  listenOn: async () => {},
  kernelDrops: () => 0,
  state: () => ({ state: 'open' as const, device: '', reason: '', restarts: 0 }),
  stop: async () => {},
};

async function site() {
  const leap = shippedTable();
  const utc = parseUtc(START);
  const loaded = parseConfig('gate: {acceptAfter: 1}', 'test');
  if (!utc || 'errors' in loaded) throw new Error('the test itself is wrong');
  const { config } = loaded;
  const time = new VirtualTime(leap.table.toTai(utc));
  const world = createWorld({ seed: 1, truth: time, timers: time, leapTable: leap.table });
  const log = pino({ level: 'silent' });
  const serving = new Serving({ config, interfaces: () => ({}), log });
  const appliance = createAppliance(
    {
      mode: 'simulation',
      clock: world.clock,
      serial: world.serial,
      pps: world.pps,
      thermometer: world.thermometer,
      load: world.load,
      timers: time,
      clockBlock: createClockBlock(),
      serving,
      answers: NO_ANSWERS,
      log,
    },
    {
      config,
      leap,
      buildDay: utc.day - 30,
      ntpListen: undefined,
      stateDirectory: undefined,
    },
  );
  await appliance.start();
  const control = new ControlBlockReader(serving.tables.control);
  return { appliance, control, time, world };
}

test('every 50 ms, the control block has the state of the status', async () => {
  const { appliance, control, time, world } = await site();
  const seen = new Set<string>();
  const differing: string[] = [];
  const check = () => {
    const { state, stratum } = appliance.status();
    const told = new Map(control.read()?.system);
    const agrees =
      told.get('stratum') === String(stratum) && (told.get('peer') !== '0') === (state === 'locked');
    if (!agrees) differing.push(`${time.monotonic().toFixed(3)} s: ${state}`);
    seen.add(state);
  };
  const runTo = (state: string) => {
    const from = time.monotonic();
    while (appliance.status().state !== state) {
      if (time.monotonic() - from > 200)
        throw new Error(`not ${state} in time: ${appliance.status().reason}`);
      time.runFor(0.05);
      check();
    }
  };
  runTo('locked');
  world.faults.setFault('ppsMissing', 1);
  runTo('holdover');
  world.faults.setFault('ppsMissing', 0);
  runTo('locked');
  // Another time than the kept one, believed after a minute: everything starts over.
  world.faults.setFault('timeJump', 100.4);
  runTo('acquiring');
  runTo('locked');
  expect([...seen].sort()).toEqual(['acquiring', 'freerun', 'holdover', 'locked']);
  expect(differing).toEqual([]);
  await appliance.stop();
});
