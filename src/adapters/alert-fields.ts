/**
 * The parts of an alert that every sender writes in its own way: texts, instants, tags and states. Senders write empty
 * values as null, as the text "null", or leave them out; identifiers as numbers or as texts.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Alert, AlertState, Delivery } from '#model/incident/alert.ts';
import { namedTraceId } from '#model/trace/trace-id.ts';

/** Longer than any name or address of a real alert. */
const LONGEST_NAME = 2_000;
/** A description with its links; a trace id further down is not found. */
const LONGEST_TEXT = 20_000;

/** A name, an id or an address; empty where the sender has none. */
export const Name = z
  .unknown()
  .optional()
  .transform((value) => textOf(value, LONGEST_NAME));
/** A description. */
export const Prose = z
  .unknown()
  .optional()
  .transform((value) => textOf(value, LONGEST_TEXT));

/** A required name: an alert without it is not understood. */
export const Required = z
  .union([z.string(), z.number()], 'expected text or a number')
  .transform((value) => textOf(value, LONGEST_NAME))
  .pipe(z.string().min(1, 'must not be empty'));

function textOf(value: unknown, longest: number): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return '';
  const text = `${value}`.slice(0, longest).trim();
  return text === 'null' ? '' : text;
}

/**
 * Tags as `name:value`, in a list or separated by commas, or as a list of objects in JSON: Zabbix' `{EVENT.TAGSJSON}`.
 * Anything else has none.
 * https://www.zabbix.com/documentation/current/en/manual/appendix/macros/supported_by_location
 */
export const Tags = z
  .unknown()
  .optional()
  .transform((value): Readonly<Record<string, string>> => {
    const list = typeof value === 'string' ? (listIn(value) ?? value.slice(0, LONGEST_TEXT).split(',')) : value;
    return Array.isArray(list) ? tagsOf(list) : {};
  });

