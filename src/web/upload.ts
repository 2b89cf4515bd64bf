/** Sending a large file: as it is, with its progress told, and to be stopped at any time. */
import { ApiError, hooks } from './api.ts';

export interface Upload<T> {
  /** Rejects with an ApiError; of title `stopped` where the visitor has stopped it. */
  readonly done: Promise<T>;
  stop(): void;
}

export const STOPPED = 'stopped';

/** `path` without `/api/v1`; `onProgress`: share that is sent, 0 to 1. */
export function upload<T>(path: string, file: Blob, onProgress: (share: number) => void): Upload<T> {
  // `fetch` does not tell how far it is.
  const request = new XMLHttpRequest();
  const done = new Promise<T>((resolve, reject) => {
    const fail = (detail: string, title = '') => reject(new ApiError({ detail, title }));
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onabort = () => fail('stopped', STOPPED);
    request.onerror = () =>
      fail('the file did not get through to its end: is the appliance there? Try again');
    request.onload = () => {
      const { status, responseText } = request;
      const body = parsed(responseText);
      if (status < 300) return resolve(body as T);
      if (status === 401) hooks.unauthorised();
      reject(new ApiError({ detail: `the appliance answered ${status}`, ...body, status }));
    };
  });
  request.open('PUT', `/api/v1${path}`);
  request.setRequestHeader('content-type', 'application/octet-stream');
  if (hooks.csrf !== null) request.setRequestHeader('x-csrf-token', hooks.csrf);
  request.send(file);
  return { done, stop: () => request.abort() };
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}
