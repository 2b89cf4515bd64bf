import type { KeyView } from '../../../api/settings-controls.ts';
import { send } from '../../api.ts';
import { NumberField, Select, TextField } from '../../ui/form.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import type { Deed } from '../../ui/use-deed.ts';
import { useForm } from '../../ui/use-form.ts';

export interface KeyFormProps {
  readonly deed: Exclude<Deed<KeyView>, { what: 'delete' }>;
  readonly onClose: () => void;
  /** `secret` comes with a key that the appliance made up. */
  readonly onDone: (key: { readonly id: number; readonly secret?: string | null }) => void;
}

const TYPES = [
  { value: 'AES128', label: 'AES-128-CMAC (recommended)' },
  { value: 'SHA256', label: 'SHA-256' },
  { value: 'SHA512', label: 'SHA-512' },
  { value: 'SHA1', label: 'SHA-1 (old clients)' },
  { value: 'MD5', label: 'MD5 (broken; only for clients that can do nothing else)' },
] as const;
type KeyTypeName = (typeof TYPES)[number]['value'];

interface Values {
  readonly id: string;
  readonly type: KeyTypeName;
  readonly secret: string;
  readonly from: string;
}

export function KeyForm({ deed, onClose, onDone }: KeyFormProps) {
  const old = deed.what === 'edit' ? deed : undefined;
  const form = useForm<Values>({
    id: '',
    type: TYPES.find(({ value }) => value === old?.item.type)?.value ?? 'AES128',
    secret: '',
    from: old?.item.from.join(', ') ?? '',
  });
  const { values, errors, set } = form;
  const save = async ({ id, type, secret, from }: Values) => {
    const body = { type, from: words(from), ...(secret !== '' && { secret: secret.trim() }) };
    if (old) await send('PATCH', `/keys/${old.item.id}`, body, { ifMatch: old.etag });
    const sent = old
      ? undefined
      : await send<{ id: number; secret?: string | null }>('POST', '/keys', withId(id, body));
    onDone(sent?.data ?? { id: old?.item.id ?? 0 });
  };
  return (
    <FormDialog
      title={old ? `Key ${old.item.id}` : 'New key'}
      form={form}
      save={save}
      onClose={onClose}
      onSaved={() => {}}
    >
      {!old && (
        <NumberField
          label="ID"
          help="Clients name the key by it; empty: the next free one."
          value={values.id}
          error={errors['id']}
          min={1}
          max={4_294_967_295}
          onChange={(value) => set('id', value)}
        />
      )}
      <Select
        label="Type"
        value={values.type}
        error={errors['type']}
        options={TYPES}
        onChange={(value) => set('type', value)}
      />
      <TextField
        label={old ? 'New secret' : 'Secret'}
        help={old ? 'Empty: the secret stays.' : 'Hexadecimal, or empty: one is made, and shown once.'}
        type="password"
        autoComplete="new-password"
        value={values.secret}
        error={errors['secret']}
        onChange={(value) => set('secret', value)}
        mono
      />
      <TextField
        label="Only from"
        help="Networks or addresses that may use it, with commas between; empty: anywhere."
        value={values.from}
        error={errors['from']}
        onChange={(value) => set('from', value)}
        mono
      />
    </FormDialog>
  );
}

function withId(id: string, body: object): object {
  return id === '' ? body : { id: Number(id), ...body };
}

/** Texts with commas or blanks between them. */
export function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
