/** Which operation a request of the REST API calls, and with which arguments. */
import { z } from 'zod';
import type { Operation, Route } from '#operations/operation.ts';
import { operations } from '#operations/registry.ts';

/** Before the path of each route. */
export const API_PATH = '/api/v1';

/** The operations with the arguments that the API takes. */
export const apiOperations: readonly Operation[] = operations.map((operation) => {
  const { without = [] } = operation.route;
  const taken = Object.entries(operation.input.shape).filter(([name]) => !without.includes(name));
  return { ...operation, input: z.strictObject(Object.fromEntries(taken)) };
});

const BY_NAME = new Map(operations.map(({ name, route }) => [name, `${route.method} ${API_PATH}${route.path}`]));

/** Words about the operations, in those of the API: `list_incidents` is `GET /api/v1/incidents`. */
export function inRoutes(text: string): string {
  return text.replaceAll(/\b[a-z]{2,20}(?:_[a-z]{2,20})+\b/g, (name) => BY_NAME.get(name) ?? name);
}

export type Matched =
  | Readonly<{ kind: 'operation'; operation: Operation; inPath: Readonly<Record<string, string>> }>
  | Readonly<{ kind: 'wrong method'; allowed: readonly Route['method'][] }>
  | Readonly<{ kind: 'unknown' }>;

/** `path`: below `API_PATH`, as it was sent. Nothing in it is resolved: `..` is a name as any other. */
export function matchRoute(method: string, path: string): Matched {
  const segments = path.split('/').map(decoded);
  const found = apiOperations.flatMap((operation) => {
    const inPath = argumentsIn(operation.route.path, segments);
    return inPath === undefined ? [] : [{ operation, inPath }];
  });
  const match = found.find(({ operation }) => operation.route.method === method);
  if (match !== undefined) return { kind: 'operation', ...match };
  if (found.length === 0) return { kind: 'unknown' };
  return { kind: 'wrong method', allowed: [...new Set(found.map(({ operation }) => operation.route.method))] };
}

/** Undefined if it is not well encoded. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function argumentsIn(
  path: string,
  segments: readonly (string | undefined)[],
): Readonly<Record<string, string>> | undefined {
  const wanted = path.split('/');
  if (wanted.length !== segments.length) return undefined;
  const found: Record<string, string> = {};
  for (const [at, name] of wanted.entries()) {
    const segment = segments[at];
    if (segment === undefined || segment === '') {
      if (name === segment) continue;
      return undefined;
    }
    if (name.startsWith('{')) found[name.slice(1, -1)] = segment;
    else if (name !== segment) return undefined;
  }
  return found;
}

/** The names of the arguments in the path. */
export function pathArguments({ route }: Pick<Operation, 'route'>): readonly string[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/**
 * The arguments in a query, in the types that the operation takes: `maxCharacters=4000` is a number. A name that is given
 * twice is a list, which no argument of a query takes.
 */
export function queryArguments({ input }: Operation, query: URLSearchParams): Readonly<Record<string, unknown>> {
  const given: [string, unknown][] = [];
  for (const name of new Set(query.keys())) {
    const [value = '', ...more] = query.getAll(name);
    const isNumber = numbersOf(input).has(name) && /^-?\d{1,15}$/.test(value);
    given.push([name, more.length > 0 ? [value, ...more] : isNumber ? Number(value) : value]);
  }
  // A name such as `__proto__` is an unknown argument.
  return Object.fromEntries(given);
}

function numbersOf(input: z.ZodObject): ReadonlySet<string> {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input' });
  return new Set(
    Object.entries(properties).flatMap(([name, schema]) =>
      typeof schema === 'object' && schema.type === 'integer' ? [name] : [],
    ),
  );
}
