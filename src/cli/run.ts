/** `timeball run`: the appliance on this machine's own hardware. */
import { linuxLoadMeter } from '../../hw/linux/load-meter.ts';
import { realTimers } from '../../hw/linux/real-timers.ts';
import { LinuxSerialPort } from '../../hw/linux/serial-port.ts';
import { systemClock } from '../../hw/linux/system-clock.ts';
import { linuxThermometer } from '../../hw/linux/thermometer.ts';
import { createAppliance } from '../app.ts';
import { BUILD_DATE } from '../build-info.ts';
import { createClockBlock } from '../clock/clock-block.ts';
import { type ListenAddress, parseListen } from '../config/listen-address.ts';
import { DEFAULT_HTTP_PORT } from '../config/schema.ts';
import { parseUtc } from '../time/utc.ts';
import { AnswersHost } from '../workers/answers-host.ts';
import { linuxPps } from '../workers/pps-device.ts';
import { configFrom, createLog, leapFrom, serve } from './serve.ts';

export async function run(configFile: string): Promise<void> {
  const { config } = configFrom(configFile);
  const leap = leapFrom(config.leap.file);
  const log = createLog(config.log.level, !process.stderr.isTTY);
  const timers = realTimers();
  const clock = systemClock({ steer: config.clock.steer });
  const clockBlock = createClockBlock();
  const listen = addresses(config.ntp.listen, config.ntp.port);
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
      answers: new AnswersHost({ listen, clockBlock, mapping: clock.mapping }),
      log,
    },
    {
      config,
      leap,
      buildDay: parseUtc(BUILD_DATE)?.day ?? 0,
      http: addresses(config.http.listen, DEFAULT_HTTP_PORT),
      stateDirectory: config.state.directory,
    },
  );
  await serve(appliance, log, () => {}, inConfiguration);
}

/** Remedies name the options of `simulate`; here the addresses come from the configuration. */
function inConfiguration(message: string): string {
  return message.replace(/\bwith --(ntp|http)\b/, 'in $1.listen').replace(/--(ntp|http)\b/, '$1.listen');
}

/** The configuration is checked by now, so every address parses. */
function addresses(texts: readonly string[], port: number): ListenAddress[] {
  return texts.flatMap((text) => {
    const parsed = parseListen(text, port);
    return 'error' in parsed ? [] : [parsed];
  });
}
