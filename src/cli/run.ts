/** `timeball run`: the appliance on this machine's own hardware. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { interfaceSockets } from '../../hw/linux/interface-sockets.ts';
import { linuxLoadMeter } from '../../hw/linux/load-meter.ts';
import { otherDiscipline } from '../../hw/linux/other-discipline.ts';
import { ownInterfaces } from '../../hw/linux/own-interfaces.ts';
import { realTimers } from '../../hw/linux/real-timers.ts';
import { LinuxSerialPort } from '../../hw/linux/serial-port.ts';
import { serviceManager } from '../../hw/linux/service-manager.ts';
import { systemClock } from '../../hw/linux/system-clock.ts';
import { linuxThermometer } from '../../hw/linux/thermometer.ts';
import { createAppliance } from '../app.ts';
import { BUILD_DATE } from '../build-info.ts';
import { createClockBlock } from '../clock/clock-block.ts';
import { type Listen, parseHttpListen, parseNtpListen } from '../config/listen-address.ts';
import { type Config, DEFAULT_HTTP_PORT } from '../config/schema.ts';
import { LogRing } from '../events/log-ring.ts';
import { Serving } from '../serving.ts';
import { serviceNotify } from '../system/service-notify.ts';
import { socketHelper } from '../system/socket-helper.ts';
import { parseUtc } from '../time/utc.ts';
import { KEYS_FOLDER, UPDATE_RECORD } from '../update/update-status.ts';
import { AnswersHost } from '../workers/answers-host.ts';
import { linuxPps } from '../workers/pps-device.ts';
import { CliError, EX_UNAVAILABLE } from './exit-codes.ts';
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
  const other = otherDiscipline();
  if (other && loaded.config.clock.steer)
    throw new CliError(
      `timeball: clock.steer: ${other.name} keeps this machine's clock already: ${other.remedy}, or set clock.steer to false`,
      EX_UNAVAILABLE,
    );
  const ring = new LogRing();
  const log = createLog(loaded.config.log.level, !process.stderr.isTTY, ring);
  if (other) log.warn(`${other.name} moves the clock that stamps the edges: ${other.remedy}`);
  const timers = realTimers();
  const stateDirectory = loaded.config.state.directory;
  const admin = await openAdmin({
    mode: 'hardware',
    demo: false,
    configFile,
    stateDirectory,
    http: httpListen,
    sockets: interfaceSockets(),
    socket,
    hostName: hostname,
    helper: socketHelper(),
    update: { keys: KEYS_FOLDER, record: UPDATE_RECORD },
    timers,
    log,
    ring,
  });
  const { config } = admin.settings;
  const clock = systemClock({ steer: config.clock.steer });
  const found = (device: string) => join(stateDirectory, `found-${device}.json`);
  const clockBlock = createClockBlock();
  const serving = new Serving({ config, interfaces: ownInterfaces, log });
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
      serial: new LinuxSerialPort({ ...config.receiver, clock, timers, memory: found('receiver') }),
      pps: linuxPps({ settings: { ...config.pps, memory: found('pps') }, timers, clock }),
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

/** The configuration is checked by now, so all of it parses. */
function ntpListen({ ntp }: Config): Listen[] {
  return ntp.listen.flatMap((text) => {
    const parsed = parseNtpListen(text, ntp.port);
    return 'error' in parsed ? [] : [parsed];
  });
}

function httpListen({ http }: Config): Listen[] {
  return http.listen.flatMap((text) => {
    const parsed = parseHttpListen(text, DEFAULT_HTTP_PORT);
    return 'error' in parsed ? [] : [parsed];
  });
}
