/** `/docs`: the reference of the API, made from its own description; readable without a script or the internet. */
import type { FastifyInstance } from 'fastify';

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema?: unknown;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: unknown }>> };
  readonly responses?: Readonly<
    Record<
      string,
      {
        readonly description?: string;
        readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
      }
    >
  >;
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem}article{border-top:1px solid #8886;padding:.5rem 0}h3{font:600 1rem ui-monospace,monospace;overflow-wrap:anywhere}
pre{overflow:auto;background:#8881;padding:.6rem;font-size:.85rem}table{border-collapse:collapse;width:100%;font-size:.9rem}
td,th{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0}`;

const CSP =
  "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function referencePage(server: FastifyInstance, description: () => unknown): void {
  const open = { config: { role: 'open' }, schema: { hide: true } } as const;
  let page: string | undefined;
  server.get('/docs', open, async (_request, reply) => {
    page ??= pageOf(description() as Parameters<typeof pageOf>[0]);
    return reply.header('content-security-policy', CSP).type('text/html; charset=utf-8').send(page);
  });
  server.get('/docs/style.css', open, async (_request, reply) => reply.type('text/css').send(STYLE));
}

function pageOf(document: {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}): string {
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(document.paths ?? {}))
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? 'other';
      groups.set(tag, [...(groups.get(tag) ?? []), article(method, path, operation)]);
    }
  const sections = [...groups].sort(([a], [b]) => a.localeCompare(b));
  const { title, version, description = '' } = document.info;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)} API</title><link rel="stylesheet" href="/docs/style.css"></head><body><main>
<h1>${escaped(title)} API <small>${escaped(version)}</small></h1><p>${escaped(description)}</p>
<p><a href="/">The page</a> · <a href="/api/v1/openapi.json">OpenAPI document</a></p>
${sections.map(([tag, articles]) => `<section><h2>${escaped(tag)}</h2>${articles.join('')}</section>`).join('')}
</main></body></html>`;
}

function article(method: string, path: string, operation: Operation): string {
  const { summary = '', description = '', parameters = [], requestBody, responses = {} } = operation;
  const rows = parameters.map(
    ({ name, in: where, required, description: text = '', schema }) =>
      `<tr><th scope="row">${escaped(name)}</th><td>${where}${required ? ', required' : ''}</td><td>${escaped(text)} ${code(schema)}</td></tr>`,
  );
  const answers = Object.entries(responses).map(
    ([status, { description: text = '', content }]) =>
      `<h4>${escaped(status)} ${escaped(text === 'Default Response' ? '' : text)}</h4>${block(content)}`,
  );
  return `<article><h3>${method.toUpperCase()} ${escaped(path)}</h3><p>${escaped(summary)}</p><p>${escaped(description)}</p>
${rows.length > 0 ? `<table>${rows.join('')}</table>` : ''}${requestBody ? `<h4>Body</h4>${block(requestBody.content)}` : ''}${answers.join('')}</article>`;
}

function block(content: Readonly<Record<string, { readonly schema?: unknown }>> | undefined): string {
  return Object.entries(content ?? {})
    .map(
      ([type, { schema }]) =>
        `<p>${escaped(type)}</p><pre tabindex="0">${escaped(JSON.stringify(schema, null, 2))}</pre>`,
    )
    .join('');
}

function code(schema: unknown): string {
  return schema === undefined ? '' : `<code>${escaped(JSON.stringify(schema))}</code>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
