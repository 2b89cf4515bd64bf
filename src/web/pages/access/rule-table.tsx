import { RowButtons } from '../../ui/row-buttons.tsx';
import { Table } from '../../ui/table.tsx';
import { keyText, limitText } from './rule-draft.ts';
import type { Rule } from './shapes.ts';

export interface RuleTableProps {
  readonly rules: readonly Rule[];
  readonly mayEdit: boolean;
  readonly onEdit: (id: number) => void;
  readonly onDelete: (id: number) => void;
}

export function RuleTable({ rules, mayEdit, onEdit, onDelete }: RuleTableProps) {
  return (
    <Table<Rule>
      caption="Access rules"
      rows={rules}
      rowKey={(rule) => rule.id}
      search={(rule) => `${rule.prefix} ${rule.action} ${rule.note ?? ''} ${keyText(rule.requireKey)}`}
      empty="There is no rule: nobody is served."
      columns={[
        {
          key: 'prefix',
          title: 'Who',
          sort: (rule) => rule.prefix,
          render: (rule) => <span class="mono">{rule.prefix}</span>,
        },
        {
          key: 'action',
          title: 'Gets',
          sort: (rule) => rule.action,
          render: (rule) => <Action action={rule.action} />,
        },
        { key: 'limit', title: 'Rate limit', render: ({ rateLimit }) => <Limit rateLimit={rateLimit} /> },
        {
          key: 'key',
          title: 'Key',
          sort: (rule) => keyText(rule.requireKey),
          render: (rule) => keyText(rule.requireKey),
        },
        {
          key: 'queries',
          title: 'Queries',
          sort: (rule) => rule.allowQueries,
          render: (rule) => (rule.allowQueries ? 'yes' : 'no'),
        },
        { key: 'note', title: 'Note', sort: (rule) => rule.note, render: (rule) => rule.note || '–' },
      ]}
      {...(mayEdit && {
        actions: ({ id, prefix }) => (
          <RowButtons
            what={`the rule for ${prefix}`}
            onEdit={() => onEdit(id)}
            onDelete={() => onDelete(id)}
          />
        ),
      })}
    />
  );
}

function Action({ action }: { action: Rule['action'] }) {
  return <span class={action === 'serve' ? 'tag good' : 'tag'}>{action}</span>;
}

function Limit({ rateLimit }: { rateLimit: Rule['rateLimit'] | undefined }) {
  return <span class={typeof rateLimit === 'object' ? '' : 'nowrap'}>{limitText(rateLimit)}</span>;
}
