/**
 * `docs/openapi.json`, the document that the REST API serves, and the table of routes in `docs/api.md`. `npm run generate`
 * writes both.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from '#api/openapi.ts';
import { API_PATH, apiOperations, pathArguments } from '#api/routes.ts';
import { SCOPE_MEANINGS, SCOPES } from '#model/access/scopes.ts';
import type { Generated } from './generated.ts';

const PAGE = 'docs/api.md';
const BEGINS = '<!-- Written by tools/api-page.ts -->';
const ENDS = '<!-- end -->';

export function apiPage(): Generated {
  const page = readFileSync(fileURLToPath(new URL(`../${PAGE}`, import.meta.url)), 'utf8');
  return new Map([
    [PAGE, withRoutes(page)],
    ['docs/openapi.json', `${JSON.stringify(openApiDocument(), null, 2)}\n`],
  ]);
}

/** The page with the tables written anew. */
export function withRoutes(page: string): string {
  const [from, to] = [page.indexOf(BEGINS), page.indexOf(ENDS)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the routes: ${BEGINS} … ${ENDS}`);
  return `${page.slice(0, from)}${BEGINS}\n${routeTable()}\n\n${scopeTable()}\n${page.slice(to)}`;
}

function routeTable(): string {
  const rows = apiOperations.map((operation) => {
    const { route, scope, title, input } = operation;
    const taken = Object.keys(input.shape).filter(
      (name) => !pathArguments(operation).includes(name) && !isPaging(name),
    );
    const names = taken.map((name) => `\`${name}\``).join(', ');
    return `| \`${route.method} ${API_PATH}${route.path}\` | ${title} | ${names} | \`${scope}\` |`;
  });
  return ['| route | does | takes | scope |', '|---|---|---|---|', ...rows].join('\n');
}

/** On every route, so the table does not repeat it. */
function isPaging(name: string): boolean {
  return name === 'maxCharacters' || name === 'cursor';
}

function scopeTable(): string {
  const rows = SCOPES.map((scope) => `| \`${scope}\` | ${SCOPE_MEANINGS[scope]} |`);
  return ['| scope | allows to |', '|---|---|', ...rows].join('\n');
}
