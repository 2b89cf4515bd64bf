/** Times in UTC, with the visitor's own time on hover. */
import { NOTHING } from './number.ts';

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/** An ISO 8601 text as `2026-11-21 16:23:36`; `short`: the time alone where it is today. */
export function Utc(props: { readonly at: string | null | undefined; readonly short?: boolean }) {
  const { at, short = false } = props;
  const date = new Date(at ?? '');
  if (!at || Number.isNaN(date.getTime())) return <span>{NOTHING}</span>;
  const text = date.toISOString();
  const today = short && text.slice(0, 10) === new Date().toISOString().slice(0, 10);
  return (
    <time dateTime={text} title={`${LOCAL.format(date)} (yours)`} class="nowrap">
      {today ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`}
    </time>
  );
}
