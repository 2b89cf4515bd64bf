/**
 * `sessions.json` in the state folder: who is logged in, and when users and tokens were last used. Apart from the
 * users, since it is written often and nothing is lost with it but a login.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { writeFileAtomic } from '../config/atomic-file.ts';
import { codeOf, readText } from '../config/read-text.ts';

export const SESSION_FILE = 'sessions.json';
const FORMAT = 'timeball-sessions';
/** Bytes. */
const MAX_SIZE = 1_048_576;

const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const time = Type.String({ maxLength: 40 });
/** Number of a user or token → ISO 8601 UTC. */
const times = Type.Record(Type.String({ pattern: '^[1-9]\\d{0,15}$' }), time);
const seconds = Type.Integer({ minimum: 0 });

const FileSchema = Type.Object(
  {
    format: Type.Literal(FORMAT),
    version: Type.Literal(1),
    savedAt: time,
    lastId: Type.Integer({ minimum: 0 }),
    sessions: Type.Array(
      Type.Object(
        {
          id,
          userId: id,
          credential: Type.String({ maxLength: 64 }),
          hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
          createdAt: time,
          address: Type.String({ maxLength: 64 }),
          agent: Type.String({ maxLength: 256 }),
          ageSeconds: seconds,
          idleSeconds: seconds,
        },
        { additionalProperties: false },
      ),
      { maxItems: 1024 },
    ),
    lastLogins: times,
    lastUses: times,
  },
  { additionalProperties: false },
);

export type SavedSessions = Omit<Static<typeof FileSchema>, 'format' | 'version'>;

/** Undefined where there is none, or none that can be used: then everybody logs in again. Never throws. */
export function loadSessions(directory: string): SavedSessions | undefined {
  const read = readText(join(directory, SESSION_FILE), MAX_SIZE);
  if (!('text' in read)) return undefined;
  try {
    const data: unknown = JSON.parse(read.text);
    return Check(FileSchema, data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Returns what went wrong in one line, or ''. */
export async function saveSessions(directory: string, saved: SavedSessions): Promise<string> {
  const path = join(directory, SESSION_FILE);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    return `${directory} can not be made (${codeOf(error)}): make it, or set state.directory to another`;
  }
  const text = `${JSON.stringify({ format: FORMAT, version: 1, ...saved })}\n`;
  const result = await writeFileAtomic(path, text, 0o600);
  return result.written ? '' : `${path}: ${result.reason}`;
}
