/** The layouts against the kernel's own headers, where there are a compiler and headers to ask. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as gpio from '../../../hw/linux/gpio-layout.ts';
import * as pps from '../../../hw/linux/kernel-pps-layout.ts';
import * as timex from '../../../hw/linux/timex.ts';

const requests = pps.ppsRequests(8);

/** C expression → what the driver takes it for. */
const EXPECTED: Record<string, number> = {
  PPS_GETPARAMS: requests.getParams,
  PPS_SETPARAMS: requests.setParams,
  PPS_GETCAP: requests.getCapabilities,
  PPS_FETCH: requests.fetch,
  PPS_API_VERS: pps.PPS_API_VERSION,
  PPS_CAPTUREASSERT: pps.PPS_CAPTURE_ASSERT,
  PPS_CAPTURECLEAR: pps.PPS_CAPTURE_CLEAR,
  'sizeof(struct pps_fdata)': pps.FDATA_SIZE,
  'offsetof(struct pps_fdata, info.assert_sequence)': pps.FDATA.assertSequence,
  'offsetof(struct pps_fdata, info.clear_sequence)': pps.FDATA.clearSequence,
  'offsetof(struct pps_fdata, info.assert_tu.sec)': pps.FDATA.assertSeconds,
  'offsetof(struct pps_fdata, info.assert_tu.nsec)': pps.FDATA.assertNanos,
  'offsetof(struct pps_fdata, info.clear_tu.sec)': pps.FDATA.clearSeconds,
  'offsetof(struct pps_fdata, info.clear_tu.nsec)': pps.FDATA.clearNanos,
  'offsetof(struct pps_fdata, timeout.sec)': pps.FDATA.timeoutSeconds,
  'offsetof(struct pps_fdata, timeout.nsec)': pps.FDATA.timeoutNanos,
  'sizeof(struct pps_kparams)': pps.KPARAMS_SIZE,
  'offsetof(struct pps_kparams, api_version)': pps.KPARAMS.version,
  'offsetof(struct pps_kparams, mode)': pps.KPARAMS.mode,
  GPIO_GET_CHIPINFO_IOCTL: gpio.GPIO_GET_CHIPINFO,
  GPIO_V2_GET_LINEINFO_IOCTL: gpio.GPIO_V2_GET_LINEINFO,
  GPIO_V2_GET_LINE_IOCTL: gpio.GPIO_V2_GET_LINE,
  'sizeof(struct gpiochip_info)': gpio.CHIP_INFO_SIZE,
  'offsetof(struct gpiochip_info, label)': gpio.CHIP_INFO.label,
  'offsetof(struct gpiochip_info, lines)': gpio.CHIP_INFO.lines,
  'sizeof(struct gpio_v2_line_info)': gpio.LINE_INFO_SIZE,
  'offsetof(struct gpio_v2_line_info, name)': gpio.LINE_INFO.name,
  'offsetof(struct gpio_v2_line_info, consumer)': gpio.LINE_INFO.consumer,
  'offsetof(struct gpio_v2_line_info, offset)': gpio.LINE_INFO.offset,
  'offsetof(struct gpio_v2_line_info, flags)': gpio.LINE_INFO.flags,
  'sizeof(struct gpio_v2_line_request)': gpio.LINE_REQUEST_SIZE,
  'offsetof(struct gpio_v2_line_request, offsets)': gpio.LINE_REQUEST.offsets,
  'offsetof(struct gpio_v2_line_request, consumer)': gpio.LINE_REQUEST.consumer,
  'offsetof(struct gpio_v2_line_request, config.flags)': gpio.LINE_REQUEST.flags,
  'offsetof(struct gpio_v2_line_request, num_lines)': gpio.LINE_REQUEST.lineCount,
  'offsetof(struct gpio_v2_line_request, event_buffer_size)': gpio.LINE_REQUEST.eventBufferSize,
  'offsetof(struct gpio_v2_line_request, fd)': gpio.LINE_REQUEST.fd,
  'sizeof(struct gpio_v2_line_event)': gpio.LINE_EVENT_SIZE,
  'offsetof(struct gpio_v2_line_event, timestamp_ns)': gpio.LINE_EVENT.timestamp,
  'offsetof(struct gpio_v2_line_event, id)': gpio.LINE_EVENT.id,
  'offsetof(struct gpio_v2_line_event, offset)': gpio.LINE_EVENT.offset,
  'offsetof(struct gpio_v2_line_event, line_seqno)': gpio.LINE_EVENT.lineSequence,
  GPIO_V2_LINE_EVENT_RISING_EDGE: gpio.EVENT_RISING,
  GPIO_V2_LINE_FLAG_USED: gpio.FLAG_USED,
  GPIO_V2_LINE_FLAG_ACTIVE_LOW: gpio.FLAG_ACTIVE_LOW,
  GPIO_V2_LINE_FLAG_INPUT: gpio.FLAG_INPUT,
  GPIO_V2_LINE_FLAG_OUTPUT: gpio.FLAG_OUTPUT,
  GPIO_V2_LINES_MAX: gpio.MAX_LINES,
  GPIO_V2_LINE_FLAG_EDGE_RISING: gpio.FLAG_EDGE_RISING,
  GPIO_V2_LINE_FLAG_EDGE_FALLING: gpio.FLAG_EDGE_FALLING,
  GPIO_V2_LINE_FLAG_EVENT_CLOCK_REALTIME: gpio.FLAG_EVENT_CLOCK_REALTIME,
  'sizeof(struct timex)': timex.TIMEX_SIZE,
  'offsetof(struct timex, modes)': timex.TIMEX.modes,
  'offsetof(struct timex, freq)': timex.TIMEX.freq,
  'offsetof(struct timex, maxerror)': timex.TIMEX.maxerror,
  'offsetof(struct timex, esterror)': timex.TIMEX.esterror,
  'offsetof(struct timex, status)': timex.TIMEX.status,
  'offsetof(struct timex, constant)': timex.TIMEX.constant,
  'offsetof(struct timex, tolerance)': timex.TIMEX.tolerance,
  'offsetof(struct timex, time.tv_sec)': timex.TIMEX.seconds,
  'offsetof(struct timex, time.tv_usec)': timex.TIMEX.fraction,
  'offsetof(struct timex, tai)': timex.TIMEX.tai,
  ADJ_FREQUENCY: timex.ADJ_FREQUENCY,
  ADJ_MAXERROR: timex.ADJ_MAXERROR,
  ADJ_ESTERROR: timex.ADJ_ESTERROR,
  ADJ_STATUS: timex.ADJ_STATUS,
  ADJ_TAI: timex.ADJ_TAI,
  ADJ_SETOFFSET: timex.ADJ_SETOFFSET,
  ADJ_NANO: timex.ADJ_NANO,
  STA_UNSYNC: timex.STA_UNSYNC,
};

