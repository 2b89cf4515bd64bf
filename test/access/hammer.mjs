/**
 * A thread that works on one shared table as answer threads do. What it counted goes into `counts` (float64), by
 * thread; it begins when the word in `start` is raised, so that all run at once.
 */
import { workerData } from 'node:worker_threads';

const { job, urls, memory, start, counts, thread } = workerData;
const NOW = 1_795_219_200;
const totals = new Float64Array(counts);

function sourceOf(bytes, number) {
  new DataView(bytes.buffer).setUint32(12, 0x0a00_0000 + number);
}

function mapped() {
  const bytes = new Uint8Array(16);
  bytes.fill(0xff, 10, 12);
  return bytes;
}

const jobs = {
  /** Empties the buckets of 20 clients at one moment; counts what it got, by client. */
  async buckets() {
    const { Buckets } = await import(urls.buckets);
    const buckets = new Buckets(memory);
    buckets.now = NOW * 1_000;
    buckets.lockSeconds = NOW;
    const bytes = mapped();
    return () => {
      for (let i = 0; i < 100_000; i++) {
        sourceOf(bytes, i % 20);
        if (buckets.take(bytes, 0, 250, 1_000)) totals[i % 20]++;
      }
    };
  },

  /** Records 100,000 visits of 5,000 clients, or goes on for ever. */
  async clients(endless) {
    const { ClientRecorder } = await import(urls.clients);
    const recorder = new ClientRecorder(memory);
    recorder.lockSeconds = NOW;
    const bytes = mapped();
    const receive = { seconds: NOW, nanos: 0, synchronised: true };
    const request = { version: 4, mode: 3, poll: 6, requestTransmitSeconds: 0, requestTransmitFraction: 0 };
    const exchange = {
      sourceAddress: bytes,
      addressAt: 0,
      sourcePort: 1,
      keyId: 0,
      key: -1,
      receive,
      ...request,
    };
    return () => {
      for (let i = 0; endless || i < 100_000; i++) {
        sourceOf(bytes, (i * 7 + thread * 1_000) % 5_000);
        recorder.now = NOW * 1_000 + (i % 1_000);
        recorder.record(exchange, 0);
        if (endless) Atomics.store(new Int32Array(start), 1, 1);
      }
    };
  },

  endlessClients: () => jobs.clients(true),

  /** Saves answers under few stamps, whose transmit stamps tell whose they are, and looks up those of all threads. */
  async interleave() {
    const { Interleave } = await import(urls.interleave);
    const table = new Interleave(memory);
    table.lockSeconds = NOW;
    const bytes = mapped();
    return () => {
      for (let i = 0; i < 100_000; i++) {
        const own = (i * 31 + thread) % 997;
        sourceOf(bytes, own);
        const mark = own * 1_000 + (i % 1_000);
        table.save(bytes, 0, NOW, own, mark, mark);
        if (i % 3 === 0) table.amend(NOW, own, mark + 1, mark + 1);
        const wanted = (i * 17) % 997;
        sourceOf(bytes, wanted);
        if (!table.find(bytes, 0, NOW, wanted)) continue;
        totals[0]++;
        const [seconds, fraction] = table.found;
        if (seconds !== fraction || Math.floor((seconds - 1) / 1_000) > wanted || seconds < wanted * 1_000)
          totals[1]++;
      }
    };
  },
};

const run = await jobs[job]();
Atomics.add(new Int32Array(start), 2, 1);
Atomics.notify(new Int32Array(start), 2);
Atomics.wait(new Int32Array(start), 0, 0);
run();
