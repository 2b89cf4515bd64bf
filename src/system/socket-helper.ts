/** The helper behind a unix socket: one JSON line asks, one JSON line answers, then it hangs up. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { checkRequest, type HelperRequest, type HelperResult, type SystemHelper } from './system-helper.ts';

/** In a folder of root's: the service, which owns its own, could put something else in its place. */
export const HELPER_SOCKET = '/run/timeball-helper/helper.sock';
const LONGEST_MS = 30_000;
/** A slow card takes minutes to be written and read back. */
const LONGEST_UPDATE_MS = 900_000;
const LONGEST_ANSWER = 4096;

export function socketHelper(path: string = HELPER_SOCKET): SystemHelper {
  return {
    can: () => existsSync(path),
    perform: async (request) => {
      const flaw = checkRequest(request);
      return typeof flaw === 'string' ? { done: false, reason: flaw } : ask(path, request);
    },
  };
}

function ask(path: string, request: HelperRequest): Promise<HelperResult> {
  return new Promise((resolve) => {
    let answer = '';
    const timeout = request.verb === 'update' ? LONGEST_UPDATE_MS : LONGEST_MS;
    const socket = connect({ path, timeout });
    const fail = (why: string) => {
      socket.destroy();
      resolve({ done: false, reason: `the helper at ${path} ${why}: see its log`, unsettled: true });
    };
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('timeout', () => fail('does not answer'));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      fail(`can not be reached (${error.code ?? error.message})`),
    );
    socket.on('close', () => fail('hung up without an answer'));
    socket.on('data', (text: string) => {
      answer += text;
      const end = answer.indexOf('\n');
      if (end < 0) return answer.length > LONGEST_ANSWER ? fail('talks nonsense') : undefined;
      resolve(
        parseResult(answer.slice(0, end)) ?? {
          done: false,
          reason: `the helper at ${path} talks nonsense`,
          unsettled: true,
        },
      );
      socket.destroy();
    });
  });
}

function parseResult(line: string): HelperResult | undefined {
  try {
    const { done, text, reason, unsettled } = JSON.parse(line) as Record<string, unknown>;
    if (done === true) return { done, text: String(text ?? '').slice(0, 500) };
    if (done !== false) return undefined;
    return { done, reason: String(reason ?? '').slice(0, 500), ...(unsettled === true && { unsettled }) };
  } catch {
    return undefined;
  }
}
