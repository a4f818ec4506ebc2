/**
 * What Spanhound reads of an alert's payload, for a person who connects a sender: what was read, what was guessed, what
 * is missing, and a mapping to start from.
 */
import { isoFromUs } from '#core/clock.ts';
import { UnreadableInputError, UsageError } from '#core/errors.ts';
import type { Alert, AlertNote, AlertState } from '#model/incident/alert.ts';
import { serviceLabelOf } from '#model/incident/alert-service.ts';
import { redact } from '#model/redaction/redaction.ts';
import { mutedWhat } from '#present/slack/quiet-messages.ts';
import { type Mute, mutesInForce } from '#record/mutes.ts';
import type { Reader } from '#record/store.ts';
import { muteAmong } from '#workflows/alerts/keep-quiet.ts';
import { type QuietRule, quietReason } from '#workflows/alerts/quiet-rules.ts';
import { type AlertFileReader, bodiesIn, firstRead, type KnownAlerts, parsed } from '#workflows/alerts/read-alert.ts';

export const ALERT_FIELDS = ['title', 'service', 'state', 'severity', 'time', 'key', 'url', 'trace'] as const;
export type AlertField = (typeof ALERT_FIELDS)[number];

/** A value, and where it stands or what it was guessed from. */
export type FieldRead = Readonly<{ field: string; value: string; from: string }>;

export type TriedAlert = Readonly<{
  /** The sender whose form it is; empty where none knows it. */
  sender: string;
  result: 'alert' | 'note' | 'refused';
  /** Why there is no alert; empty where there is one. */
  why: string;
  /** The mute or the rule by which it would not be answered now; empty where it would be. */
  unanswered: string;
  read: readonly FieldRead[];
  guessed: readonly FieldRead[];
  missing: readonly string[];
  /** YAML for the configuration; empty where a sender was read. */
  mapping: string;
}>;

export type TryAlertRequest = Readonly<{
  text: string;
  /** The name of the file in messages. */
  name: string;
  /** Only this system's reader. */
  vendor: string | undefined;
  nowUs: number;
  quietRules?: readonly QuietRule[] | undefined;
  /** Those in force, of all channels. */
  mutes?: readonly Mute[] | undefined;
  /** The channel in which it would be answered. */
  channelId?: string | undefined;
}>;

/** The mutes of people that are in force, in all channels. */
export async function mutesNow(reader: Reader, nowUs: number): Promise<readonly Mute[]> {
  return await mutesInForce(reader, { nowUs });
}

/** Throws UnreadableInputError if it is not JSON, UsageError for an unknown vendor. */
export function tryAlert(request: TryAlertRequest, { readers }: KnownAlerts): TriedAlert {
  const { text, name, vendor, nowUs } = request;
  const body = parsed(text, name);
  if (isTrace(body)) {
    throw new UnreadableInputError(
      `${name} is a trace and not an alert`,
      `Diagnose it with \`spanhound analyze ${name}\`.`,
    );
  }
  const bodies = bodiesIn(body);
  const asked = vendor === undefined ? readers : named(vendor, readers);
  const found = firstRead(bodies, asked) ?? (vendor === undefined ? undefined : refusedBy(asked, bodies[0]));
  if (found === undefined) return guess(bodies, nowUs);
  const { reader, outcome } = found;
  const sender = outcome.kind === 'alert' ? outcome.alert.source : reader.id;
  if (outcome.kind === 'alert') {
    const unanswered = unansweredBy(outcome.alert, request);
    if (reader.isLast && sender === reader.id) return { ...byNames(outcome.alert, bodies, nowUs), sender, unanswered };
    return { sender, result: 'alert', why: '', unanswered, ...partsOf(outcome.alert, nowUs), mapping: '' };
  }
  if (outcome.kind === 'note') return { sender: outcome.note.source, ...noteOf(outcome.note) };
  if (outcome.kind === 'other') return refused(sender, `${outcome.why}`);
  return { ...guess(bodies, nowUs), sender, why: outcome.why };
}

