/** Variables → the data of a response: `name=value, name=value` in lines, RFC 9327 §4. */
import type { Variable } from './control-block.ts';

/** Terminals show a line whole; ntpd breaks at about the same width. */
const LINE = 72;
const LINE_END = '\r\n';

/** As many whole variables, in order, as fit into `room` bytes, the end of the last line included. ASCII. */
export function variableText(variables: readonly Variable[], room: number): string {
  let text = '';
  let line = 0;
  for (const [name, value] of variables) {
    const item = `${name}=${value}`;
    const breaks = line + item.length > LINE;
    const separator = text === '' ? '' : breaks ? `,${LINE_END}` : ', ';
    if (text.length + separator.length + item.length + LINE_END.length > room) break;
    text += separator + item;
    line = breaks ? item.length : line + separator.length + item.length;
  }
  return text === '' ? '' : text + LINE_END;
}
