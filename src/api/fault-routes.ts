/** The switches of the simulation: `GET` and `PUT /api/v1/simulation/faults`. */
import type { FastifyInstance } from 'fastify';
import { problem } from './problem.ts';

/** A simulated fault as the API shows it. */
export interface FaultView {
  readonly name: string;
  readonly description: string;
  /** Of the value; empty: none. */
  readonly unit?: string;
  /** Smallest and largest value of a number. */
  readonly range?: readonly [number, number];
  readonly value: boolean | number | string;
  readonly none: boolean | number | string;
}

export interface FaultControls {
  list(): readonly FaultView[];
  /** Returns what is wrong with the value in one line, or '' once it is set. */
  set(name: string, value: unknown): string;
}

const value = { type: ['boolean', 'number', 'string'] };
const fault = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    description: { type: 'string' },
    unit: { type: 'string' },
    range: { type: 'array', items: { type: 'number' } },
    value,
    none: value,
  },
};
const tags = ['simulation'];

export function faultRoutes(server: FastifyInstance, faults: FaultControls): void {
  const list = {
    tags,
    operationId: 'listFaults',
    summary: 'What can go wrong in the simulation',
    response: { 200: { type: 'object', properties: { items: { type: 'array', items: fault } } } },
  };
  server.get('/api/v1/simulation/faults', { schema: list }, async () => ({ items: faults.list() }));
  const set = {
    tags,
    operationId: 'setFault',
    summary: 'Let something go wrong, or right again',
    description: 'The body is {"value": …}; the value "none" of the fault ends it.',
    params: { type: 'object', properties: { name: { type: 'string' } } },
    body: { type: 'object', required: ['value'], properties: { value }, additionalProperties: false },
    response: { 200: fault },
  };
  server.put<{ Params: { name: string }; Body: { readonly value: unknown } }>(
    '/api/v1/simulation/faults/:name',
    { config: { role: 'operator' }, schema: set },
    async (request, reply) => {
      const { name } = request.params;
      if (!faults.list().some((known) => known.name === name)) {
        const known = faults.list().map((one) => one.name);
        return problem(reply, 404, `there is no fault ${name}: use one of ${known.join(', ')}`, request.url);
      }
      const flaw = faults.set(name, request.body.value);
      if (flaw !== '') return problem(reply, 422, flaw, request.url);
      return faults.list().find((one) => one.name === name);
    },
  );
}
