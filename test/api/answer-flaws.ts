/** Whether an answer is as the description of its route has it, and tells nothing of the inside. */
import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { ROOT } from '../support/program.ts';
import type { Route } from './open-api.ts';

export interface Got {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** What an answer must not tell: where the program lies, and the course of its calls. */
const LEAKS = [ROOT, '/dist/', 'node_modules', 'node:internal', ' at Object.', 'TypeError', 'undefined'];

/** What is wrong with the answer; '' where nothing is. */
export function flawOf(route: Route, { status, type, text }: Got): string {
  if (status >= 500) return 'is a failure';
  if (status < 300) return flawOfDone(route, status, type, text);
  const leak = LEAKS.find((one) => text.includes(one));
  if (leak !== undefined) return `tells ${leak}`;
  if (!type.startsWith('application/problem+json')) return `is of type ${type}`;
  const body = JSON.parse(text) as { status?: unknown; detail?: unknown };
  if (body.status !== status) return 'has another status inside';
  if (typeof body.detail !== 'string' || !/^[^\n]{5,}$/.test(body.detail)) return 'has no detail of one line';
  const problem = route.responses?.['4XX']?.content?.['application/problem+json']?.schema as TSchema;
  return Check(problem, body) ? '' : 'is not as problems are declared';
}

function flawOfDone({ responses = {} }: Route, status: number, type: string, text: string): string {
  const declared = responses[status];
  if (!declared) return 'has an undeclared status';
  if (status === 204) return text === '' ? '' : 'has a body';
  const [given = ''] = type.split(';');
  const schema = declared.content?.[given]?.schema;
  if (!schema) return `is of the undeclared type ${type}`;
  if (!given.includes('json') || given.includes('ndjson')) return '';
  const body: unknown = JSON.parse(text);
  if (Check(schema as TSchema, body)) return '';
  const [error] = Errors(schema as TSchema, body);
  return `is not as declared: ${error?.instancePath} ${error?.message}`;
}