const INCLUDES =
  '#include <stddef.h>\n#include <stdio.h>\n#include <sys/timex.h>\n#include <linux/pps.h>\n#include <linux/gpio.h>\n';

/** Why headers can't be asked, or empty. */
function obstacle(): string {
  if (process.arch !== 'x64' && process.arch !== 'arm64') return 'not a 64-bit machine';
  const probe = spawnSync('gcc', ['-fsyntax-only', '-xc', '-'], { input: INCLUDES });
  if (probe.error) return 'no gcc here';
  return probe.status === 0 ? '' : 'no kernel headers with PPS and GPIO v2 here';
}

const missing = obstacle();

describe(`layouts equal the kernel’s headers${missing && ` (skipped: ${missing})`}`, () => {
  it.skipIf(missing !== '')('in every size, offset, flag and request number', () => {
    const lines = Object.keys(EXPECTED).map((c) => `printf("%llu\\n", (unsigned long long)(${c}));`);
    const folder = mkdtempSync(join(tmpdir(), 'timeball-headers-'));
    try {
      writeFileSync(join(folder, 'ask.c'), `${INCLUDES}int main(void) {\n${lines.join('\n')}\nreturn 0; }\n`);
      execFileSync('gcc', ['-o', join(folder, 'ask'), join(folder, 'ask.c')]);
      const answers = execFileSync(join(folder, 'ask'), { encoding: 'latin1' })
        .trim()
        .split('\n')
        .map(Number);
      const asked = Object.keys(EXPECTED).map((c, index) => [c, answers[index]]);
      expect(Object.fromEntries(asked)).toEqual(EXPECTED);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('request numbers without a compiler', () => {
  it('are those of 64-bit Linux, and of 32-bit arm where a pointer is in them', () => {
    expect(pps.ppsRequests(8)).toEqual({
      getParams: 0x800870a1,
      setParams: 0x400870a2,
      getCapabilities: 0x800870a3,
      fetch: 0xc00870a4,
    });
    expect(pps.ppsRequests(4).fetch).toBe(0xc00470a4);
    expect([gpio.GPIO_GET_CHIPINFO, gpio.GPIO_V2_GET_LINEINFO, gpio.GPIO_V2_GET_LINE]).toEqual([
      0x8044b401, 0xc100b405, 0xc250b407,
    ]);
  });
});
