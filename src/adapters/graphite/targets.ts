/**
 * Builds Graphite's patterns, tag expressions and targets: a node or a value that could change one of them is not used.
 *
 * https://graphite.readthedocs.io/en/latest/functions.html
 */
import type { PathSeries } from './paths.ts';

/** Graphite has no form for special characters in a node; its clients write them as `_` or `-`. */
export function nodesOf(service: string): readonly string[] {
  const forms = ['_', '-'].map((sign) => service.replaceAll(/[^\w-]+/g, sign));
  return [...new Set([...forms, ...forms.map((form) => form.toLowerCase())])].filter((form) => /\w/.test(form));
}

/** As one of the first four nodes: `checkout`, `prod.checkout`, `stats.timers.checkout`, `prod.eu.apps.checkout`. */
const USUAL_PLACES = ['{service}', '*.{service}', '*.*.{service}', '*.*.*.{service}'];

/** Patterns for the nodes that name these services. Empty if nothing is known about where that would be. */
export function placesOf(paths: readonly string[], services: readonly string[]): readonly string[] {
  const nodes = services.flatMap(nodesOf);
  if (services.length > 0 && nodes.length === 0) return [];
  if (services.length === 0 && paths.length === 0) return [];
  const node = services.length === 0 ? '*' : nodes.length === 1 ? `${nodes[0]}` : `{${nodes.join(',')}}`;
  return (paths.length === 0 ? USUAL_PLACES : paths).map((path) => path.replace('{service}', node));
}

/** Nodes below that of the service: an instance, a few groups, the statistic. */
const MOST_DEPTH = 6;

export function patternsBelow(places: readonly string[]): readonly string[] {
  return places.flatMap((place) =>
    Array.from({ length: MOST_DEPTH }, (_, depth) => `${place}${'.*'.repeat(depth + 1)}`),
  );
}

/** A request that a person can still read, and far below the limit of a form. */
const PATHS_OF_QUERY = 40;

/** Targets with the name and the labels of each series as its alias: `service:latency;service=checkout`. */
export function targetsOf(series: readonly PathSeries[]): readonly string[] {
  const texts = series.map(({ name, labels, expression }) => {
    const tags = Object.entries(labels).map(([label, value]) => `;${label}=${value.replaceAll(/[^\w:./ -]/g, '_')}`);
    return `alias(${expression},"${name}${tags.join('')}")`;
  });
  const parts = Array.from({ length: Math.ceil(texts.length / PATHS_OF_QUERY) }, (_, at) =>
    texts.slice(at * PATHS_OF_QUERY, (at + 1) * PATHS_OF_QUERY),
  );
  return parts.map((part) => (part.length === 1 ? `${part[0]}` : `group(${part.join(',')})`));
}

/** The target as a person would write it, without our internal names. */
export function asPeopleAsk(target: string): string {
  return target.replaceAll(/alias\(([^"]{1,2000}),"[^"]{0,2000}"\)/g, '$1');
}

/** Tags that name a service, the most reliable first. */
export const SERVICE_TAGS = ['service', 'service_name', 'app', 'application', 'deployment', 'job'] as const;

/** `service=~^(?:checkout|cart)$`; undefined if no name can be in one. */
export function tagExpression(tag: string, services: readonly string[]): string | undefined {
  const names = services.filter((name) => PLAIN_VALUE.test(name)).map((name) => name.replaceAll('.', '[.]'));
  return names.length === 0 ? undefined : `${tag}=~^(?:${names.join('|')})$`;
}

const PLAIN_VALUE = /^[\w.:/ -]{1,200}$/;

/** All series of a name whose tag names the service. */
export function tagTarget(name: string, expression: string): string | undefined {
  return /^[\w.:/-]{1,200}$/.test(name) ? `seriesByTag('name=${name}','${expression}')` : undefined;
}
