import type { Role } from '../../../api/actor.ts';
import type { TokenView } from '../../../api/auth-controls.ts';
import { send } from '../../api.ts';
import { Select, TextField } from '../../ui/form.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { useForm } from '../../ui/use-form.ts';
import { ROLE_OPTIONS } from './roles.ts';

export interface Made {
  readonly name: string;
  readonly token: string;
}

const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'never', label: 'never' },
] as const;
type Life = (typeof LIVES)[number]['value'];

/** Makes a token. */
export function TokenForm({ onClose, onDone }: { onClose: () => void; onDone: (made: Made) => void }) {
  const form = useForm({ name: '', role: 'viewer' as Role, expiresAt: '90' as Life });
  const { values, errors, set } = form;
  const save = async ({ name, role, expiresAt }: typeof values) => {
    const body = { name, role, expiresAt: expiryOf(expiresAt) };
    onDone((await send<Made>('POST', '/tokens', body)).data);
  };
  return (
    <FormDialog
      title="New token"
      form={form}
      action="Make it"
      save={save}
      onClose={onClose}
      onSaved={() => {}}
    >
      <TextField
        label="Name"
        help="What uses it, e.g. terraform."
        value={values.name}
        error={errors['name']}
        required
        onChange={(value) => set('name', value)}
      />
      <Select
        label="Role"
        value={values.role}
        error={errors['role']}
        options={ROLE_OPTIONS}
        onChange={(value) => set('role', value)}
      />
      <Select
        label="Expires"
        help="Counted from now, by this computer's date."
        value={values.expiresAt}
        error={errors['expiresAt']}
        options={LIVES}
        onChange={(value) => set('expiresAt', value)}
      />
    </FormDialog>
  );
}

function expiryOf(life: Life): string | null {
  return life === 'never' ? null : new Date(Date.now() + Number(life) * 86_400_000).toISOString();
}

interface RenameProps {
  readonly token: TokenView;
  readonly etag: string | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Its role and its end stay as they were made. */
export function RenameToken({ token, etag, onClose, onDone }: RenameProps) {
  const form = useForm({ name: token.name });
  return (
    <FormDialog
      title={`Rename token ${token.name}`}
      form={form}
      action="Rename"
      save={(values) => send('PATCH', `/tokens/${token.id}`, values, { ifMatch: etag })}
      onClose={onClose}
      onSaved={onDone}
    >
      <TextField
        label="Name"
        help="What uses it. Its role and its end stay: make another token for others."
        value={form.values.name}
        error={form.errors['name']}
        required
        onChange={(value) => form.set('name', value)}
      />
    </FormDialog>
  );
}
