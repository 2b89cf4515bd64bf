/** Schemas that the routes of events, audit, logs and history share. */
import Type from 'typebox';

export const time = Type.String({ description: 'UTC, ISO 8601' });
export const timeOrNull = Type.Union([time, Type.Null()]);

/** Which part of a long list. */
export const paging = {
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'items at most' }),
  offset: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: 0,
    description: 'items to leave out first',
  }),
};

export const at = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));

export function page<T extends Type.TSchema>(item: T) {
  return Type.Object({
    total: Type.Integer({ description: 'items that match' }),
    offset: Type.Integer(),
    limit: Type.Integer(),
    items: Type.Array(item, { description: 'newest first' }),
  });
}

export const idParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

/** Strict: a misspelt parameter is told. */
export function query<P extends Type.TProperties>(properties: P) {
  return Type.Object(properties, { additionalProperties: false });
}