/** An export of OpenTelemetry, Jaeger or Zipkin. */
function isTrace(body: unknown): boolean {
  if (Array.isArray(body)) return body.length > 0 && isTraced(body[0]);
  if (typeof body !== 'object' || body === null) return false;
  if ('resourceSpans' in body || 'resource_spans' in body || 'batches' in body) return true;
  return 'data' in body && Array.isArray(body.data) && body.data.length > 0 && isTraced(body.data[0]);
}

/** Zipkin's spans, Jaeger's traces, or a list of either. */
function isTraced(item: unknown): boolean {
  if (Array.isArray(item)) return item.length > 0 && isTraced(item[0]);
  if (typeof item !== 'object' || item === null) return false;
  return 'traceId' in item ? 'id' in item && !('title' in item) : 'spans' in item && Array.isArray(item.spans);
}

/** A form that no system and no mapping knows: all is guessed from the names of its fields. */
function byNames(alert: Alert, bodies: readonly unknown[], nowUs: number): Omit<TriedAlert, 'sender' | 'unanswered'> {
  const { read, guessed, missing } = partsOf(alert, nowUs);
  const paths = guess(bodies, nowUs);
  const pathOf = ({ field, value }: FieldRead) =>
    paths.guessed.find((one) => one.field === field && (field === 'state' || one.value === value))?.from;
  return {
    result: 'alert',
    why: '',
    read: [],
    guessed: [...read.map((one) => ({ ...one, from: pathOf(one) ?? 'the names of its fields' })), ...guessed],
    missing,
    mapping: paths.mapping,
  };
}

function named(vendor: string, readers: readonly AlertFileReader[]): readonly AlertFileReader[] {
  const wanted = vendor.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const found = readers.filter(({ id, title }) => [plain(id), plain(title)].includes(wanted));
  if (found.length > 0) return found;
  const ids = [...new Set(readers.map(({ id }) => id))];
  throw new UsageError(`there is no sender ${vendor}`, `Choose one of: ${ids.join(', ')}.`);
}

/** A reader that does not recognise the body still says what is wrong with it. */
function refusedBy([reader]: readonly AlertFileReader[], body: unknown) {
  return reader === undefined ? undefined : { reader, outcome: reader.read(body) };
}

/** Only an alert that fires is answered at all. */
function unansweredBy(alert: Alert, { quietRules = [], mutes = [], channelId, nowUs }: TryAlertRequest): string {
  if (alert.state !== 'triggered') return '';
  const mute = muteAmong(
    mutes.filter((one) => channelId === undefined || one.channelId === channelId),
    alert,
  );
  if (mute !== undefined) {
    const where = channelId === undefined ? ` in ${mute.channelId}` : '';
    const isOne = mute.service === '' && mute.rule === undefined;
    return `${isOne ? 'this alert is' : `${mutedWhat(mute)} are`} muted${where} until ${isoFromUs(mute.untilUs)}`;
  }
  return quietReason(quietRules, alert, { channelId, nowUs })?.said ?? '';
}

function refused(sender: string, why: string): TriedAlert {
  return { sender, result: 'refused', why, unanswered: '', read: [], guessed: [], missing: [], mapping: '' };
}

function noteOf({ text, by, key, atUs }: AlertNote): Omit<TriedAlert, 'sender'> {
  const read = [
    { field: 'text', value: redact(text), from: '' },
    { field: 'by', value: by, from: '' },
    { field: 'key', value: key, from: '' },
    { field: 'time', value: isoFromUs(atUs), from: '' },
  ].filter(({ value }) => value !== '');
  const why = 'a note of an alert: it becomes an entry in the timeline of the alert’s incident';
  return { result: 'note', why, unanswered: '', read, guessed: [], missing: [], mapping: '' };
}

/** A body without its own time gets that of its arrival: within this of the call, it is no time of the body. */
const ARRIVAL_US = 60_000_000;

