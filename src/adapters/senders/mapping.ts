/** Reads an alert by the mapping of its sender: from the JSON of a webhook, or from a message of Slack. */
import { JSONPathEnvironment, type JSONValue } from 'json-p3';
import { deliveryOf, instantUs, labelsOf, serviceOf, stateIn, traceIdIn } from '#adapters/alert-fields.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { SenderMapping } from '#config/sender-mapping.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';

export type Mappings = Readonly<Record<string, SenderMapping>>;

/** Deeper bodies are no alerts. */
const MAX_DEPTH = 32;
const paths = new JSONPathEnvironment({ maxRecursionDepth: MAX_DEPTH });

/** What a mapping reads: the body for its paths, and all its texts for its patterns. */
export type Mappable = Readonly<{ body: unknown; text: string }>;

/** All texts of a body, one on a line. Patterns are fast, but not on a megabyte. */
function mappableOf(body: unknown): Mappable {
  const texts: string[] = [];
  collect(body, texts, 0);
  return { body, text: texts.join('\n').slice(0, MOST_TEXT) };
}

const MOST_TEXT = 20_000;
const MOST_TEXTS = 2_000;

function collect(value: unknown, texts: string[], depth: number): void {
  if (depth > MAX_DEPTH || texts.length >= MOST_TEXTS) return;
  if (typeof value === 'string') texts.push(value);
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, texts, depth + 1);
  }
}

/** The first mapping that fits reads the body; the others say why they do not. */
export function readMapped(mappings: Mappings, body: unknown, receivedUs: number): ReadDelivery {
  const source = mappableOf(body);
  const problems: string[] = [];
  for (const [name, mapping] of Object.entries(mappings)) {
    const read = mapped(name, mapping, source, receivedUs);
    if (typeof read !== 'string') return deliveryOf(read);
    problems.push(`✖ ${name}: ${read}`);
  }
  const none = '✖ no mapping in the configuration\n  → at senders.mappings: `spanhound alert try FILE` writes one';
  return { kind: 'unreadable', why: problems.join('\n') || none };
}

/** The alert, or why the mapping does not fit. */
export function mapped(name: string, mapping: SenderMapping, source: Mappable, receivedUs: number): Alert | string {
  const conditions = mapping.when === undefined ? [] : [mapping.when].flat();
  if (conditions.some((part) => valueAt(part, source) === '')) return 'its `when` finds nothing in this body';
  const title = valueAt(mapping.title, source);
  if (title === '') return 'its `title` finds nothing in this body';
  const state = stateOf(mapping.state, source);
  if (typeof state !== 'object')
    return `its \`state\` ${state === '' ? 'finds nothing' : `"${state}" is no known word`}: name the words of each state`;
  const part = (one: Part | undefined) => (one === undefined ? '' : valueAt(one, source));
  const all = (parts: Readonly<Record<string, Part>>) =>
    labelsOf(Object.fromEntries(Object.entries(parts).map(([label, one]) => [label, valueAt(one, source)])));
  const labels = all(mapping.labels);
  const links = all(mapping.links);
  const service = part(mapping.service) || serviceOf(labels);
  const atUs = instantUs(part(mapping.time)) ?? receivedUs;
  const trace = part(mapping.trace);
  return {
    source: name,
    key: part(mapping.key) || `${service}/${title}`,
    title,
    service,
    severity: part(mapping.severity),
    state: state.state,
    atUs,
    saidUs: state.state === 'triggered' ? atUs : Math.max(atUs, receivedUs),
    url: part(mapping.url),
    traceId: traceIdIn(trace === '' ? '' : `trace_id: ${trace}`),
    labels,
    ...(Object.keys(links).length > 0 && { links }),
  };
}

type Part = Exclude<SenderMapping['service'], undefined>;

const LONGEST_VALUE = 2_000;

/** The first value at the place; empty where there is none. */
function valueAt(part: Part, { body, text }: Mappable): string {
  if (typeof part === 'string') return part.startsWith('$') ? at(part, body) : part;
  const searched = part.path === undefined ? text : at(part.path, body);
  if (part.pattern === undefined) return searched.slice(0, LONGEST_VALUE);
  const found = new RegExp(part.pattern, 'im').exec(searched.slice(0, MOST_TEXT));
  return (found?.[1] ?? found?.[0] ?? '').trim();
}

function at(path: string, body: unknown): string {
  try {
    for (const { value } of paths.query(path, body as JSONValue)) {
      const text = scalar(value);
      if (text !== '') return text;
    }
  } catch {
    // The body is deeper than the path may go.
  }
  return '';
}

function scalar(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return '';
  return value === 'null' ? '' : `${value}`.trim().slice(0, LONGEST_VALUE);
}

/** Undefined `state`: the sender never reports an end. A text: what was found, and is no state. */
function stateOf(part: SenderMapping['state'], source: Mappable): Readonly<{ state: AlertState }> | string {
  if (part === undefined) return { state: 'triggered' };
  if (typeof part === 'string') return known(valueAt(part, source));
  const { triggered, acknowledged, resolved, ...place } = part;
  const found = valueAt(place, source);
  const words = { triggered, acknowledged, resolved };
  for (const state of ['resolved', 'acknowledged', 'triggered'] as const) {
    if (words[state].some((word) => word.toLowerCase() === found.toLowerCase())) return { state };
  }
  return known(found);
}

function known(found: string): Readonly<{ state: AlertState }> | string {
  const state = stateIn(found);
  return state === undefined ? found : { state };
}
