/**
 * Reads the alert of a sender that no folder and no mapping knows, by the names that senders give to the parts of an
 * alert. It reads only a body that names a title and a state, and that looks like an alert.
 */
import { z } from 'zod';
import {
  deliveryOf,
  digestOf,
  labelsOf,
  nameBeforeColon,
  nameInTitle,
  serviceOf,
  traceIdIn,
} from '#adapters/alert-fields.ts';
import { httpLinks } from '#adapters/alert-links.ts';
import { noTroubleIn } from '#adapters/no-trouble.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';
import { readAirbyte } from './airbyte-body.ts';
import { readAppSignal } from './appsignal-body.ts';
import { keyOf, ownKey } from './general-key.ts';
import { serviceAmong, serviceNamed, subjectIn } from './general-service.ts';
import { endOfBuild, endSaid, hasMomentOfEnd, isAboutAlerts, isNoAlert, stateOf, wentWell } from './general-state.ts';
import { changesWhatRuns } from './jenkins-message.ts';
import { momentIn, NOT_ITS_TIME, startOf } from './moments.ts';
import { readNetlify } from './netlify-body.ts';
import { type Field, fieldsIn } from './payload-fields.ts';
import { fieldsLike, pickText } from './pick-field.ts';
import { readPlanetScale } from './planetscale-body.ts';
import { readRender } from './render-body.ts';
import { titleWithReason } from './telling-title.ts';

/** How a body is read: as that of `source`. */
export type GeneralReading = Readonly<{ source: string; receivedUs: number }>;

/** More alerts in one body are a list of all alerts, and no delivery. */
const MOST_ALERTS = 100;

export function readGeneral(body: unknown, reading: GeneralReading): ReadDelivery {
  if (isSlackMessage(body)) return refusal(`${NOT_READ} a message of Slack, which only the readers of messages read`);
  if (isCollection(body)) return refusal(`${NOT_READ} several bodies, each under a name: give one of them`);
  const listed = alertsIn(body);
  if (listed.length > 1) return readList(listed, reading);
  const found = alertOf(listed[0] ?? body, reading);
  return typeof found === 'string' ? refusal(found) : deliveryOf(found);
}

function refusal(why: string): ReadDelivery {
  return why.startsWith(NOT_READ) ? { kind: 'unreadable', why } : { kind: 'other', why };
}

const NOT_READ = '✖';

/** The event of a message, alone or in its request: what people write names states too. */
function isSlackMessage(body: unknown): boolean {
  const Message = z.looseObject({ type: z.literal('message'), ts: z.string() });
  const Event = z.looseObject({ event: z.looseObject({ type: z.literal('message') }) });
  const Typed = z.looseObject({ client_msg_id: z.string() });
  return [Message, Event, Typed].some((form) => form.safeParse(body).success);
}

/** Objects of a body whose names say what they are. */
const KNOWN_PART =
  /^(?:alert|alarm|incident|problem|issue|event|monitor|check|heartbeat|rule|host|node|service|data|payload|body|detail|message|context|item|fault|error|trigger|project|site|run|state|status|condition|entity|target|maintenance)s?$/i;

/** Saved bodies, each under a name of its own. */
function isCollection(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  const entries = Object.entries(body);
  const areObjects = entries.every(([, one]) => typeof one === 'object' && one !== null && !Array.isArray(one));
  return entries.length > 1 && areObjects && !entries.some(([name]) => KNOWN_PART.test(name));
}

/** Bodies that are a list of alerts, or hold one and nothing of their own that names an alert. */
function alertsIn(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body.slice(0, MOST_ALERTS);
  if (typeof body !== 'object' || body === null) return [];
  const { alerts, data } = body as Readonly<Record<string, unknown>>;
  for (const list of [alerts, data, (data as Readonly<Record<string, unknown>> | null | undefined)?.alerts]) {
    if (!Array.isArray(list) || list.length === 0 || !list.every((one) => typeof one === 'object' && one !== null))
      continue;
    const around = Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'alerts' && name !== 'data'));
    if (list.length === 1) return [{ ...around, alert: list[0] }];
    return list.slice(0, MOST_ALERTS);
  }
  return [];
}

