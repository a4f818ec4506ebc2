/** Finds the state of an alert of an unknown sender, and whether a body is an alert at all. */
import { instantUs } from '#adapters/alert-fields.ts';
import { DRILL_FLAG, EXPERIMENT_WHY } from '#adapters/no-trouble.ts';
import type { AlertState } from '#model/incident/alert.ts';
import type { Field } from './payload-fields.ts';
import { fieldsLike } from './pick-field.ts';
import { type SaidState, saidState, stateInTitle, wordsOf } from './state-words.ts';

/** Status fields, those of the alert itself first. */
const STATUSES: readonly RegExp[] = [
  /^(?:alert|incident|problem|alarm|current|new|event|issue|monitor|check|trigger|entity|episode|case|outage)(?:alert|lifecycle|current)?(?:state|status|phase|transition|condition|milestone|statevalue|statename|statustext|statelabel)$/,
  /^(?:state|status|phase|transition|currentphase|lifecycle|stage|condition|statename|statustext|statusname|statetext|monitorcondition|newstatevalue|servicestate|hoststate|to|tostate|tostatus|newvalue|current|zustand|estado|état|etat|statut|stato|situação|situacao|situación|situacion|status告警|状态|告警状态|報警狀態|状況|状態|ステータス|상태|статус|состояние|durum|stav|tila|stan|current_status)$/u,
];

/** The result of a check. */
const RESULTS = /^(?:result|outcome|health|healthstatus)$/;

/** Names of what happened. */
const EVENTS: readonly RegExp[] = [
  /^(?:eventtype|event|eventaction|eventname|action|alerttype(?:(?:friendly)?name|text|label)?|notificationtype|notification|messagetype|webhookevent|webhookaction|webhooktype|topic|alertaction|incidentaction|subtype|changetype|operation|activity|alertevent|trigger|triggertype|transitiontype|alarmtype|subjecttype|recordtype)$/,
  /^(?:type|kind|name|reason)$/,
];

const NOT_IN =
  /^(?:previous\w*|old\w*|before|from|last\w*|users?|author|actor|agent|assignees?|creator|owners?|teams?|organi[sz]ation|integration|webhook|contacts?|comments?|history|logentries|links?|sender|responders?|escalation\w*|schedule|account|http|response|request|policy|subscription|changes|services?|components?|project|exception|breadcrumbs?|commits?|headcommit|deploy|attachments?|acknowledgements|pusher)$/;

/** What stands around the fields. */
type Around = Readonly<{ title: string; receivedUs: number }>;

export function stateOf(fields: readonly Field[], around: Around): AlertState | undefined {
  return notifiedOf(fields) ?? programSaid(fields) ?? linesFound(fields) ?? presentState(ofTheCheck(fields), around);
}

function presentState(fields: readonly Field[], { title, receivedUs }: Around): AlertState | undefined {
  const status = STATUSES.flatMap((names) => said(fields, names))[0];
  const event = eventBeside(status, fields);
  const flag = flagged(fields);
  const isStarting = event?.isStep === true && event.state === 'triggered';
  const after =
    laterStep(event) ??
    (status?.state === 'resolved' || flag === 'triggered' ? undefined : flag) ??
    laterStep(status) ??
    (hasEnded(fields, receivedUs) && !isStarting ? 'resolved' : undefined);
  if (after !== undefined) return after;
  const present = (status ?? event ?? said(fields, RESULTS)[0])?.state;
  if (present === 'triggered' && isTaken(fields)) return 'acknowledged';
  if (present !== undefined || flag !== undefined) return present ?? flag;
  return (
    gradeOfEnd(fields) ??
    actionGroupSaid(fields) ??
    stateInTitle(title)?.state ??
    textSaid(fields) ??
    numbered(fields) ??
    gradeOrColour(fields) ??
    reportedOf(fields)
  );
}

/**
 * A notification about the check of a host names both states, and the host is up. Nagios and Checkmk write them as
 * `SERVICESTATE` and `HOSTSTATE`, Icinga as two objects with a state each.
 * https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html
 * https://icinga.com/docs/icinga-2/latest/doc/03-monitoring-basics/#service-runtime-macros
 */
function ofTheCheck(fields: readonly Field[]): readonly Field[] {
  const isOfCheck = isStateOf(/^servicestate(?:id)?$/, 'service');
  const isOfHost = isStateOf(/^hoststate(?:id)?$/, 'host');
  if (!fields.some(isOfCheck) || !fields.some(isOfHost)) return fields;
  return fields
    .filter((field) => !isOfHost(field))
    .map((field) => (isOfCheck(field) ? { ...field, name: 'servicestate', holders: [] } : field));
}

function isStateOf(names: RegExp, holder: string) {
  return ({ name, holders, value }: Field) =>
    value !== '' && (names.test(name) || (/^state(?:id)?$/.test(name) && holders.at(-1) === holder));
}

/** What Nagios and its heirs notify of: a problem is one, whatever else the body says of the host or of the past. */
const NOTIFIED: Readonly<Record<string, AlertState>> = {
  problem: 'triggered',
  recovery: 'resolved',
  acknowledgement: 'acknowledged',
};

