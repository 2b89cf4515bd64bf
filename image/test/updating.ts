/** Updates of a running board: what is refused, what is tried and taken back, what is kept. */
import type { ApiClient } from './api-client.ts';
import type { Bundles } from './bundles.ts';
import { comesUp, type Subject, state } from './locking.ts';
import type { Machine } from './machine.ts';
import { Receiver } from './receiver.ts';
import { until } from './wait.ts';

/** The service has to be up for a minute of it. */
const TRIAL_S = 120;
/** An emulated processor writes and checks a system in minutes. */
const INSTALLED_WITHIN = 400;
const LOCK_WITHIN = 240;
const PULSES = { pulseBy: 'gpio' } as const;

interface Last {
  readonly state: string;
  readonly version: string;
  readonly slot: string;
  readonly reason: string;
}

/** The subject is locked, with this receiver. Returns the machine as it is in the end, from the other slot. */
export async function updates(
  subject: Subject,
  receiver: Receiver,
  api: ApiClient,
  bundles: Bundles,
): Promise<Machine> {
  const { report, name } = subject;
  const foreign = await api.upload('/api/v1/system/update/bundle', await bundles.foreign());
  report.check(
    `${name}: a bundle that a stranger signed is refused`,
    foreign.status === 422,
    detail(foreign),
  );
  await api.upload('/api/v1/system/update/bundle', await bundles.broken());
  const refused = await subject.machine.run('/usr/lib/timeball/update', 200);
  report.check(
    `${name}: a bundle that is not what was signed is refused`,
    /root\.squashfs/.test(refused),
    refused,
  );
  const tried = await install(subject, api, await bundles.withoutTime, `--deadline ${TRIAL_S}`);
  receiver.end();
  const back = await goesBack({ ...subject, machine: tried }, api);
  const again = Receiver.on(back);
  await state({ ...subject, machine: back }, 'locked', LOCK_WITHIN);
  const kept = await install({ ...subject, machine: back }, api, await bundles.good, '');
  again.end();
  await stays({ ...subject, machine: kept }, api);
  return kept;
}

/** Returns the machine on trial. */
async function install(subject: Subject, api: ApiClient, path: string, how: string): Promise<Machine> {
  const { machine, board, report, name } = subject;
  const began = performance.now();
  const sent = await api.upload('/api/v1/system/update/bundle', path);
  if (sent.status !== 200) throw new Error(`the bundle was not taken: ${detail(sent)}`);
  report.figure(`${name}: bundle sent`, seconds(began));
  const installing = performance.now();
  if (how === '') await api.send('POST', '/api/v1/system/update/install', {});
  else await machine.begin(`/usr/lib/timeball/update ${how}`);
  const trial = await board.restarted(machine, INSTALLED_WITHIN, PULSES);
  report.figure(`${name}: installed and restarted`, seconds(installing));
  const failed = /^.*FAILED.*$/m.exec(machine.console())?.[0];
  report.check(`${name}: no unit failed, up or down`, failed === undefined, failed);
  report.check(
    `${name}: the new system is started on trial`,
    board.startedBy === 'tryboot.txt',
    board.startedBy,
  );
  return trial;
}

async function goesBack(subject: Subject, api: ApiClient): Promise<Machine> {
  const { machine, board, report, name } = subject;
  const receiver = Receiver.on(machine);
  await comesUp({ ...subject, name: `${name}: on trial` });
  const back = await board.restarted(machine, TRIAL_S + 180, PULSES).finally(() => receiver.end());
  await comesUp({ ...subject, machine: back, name: `${name}: fallen back` });
  await until('the record', 60, async () => (await lastOf(api))?.state === 'rolled-back', 1000);
  const last = await lastOf(api);
  report.check(
    `${name}: a system that keeps no time is taken back`,
    /not locked/.test(last?.reason ?? ''),
    last?.reason,
  );
  const slot = await slotOf(back);
  report.check(`${name}: and the old one runs again`, slot === 'a', `slot ${slot}`);
  return back;
}

async function stays(subject: Subject, api: ApiClient): Promise<void> {
  const { machine, report, name } = subject;
  const receiver = Receiver.on(machine);
  await comesUp({ ...subject, name: `${name}: on trial again` });
  const began = performance.now();
  const ended = async () => {
    const last = await lastOf(api);
    return last !== undefined && last.state !== 'trial';
  };
  await until('the end of the trial', 600, ended, 2000).finally(() => receiver.end());
  const last = await lastOf(api);
  report.check(
    `${name}: a system that serves good time is kept`,
    last?.state === 'kept',
    `${last?.state} ${last?.reason}`.trim(),
  );
  report.figure(`${name}: trial`, seconds(began));
}

/** By its root. */
export async function slotOf(machine: Machine): Promise<string> {
  const number = /root=PARTUUID=\S+-0(\d)/.exec(await machine.run('cat /proc/cmdline'))?.[1];
  return number === '2' ? 'a' : number === '3' ? 'b' : `with root ${number}`;
}

async function lastOf(api: ApiClient): Promise<Last | undefined> {
  const { body } = await api.send('GET', '/api/v1/system/update').catch(() => ({ body: undefined }));
  return (body as { readonly last?: Last } | undefined)?.last;
}

function detail({ status, body }: { readonly status: number; readonly body: unknown }): string {
  return `${status} ${(body as { readonly detail?: string } | undefined)?.detail ?? ''}`.trim();
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`;
}