/** One answer for all: that of the first alert that fires, else of the first. */
function readList(list: readonly unknown[], reading: GeneralReading): ReadDelivery {
  const alerts = list.map((one) => alertOf(one, reading)).filter((one) => typeof one !== 'string');
  const subject = alerts.find(({ state }) => state === 'triggered') ?? alerts[0];
  if (subject === undefined) return refusal(`${NOT_READ} no entry of the list is an alert that can be read`);
  const members = alerts.filter((one) => one !== subject);
  const id = digestOf(alerts.map(({ key, state, saidUs }) => [key, state, saidUs]));
  return { kind: 'delivery', delivery: { id, subject, members, isOneOf: true, truncated: 0 } };
}

/** The alert, or why there is none. */
function alertOf(body: unknown, reading: GeneralReading): Alert | string {
  return (
    readAppSignal(body, reading) ??
    readNetlify(body, reading) ??
    readAirbyte(body, reading) ??
    readRender(body, reading) ??
    readPlanetScale(body, reading) ??
    alertByNames(body, reading)
  );
}

function alertByNames(body: unknown, { source, receivedUs }: GeneralReading): Alert | string {
  const fields = fieldsIn(body);
  const found = foundIn(fields, receivedUs);
  if (typeof found === 'string') return found;
  const { title, severity, state: said, isKeyAlone } = found;
  const labels = labelsIn(fields);
  const service = isKeyAlone ? serviceAmong(fields) || serviceOf(labels) : serviceIn(fields, title, labels);
  const atUs = startOf(fields) ?? receivedUs;
  const shown = said === 'triggered' ? titleWithReason(fields, { title, service }) : title;
  const links = httpLinks(
    fields.map(({ name, holders, value }) => ({ name: [...holders.slice(-1), name].join(' '), value })),
  );
  return {
    source,
    key: keyOf(fields, { title, service }),
    title: shown,
    service,
    severity: severity || gradeOfState(fields),
    state: said,
    atUs,
    saidUs: said === 'triggered' ? atUs : Math.max(atUs, toldAt(fields) ?? receivedUs),
    url: links.url,
    traceId: traceOf(fields),
    // What people said of this rule is found by its name.
    labels: shown === title ? labels : { alertname: title, ...labels },
    ...(Object.keys(links.others).length > 0 && { links: links.others }),
  };
}

type Found = Readonly<{
  title: string;
  severity: string;
  state: AlertState;
  /** The title is only the key: the body repeats nothing else at the end. */
  isKeyAlone: boolean;
}>;

/** What makes the body an alert, or why it is none. */
function foundIn(fields: readonly Field[], receivedUs: number): Found | string {
  const noAlert = isNoAlert(fields);
  if (noAlert !== undefined) return noAlert;
  const title = titleOf(fields) || sentenceIn(fields) || watchedIn(fields) || keyOfEnd(fields);
  if (title === '') return `${NOT_READ} no title: write a mapping for this sender`;
  const noTrouble = noTroubleIn(title);
  if (noTrouble !== undefined) return noTrouble;
  const build = endOfBuild(fields);
  if (build !== undefined) return foundBuild(title, build);
  const isKeyAlone = title === keyOfEnd(fields);
  const isAlert = isAboutAlerts(fields, title) || (isKeyAlone && hasMomentOfEnd(fields));
  const severity = severityOf(fields);
  // Senders that never report an end leave the state out.
  const state = stateOf(fields, { title, receivedUs }) ?? (severity === '' ? undefined : 'triggered');
  if (state === undefined || !isAlert)
    return `${NOT_READ} it does not look like an alert: write a mapping for this sender`;
  // The end of a deployment that failed before is the end of its alert.
  if (state === 'triggered' && wentWell(title)) return 'a deployment or a run that went well is no alert';
  return { title, severity, state, isKeyAlone };
}