/** The fields of an alert that a sender's reader made. */
function partsOf(alert: Alert, nowUs: number): Pick<TriedAlert, 'read' | 'guessed' | 'missing'> {
  const isArrival = Math.abs(nowUs - alert.atUs) < ARRIVAL_US || alert.atUs === 0;
  const values: Readonly<Record<AlertField, string>> = {
    title: alert.title,
    service: alert.service,
    state: alert.state,
    severity: alert.severity,
    time: isArrival ? '' : isoFromUs(alert.atUs),
    key: alert.key,
    url: alert.url,
    trace: alert.traceId,
  };
  const fields = ALERT_FIELDS.map((field) => ({ field, value: redact(values[field]), from: '' }));
  const links = Object.entries(alert.links ?? {}).map(([link, value]) => ({ field: link, value, from: '' }));
  const label = alert.service === '' ? serviceLabelOf(alert.labels) : undefined;
  const guessed =
    label === undefined ? [] : [{ field: 'service', value: alert.labels[label] ?? '', from: `label ${label}` }];
  const arrival = isArrival ? [{ field: 'time', value: 'its arrival', from: 'the body names no time' }] : [];
  const known = new Set([...guessed, ...arrival].map(({ field }) => field));
  return {
    read: [...fields.filter(({ value }) => value !== ''), ...links],
    guessed: [...guessed, ...arrival],
    missing: fields.filter(({ field, value }) => value === '' && !known.has(field)).map(({ field }) => field),
  };
}

/** `holder`: the name of the object that it stands in. */
type Leaf = Readonly<{ path: string; name: string; holder: string; value: string; depth: number }>;

/** A body that a person pastes is small. */
const MOST_LEAVES = 2_000;
const MAX_DEPTH = 12;

function guess(bodies: readonly unknown[], nowUs: number): TriedAlert {
  const leaves: Leaf[] = [];
  collect(bodies[0], { path: '$', name: '', holder: '', depth: 0 }, leaves);
  const byDepth = leaves.toSorted((a, b) => a.depth - b.depth);
  const found = new Map<AlertField, Leaf>();
  for (const field of ALERT_FIELDS) {
    const leaf = bestLeaf(field, byDepth, nowUs);
    if (leaf !== undefined) found.set(field, leaf);
  }
  const guessed = [...found].map(([field, { path, value }]) => ({
    field,
    value: shownValue(field, value, nowUs),
    from: path,
  }));
  return {
    sender: '',
    result: 'refused',
    why: 'no form of a known sender',
    unanswered: '',
    read: [],
    guessed,
    missing: ALERT_FIELDS.filter((field) => !found.has(field)),
    mapping: mappingOf(found),
  };
}

function collect(value: unknown, at: Omit<Leaf, 'value'>, leaves: Leaf[]): void {
  if (leaves.length >= MOST_LEAVES || at.depth > MAX_DEPTH) return;
  if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      const step = Array.isArray(value) ? `[${name}]` : stepOf(name);
      const named = Array.isArray(value) ? { name: at.name, holder: at.holder } : { name, holder: at.name };
      collect(inner, { path: `${at.path}${step}`, ...named, depth: at.depth + 1 }, leaves);
    }
    return;
  }
  if (value === null || value === undefined || value === '') return;
  leaves.push({ ...at, value: `${value}` });
}

/** RFC 9535: a name of other characters stands in quotes. */
function stepOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Names of fields, most telling first. */
const NAMES: Readonly<Record<AlertField, readonly RegExp[]>> = {
  title: [
    /^(?:alert_?)?title$/i,
    /^(?:alert|rule|check|monitor|event|incident)_?name$/i,
    /^(?:summary|subject)$/i,
    /^name$/i,
    /^(?:message|description|text)$/i,
  ],
  service: [
    /^(?:service|svc)(?:_?(?:name|id))?$/i,
    /^(?:app|application)(?:_?name)?$/i,
    /^(?:component|system|workload|deployment|job)(?:_?name)?$/i,
    /^(?:host|hostname|instance|resource|target)$/i,
  ],
  state: [
    /^(?:alert_?|current_?|new_?)?(?:state|status)$/i,
    /^(?:transition|condition|event_?type|event|action|trigger|type)$/i,
  ],
  severity: [/^(?:severity|priority|urgency|level|sev|criticality|grade)$/i],
  time: [
    /^(?:started?_?at|starts_?at|triggered_?at|fired_?at|opened_?at|begin|start_?time)$/i,
    /^(?:created?_?at|timestamp|time|date|at|occurred_?at|datetime|event_?time|when|epoch|ts)$/i,
  ],
  key: [
    /^(?:fingerprint|dedup(?:lication)?_?key|alert_?key|incident_?key|alias)$/i,
    /^(?:alert|incident|issue|event|monitor|check)_?(?:u?id|number)$/i,
    /^(?:id|uid|uuid|key|number)$/i,
  ],
  url: [/^(?:html_?url|permalink|alert_?url|incident_?url|link|url|href)$/i, /(?:url|link)$/i],
  trace: [/^trace_?id$/i, /^traceparent$/i],
};

