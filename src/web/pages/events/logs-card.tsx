import { useState } from 'preact/hooks';
import type { LogPage } from '../../../api/events-controls.ts';
import { useApi } from '../../api.ts';
import { Select, Toggle } from '../../ui/form.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Utc } from '../../ui/time.tsx';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

/** The latest lines of the service's log. */
export function LogsCard() {
  const [level, setLevel] = useState<Level>('info');
  const [following, setFollowing] = useState(true);
  const logs = useApi<LogPage>(`/logs?level=${level}&limit=200`, following ? { every: 3 } : {});
  return (
    <Card title="Log" note="newest first">
      <div class="field-row">
        <Select
          label="Level"
          value={level}
          options={LEVELS.map((value) => ({
            value,
            label: value === 'error' ? value : `${value} and worse`,
          }))}
          onChange={setLevel}
        />
      </div>
      <Toggle label="Follow" value={following} onChange={setFollowing} />
      <Loaded of={logs} what="the log">
        {({ items }) =>
          items.length === 0 ? (
            <p class="muted">There is no such line.</p>
          ) : (
            <ol class="log-lines">
              {items.map((line) => (
                <LogLine key={line.id} {...line} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Card>
  );
}

const TONES: Readonly<Record<string, string>> = { warn: 'warn', error: 'bad', fatal: 'bad' };

function LogLine({ at, level, text }: LogPage['items'][number]) {
  return (
    <li>
      <Utc at={at} short /> <span class={`tag ${TONES[level] ?? ''}`}>{level}</span>{' '}
      <span class="mono wrap">{text}</span>
    </li>
  );
}