/** Builds of tests fail all day. */
function foundBuild(title: string, end: AlertState | 'cancelled'): Found | string {
  if (end === 'cancelled' || !changesWhatRuns(title)) return 'a build or a test changes nothing that runs';
  return { title, severity: '', state: end, isKeyAlone: false };
}

function serviceIn(fields: readonly Field[], title: string, labels: Readonly<Record<string, string>>): string {
  // A title of one word is the name of the rule.
  const isRule = !/\s/.test(title);
  return (
    // What stands in front of a title says more than a place or a host.
    (serviceNamed(fields) === '' ? nameBeforeColon(title) : '') ||
    serviceAmong(fields) ||
    serviceOf(labels) ||
    (isRule ? subjectInTexts(fields) : '') ||
    nameInTitle(title) ||
    subjectInTexts(fields) ||
    (fields.some(({ name }) => OF_CHECK.test(name)) ? checkInTitle(title) : '') ||
    hostInTitle(title)
  );
}

/** A body that a check of an address or of a job sends. */
const OF_CHECK = /^(?:check|monitor|heartbeat|probe|test)(?:id|type|uuid|resultid)$/;

/** `Search API has failed`: the check that the title names before its verb. */
function checkInTitle(title: string): string {
  return (
    /^(\S.{0,80}?) (?:has|is|was|went) (?:now |back )?(?:failed|failing|recovered|degraded|down|up|online|offline)[.!]?$/i.exec(
      title.slice(0, 200),
    )?.[1] ?? ''
  );
}

