/** One client: what was seen of it, whether it is served and why, and what can be done about it. */
import type { ClientStory as Story } from '../../../api/serving-controls.ts';
import type { ClientView, OutcomeName } from '../../../status/clients.ts';
import { useApi } from '../../api.ts';
import { hrefTo } from '../../router.ts';
import { may, useSession } from '../../session.ts';
import { Card, Columns, Facts, Notice, Problem } from '../../ui/layout.tsx';
import { count, NOTHING, ns } from '../../ui/number.ts';
import { Utc } from '../../ui/time.tsx';
import { OUTCOME_WORDS } from '../serving/outcome-words.ts';
import { intervalText } from './client-table.tsx';
import { ServeOrBlock } from './serve-or-block.tsx';

export function ClientStory({ address }: { readonly address: string }) {
  const session = useSession();
  const { data, error, reload } = useApi<Story>(`/clients/${encodeURIComponent(address)}`, { every: 5 });
  return (
    <>
      <p>
        <a href={hrefTo('clients')}>All clients</a>
      </p>
      <Problem error={error} what={`the client ${address}`} />
      {data && (
        <>
          <Why story={data} />
          {may(session, 'operator') && (
            <ServeOrBlock
              address={data.address}
              action={data.access.action}
              written={data.access.written}
              onDone={reload}
            />
          )}
          {data.seen ? <Seen client={data.seen} /> : <NeverSeen />}
        </>
      )}
    </>
  );
}

function Why({ story: { address, access, seen, lastDropMeaning } }: { readonly story: Story }) {
  const served = access.action === 'serve';
  return (
    <Card title="Why">
      <p class="why-text">
        <span class={`badge ${served ? 'good' : 'warn'}`}>{served ? 'served' : access.action}</span>{' '}
        <span class="mono">{address}</span> {access.text}.
      </p>
      {seen?.lastDrop && lastDropMeaning && (
        <p>
          Its last dropped datagram (<Utc at={seen.lastDrop.at} />
          ): {lastDropMeaning.replace(/^dropped: /, '')}.
        </p>
      )}
      {served && seen && seen.answered === 0 && seen.dropped > 0 && (
        <Notice tone="warn">
          The rules serve it, yet none of its datagrams was answered: see below why.
        </Notice>
      )}
      {access.rule >= 0 && (
        <p>
          <a href={hrefTo('access')}>The rules</a>
        </p>
      )}
    </Card>
  );
}

function NeverSeen() {
  return (
    <Notice>
      Nothing has been seen of it since the start, or its record has made room for others. If it should be
      asking: does its datagram reach UDP port 123 of this appliance, past every firewall?
    </Notice>
  );
}

function Seen({ client: c }: { readonly client: ClientView }) {
  const drops = Object.entries(c.drops) as [OutcomeName, number][];
  return (
    <Columns least="21rem">
      <Card title="What was seen of it">
        <Facts
          rows={[
            ['First seen', <Utc at={c.firstSeen} />],
            ['Last seen', <Utc at={c.lastSeen} />],
            ['From port', c.port === 0 ? NOTHING : String(c.port)],
            ['Version, mode', c.version === 0 ? 'never asked for the time' : `${c.version}, mode ${c.mode}`],
            [
              'Poll interval',
              `${intervalText(c.pollSeconds)} announced, ${intervalText(c.intervalSeconds)} measured`,
            ],
            ['Key', c.keyId === null ? 'none' : String(c.keyId)],
            [
              'Its clock',
              c.clockOffsetSeconds === null
                ? 'does not show in its requests'
                : `${ns(c.clockOffsetSeconds * 1e9, true)} against ours`,
            ],
          ]}
        />
      </Card>
      <Card title="What became of it">
        <Facts
          rows={[
            ['Datagrams', count(c.packets)],
            ['Answered', count(c.answered)],
            ['… interleaved', count(c.interleaved)],
            ['… with a MAC', count(c.authenticated)],
            ['Kiss codes', count(c.kisses)],
            ['Status queries', count(c.queries)],
            ['Dropped', count(c.dropped)],
            ...drops.map(([name, n]) => [`… ${OUTCOME_WORDS[name].text}`, count(n)] as const),
          ]}
        />
      </Card>
    </Columns>
  );
}
