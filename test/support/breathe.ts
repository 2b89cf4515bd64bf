/**
 * Virtual time runs without a pause, and a file of such tests may block its process for more than the minute in
 * which vitest wants an answer. Between two tests the event loop gets a turn.
 */
import { afterEach } from 'vitest';

afterEach(() => new Promise<void>((resolve) => setImmediate(resolve)));