/** `Got HTTP 502 response to https://shop.example/pay`: who answered, or did not. */
function hostInTitle(title: string): string {
  const [, address = ''] =
    /\b(?:to|from|of|at|on|by|reach|reaching|calling) (https?:\/\/[^\s<>"'|]{3,300})/i.exec(title.slice(0, 400)) ?? [];
  return URL.parse(address)?.hostname ?? '';
}

/** What the message says is down, where the title is only the name of a rule. */
function subjectInTexts(fields: readonly Field[]): string {
  const names = /^(?:message|msg|text|description|summary|body|details|subject)$/;
  const texts = fieldsLike(fields, { names, notIn: OTHERS, fits: ({ kind }) => kind === 'text' });
  return (
    texts
      .slice(0, 5)
      .map(({ value }) => subjectIn(value))
      .find((name) => name !== '') ?? ''
  );
}

/** Names of titles, most telling first. A description counts by its first line. */
const TITLES: readonly RegExp[] = [
  /^(?:(?:alert|incident|problem|event|issue|alarm|notification|message)?(?:title|headline|subject|summary)|kurzbeschreibung|betreff|titel|titre|titulo|título|asunto|assunto|tytul|alerta|alerte|allarme|titolo|oggetto|onderwerp|temat|tytuł|тема|название|标题|標題|主题|件名|タイトル|제목)$/u,
  /^(?:alert|rule|alertrule|check|monitor|trigger|alarm|incident|problem|condition|policy|detector|test|anomaly|checker|errorclass|exceptionclass|error)(?:rule|policy|check)?(?:display|friendly)?name$|^alertname$|^(?:rule|alertrule|trigger|alarm|check|monitor|detector|condition|告警名称|报警名称|规则名称|アラート名|監視名|規則名|ruletitle|checktitle|triggerlabel|healthrule|errorclass|exceptionclass)$/u,
  /^(?:name|nombre|nome|nom|naam|bezeichnung|displayname|entitydisplayname|servicedesc|servicedescription|friendlyname|alert|rule|check|monitor|alarm|trigger|incident|problem|condition)$/,
  /^(?:shortdescription|shortmessage|reason|what|message|msg|text|textbody|plaintext|description|details|body|content|statemessage|output|longmessage|logentry|nachricht|beschreibung|meldung|mensaje|descripción|mensagem|messaggio|descrizione|descricao|descrição|descripcion|komunikat|opis|bericht|сообщение|описание|内容|詳細|メッセージ|内容|메시지|내용)$/u,
];

/** Objects whose names are no titles of an alert. */
const OTHERS =
  /^(?:users?|author|actor|agent|assignees?|assigned\w*|creator|createdby|updatedby|owners?|teams?|organi[sz]ations?|account|policy|escalation\w*|schedule|webhook|integration|contacts?|subscriptions?|previous\w*|history|logentries|comments?|notes?|responders?|resolvedby|acknowledgedby|acknowledgers?|sender|links|tags|labels|customdetails|commits?|headcommit|pusher|repository|dimensions|services?|servicedetails|components?|projects?|app|application|entity|entities|host|hosts|server|device|resource|environment|region|severity|priority|urgency|status|state|cluster|namespace|targets?|impactedentities|affectedentities|workspace|tenant|company|channel|request|response|exception|notifier|metadata|client|involvedobject|regarding|manager|decoder)$/;

function titleOf(fields: readonly Field[]): string {
  for (const written of [false, true]) {
    for (const names of TITLES) {
      const found = pickText(fields, {
        names,
        isWritten: written,
        notIn: OTHERS,
        fits: ({ value, kind }) => kind === 'text' && /\p{L}/u.test(value) && !/^https?:\/\/\S+$/.test(value),
      });
      if (found !== undefined) return firstLine(found.value);
    }
  }
  return '';
}

/** Some write what happened as a sentence into the field of the event: `Search API has failed`. */
function sentenceIn(fields: readonly Field[]): string {
  const names = /^(?:event|notification|alerttext|eventtext)$/;
  const fits = ({ kind, value }: Field) => kind === 'text' && /\S \S+ \S/.test(value) && /\p{L}/u.test(value);
  return firstLine(pickText(fields, { names, notIn: OTHERS, fits })?.value ?? '');
}

/** A body that closes an alert may hold no more than its key. */
function keyOfEnd(fields: readonly Field[]): string {
  return endSaid(fields) ? (ownKey(fields) ?? '') : '';
}

/** What is measured, and of what, where the body has no title. */
function watchedIn(fields: readonly Field[]): string {
  const names = /^(?:metric|metricname|metriclabel|datapoint|datasource|measure|query|type|kind|klass|errorclass)$/;
  const measured = pickText(fields, {
    names,
    notIn: OTHERS,
    fits: ({ value, kind }) => kind === 'text' && value.length <= 200,
  });
  // MongoDB Atlas names the type of an alert, such as `HOST_DOWN`, whether or not it is about a metric.
  const what =
    measured ?? pickText(fields, { names: /^eventtypename$/, notIn: OTHERS, fits: ({ kind }) => kind === 'text' });
  return [serviceAmong(fields), what?.value ?? ''].filter((part) => part !== '').join(': ');
}

/** A title with its markup is one line. */
function firstLine(text: string): string {
  const line = text
    .replaceAll(/<[^<>]{0,300}>/g, ' ')
    .split('\n')
    .map((one) => one.trim())
    .find((one) => one !== '');
  return (line ?? '').slice(0, 500);
}

const SEVERITIES: readonly RegExp[] = [
  /^(?:(?:alert|incident|event|problem|issue|trigger|check|rule|current|top|highest|max|worst)?(?:severity|sev|criticality)(?:level|name|label|text)?|schweregrad|gravité|gravite|gravita|severidad|gravedad|severidade|gravità|важность|серьёзность|级别|告警级别|告警等级|报警级别|重要度|심각도|dringlichkeit|ernst)$/u,
  /^(?:(?:alert|incident|event|issue)?(?:priority|urgency|prio|importance)(?:level|name)?|priorität|priorité|prioridad|prioridade|priorità|priorita|priorytet|приоритет|优先级|優先度|우선순위)$/u,
  /^(?:alert|log|error|incident)?(?:level|grade|impact)$|^(?:niveau|nivel|nível|livello|stufe|alarmstufe|poziom|уровень)$/u,
];

function severityOf(fields: readonly Field[]): string {
  for (const names of SEVERITIES) {
    const [found, ...others] = fieldsLike(fields, {
      names,
      inside: names,
      notIn: /^(?:previous\w*|old\w*|before|user|team)$/,
      fits: ({ value, kind }) => kind !== 'null' && kind !== 'flag' && value.length <= 40 && !value.includes('\n'),
    });
    if (found === undefined) continue;
    return found.kind === 'number' ? (wordOfNumber(found) ?? worded(others, found) ?? found.value) : found.value;
  }
  return '';
}

/** Instana's numbers of an issue. https://www.ibm.com/docs/en/instana-observability?topic=channels-webhooks */
const ISSUE_GRADES: Readonly<Record<string, string>> = { '5': 'warning', '10': 'critical' };

function wordOfNumber({ name, holders, value }: Field): string | undefined {
  return name === 'severity' && holders.at(-1) === 'issue' ? ISSUE_GRADES[value] : undefined;
}

/** The same grade as a word, further down: Rollbar's item has the number 40, its occurrence the word `error`. */
function worded(others: readonly Field[], { name }: Field): string | undefined {
  return others.find((other) => other.name === name && other.kind === 'text' && /^[a-z]{2,20}$/i.test(other.value))
    ?.value;
}

function gradeOfState(fields: readonly Field[]): string {
  // Zenduty's `alert_type` holds the grade.
  const names =
    /^(?:(?:service|host|alert|current|new|monitor|check|incident)?(?:state|status)|messagetype|alerttype|triggertype)$/;
  return (
    pickText(fields, { names, fits: ({ kind, value }) => kind === 'text' && gradeAsState(value) !== '' })?.value ?? ''
  );
}

/** The state of a check that is a grade too, as Nagios and its heirs write it. */
export function gradeAsState(value: string): string {
  return /^(?:critical|crit|warning|warn|major|minor|disaster|fatal)$/i.test(value.trim()) ? value.trim() : '';
}

const TOLD =
  /^(?:(?:resolved|ended|end|ends|closed|close|recovered|cleared|finished|acknowledged|acked|updated|modified|up|deactivated)(?:at|on|time|date|datetime|timestamp)|lastupdated?(?:at|time)?|updated|timestamp|occurredat|datetime|lasttransition|endsat|eventtime)$/;

/** When the sender reported the present state. */
function toldAt(fields: readonly Field[]): number | undefined {
  const moments = fields.flatMap(({ name, value, holders }) =>
    TOLD.test(name) && !holders.some((holder) => NOT_ITS_TIME.test(holder)) ? (momentIn(value) ?? []) : [],
  );
  return moments.length === 0 ? undefined : Math.max(...moments);
}

const TRACE =
  /^(?:(?:sample|example)?trace(?:id)?|ddtraceid|traceparent|xb3traceid|xraytraceid|exemplartraceid|uberTraceId)$/i;

function traceOf(fields: readonly Field[]): string {
  const named = fields.filter(
    ({ name, holders, value }) => value !== '' && (TRACE.test(name) || (name === 'id' && holders.at(-1) === 'trace')),
  );
  const own = traceIdIn(
    ...named.map(({ name, value }) => `${name === 'traceparent' ? 'traceparent' : 'trace_id'}: ${value}`),
  );
  if (own !== '') return own;
  return traceIdIn(
    ...fields
      .filter(({ kind, value, isWritten }) => kind === 'text' && !isWritten && value.length > 20)
      .map(({ value }) => value),
  );
}

/** Objects that hold labels. */
const LABELS =
  /^(?:commonlabels|grouplabels|labels?|tags?|dimensions?|attributes|customdetails|customfields|details|context|metadata|facets|scopes?|fields|resource|groupby|groups?|params|parameters|variables|properties|entity|target)$/;

const MOST_LABELS = 100;

function labelsIn(fields: readonly Field[]): Record<string, string> {
  const found = fields.filter(
    ({ holders, value, isWritten, kind }) =>
      kind !== 'null' && value.length <= 300 && (isWritten || holders.some((holder) => LABELS.test(holder))),
  );
  const labels: Record<string, string> = {};
  for (const { name, value } of found) if (Object.keys(labels).length < MOST_LABELS) labels[name] ??= value;
  return labelsOf(labels);
}