function notifiedOf(fields: readonly Field[]): AlertState | undefined {
  const [type] = fieldsLike(fields, {
    names: /^notificationtype$/,
    notIn: NOT_IN,
    fits: ({ kind }) => kind === 'text',
  });
  return NOTIFIED[(type?.value ?? '').toLowerCase()];
}

/**
 * A search of lines that found some: its sender reports no ends, and a line may hold any word.
 * https://www.papertrail.com/help/web-hooks/
 */
function linesFound(fields: readonly Field[]): AlertState | undefined {
  const isOf = (holder: string, wanted: string) =>
    fields.some(({ name, holders }) => name === wanted && holders.at(-1) === holder);
  return isOf('savedsearch', 'query') && isOf('events', 'message') ? 'triggered' : undefined;
}

/** What happened, from senders that report no state. */
function reportedOf(fields: readonly Field[]): AlertState | undefined {
  const isReported = [isErrorReported, isWarning, isRuleOfWazuh, isRuleOfFalco, isAlarmWithTime];
  return isReported.some((reports) => reports(fields)) ? 'triggered' : undefined;
}

/**
 * Trackers of errors report an error that occurred and say no state: its class, with how often or when it was seen.
 * https://docs.airbrake.io/docs/integrations/webhooks/
 * https://docs.rollbar.com/docs/webhooks
 */
function isErrorReported(fields: readonly Field[]): boolean {
  const has = (names: RegExp) => fields.some(({ name, kind }) => kind !== 'null' && names.test(name));
  const isClass = ({ name, holders }: Field) => name === 'class' && holders.at(-1) === 'exception';
  const isError = has(/^(?:error|exception)(?:class|type|name)$|^klass$/) || fields.some(isClass);
  const isSeen = has(
    /^(?:times|first|last|total)?(?:occur(?:red|rences?)|seen)(?:at|on|count)?$|^(?:noticescount|backtrace|stacktrace)$/,
  );
  return isError && isSeen;
}

/** An event of Kubernetes has a type in place of a state. https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
function isWarning(fields: readonly Field[]): boolean {
  const isEvent = fields.some(({ holders }) => /^(?:involvedobject|regarding)$/.test(holders.at(-1) ?? ''));
  return isEvent && fields.some(({ name, value }) => name === 'type' && value === 'Warning');
}

/**
 * Wazuh forwards each event that a rule of a high enough level matched, and never an end.
 * https://documentation.wazuh.com/current/user-manual/manager/integration-with-external-apis.html
 */
function isRuleOfWazuh(fields: readonly Field[]): boolean {
  const has = (holder: string, wanted: string) =>
    fields.some(({ name, holders, kind }) => name === wanted && holders.at(-1) === holder && kind !== 'null');
  return has('rule', 'level') && has('rule', 'description') && has('agent', 'name');
}

/**
 * Falco reports each event that a rule matched, with the fields of the event, and never an end.
 * https://falco.org/docs/concepts/outputs/formatting/
 */
function isRuleOfFalco(fields: readonly Field[]): boolean {
  const has = (wanted: string) => fields.some(({ name, holders }) => name === wanted && holders.length === 0);
  return has('rule') && has('priority') && fields.some(({ holders }) => holders[0] === 'outputfields');
}

/**
 * MongoDB Atlas names the type of an alert, its state and its project; its alerts about money are no trouble.
 * https://www.mongodb.com/docs/atlas/reference/api-resources-spec/v2/
 * https://www.mongodb.com/docs/atlas/tutorial/third-party-service-integrations/
 */
function isAlertOfAtlas(fields: readonly Field[]): boolean {
  const at = (wanted: string) =>
    fields.find(({ name, holders, kind }) => name === wanted && holders.length === 0 && kind === 'text')?.value ?? '';
  const isOfThings = at('groupid') !== '' && /^[A-Z][A-Z_]{3,100}$/.test(at('eventtypename'));
  const isOfMoney = /BILL|INVOICE|CREDIT|PAYMENT/.test(at('eventtypename'));
  return isOfThings && !isOfMoney && /^(?:OPEN|CLOSED)$/.test(at('status'));
}

/** A body that only says which rule raised an alarm, and when: its sender reports no ends. */
function isAlarmWithTime(fields: readonly Field[]): boolean {
  const ofRule = /^(?:alarm|alert|rule|alertrule|monitor|policy|condition)(?:name|title)$/;
  const isNamed = fields.some(
    ({ name, holders, kind }) =>
      kind === 'text' &&
      (ofRule.test(name) || (name === 'name' && /^(?:alarm|alert|rule)$/.test(holders.at(-1) ?? ''))),
  );
  return (
    isNamed &&
    momentsIn(fields, /^(?:alarm|alert|trigger)(?:ed|raised|fired)?(?:at|time|date|datetime|timestamp)$/).length > 0
  );
}

/** An end or an acknowledgement that is named as such. */
function laterStep(said: SaidState | undefined): AlertState | undefined {
  return said?.isStep === true && said.state !== 'triggered' ? said.state : undefined;
}

/** Whether the body says nothing but that an alert ends or is taken. */
export function endSaid(fields: readonly Field[]): boolean {
  const [events = /^event$/] = EVENTS;
  return [...STATUSES, events].some((names) => said(fields, names).some((one) => laterStep(one) !== undefined));
}

