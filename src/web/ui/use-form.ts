import { useEffect, useRef, useState } from 'preact/hooks';

/** What a refusal of the API says of one field. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** What of an `ApiError` a form shows; kept structural so that the sorting below can be tested by itself. */
interface Refusal {
  readonly message?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
}

export interface SortedErrors {
  /** By field name; a name of the API's (`/address`, `access.rules[3].prefix`) counts for its last part too. */
  readonly fields: Readonly<Record<string, string>>;
  /** What concerns no field of the form, in words; empty: nothing. */
  readonly general: string;
}

export const NO_ERRORS: SortedErrors = { fields: {}, general: '' };

/** Puts each message at its field; what no field of `names` can show comes together in `general`. */
export function sortErrors(failure: unknown, names: readonly string[]): SortedErrors {
  const refusal = (typeof failure === 'object' && failure !== null ? failure : {}) as Refusal;
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const { field, message } of refusal.errors ?? []) {
    const name = fieldFor(field, names);
    if (name === undefined) rest.push(field === '' ? message : `${field}: ${message}`);
    else fields[name] ??= message;
  }
  const placed = Object.keys(fields).length > 0;
  if (rest.length > 0) return { fields, general: rest.join('; ') };
  return { fields, general: placed ? '' : refusal.detail || refusal.message || 'it did not work: try again' };
}

/** The form's name for the API's: the whole of it, else its longest tail that the form knows. */
function fieldFor(field: string, names: readonly string[]): string | undefined {
  const parts = field.split(/[./[\]]+/).filter((part) => part !== '');
  for (let first = 0; first < parts.length; first++) {
    const tail = parts.slice(first).join('.');
    if (names.includes(tail)) return tail;
  }
  // An error inside a value (rateLimit.burst) belongs to the field that holds the value.
  return parts.findLast((part) => names.includes(part));
}

export interface Form<T> {
  readonly values: T;
  readonly errors: Readonly<Record<string, string>>;
  readonly general: string;
  readonly busy: boolean;
  /** `quietly`: the errors shown stay. */
  set<K extends keyof T>(name: K, value: T[K], quietly?: boolean): void;
  replace(values: T): void;
  /** Errors found by the page itself, before anything is sent. */
  refuse(errors: Readonly<Record<string, string>>): void;
  /** Runs `action`; what it throws goes to the fields. True: it went through. */
  submit(action: (values: T) => Promise<unknown>): Promise<boolean>;
}

/** State of a form: values, errors by field, whether it is being sent. `names`: more fields that can show an error. */
export function useForm<T extends object>(initial: T, names: readonly string[] = []): Form<T> {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState(NO_ERRORS);
  const [busy, setBusy] = useState(false);
  return {
    values,
    errors: errors.fields,
    general: errors.general,
    busy,
    set: (name, value, quietly = false) => {
      setValues((old) => ({ ...old, [name]: value }));
      if (!quietly) setErrors((old) => ({ fields: without(old.fields, String(name)), general: '' }));
    },
    replace: setValues,
    refuse: (fields) => setErrors({ fields, general: '' }),
    submit: async (action) => {
      setBusy(true);
      setErrors(NO_ERRORS);
      try {
        await action(values);
        return true;
      } catch (failure) {
        setErrors(sortErrors(failure, [...Object.keys(values), ...names]));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

/**
 * As `useForm`, of values that the appliance may change too: what it has now takes the place of what it had before, but
 * not of what was typed meanwhile.
 */
export function useFollowingForm<T extends object>(source: T, names: readonly string[] = []): Form<T> {
  const form = useForm(source, names);
  const shown = useRef(source);
  const text = JSON.stringify(source);
  useEffect(() => {
    const before = shown.current;
    shown.current = source;
    form.replace(followed(form.values, before, source));
  }, [text]);
  return form;
}

/** `values` with what is still as it was `before` as it is `now`. */
export function followed<T extends object>(values: T, before: T, now: T): T {
  const keys = Object.keys(now) as (keyof T)[];
  return Object.fromEntries(
    keys.map((key) => [key, values[key] === before[key] ? now[key] : values[key]]),
  ) as T;
}

function without(fields: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
}
