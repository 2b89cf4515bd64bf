import { useState } from 'preact/hooks';
import type { RestorePlan } from '../../../api/settings-controls.ts';
import { send } from '../../api.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { Diff } from '../../ui/diff.tsx';
import { base64Of } from '../../ui/files.ts';
import { Field, TextField } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Card } from '../../ui/layout.tsx';
import { pendingMayHaveChanged } from '../../ui/pending.tsx';
import { Utc } from '../../ui/time.tsx';
import { useForm } from '../../ui/use-form.ts';

interface Checked {
  readonly backup: string;
  readonly passphrase: string;
  readonly plan: RestorePlan;
}

interface Values {
  readonly backup: File | undefined;
  readonly passphrase: string;
}

/** Shows first what the backup would change. */
export function RestoreCard() {
  const form = useForm<Values>({ backup: undefined, passphrase: '' });
  const [checked, setChecked] = useState<Checked>();
  const [said, setSaid] = useState('');
  const { values, errors, set } = form;
  const look = async ({ backup: file, passphrase }: Values) => {
    if (!file) return;
    const backup = await base64Of(file);
    const { data } = await send<RestorePlan>('POST', '/restore', { backup, passphrase, dryRun: true });
    setSaid('');
    setChecked({ backup, passphrase, plan: data });
  };
  const restore = async () => {
    if (!checked) return;
    const { backup, passphrase } = checked;
    await send('POST', '/restore', { backup, passphrase, dryRun: false });
    pendingMayHaveChanged();
    setSaid('The backup is restored.');
  };
  return (
    <Card title="Restore">
      <InlineForm form={form} action="See what it would change" said="" save={look}>
        <Field
          label="Backup file"
          error={errors['backup']}
          input={(links) => (
            <input
              {...links}
              type="file"
              required
              onChange={(event) => set('backup', event.currentTarget.files?.[0])}
            />
          )}
        />
        <TextField
          label="Passphrase"
          type="password"
          autoComplete="off"
          value={values.passphrase}
          error={errors['passphrase']}
          required
          onChange={(value) => set('passphrase', value)}
        />
      </InlineForm>
      <p role="status">{said}</p>
      {checked && (
        <Confirm
          title="Restore this backup?"
          action="Restore"
          onConfirm={restore}
          onClose={() => setChecked(undefined)}
        >
          <p>
            It takes the place of all settings, keys and users. What could cut you off must be confirmed after
            that.
          </p>
          <Plan plan={checked.plan} />
        </Confirm>
      )}
    </Card>
  );
}

function Plan({ plan: { at, software, summary, diff, keys, files } }: { plan: RestorePlan }) {
  const changed = files.filter(({ change }) => change !== 'same');
  return (
    <>
      <p>
        Made <Utc at={at} /> (UTC) by version {software}. {summary}
      </p>
      <ul>
        <li>Settings: {diff === '' ? 'as they are' : 'see below'}</li>
        <li>Keys: {keysText(keys)}</li>
        {changed.map(({ name, change }) => (
          <li key={name}>
            {name}: {change}
          </li>
        ))}
      </ul>
      {diff !== '' && <Diff text={diff} />}
    </>
  );
}

function keysText({ added, removed, changed }: RestorePlan['keys']): string {
  const parts = [
    added.length > 0 ? `${added.join(', ')} added` : '',
    removed.length > 0 ? `${removed.join(', ')} removed` : '',
    changed.length > 0 ? `${changed.join(', ')} changed` : '',
  ].filter((part) => part !== '');
  return parts.join('; ') || 'as they are';
}
