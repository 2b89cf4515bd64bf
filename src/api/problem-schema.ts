/** The body of every refusal (RFC 9457), for the API's description of itself. */
import Type from 'typebox';

const Problem = Type.Object({
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String({ description: 'What is wrong and what to do' }),
  instance: Type.String({ description: 'What was asked' }),
  errors: Type.Optional(
    Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
      description: 'Which fields are to blame',
    }),
  ),
});

const refused = { description: 'Refused', content: { 'application/problem+json': { schema: Problem } } };

/** Adds refusals to the answers of a route. */
export function withRefusals<R extends object>(answers: R) {
  return { ...answers, '4xx': refused };
}

/** Adds what may go wrong to the answers of a route that changes something. */
export function withProblems<R extends object>(answers: R) {
  return { ...withRefusals(answers), 503: { ...refused, description: 'The disk refused' } };
}

/** Adds that there may be no room for what was sent. */
export function withRoom<R extends object>(answers: R) {
  return { ...answers, 507: { ...refused, description: 'The disk has no room for it' } };
}

/** An answer that is no JSON. */
export function textAs(type: string, description: string) {
  return { description, content: { [type]: { schema: Type.String() } } };
}

export function bytesAs(type: string, description: string) {
  return { description, content: { [type]: { schema: Type.String({ format: 'binary' }) } } };
}