function listIn(text: string): unknown {
  if (!/^\s*\[/.test(text) || text.length > LONGEST_TEXT) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const TagObject = z.object({ tag: Name, value: Name });

/** More tags than a rule has are noise. */
const MOST_LABELS = 200;

function tagsOf(list: readonly unknown[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const tag of list.slice(0, MOST_LABELS)) {
    const object = TagObject.safeParse(tag);
    const written = object.success ? `${object.data.tag}:${object.data.value}` : tag;
    const text = typeof written === 'string' ? written.slice(0, LONGEST_NAME) : '';
    const at = text.search(/[:=]/);
    const [name, value] = [text.slice(0, Math.max(at, 0)).trim(), text.slice(at + 1).trim()];
    if (name !== '' && value !== '') labels[name] = value;
  }
  return labels;
}

/** Labels by name. Values that are no text, number or flag are left out. */
export const Labels = z
  .unknown()
  .optional()
  .transform((value): Readonly<Record<string, string>> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    const entries = Object.entries(value)
      .slice(0, MOST_LABELS)
      .map(([name, inner]) => [name, textOf(inner, LONGEST_NAME)] as const);
    return Object.fromEntries(entries.filter(([, inner]) => inner !== ''));
  });

/** Instants outside of these years are no instants of an alert. */
const FIRST_US = Date.UTC(2_000, 0, 1) * 1_000;
const LAST_US = Date.UTC(2_100, 0, 1) * 1_000;

/** An instant in any of the forms of `instantUs`; undefined where there is none. */
export const Instant = z.unknown().optional().transform(instantUs);

/**
 * ISO 8601, `2024-01-15 10:30:00` (UTC if it names no zone), or a number of seconds, milliseconds, microseconds or
 * nanoseconds since the epoch, as its size says: Opsgenie writes milliseconds and nanoseconds in one body. Microseconds
 * since the epoch.
 */
export function instantUs(value: unknown): number | undefined {
  if (typeof value === 'number') return fitting(value);
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const text = value.trim();
  if (/^\d{9,20}(?:\.\d{1,9})?$/.test(text)) return fitting(Number(text));
  const [, day, time, zone] =
    /^(\d{4}[-./]\d{2}[-./]\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d{2}:?\d{2})?$/i.exec(text) ??
    [];
  if (day === undefined || time === undefined) return undefined;
  const offset = zone === undefined || /^(?:z|utc)$/i.test(zone) ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2');
  const ms = Date.parse(`${day.replaceAll(/[./]/g, '-')}T${time}${offset}`);
  return Number.isNaN(ms) ? undefined : within(ms * 1_000);
}

function fitting(value: number): number | undefined {
  return [1e6, 1e3, 1, 1e-3].map((factor) => within(Math.round(value * factor))).find((us) => us !== undefined);
}

function within(us: number): number | undefined {
  return us >= FIRST_US && us < LAST_US ? us : undefined;
}

/** What senders call the three states. Longer forms stand before the words that they contain. */
const STATE_WORDS: readonly (readonly [RegExp, AlertState])[] = [
  [/\b(?:un-?acknowledged?|re-?opened|re-?triggered|not ok)\b/i, 'triggered'],
  [/\b(?:acknowledged?|acked|ack|accepted)\b/i, 'acknowledged'],
  [
    /\b(?:resolved?|recovered|recovery|closed?|cleared|ok|up|normal|deactivated|completed|success|fixed)\b/i,
    'resolved',
  ],
  [
    /\b(?:firing|alerting|alarm|alert|triggered|trigger|problem|open(?:ed)?|created?|activated|active|down|failing|failed|failure|error|critical|major|warning|warn|no[ _-]data|degraded|started)\b/i,
    'triggered',
  ],
];

/** The state that a status field names; undefined where it names none. */
export function stateIn(text: string): AlertState | undefined {
  const words = text.slice(0, 200).replaceAll('_', ' ');
  return STATE_WORDS.find(([word]) => word.test(words))?.[1];
}

/** The first that is not empty. */
export function firstOf(...values: readonly (string | undefined)[]): string {
  return values.find((value) => value !== undefined && value !== '') ?? '';
}

/** Labels in which rules name the service beyond doubt. For weaker labels, the known services decide. */
export function serviceOf(labels: Readonly<Record<string, string>>): string {
  return firstOf(labels.service, labels.service_name, labels['service.name']);
}

/** `Failure rate of cart-api`, `Latency for app cart_api`: an identifier of several parts after a preposition. */
const NAME_AT_END =
  /\b(?:of|for|in|on) (?:(?:app|application|service|the) )?([a-z][a-z0-9]{0,40}(?:[-_][a-z0-9]{1,40}){1,8})$/;

/** What a title without labels names at its end, as people write their rules; empty where it ends in other words. */
export function nameAtEnd(title: string): string {
  return NAME_AT_END.exec(title.slice(-400).trim())?.[1] ?? '';
}

/**
 * A pod of a deployment or a daemon set has a hash at its end, whose letters are never vowels; nor are those of `mysql`.
 * https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go
 */
export function workloadOf(name: string): string {
  const pod =
    /^([a-z0-9](?:[a-z0-9-]{0,200}?[a-z0-9])?)(?:-(?=[a-z]{0,9}\d)[bcdf-hj-np-tv-z0-9]{8,10})?-(?!(?:[mp][gsy]sql|https)$)[bcdf-hj-np-tv-z2-9]{5}$/.exec(
      name,
    );
  return pod?.[1] ?? name;
}

/** Identifiers of several parts, and hosts: words of a language have neither. */
const IDENTIFIER = /(?<![\w./@-])[a-z][a-z0-9]{0,40}(?:[-_][a-z0-9]{1,40}){1,8}(?![\w/@-])/g;

/** Numbers, places and metrics have several parts, too. */
const NO_SERVICE =
  /^(?:5xx|4xx|p\d\d|http_|sev-?\d|no-data|re-|un-|us-|eu-|ap-|follow-up|time-?out|up-time|in-progress|high-|low-|one-|real-|two-|multi-|read-only$|end-to-end$|round-trip)|^(?:prod|production|staging|stage|dev|test|qa|uat|live)[-_](?:eu|us|ap|sa|af|me|ca|cn|uk|de|fr|\d{1,3})(?![a-z0-9])|(?:_(?:total|seconds|ms|bytes|count|ratio|percent|usage|used|free|utili[sz]ation|rate|latency|errors?|load|average|time|space|available|full|backlog|drops|lag))$/;

/** A service that only the title names, if it names only one. */
export function nameInTitle(title: string): string {
  const atEnd = nameAtEnd(title);
  if (atEnd !== '' && !NO_SERVICE.test(atEnd)) return workloadOf(atEnd);
  const named = [...new Set(title.slice(0, 400).match(IDENTIFIER) ?? [])].filter((name) => !NO_SERVICE.test(name));
  if (named.length === 1) return workloadOf(named[0] ?? '');
  const behind =
    /\b(?:of|for|in|on|from|at)\s(?:(?:service|app|host|the)\s)?([a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8})\b/.exec(
      title.slice(0, 400),
    )?.[1];
  return behind ?? '';
}

/** Whether an identifier is that of a metric, a place or a grade, and of no service. */
export function isPartOfMetric(name: string): boolean {
  return NO_SERVICE.test(name);
}

/** `[cart-api] Orders are late`: an identifier of several parts that people write before the title. */
const NAME_IN_FRONT = /^\s{0,3}\[([a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8})\]\s/;

/** `cart-exports: nothing since 10:00`, `#4: cart-exports is late`: the same before a colon. */
const NAME_BEFORE_COLON = /^\s{0,3}(?:#\d{1,12}:?\s)?([a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8}): \S/;

/** What people name in the title of an alert: in front, else anywhere if it is the only name. */
export function serviceInTitle(title: string): string {
  return nameInFront(title) || nameBeforeColon(title) || nameInTitle(title);
}

/** What a title names before its first colon; empty where that is a metric, a place or a sentence. */
export function nameBeforeColon(title: string): string {
  const before = NAME_BEFORE_COLON.exec(title.slice(0, 400))?.[1] ?? '';
  return NO_SERVICE.test(before) || PLACE_IN_FRONT.test(before) ? '' : workloadOf(before);
}

/** Places, and states of a place: a region, an environment. */
const PLACE_IN_FRONT =
  /^(?:[a-z]{2}(?:-[a-z]{1,12}){1,3}-?\d[a-z]?|(?:pre-?)?(?:prod|production|staging|stage|dev|test|qa)(?:[-_].{0,40})?|(?:no|high|low)[-_].{0,40})$/;

/** Whether a text in front of a name is a place, an environment or a state of one, and no service. */
export function isPlaceInFront(text: string): boolean {
  return PLACE_IN_FRONT.test(text);
}

/** What a title names in brackets at its beginning; empty where they hold a number, a place or a grade. */
export function nameInFront(title: string): string {
  const name = NAME_IN_FRONT.exec(title.slice(0, 400))?.[1] ?? '';
  return PLACE_IN_FRONT.test(name) ? '' : name;
}

/** Without the empty ones. */
export function labelsOf(labels: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const said = Object.entries(labels).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  return Object.fromEntries(said);
}

/** The trace id that the texts name: a bare hex string may be anything. */
export function traceIdIn(...texts: readonly string[]): string {
  return namedTraceId(texts.filter((text) => text !== '').join('\n')) ?? '';
}

/** One `name: value` a line, so that a value stays with its name. */
export function linesOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}: ${value.replaceAll('\n', ' ')}`)
    .join('\n');
}

/**
 * A delivery of one alert. `id`: the sender's id of the delivery; without one, the alert in this state at this time:
 * a repetition of the request is the same delivery.
 */
export function deliveryOf(subject: Alert, id = ''): Readonly<{ kind: 'delivery'; delivery: Delivery }> {
  const { key, state, saidUs, title } = subject;
  return {
    kind: 'delivery',
    delivery: { id: id === '' ? digestOf([key, state, saidUs, title]) : id, subject, members: [], truncated: 0 },
  };
}

export function digestOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** What the schema refused, and where. */
export function unreadable(error: z.ZodError): Readonly<{ kind: 'unreadable'; why: string }> {
  return { kind: 'unreadable', why: z.prettifyError(error) };
}
