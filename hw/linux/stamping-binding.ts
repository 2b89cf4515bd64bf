/**
 * The Linux binding of `serialport` with its read replaced, for two reasons:
 * - The clock is read at the moment that poll reports input, before the bytes are read, queued or parsed. (The
 *   original reads through Node's thread pool, where a busy file system delays it.)
 * - A read of zero bytes means that the line was hung up. The original then reads again at once, without end; here
 *   it is an error, and the port closes.
 */
import { readSync } from 'node:fs';
import { SerialPort as NodeSerialPort } from 'serialport';

type Binding = typeof NodeSerialPort.binding;
/** Passed through as they are. */
type OpenOptions = { readonly path: string; readonly baudRate: number };

/** What the replaced read needs of the binding's open port. */
interface PolledPort {
  readonly fd: number | null;
  readonly poller: { once(event: 'readable', callback: (error: Error | null) => void): unknown };
  read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }>;
}

/** `arrived` is called once before the bytes of each read. */
export function stampingBinding(arrived: () => void): Binding {
  // The package's type is a union over all platforms; what is used of it is the same on each.
  const original = NodeSerialPort.binding as unknown as {
    list: Binding['list'];
    open(options: OpenOptions): Promise<unknown>;
  };
  const binding = {
    list: () => original.list(),
    async open(options: OpenOptions) {
      const port = await original.open(options);
      const polled = port as PolledPort;
      polled.read = (buffer, offset, length) => readStamped(polled, arrived, buffer, offset, length);
      return port;
    },
  };
  return binding as unknown as Binding;
}

async function readStamped(
  port: PolledPort,
  arrived: () => void,
  buffer: Buffer,
  offset: number,
  length: number,
): Promise<{ buffer: Buffer; bytesRead: number }> {
  for (;;) {
    await readable(port);
    arrived();
    if (port.fd === null) throw new Error('the port was closed');
    const bytesRead = readNow(port.fd, buffer, offset, length);
    if (bytesRead === 0) throw new Error('the line was hung up');
    if (bytesRead !== undefined) return { buffer, bytesRead };
  }
}

function readable(port: PolledPort): Promise<void> {
  return new Promise((resolve, reject) => {
    port.poller.once('readable', (error) => (error ? reject(error) : resolve()));
  });
}

/** The descriptor is non-blocking: undefined where there is nothing after all. */
function readNow(fd: number, buffer: Buffer, offset: number, length: number): number | undefined {
  try {
    return readSync(fd, buffer, offset, length, null);
  } catch (problem) {
    const code = problem instanceof Error && 'code' in problem ? problem.code : '';
    if (code === 'EAGAIN' || code === 'EINTR') return undefined;
    throw problem;
  }
}
