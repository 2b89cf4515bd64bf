import { NumberField, Select, TextArea, TextField, Toggle } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Facts } from '../../ui/layout.tsx';
import { useFollowingForm } from '../../ui/use-form.ts';
import { type SettingField, shownValue, typedValue } from './setting-fields.ts';

export interface SettingsFormProps {
  readonly fields: readonly SettingField[];
  readonly values: Readonly<Record<string, unknown>>;
  readonly mayEdit: boolean;
  readonly save: (changed: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

export function SettingsForm({ fields, values: old, mayEdit, save }: SettingsFormProps) {
  const texts = Object.fromEntries(fields.map(({ key }) => [key, shownValue(old[key])]));
  const form = useFollowingForm<Record<string, string>>(texts);
  if (!mayEdit) return <Facts rows={fields.map(({ key, label }) => [label, texts[key]])} />;
  const saveChanged = (typed: Record<string, string>) => {
    const changed = fields.filter(({ key }) => typed[key] !== texts[key]);
    return save(
      Object.fromEntries(changed.map(({ key, kind }) => [key, typedValue(kind, typed[key] ?? '')])),
    );
  };
  return (
    <InlineForm form={form} save={saveChanged}>
      {fields.map((field) => (
        <SettingInput
          key={field.key}
          field={field}
          text={form.values[field.key] ?? ''}
          error={form.errors[field.key]}
          onChange={(text) => form.set(field.key, text)}
        />
      ))}
    </InlineForm>
  );
}

interface SettingInputProps {
  readonly field: SettingField;
  readonly text: string;
  readonly error: string | undefined;
  readonly onChange: (text: string) => void;
}

function SettingInput({ field, text, error, onChange }: SettingInputProps) {
  const { kind, label, help, options, minimum, maximum, whole } = field;
  const common = { label, help, error };
  switch (kind) {
    case 'toggle':
      return <Toggle {...common} value={text === 'true'} onChange={(value) => onChange(String(value))} />;
    case 'choice':
      return <Select {...common} value={text} options={options} onChange={onChange} />;
    case 'list':
      return <TextArea {...common} rows={3} value={text} onChange={onChange} />;
    case 'number':
      return (
        <NumberField
          {...common}
          value={text}
          onChange={onChange}
          step={whole ? 1 : 'any'}
          required
          {...(minimum !== undefined && { min: minimum })}
          {...(maximum !== undefined && { max: maximum })}
        />
      );
    default:
      return <TextField {...common} value={text} onChange={onChange} mono />;
  }
}