/** Whether the body says when its alert ended, as the closing forms of senders do that repeat nothing else. */
export function hasMomentOfEnd(fields: readonly Field[]): boolean {
  return momentsIn(fields, /^(?:end|ended|recovered|resolved|cleared)(?:at|on|time|date|timestamp)?$/).length > 0;
}

/** What is run or rolled out, and that it is done. */
const RUN_NAMED =
  /\b(?:deploy(?:ment|ed)?|release|rollout|roll-out|rollback|build|pipeline|workflow|migration|upgrade|sync|promotion)\b/i;
const DONE_WELL =
  /\b(?:finished|completed?|succeeded|successful(?:ly)?|success|passed|done|is (?:now )?live|went live)\b|\bdeployed\b.{0,80}\bto\b/i;
const NOT_WELL =
  /\b(?:not|never|no|without|incomplete|unsuccessful\w*|errors?|warnings?|late|overdue|slow|stuck|rolled back)\b|n['’]t\b/i;

/** Whether a title only says that a deployment or a run went well: `Deployment of cart 2.0 finished`. */
export function wentWell(title: string): boolean {
  const shown = title.slice(0, 300);
  return RUN_NAMED.test(shown) && DONE_WELL.test(shown) && !NOT_WELL.test(shown) && !FAILS.test(shown);
}

/** What the event says; undefined where the status says more. */
function eventBeside(status: SaidState | undefined, fields: readonly Field[]): SaidState | undefined {
  const event = eventSaid(fields) ?? typeSaid(fields, status !== undefined);
  return isRunOver(event, fields, status) ? undefined : event;
}

/**
 * A run that ended tells its result in the status: Fivetran's event `sync_end` has the status `FAILURE`.
 * https://fivetran.com/docs/rest-api/webhooks
 */
function isRunOver(event: SaidState | undefined, fields: readonly Field[], status: SaidState | undefined): boolean {
  if (event?.state !== 'resolved' || status?.state !== 'triggered' || status.isStep) return false;
  const [names = /^event$/] = EVENTS;
  return fields.some(
    ({ name, value }) => names.test(name) && wordsOf(value.slice(0, 80)).some((word) => RUN.test(word)),
  );
}

/**
 * How a build or a workflow ended; undefined where the body is about something else. CircleCI's `workflow-completed` has
 * the result in the status.
 * https://circleci.com/docs/guides/integration/outbound-webhooks/
 */
export function endOfBuild(fields: readonly Field[]): AlertState | 'cancelled' | undefined {
  const isEnd = ({ name, value, holders }: Field) =>
    name === 'type' && holders.length === 0 && ENDED_BUILD.test(value.slice(0, 80));
  if (!fields.some(isEnd)) return undefined;
  const status = fields.find(
    ({ name, holders }) => name === 'status' && /^(?:workflow|job|build|pipeline)$/.test(holders.at(-1) ?? ''),
  );
  return status && RESULTS_OF_BUILDS[status.value.toLowerCase()];
}

const ENDED_BUILD = /^(?:workflow|job|build|pipeline)[-_.](?:completed|finished|ended)$/;
const RESULTS_OF_BUILDS: Readonly<Record<string, AlertState | 'cancelled'>> = {
  success: 'resolved',
  failed: 'triggered',
  error: 'triggered',
  canceled: 'cancelled',
  cancelled: 'cancelled',
};

const RUN = /^(?:sync|job|jobs|run|build|backup|task|workflow|pipeline|execution|flow|transformation|import|export)$/;

/** Whether a copy of data failed. Builds fail all day. */
function isFailedCopy(fields: readonly Field[]): boolean {
  const status = STATUSES.flatMap((names) => said(fields, names))[0];
  const isCopy = fields.some(
    ({ name, value }) =>
      /^event(?:type|name)?$/.test(name) && wordsOf(value.slice(0, 80)).some((word) => COPY.test(word)),
  );
  return isCopy && isRunOver(eventSaid(fields), fields, status);
}

const COPY = /^(?:sync|backup|import|export|transformation|replication|ingestion)$/;

/**
 * The state of a program, from a body that also has its earlier state. A program that is `stopped` is in trouble; an alert
 * that is `stopped` has ended.
 */
function programSaid(fields: readonly Field[]): AlertState | undefined {
  const wasState = fields.some(
    ({ name, value }) => /^(?:previous|last|old|prior)(?:state|status|result)$/.test(name) && PROGRAM.test(value),
  );
  const now = fields.find(({ name, value }) => /^(?:state|status|result)$/.test(name) && PROGRAM.test(value))?.value;
  if (!wasState || now === undefined) return undefined;
  return /^running$/i.test(now) ? 'resolved' : 'triggered';
}

const PROGRAM = /^(?:running|stopped|stopping|exited|terminated)$/i;

/** A grade stays the same in the card of an end, whose colour is green. */
function gradeOrColour(fields: readonly Field[]): AlertState | undefined {
  const grade = gradeSaid(fields);
  return grade === 'resolved' ? grade : (colourSaid(fields) ?? grade);
}

function said(fields: readonly Field[], names: RegExp): readonly SaidState[] {
  return fieldsLike(fields, {
    names,
    inside: names,
    notIn: NOT_IN,
    fits: ({ name, value, kind }) =>
      kind === 'text' && value.length <= 80 && (NOW.test(name) || !/^success(?:ful)?$/i.test(value)),
  }).flatMap(({ value }) => saidState(value) ?? []);
}

/**
 * A state beside an earlier one. Pingdom's transactions are `FAILING` and `SUCCESS`; elsewhere, a success is often that of
 * the request.
 * https://pingdom.com/resources/webhooks/
 */
const NOW = /^(?:current|new)(?:state|status)$/;

/** The type of an event is a code, its name often a sentence for people. The code decides where a body has both. */
function eventSaid(fields: readonly Field[]): SaidState | undefined {
  const [names = /^event$/] = EVENTS;
  const codes = fields.filter(({ value }) => /^[A-Z][A-Z_]+$/.test(value));
  return said(codes, names)[0] ?? said(fields, names)[0];
}

/**
 * `type: incident.resolved`: only a word of a step, because a type may be the kind of a check. Beside a status, a name is
 * the name of a thing: `name: month-close`, `status: down`.
 */
function typeSaid(fields: readonly Field[], hasStatus: boolean): SaidState | undefined {
  const [names] = EVENTS.slice(1);
  if (names === undefined) return undefined;
  const types = fieldsLike(fields, {
    names,
    notIn: NOT_IN,
    fits: ({ name, value, kind, holders }) =>
      kind === 'text' &&
      value.length <= 80 &&
      holders.length <= 2 &&
      /^[\w.:/-]+$/.test(value) &&
      !(hasStatus && name === 'name' && !/[.:]/.test(value)),
  });
  // A type says more than a name, which may hold any word.
  const isNamed = ({ name }: Field) => Number(!/^(?:type|kind)$/.test(name));
  return types
    .toSorted((a, b) => isNamed(a) - isNamed(b))
    .flatMap(({ value }) => {
      const one = saidState(value);
      const isRun = one?.state === 'triggered' && RUN_FAILED.test(value);
      return one !== undefined && (one.isStep || isRun) ? [one] : [];
    })[0];
}

/**
 * A run of a machine that failed. `deployment.error` is Vercel's.
 * https://vercel.com/docs/webhooks/webhooks-api
 */
const RUN_FAILED = /^(?:deploy(?:ment)?|build|pipeline|workflow|job|run|release|rollout|backup)s?[._:][\w.:-]{1,60}$/;

/** Flags that say the state, and what they say where they are set; the other way round where they are not. */
const FLAGS: readonly (readonly [names: RegExp, set: AlertState | undefined, unset: AlertState | undefined])[] = [
  [
    /^(?:is)?(?:resolved|recovered|closed|cleared|recovery|backtonormal|backup|ok|up|healthy|isok|isup|online|normal)$/,
    'resolved',
    'triggered',
  ],
  [/^(?:is)?(?:acknowledged|acked|ack)$/, 'acknowledged', undefined],
  [/^(?:is)?(?:firing|down|triggered|alerting|failing|failed|inalarm|isopen|isdown)$/, 'triggered', 'resolved'],
  [/^(?:success|succeeded|passed|passing)$/, undefined, 'triggered'],
];

function flagged(fields: readonly Field[]): AlertState | undefined {
  const states = FLAGS.flatMap(([names, set, unset]) => {
    const [field] = fieldsLike(fields, {
      names,
      notIn: NOT_IN,
      fits: ({ kind, value }) => kind === 'flag' || /^(?:true|false|yes|no)$/i.test(value),
    });
    if (field === undefined) return [];
    return (/^(?:true|yes)$/i.test(field.value) ? set : unset) ?? [];
  });
  return states.find((state) => state === 'resolved') ?? states.find((state) => state === 'acknowledged') ?? states[0];
}

const ENDS =
  /^(?:(?:incident|alert|problem|outage|event|downtime|issue)?(?:resolved|ended|ends|closed|recovered|cleared|resolution)(?:at|on|time|date|datetime|timestamp)|(?:incident|alert|problem|outage|event|downtime)?end(?:at|time|date|datetime|edtime|timestamp)?|enddate)$/;
const TAKEN = /^(?:ack|acked|acknowledged)(?:at|on|time|date|timestamp)$/;

/** Alertmanager's end of an alert that fires is in the future, and Go writes an empty time as the year 1. */
function hasEnded(fields: readonly Field[], receivedUs: number): boolean {
  return momentsIn(fields, ENDS).some((atUs) => atUs <= receivedUs);
}

function isTaken(fields: readonly Field[]): boolean {
  return momentsIn(fields, TAKEN).length > 0;
}

function momentsIn(fields: readonly Field[], names: RegExp): readonly number[] {
  return fieldsLike(fields, { names, notIn: NOT_IN, fits: ({ value }) => instantUs(value) !== undefined }).flatMap(
    ({ value }) => instantUs(value) ?? [],
  );
}

/** Nagios' numbers: https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/pluginapi.html */
function numbered(fields: readonly Field[]): AlertState | undefined {
  const names =
    /^(?:state|status|statusid|stateid|servicestateid|hoststateid|eventvalue|checkstate|exitcode|checkstatus)$/;
  const [field] = fieldsLike(fields, { names, notIn: NOT_IN, fits: ({ value }) => /^[0-4]$/.test(value) });
  if (field === undefined) return undefined;
  return field.value === '0' ? 'resolved' : 'triggered';
}

/** A grade that means no trouble is the end. */
function gradeSaid(fields: readonly Field[]): AlertState | undefined {
  const names = /^(?:(?:alert|event|current)?(?:severity|level|priority)|result|outcome|health)$/;
  const [field] = fieldsLike(fields, {
    names,
    inside: names,
    notIn: NOT_IN,
    fits: ({ kind, value }) => kind === 'text' && value.length <= 40,
  });
  return field === undefined ? undefined : saidState(field.value)?.state;
}

/**
 * Netdata's severity of an alert that is over is `clear`, and AppOptics' body of one has a field `clear`.
 * https://documentation.solarwinds.com/en/success_center/appoptics/content/kb/alert/notification_services/webhook.htm
 */
function gradeOfEnd(fields: readonly Field[]): AlertState | undefined {
  const isClear = ({ name, value, kind }: Field) =>
    kind === 'text' &&
    ((name === 'severity' && /^clear(?:ed)?$/i.test(value)) ||
      (name === 'clear' && /^(?:normal|manual|auto)$/i.test(value)));
  return fields.some(isClear) ? 'resolved' : undefined;
}

const COLOURS = /^(?:color|colour|themecolor|statuscolor)$/;

function colourSaid(fields: readonly Field[]): AlertState | undefined {
  const [colour] = fieldsLike(fields, { names: COLOURS, fits: ({ value }) => value.length <= 12 });
  return colour === undefined ? undefined : stateOfColour(colour.value);
}

/**
 * Kibana's actions run for a group: `recovered`, or one of the rule type's own, such as `threshold_met`.
 * https://www.elastic.co/docs/explore-analyze/alerts-cases/alerts/rule-action-variables
 */
function actionGroupSaid(fields: readonly Field[]): AlertState | undefined {
  const [group] = fieldsLike(fields, {
    names: /^(?:alert)?actiongroup(?:name)?$/,
    fits: ({ kind }) => kind === 'text',
  });
  if (group === undefined) return undefined;
  return /recover/i.test(group.value) ? 'resolved' : 'triggered';
}

/** The first words of the longer texts. */
function textSaid(fields: readonly Field[]): AlertState | undefined {
  const names = /^(?:message|msg|text|description|body|details|content|output|reason|logentry)$/;
  const texts = fieldsLike(fields, { names, notIn: NOT_IN, fits: ({ kind }) => kind === 'text' });
  return texts.flatMap(({ value }) => stateInTitle(value.split('\n', 1)[0] ?? '') ?? [])[0]?.state;
}

/** Green is the end, red and yellow are trouble; a hue in between says nothing. */
export function stateOfColour(colour: string): AlertState | undefined {
  const name = colour.toLowerCase().trim();
  if (/^(?:good|green)$/.test(name)) return 'resolved';
  if (/^(?:danger|red|warning|yellow|orange|attention)$/.test(name)) return 'triggered';
  const [, hex = ''] = /^(?:#|0x)?([0-9a-f]{6})$/.exec(name) ?? [];
  if (hex === '') return undefined;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  if (green > red * 1.3 && green > blue * 1.1) return 'resolved';
  return red > blue * 1.5 && red > 140 ? 'triggered' : undefined;
}

/** Events that begin, take over and end nothing. */
const NO_CHANGE =
  /\b(?:comment(?:ed)?|note[ds]?|annotat(?:e|ed|ion)|snoozed?|assigned|unassigned|reassigned|delegated|escalated?|priority|severity changed|postmortem|subscri\w+|ping|test|maintenance|silenced?|muted?|merged|label(?:ed|led)|post mortem|retrospective|downtime ?(?:start|end|removed|cancell?ed|scheduled)\w*|pinned|followed|attachment|linked|responder\w*|runbook|message posted|role)\b/i;

/** Events of other things. */
const OTHER_THING =
  /^jira\b|\b(?:pull request|merge request|push|issue comment|star|fork|deploy|deployment|release|payment|charge|invoice|customer|order|checkout session|user (?:created|updated|login)|signup|member|survey|survey response|page view|purchase|lead|contact|form|schedule|on ?call|shift|handoff|feature ?flag|flag|change event|audit|login)\b/i;
const FAILS = /fail|error|abort|degraded|crash|unhealthy|reject|timed? ?out/i;

/** Monitors, their settings and their people are made and changed, which is no alert. */
const SET_UP =
  /^(?:created?|updated?|deleted?|destroyed|paused?|unpaused?|resumed|archived|added|removed|edited|enabled|disabled)$/;
const CONFIGURED =
  /^(?:monitor|check|heartbeat|rule|policy|team|user|member|schedule|integration|dashboard|contact|group|token|key)$/;

/** Fields with the object that an event is about, such as `involvedObject`. Their `kind: Deployment` is no kind of event. */
const SUBJECT = /^(?:involvedobject|subject|application|workload|component|regarding|object|resource|target|entity)$/;

/** Why the body is known to be no alert; undefined where it may be one. */
export function isNoAlert(fields: readonly Field[]): string | undefined {
  const names =
    /^(?:eventtype|event|eventaction|eventname|action|notificationtype|webhookevent|webhooktype|topic|type|objectkind|alerttype|kind|actionname|detailtype|findingtype)$/;
  const events = fieldsLike(fields, {
    names,
    notIn: NOT_IN,
    fits: ({ value, kind, holders }) =>
      kind === 'text' && value.length <= 80 && holders.length <= 2 && !SUBJECT.test(holders.at(-1) ?? ''),
  });
  const said = saidByEvents(events);
  if (said !== undefined) return said;
  if (plannedIn(fields, events)) return 'a plan or an announced maintenance is no alert';
  const made = events.flatMap(({ value }) => wordsOf(value));
  const isSetUp = made.some((word) => SET_UP.test(word)) && made.some((word) => CONFIGURED.test(word));
  if (isSetUp && !made.some((word) => /^(?:incident|alert|alarm|problem)$/.test(word)))
    return 'a change of the monitoring itself';
  if (isPush(fields)) return 'a push of commits or of an image is no alert';
  if (isPreview(fields, events)) return 'a preview that failed is no alert: what runs is not changed';
  if (isPullRequest(fields)) return 'a pull request is no alert';
  const isChat = fields.some(({ name, holders, value }) => name === 'text' && holders[0] === 'chat' && value !== '');
  if (isChat) return 'a line of a chat changes no state of an alert';
  if (isTask(fields)) return 'a ticket is a task, no alert';
  if (isVulnerability(fields)) return 'a vulnerability is a task, no alert: nothing that runs is broken';
  if (isRollout(fields)) return 'a change that Argo CD made is no alert';
  if (isChangeOfInstana(fields)) return 'a change of an entity is no alert: nothing is broken';
  if (isNormalEvent(fields)) return 'an event of Kubernetes about what succeeded is no alert';
  return onPurposeIn(fields);
}

/** A test of the sender, or an exercise that somebody declared as one. */
function onPurposeIn(fields: readonly Field[]): string | undefined {
  const isSet = (names: RegExp) =>
    fields.some(
      ({ name, kind, value }) => names.test(name) && (kind === 'flag' || kind === 'text') && value === 'true',
    );
  if (isSet(/^(?:is)?test$/)) return 'a test of the sender';
  return isSet(DRILL_FLAG) ? EXPERIMENT_WHY : undefined;
}

/**
 * Commits to a branch, or an image to a registry.
 * https://docs.docker.com/docker-hub/repos/manage/webhooks/
 */
function isPush(fields: readonly Field[]): boolean {
  const has = (holder: string, wanted: RegExp) =>
    fields.some(({ name, holders }) => holders.length === 1 && holders[0] === holder && wanted.test(name));
  const isOfCommits = ['ref', 'commits'].every((name) =>
    fields.some((field) => field.name === name || field.holders[0] === name),
  );
  const isOfImage = has('pushdata', /^(?:pusher|tag|pushedat)$/) && has('repository', /^(?:reponame|name)$/);
  return isOfCommits || isOfImage;
}

/**
 * An event about a pull request holds it beside its repository, as GitHub, Gitea and Bitbucket write it. The runs of checks
 * have a list of them.
 * https://docs.github.com/webhooks/webhook-events-and-payloads#pull_request
 */
function isPullRequest(fields: readonly Field[]): boolean {
  const isOf = (holder: RegExp, names: RegExp) =>
    fields.some(({ name, holders }) => holders.length === 1 && holder.test(holders[0] ?? '') && names.test(name));
  return isOf(/^pullrequest$/, /^(?:title|number|state)$/) && isOf(/^repository$/, /^(?:name|fullname)$/);
}

/** A deployment that has another target than production, or none: the build of a branch. */
function isPreview(fields: readonly Field[], events: readonly Field[]): boolean {
  if (!events.some(({ value }) => RUN_FAILED.test(value))) return false;
  return fields.some(
    ({ name, kind, value }) =>
      name === 'target' && (kind === 'null' || /^(?:preview|staging|development)$/i.test(value)),
  );
}

/** What the name of the event says. */
function saidByEvents(events: readonly Field[]): string | undefined {
  const fails = (value: string) => FAILS.test(wordsOf(value).join(' '));
  // EventBridge names the kind of the event and, inside it, what failed.
  const isFailure = events.some(({ name }) => name === 'detailtype') && events.some(({ value }) => fails(value));
  for (const { value } of events) {
    const words = wordsOf(value).join(' ');
    const state = saidState(value);
    if (
      NO_CHANGE.test(words) &&
      !(
        state?.isStep &&
        state.state !== 'triggered' &&
        !/\b(?:comment|note|test|maintenance|post ?mortem|retrospective)/.test(words)
      )
    )
      return `${value.slice(0, 80)} changes no state of an alert`;
    const other = runOrCustomer(value, words);
    if (other !== undefined) return other;
    if (OTHER_THING.test(words) && !fails(value) && !isFailure && !/alert|incident|alarm|problem|trigger/.test(words))
      return `${value.slice(0, 80)} is no alert`;
    if (SETTINGS_CHANGED.test(words)) return 'a change of the settings or the configuration is no alert';
    if (ABOUT_MONEY.test(words)) return 'a notice about costs is no alert: nothing is broken';
  }
  return undefined;
}

function runOrCustomer(value: string, words: string): string | undefined {
  if (RUN_BEGAN.test(words)) return `${value.slice(0, 80)} is no alert: a run began`;
  return MONEY_FAILS.test(words) ? `${value.slice(0, 80)} is about a customer, no alert` : undefined;
}

/** Fivetran's `sync_start` and its like: a run that began. https://fivetran.com/docs/rest-api/webhooks */
const RUN_BEGAN =
  /^(?:sync|job|run|build|backup|workflow|pipeline|execution|transformation|import|export)(?: run)? (?:start|started|starting|begin|began|begun|queued|running)$/;

/** Stripe's events of a payment that was refused. https://docs.stripe.com/api/events/types */
const MONEY_FAILS = /^(?:invoice|charge|payment intent|payout|customer|subscription|checkout session) [a-z ]{1,40}$/;

/** CloudWatch, Robusta and others report what somebody changed beside what broke. */
const SETTINGS_CHANGED =
  /\b(?:config(?:uration)?|conf|settings?)(?: (?:was|were|has been|have been))? ?(?:chang(?:e|es|ed)|updated?|modified)\b|^report$/;

/**
 * Clouds report what is spent as `billing_usage_alert`, `budget_alert`, `cost_anomaly`. An error budget is another thing.
 * https://developers.cloudflare.com/notifications/notification-available/
 */
const ABOUT_MONEY =
  /\bbilling (?:usage|budget|threshold)\b|(?<!\b(?:error|slo|latency) )\bbudget (?:alert|notification|threshold|usage|exceeded)\b|\bcost (?:anomaly|budget|alert)\b/;

/** An event of a plan (Rootly: `incident.scheduled.created`), the state of one, or a body that is about a maintenance. */
function plannedIn(fields: readonly Field[], events: readonly Field[]): boolean {
  const isEvent = events.some(({ value }) => PLAN_EVENT.test(wordsOf(value).join(' ')));
  const states = fieldsLike(fields, {
    names: STATUSES[1] ?? /^status$/,
    notIn: NOT_IN,
    fits: ({ kind }) => kind === 'text',
  });
  const isState = states.some(({ value, holders }) => holders.length <= 2 && PLAN_STATE.test(value.trim()));
  const isAbout = fields.some(
    ({ name, holders }) => /^(?:name|title|subject|summary)$/.test(name) && MAINTENANCE.test(holders.at(-1) ?? ''),
  );
  const isTrouble = fields.some(({ holders }) => holders.some((holder) => /incident|alert|alarm|problem/.test(holder)));
  return isEvent || isState || (isAbout && !isTrouble);
}

const MAINTENANCE = /^(?:scheduled|planned)?maintenances?(?:window|event)?$/;
const PLAN_EVENT =
  /\b(?:incident|event) (?:scheduled|planned)\b|\b(?:scheduled|planned) (?:incident|maintenance|downtime|outage|event|work|change)\b/;
const PLAN_STATE = /^(?:scheduled|planned|upcoming|not ?started ?yet|under_maintenance|maintenance|in maintenance)$/i;

/**
 * An issue of GitLab that is no incident, of GitHub and of Linear: what somebody plans to do.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#work-item-events
 * https://docs.github.com/webhooks/webhook-events-and-payloads#issues
 * https://linear.app/developers/webhooks
 */
function isTask(fields: readonly Field[]): boolean {
  const at = (holders: string, names: RegExp) =>
    fields.find((field) => field.holders.join('.') === holders && names.test(field.name) && field.kind !== 'null')
      ?.value ?? '';
  if (/^(?:issue|work_item)$/.test(at('', /^objectkind$/)))
    return !/^incident$/i.test(at('objectattributes', /^type$/));
  if (at('issue', /^number$/) !== '' && at('repository', /^fullname$/) !== '') return true;
  return (
    /^(?:Issue|Project|IssueLabel)$/.test(at('', /^type$/)) && /^(?:create|update|remove)$/.test(at('', /^action$/))
  );
}

/**
 * Scanners report known weaknesses of code and dependencies: Snyk, GitHub's Dependabot and its scanners, GitLab.
 * https://docs.snyk.io/snyk-api/using-specific-snyk-apis/webhooks-apis
 * https://docs.github.com/webhooks/webhook-events-and-payloads#dependabot_alert
 */
function isVulnerability(fields: readonly Field[]): boolean {
  return fields.some(
    ({ name, holders, value, kind }) =>
      kind !== 'null' &&
      (/^(?:securityadvisory|securityvulnerability|vulnerabilit(?:y|ies)|newvulnerabilities|vulnerablepackages?|packagevulnerabilitydetails)$/.test(
        holders.at(-1) ?? '',
      ) ||
        /^(?:cveids?|ghsaid|cvssscore|vulnerabilityid|vulnerabilityname|secrettype)$/.test(name) ||
        (name === 'issuetype' && /^(?:vuln|license)$/i.test(value)) ||
        (name === 'objectkind' && value === 'vulnerability')),
  );
}

/**
 * The triggers of Argo CD's catalog for what went well; its other triggers are `on-health-degraded`, `on-sync-failed` and
 * `on-sync-status-unknown`. https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/catalog/
 */
const ROLLED_OUT = /^on-(?:created|deleted|deployed|sync-running|sync-succeeded)$/;

function isRollout(fields: readonly Field[]): boolean {
  return fields.some(({ name, value }) => name === 'trigger' && ROLLED_OUT.test(value));
}

/**
 * Instana reports a process that came or went as a change, with the severity -1.
 * https://www.ibm.com/docs/en/instana-observability?topic=channels-webhooks
 */
function isChangeOfInstana(fields: readonly Field[]): boolean {
  const at = (wanted: string) =>
    fields.find(({ name, holders }) => name === wanted && holders.join('.') === 'issue')?.value;
  return at('type') === 'change' && at('severity') === '-1';
}

/** Events about an object, as Kubernetes and its controllers write them, name what went well as their reason. */
function isNormalEvent(fields: readonly Field[]): boolean {
  if (!fields.some(({ holders }) => holders.includes('involvedobject'))) return false;
  const isFine = fields.some(({ name, value }) => /^(?:severity|type)$/.test(name) && /^(?:info|normal)$/i.test(value));
  return isFine && !fields.some(({ name, value }) => name === 'reason' && FAILS.test(value));
}

/** Words that only alerts have in the names of their fields. */
const ALERT_NAMES =
  /alert|alarm|incident|problem|outage|downtime|monitor|severity|trigger|anomal|firing|threshold|violation|告警|报警|警報|アラート|障害|경고|авария|störung|urgency|criticality|^check$|healthcheck|heartbeat|fault|checkname|checkid|servicestate|hoststate|detector|breach|checkresult|exceptionclass|errorclass|klass|lastping|consecutivefailures|lasterror|dynatrace|störung|meldung/u;
const ALERT_WORDS =
  /\b(?:alert(?:ing)?|alarm|incident|firing|outage|downtime|unhealthy|degraded|critical|threshold|exceeded|breach(?:ed)?|unreachable|not responding|is down|is up|went down|error rate|failing|failed|recovered|resolved|problem|unavailable|crashloop\w*|oom\w*|warning|timed? ?out|\w{0,60}exception|\w{0,60}error)\b|告警|报警|警報|アラート|障害|異常|恢复|復旧|경고|장애|복구|авария|störung|ausfall|caíd|panne|недоступ|🔴|🚨|🔥/iu;

/** Words of state that orders, builds and tickets have too. */
const COMMON =
  /^(?:open|opened|new|created?|active|activate|started?|starting|closed?|completed?|ended|end|finish(?:ed)?|success(?:ful)?|succeeded|ok|okay|failed|fail|failure|done|cancel(?:l)?ed|stopped|inactive|accepted?|confirmed|available|online|green|good|pass(?:ed|ing)?|high|major|minor|unknown|identified|taken|fixed|solved|type)$/;

/** Whether something in the body looks like an alert, beside a common word of state. */
export function isAboutAlerts(fields: readonly Field[], title: string): boolean {
  const isKnown = [isRuleOfWazuh, isRuleOfFalco, isAlertOfAtlas, isErrorReported, linesFound].some((isOf) =>
    isOf(fields),
  );
  if (ALERT_WORDS.test(title.slice(0, 400)) || isKnown) return true;
  return (
    isFatal(fields) ||
    isFailedCopy(fields) ||
    isFineAgain(fields) ||
    fields.some((field) => {
      if (field.kind === 'null') return false;
      if (ALERT_NAMES.test(field.name) || field.holders.some((holder) => ALERT_NAMES.test(holder))) return true;
      if (!TELLING.test(field.name)) return false;
      if (RUN_FAILED.test(field.value) && FAILS.test(field.value)) return true;
      const value = field.value.slice(0, 400);
      return ALERT_WORDS.test(value) || ALERT_WORDS.test(wordsOf(value).join(' ')) || isAlertState(field);
    })
  );
}

/**
 * A line of a program's log about its end, at the highest level of its logger.
 * https://github.com/pinojs/pino/blob/main/docs/api.md#loggerlevel-string-gettersetter
 */
function isFatal(fields: readonly Field[]): boolean {
  return fields.some(
    ({ name, holders, value }) =>
      holders.length === 0 &&
      /^(?:level|severity|loglevel)$/.test(name) &&
      /^(?:fatal|panic|emerg|emergency)$/i.test(value),
  );
}

/**
 * The end of what began as `{service, status: 'critical'}`: the same names, and a word that only checks have. Nobody hears
 * of an end without an alert.
 */
function isFineAgain(fields: readonly Field[]): boolean {
  const at = (names: RegExp) =>
    fields.find(({ name, holders, kind }) => kind === 'text' && holders.length === 0 && names.test(name))?.value ?? '';
  const isNamed = at(/^(?:service|servicename|check|checkname|host|hostname|app|application)$/) !== '';
  return isNamed && /^(?:ok|okay|normal|healthy|clear(?:ed)?)$/i.test(at(/^(?:status|state)$/));
}

const TELLING =
  /^(?:type|event|eventtype|eventaction|messagetype|notificationtype|action|status|state|kind|source|topic|message|msg|what|description|text|body|reason|cause|output|priority|estado|statut|stato|état|etat|zustand|situação|situacao|situación|situacion|stan|状态|状態|상태|статус)$/u;

function isAlertState({ value, name }: Field): boolean {
  const said = value.length > 40 || name === 'type' || name === 'kind' ? undefined : saidState(value);
  return said !== undefined && wordsOf(value).some((word) => !COMMON.test(word) && saidState(word) !== undefined);
}
