import { expect, test } from 'vitest';
import { serviceNotify } from '../../src/system/service-notify.ts';

function service(watchdog: string | undefined) {
  const told: string[] = [];
  const ticks: { milliseconds: number; tick: () => void; ended: boolean }[] = [];
  const life = { answering: true };
  const notify = serviceNotify({
    notify: (state) => void told.push(state),
    watchdog,
    answering: () => life.answering,
    every: (milliseconds, tick) => {
      const timer = { milliseconds, tick, ended: false };
      ticks.push(timer);
      return () => {
        timer.ended = true;
      };
    },
  });
  return { told, ticks, life, notify };
}

test('is ready, and then alive three times within the limit, as long as the threads answer', () => {
  const { told, ticks, life, notify } = service('30000000');
  notify.ready();
  expect(told).toEqual(['READY=1']);
  expect(ticks.map(({ milliseconds }) => milliseconds)).toEqual([10_000]);
  ticks[0]?.tick();
  life.answering = false;
  ticks[0]?.tick();
  expect(told).toEqual(['READY=1', 'WATCHDOG=1']);
  life.answering = true;
  ticks[0]?.tick();
  expect(told).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1']);
});

test('says that it ends, and is not watched any more', () => {
  const { told, ticks, notify } = service('30000000');
  notify.ready();
  notify.stopping();
  expect(told.at(-1)).toBe('STOPPING=1');
  expect(ticks[0]?.ended).toBe(true);
});

test.each([undefined, '', '0', 'soon', '-5'])('is not watched with WATCHDOG_USEC %j', (watchdog) => {
  const { told, ticks, notify } = service(watchdog);
  notify.ready();
  expect(told).toEqual(['READY=1']);
  expect(ticks).toEqual([]);
});

test('without a service manager nothing is done', () => {
  const every = () => {
    throw new Error('no timer is wanted');
  };
  const notify = serviceNotify({ notify: undefined, watchdog: '30000000', answering: () => true, every });
  notify.ready();
  notify.stopping();
});
