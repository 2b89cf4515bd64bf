/** Errors as RFC 9457 has them. */

interface Replying {
  code(status: number): { type(mime: string): { send(body: unknown): unknown } };
}

/** `errors`: which fields are wrong and what to do, where fields are to blame. */
export function problem(
  reply: Replying,
  status: number,
  detail: string,
  instance: string,
  errors?: readonly { readonly field: string; readonly message: string }[],
): unknown {
  const title = status < 500 ? 'the request was refused' : 'the appliance failed';
  const body = { title, status, detail, instance, ...(errors && { errors }) };
  return reply.code(status).type('application/problem+json').send(body);
}
