/** Fields of forms: each with its label, help and error, joined for screen readers. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import './form.css';

export interface FieldProps {
  readonly label: string;
  readonly help?: ComponentChildren;
  /** Empty or undefined: nothing is wrong. */
  readonly error?: string | undefined;
}

/** What the input of a field carries so that label, help and error are read with it. */
export interface FieldLinks {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

export function Field(props: FieldProps & { readonly input: (links: FieldLinks) => ComponentChildren }) {
  const { label, help, error, input } = props;
  const id = useId();
  const notes = [help ? `${id}-help` : '', error ? `${id}-error` : ''].filter((note) => note !== '');
  const links: FieldLinks = {
    id,
    'aria-describedby': notes.length > 0 ? notes.join(' ') : undefined,
    'aria-invalid': error ? true : undefined,
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {input(links)}
      {help && (
        <p class="field-help" id={`${id}-help`}>
          {help}
        </p>
      )}
      <FieldError id={`${id}-error`} text={error} />
    </div>
  );
}

function FieldError({ id, text }: { id: string; text: string | undefined }) {
  return (
    <p class="field-error" id={id} role="alert" hidden={!text}>
      {text}
    </p>
  );
}

export interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'datetime-local';
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly autoComplete?: string;
  readonly disabled?: boolean;
  /** Addresses, prefixes and secrets are read letter by letter. */
  readonly mono?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { value, onChange, type = 'text', mono, autoComplete = 'off', label, help, error, ...rest } = props;
  return (
    <Field
      label={label}
      help={help}
      error={error}
      input={(links) => (
        <input
          {...links}
          {...rest}
          autocomplete={autoComplete}
          class={mono ? 'mono' : ''}
          // The types of the elements are a union by type, which a variable can't choose from.
          type={type as 'text'}
          value={value}
          spellcheck={!mono && type === 'text'}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    />
  );
}

export interface NumberFieldProps extends FieldProps {
  /** As typed: an empty field is not 0. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | 'any';
  readonly unit?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly placeholder?: string;
}

export function NumberField(props: NumberFieldProps) {
  const { value, onChange, unit, label, help, error, step = 1, ...rest } = props;
  return (
    <Field
      label={unit ? `${label} (${unit})` : label}
      help={help}
      error={error}
      input={(links) => (
        <input
          {...links}
          {...rest}
          step={step}
          type="number"
          inputmode="decimal"
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    />
  );
}

export interface SelectProps<T extends string> extends FieldProps {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean;
}

export function Select<T extends string>({ value, options, onChange, disabled, ...field }: SelectProps<T>) {
  return (
    <Field
      {...field}
      input={(links) => (
        <select
          {...links}
          value={value}
          disabled={disabled}
          onChange={(event) => onChange(event.currentTarget.value as T)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    />
  );
}

export interface TextAreaProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly rows?: number;
  readonly placeholder?: string;
}

export function TextArea({ value, onChange, rows = 4, placeholder, ...field }: TextAreaProps) {
  return (
    <Field
      {...field}
      input={(links) => (
        <textarea
          {...links}
          class="mono"
          rows={rows}
          placeholder={placeholder}
          spellcheck={false}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    />
  );
}

export interface ToggleProps extends FieldProps {
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
  readonly disabled?: boolean;
}

export function Toggle({ value, onChange, disabled, label, help, error }: ToggleProps) {
  const id = useId();
  return (
    <div class="field field-toggle">
      <input
        id={id}
        type="checkbox"
        checked={value}
        disabled={disabled}
        aria-describedby={help ? `${id}-help` : undefined}
        aria-invalid={error ? true : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {help && (
        <p class="field-help" id={`${id}-help`}>
          {help}
        </p>
      )}
      <FieldError id={`${id}-error`} text={error} />
    </div>
  );
}

/** What is wrong with the whole of a form; read out as it appears. */
export function FormError({ text }: { readonly text: string }) {
  return (
    <p class="form-error" role="alert" hidden={text === ''}>
      {text}
    </p>
  );
}

export function Buttons({ children }: { readonly children: ComponentChildren }) {
  return <div class="buttons">{children}</div>;
}