const STATES: Readonly<Record<AlertState, RegExp>> = {
  triggered:
    /firing|alert|alarm|trigger|problem|open|created|active|down|fail|error|crit|major|warn|degraded|start|red/i,
  acknowledged: /\back|accept|claim/i,
  resolved: /resolve|recover|clos|clear|\bok\b|\bup\b|normal|complete|success|fixed|green/i,
};

function bestLeaf(field: AlertField, leaves: readonly Leaf[], nowUs: number): Leaf | undefined {
  for (const name of NAMES[field]) {
    const found = leaves.find((leaf) => name.test(nameOf(field, leaf)) && isFit(field, leaf.value, nowUs));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `svc.id` is the service, not an id of the alert. */
function nameOf(field: AlertField, { name, holder }: Leaf): string {
  return field === 'service' && /^(?:id|name|slug|key)$/i.test(name) ? holder : name;
}

function isFit(field: AlertField, value: string, nowUs: number): boolean {
  switch (field) {
    case 'state':
      return value.length < 60 && Object.values(STATES).some((word) => word.test(value));
    case 'time':
      return isInstant(value, nowUs);
    case 'url':
      return /^https?:\/\//.test(value);
    case 'service':
    case 'severity':
      return value.length <= 100 && !value.includes('\n');
    default:
      return value.length <= 2_000;
  }
}

/** Each time in one form, whatever the body writes. */
function shownValue(field: AlertField, value: string, nowUs: number): string {
  const us = field === 'time' ? epochUs(value, nowUs) : undefined;
  return us === undefined ? redact(value) : isoFromUs(us);
}

/** ISO 8601, or a number since the epoch of the right size. */
function isInstant(value: string, nowUs: number): boolean {
  return /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value) || epochUs(value, nowUs) !== undefined;
}

/** A number may count seconds, milliseconds, microseconds or nanoseconds. Only one of them is within twenty years of now. */
function epochUs(value: string, nowUs: number): number | undefined {
  if (!/^\d{10,19}(?:\.\d{1,9})?$/.test(value)) return undefined;
  const known = [1e6, 1e3, 1, 1e-3].map((factor) => Math.round(Number(value) * factor));
  return known.find((us) => Math.abs(us - nowUs) < TWENTY_YEARS_US);
}

const TWENTY_YEARS_US = 20 * 3.2e13;

/** A mapping in YAML, with a word to correct where the sender's own words are not known. */
function mappingOf(found: ReadonlyMap<AlertField, Leaf>): string {
  const lines = [
    'senders:',
    '  mappings:',
    '    my-sender:',
    '      # from: the name of its app in Slack, if its alerts come as messages',
  ];
  const key = found.get('key');
  if (key !== undefined) lines.push(`      when: ${quoted(key.path)}`);
  lines.push(
    `      title: ${quoted(found.get('title')?.path ?? '$.title')}${found.has('title') ? '' : ' # not found: correct it'}`,
  );
  for (const field of ALERT_FIELDS.filter((one) => one !== 'title')) {
    const leaf = found.get(field);
    if (leaf === undefined) lines.push(`      # ${field}: $.…`);
    else if (field === 'state') lines.push(...stateLines(leaf));
    else lines.push(`      ${field}: ${quoted(leaf.path)}`);
  }
  return `${lines.join('\n')}\n`;
}

function stateLines({ path, value }: Leaf): readonly string[] {
  const isOver = STATES.resolved.test(value);
  return [
    '      state:',
    `        path: ${quoted(path)}`,
    `        triggered: [${isOver ? '' : quoted(value)}]`,
    `        resolved: [${isOver ? quoted(value) : ''}] # the sender's word for the end`,
  ];
}

/** JSON's strings are YAML's. */
function quoted(text: string): string {
  return /^\$[\w.[\]]*$/.test(text) ? text : JSON.stringify(text);
}
