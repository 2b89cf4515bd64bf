import { useState } from 'preact/hooks';
import type { ConfigView } from '../../../api/settings-controls.ts';
import { useApi } from '../../api.ts';
import { useSession } from '../../session.ts';
import { Select } from '../../ui/form.tsx';
import { Card, Notice } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { useConfig } from '../network/use-config.ts';
import { ReceiverProfile } from './receiver-profile.tsx';
import { fieldsOf, labelOf, type Schema, sectionsOf } from './setting-fields.ts';
import { SettingsForm } from './settings-form.tsx';

/** Every key of the configuration that has no page of its own. */
export function SettingsTab({ mayEdit }: { readonly mayEdit: boolean }) {
  const schema = useApi<Schema>('/config/schema');
  const config = useConfig();
  return (
    <Loaded of={schema} what="the settings">
      {(known) => (
        <Loaded of={config} what="the settings">
          {(view) => (
            <>
              <WaitingNotice keys={view.waitingForRestart} />
              <Sections schema={known} view={view} patch={config.patch} mayEdit={mayEdit} />
            </>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

function WaitingNotice({ keys }: { keys: readonly string[] }) {
  if (keys.length === 0) return null;
  return <Notice tone="warn">These count after a restart of the service: {keys.join(', ')}.</Notice>;
}

interface SectionsProps {
  readonly schema: Schema;
  readonly view: ConfigView;
  readonly patch: ReturnType<typeof useConfig>['patch'];
  readonly mayEdit: boolean;
}

function Sections({ schema, view, patch, mayEdit }: SectionsProps) {
  const { mode = 'hardware' } = useSession() ?? {};
  const names = sectionsOf(schema, mode);
  const [wanted, setWanted] = useState('');
  const name = names.includes(wanted) ? wanted : (names[0] ?? '');
  const values = view.config[name as keyof ConfigView['config']] as Readonly<Record<string, unknown>>;
  return (
    <Card title={labelOf(name)} note={schema.properties?.[name]?.description}>
      <Select
        label="Section"
        value={name}
        options={names.map((value) => ({ value, label: labelOf(value) }))}
        onChange={setWanted}
      />
      {mayEdit && (name === 'receiver' || name === 'pps') && (
        <ReceiverProfile config={view.config} patch={patch} />
      )}
      <SettingsForm
        key={name}
        fields={fieldsOf(schema, name)}
        values={values}
        mayEdit={mayEdit}
        save={(changed) => patch({ [name]: changed })}
      />
    </Card>
  );
}
