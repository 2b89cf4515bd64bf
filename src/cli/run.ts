/** `timeball run`: the appliance on this machine's own hardware. */
import { hostname, networkInterfaces } from 'node:os';
import { linuxLoadMeter } from '../../hw/linux/load-meter.ts';
import { realTimers } from '../../hw/linux/real-timers.ts';
import { LinuxSerialPort } from '../../hw/linux/serial-port.ts';
import { serviceManager } from '../../hw/linux/service-manager.ts';
import { systemClock } from '../../hw/linux/system-clock.ts';
import { linuxThermometer } from '../../hw/linux/thermometer.ts';
import { createAppliance, type NtpListen } from '../app.ts';
import { BUILD_DATE } from '../build-info.ts';
import { createClockBlock } from '../clock/clock-block.ts';
import { type ListenAddress, parseListen, parseNtpListen } from '../config/listen-address.ts';
import { type Config, DEFAULT_HTTP_PORT } from '../config/schema.ts';
import { LogRing } from '../events/log-ring.ts';
import { Serving } from '../serving.ts';
import { serviceNotify } from '../system/service-notify.ts';
import { socketHelper } from '../system/socket-helper.ts';
import { parseUtc } from '../time/utc.ts';
import { AnswersHost } from '../workers/answers-host.ts';
import { linuxPps } from '../workers/pps-device.ts';
import { configFrom, createLog, leapFrom, openAdmin, serve, workersOf } from './serve.ts';

export async function run({
  config: configFile,
  socket,
}: {
  readonly config: string;
  readonly socket: string;
}): Promise<void> {
  const loaded = configFrom(configFile);
  const leap = leapFrom(loaded);
  const ring = new LogRing();
  const log = createLog(loaded.config.log.level, !process.stderr.isTTY, ring);
  const timers = realTimers();
  const stateDirectory = loaded.config.state.directory;
  const admin = await openAdmin({
    mode: 'hardware',
    demo: false,
    configFile,
    stateDirectory,
    http: ({ http }) => addresses(http.listen, DEFAULT_HTTP_PORT),
    socket,
    hostName: hostname,
    helper: socketHelper(),
    timers,
    log,
    ring,
  });
  const { config } = admin.settings;
  const clock = systemClock({ steer: config.clock.steer });
  const clockBlock = createClockBlock();
  const serving = new Serving({ config, interfaces: networkInterfaces, log });
  const answers = new AnswersHost({
    listen: ntpListen(config),
    workers: workersOf(config),
    freeBind: true,
    clockBlock,
    mapping: clock.mapping,
    tables: serving.tables,
    settings: serving.settings,
  });
  const appliance = createAppliance(
    {
      mode: 'hardware',
      clock,
      serial: new LinuxSerialPort({ ...config.receiver, clock, timers }),
      pps: linuxPps({ settings: config.pps, timers, clock }),
      thermometer: linuxThermometer(),
      load: linuxLoadMeter(),
      timers,
      clockBlock,
      serving,
      answers,
      log,
      admin,
    },
    {
      config,
      leap,
      buildDay: parseUtc(BUILD_DATE)?.day ?? 0,
      ntpListen,
      stateDirectory,
    },
  );
  const systemd = serviceNotify({
    notify: serviceManager(process.env['NOTIFY_SOCKET']),
    watchdog: process.env['WATCHDOG_USEC'],
    answering: () => answers.state().state !== 'failed',
    every: (milliseconds, tick) => timers.every(milliseconds, tick),
  });
  process.once('SIGTERM', () => systemd.stopping());
  await serve(appliance, log, admin, () => systemd.ready(), inConfiguration);
}

/** Remedies name the options of `simulate`; here the addresses come from the configuration. */
function inConfiguration(message: string): string {
  return message.replace(/\bwith --(ntp|http)\b/, 'in $1.listen').replace(/--(ntp|http)\b/, '$1.listen');
}

/** Addresses and interfaces. */
function ntpListen({ ntp }: Config): NtpListen[] {
  return ntp.listen.flatMap((text) => {
    const parsed = parseNtpListen(text, ntp.port);
    return 'error' in parsed ? [] : [parsed];
  });
}

/** The configuration is checked by now, so every address parses. */
function addresses(texts: readonly string[], port: number): ListenAddress[] {
  return texts.flatMap((text) => {
    const parsed = parseListen(text, port);
    return 'error' in parsed ? [] : [parsed];
  });
}
