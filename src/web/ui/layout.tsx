/** The parts every page is made of. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ApiError } from '../api.ts';

/** Whether a page was shown before: the first one must not take the focus away from the browser. */
let visited = false;

/** A page: its heading gets the focus when the visitor comes from another page, so that it is read out. */
export function Page(props: {
  readonly title: string;
  readonly intro?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const { title, intro, actions, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Timeball`;
    if (visited) heading.current?.focus();
    visited = true;
  }, [title]);
  return (
    <>
      <div class="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div class="actions">{actions}</div>}
        {intro && <p>{intro}</p>}
      </div>
      <div class="stack">{children}</div>
    </>
  );
}

let cards = 0;

/** A framed section with its heading. `note`: a few words beside it. */
export function Card(props: {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}) {
  const { title, note, actions, children } = props;
  const id = useRef('');
  id.current ||= `card-${++cards}`;
  return (
    <section class={`card ${props.class ?? ''}`} aria-labelledby={id.current}>
      <header>
        <h2 id={id.current}>{title}</h2>
        {note && <span class="note">{note}</span>}
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** Beside each other where there is room. `least`: width under which they go below each other, CSS length. */
export function Columns(props: {
  readonly least?: string;
  /** All as high as the highest. */
  readonly even?: boolean;
  readonly children: ComponentChildren;
}) {
  const style = props.least === undefined ? {} : { '--least': props.least };
  return (
    <div class={props.even ? 'columns even' : 'columns'} style={style}>
      {props.children}
    </div>
  );
}

/** Names and values. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <>
          <dt key={name}>{name}</dt>
          <dd key={`${name}=`}>{value}</dd>
        </>
      ))}
    </dl>
  );
}

export type Tone = 'info' | 'good' | 'warn' | 'bad';

export function Notice(props: {
  readonly tone?: Tone;
  /** Read out as it comes up. */
  readonly live?: boolean;
  readonly children: ComponentChildren;
}) {
  const { tone = 'info', live = false, children } = props;
  return (
    <div class={`notice ${tone}`} role={live ? (tone === 'bad' ? 'alert' : 'status') : undefined}>
      {children}
    </div>
  );
}

/** What an endpoint that did not answer well leaves to say. Nothing where there is no error. */
export function Problem({ error, what }: { readonly error: ApiError | undefined; readonly what: string }) {
  if (!error) return null;
  if (error.missing) return <Notice>This appliance does not offer {what}.</Notice>;
  if (error.status === 401 || error.status === 403)
    return <Notice tone="warn">{error.status === 401 ? `Log in to see ${what}.` : error.detail}</Notice>;
  return (
    <Notice tone="bad" live>
      <strong>{what.charAt(0).toUpperCase() + what.slice(1)}:</strong> {error.detail}
    </Notice>
  );
}

/** One of a few, as a row of buttons. */
export function Choice<T extends string>(props: {
  readonly label: string;
  readonly options: readonly (readonly [T, string])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend.
    <div class="choice" role="group" aria-label={props.label}>
      {props.options.map(([value, text]) => (
        <button
          type="button"
          key={value}
          aria-pressed={value === props.value}
          onClick={() => props.onChange(value)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
