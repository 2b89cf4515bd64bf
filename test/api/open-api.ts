/** The appliance's description of its own API, as tests walk through it. */
import type { Schema } from './route-values.ts';

export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly 'x-role'?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses?: Readonly<Record<string, Answer>>;
}

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

export interface Route extends Operation {
  readonly method: string;
  readonly path: string;
}

/** Every path with every method of it. */
export async function routesOf(url: string): Promise<Route[]> {
  const response = await fetch(`${url}/api/v1/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
}

/** What the document lacks of a route, in words. */
export function lacksOf({ operationId, summary, tags, responses = {} }: Route): string[] {
  const good = Object.entries(responses).filter(([status]) => /^2/.test(status));
  const bare = good.filter(
    ([status, { content = {} }]) =>
      status !== '204' &&
      (Object.keys(content).length === 0 ||
        Object.values(content).some(({ schema }) => schema === undefined)),
  );
  return [
    ...(operationId ? [] : ['operationId']),
    ...(summary ? [] : ['summary']),
    ...(tags?.length ? [] : ['tags']),
    ...(good.length > 0 ? [] : ['an answer']),
    ...bare.map(([status]) => `a schema of ${status}`),
    ...(responses['4XX'] ? [] : ['refusals']),
  ];
}
