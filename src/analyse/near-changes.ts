/**
 * Services that are not at fault, but whose changes may be behind it: they share, feed, guard or decide what is at fault.
 *
 *   config of edge     Vary: Cookie        the origin gets what the edge answered before
 *   config of nats     max_payload 256KB   its clients cannot publish
 *   config of gate     rate 400 -> 4000    all services behind it get ten times as many requests
 */

import { saidServices } from '#analyse/said-changes.ts';
import { isUneven } from '#analyse/uneven-load.ts';
import { throughputDrop } from '#detect/metrics/throughput-drop.ts';
import { podPending } from '#detect/platform/pod-pending.ts';
import { isRush } from '#detect/signs/metrics/rush.ts';
import { mechanismOf, OF_STATEMENTS } from '#detect/signs/suspicion/failure-mechanisms.ts';
import { linkedChanges } from '#detect/signs/suspicion/linked-changes.ts';
import { cacheStampede } from '#detect/window/cache-stampede.ts';
import type { Change } from '#model/changes/change.ts';
import { effectsOf } from '#model/changes/change-effects.ts';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { declaredFault } from '#model/changes/declared-faults.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { type EffectKind, WEAK } from '#model/changes/effect.ts';
import { isOfFullStore } from '#model/changes/full-stores.ts';
import {
  namedTrait,
  quotedLimit,
  quotedName,
  quotedToken,
  quotedVersion,
  replacedName,
} from '#model/changes/quoted-names.ts';
import { isRequeuing } from '#model/changes/requeued-messages.ts';
import { topicLeft } from '#model/changes/said/topics.ts';
import { TOKEN_LIFE } from '#model/changes/techniques/techniques.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { Finding } from '#model/finding/finding.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { saysCallee } from '#model/logs/said-callees.ts';
import { measured } from '#model/metrics/measured.ts';
import { type Series, valuesOver } from '#model/metrics/series.ts';
import type { Platform } from '#model/platform/platform.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import type { DatabaseStatistics } from '#model/sql/database-statistics.ts';
import { codeWords, isCompound } from '#model/text/code-words.ts';
import type { Trace } from '#model/trace/trace.ts';
import { behind } from '#model/trace/views/behind.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { storesAsked } from '#model/trace/views/stores-asked.ts';

export type ChangeEvidence = Readonly<{
  window: WindowSubject;
  /** Requests of the window. */
  traces: readonly Trace[];
  healthyTraces: readonly Trace[];
  seen: readonly SeenRequest[];
  healthySeen: readonly SeenRequest[];
  logs: readonly LogLine[];
  baselineLogs: readonly LogLine[] | undefined;
  changes: readonly Change[];
  series: readonly Series[];
  platform: Platform | undefined;
  databases: readonly DatabaseStatistics[] | undefined;
}>;

/** What is known of the cause. `asking`: services that ask it more often than before. */
type Known = Readonly<{
  first: Finding;
  shownBy: Trace | undefined;
  shown: ChangeSymptoms;
  findings: readonly Finding[];
  onsetUs: number;
  asking: ReadonlySet<string>;
  /** What the numbers of strained servers say. */
  strained: readonly ChangeSymptom[];
}>;

/** `isLoad`: a rush of users came, for which no change is known. */
type NearChanges = Readonly<{ near: ReadonlySet<string>; isCacheLost: boolean; isLoad: boolean }>;

export function nearChanges(
  { first, shownBy, shown, findings, onsetUs, asking, strained }: Known,
  evidence: ChangeEvidence,
): NearChanges {
  const { changes, series, window } = evidence;
  const lost = lostCache(findings, onsetUs);
  const isRushed = isRush(series, first.service, { fromUs: onsetUs, toUs: window.toUs });
  const letting = isRushed ? lettingIn(changes, onsetUs) : [];
  const near = new Set([
    ...nearOf(first, shownBy, changes, [...evidence.healthyTraces, ...evidence.traces]),
    ...asking,
    ...quoting(changes, shown),
    ...saidServices(changes, shown),
    ...filling(changes, shown),
    ...searching(changes, shown, findings),
    ...emptying(changes, first),
    ...(lost === undefined ? [] : lostBy(changes, lost)),
    ...takingNodes(changes, first),
    ...hit(changes, first, shownBy),
    ...hostsOf(first, shownBy),
    ...namespacesOf(first, evidence),
    ...silentParts(shown, evidence),
    ...guarded(shown, evidence),
    ...doors(changes, first, findings),
    ...letting,
    ...naming(changes, shown, first.service),
    ...poolersOf(changes, shown, shownBy),
    ...signing(changes, shown),
    ...unseen(shown, evidence),
    ...requeuing(strained, evidence),
    ...readers(first, shown, evidence),
    ...routing(changes, shown),
    ...concentrating(first.service, onsetUs, evidence),
    ...below(shown, first.service, evidence),
  ]);
  const isCacheLost = lost !== undefined;
  return { near, isCacheLost, isLoad: isRushed && !isCacheLost && asking.size + letting.length === 0 };
}

/** Services whose change has a name that the failures repeat, and those that the failures name as what they called. */
function quoting(changes: readonly Change[], { complaint }: ChangeSymptoms): readonly string[] {
  const said = complaint?.text ?? '';
  const isSaid = (change: Change) =>
    quotedToken(change, complaint) !== '' ||
    quotedVersion(change, complaint) !== '' ||
    quotedLimit(change, complaint) !== '' ||
    replacedName(change.diff, complaint) !== undefined ||
    leavesTopic(change, said) ||
    saysCallee(said, change.service) ||
    saysHolder(said, change.service);
  return changes.flatMap((change) => (change.service !== '' && isSaid(change) ? [change.service] : []));
}

function leavesTopic({ diff }: Change, said: string): boolean {
  const lines = diffLines(diff);
  return topicLeft({ added: textOfMark(lines, '+'), removed: textOfMark(lines, '-') }, said) !== '';
}

/**
 * A proxy, a broker or a store whose name the failures say, whoever changed something of the service at fault, and whose
 * change names the same bucket or topic as the failures: where the change does just what the failures say.
 */
function naming(changes: readonly Change[], symptoms: ChangeSymptoms, service: string): readonly string[] {
  const said = wordsOf(symptoms.complaint?.text ?? '');
  return changes.flatMap((change) => {
    const isNamed =
      isWordOf(said, change.service) ||
      isWordOf(wordsOf(change.text.toLowerCase()), service) ||
      quotedName(change, symptoms.complaint) !== '' ||
      namesQueue(change, symptoms.complaint?.text ?? '') ||
      namesUser(change, symptoms.complaint?.text ?? '');
    return change.service !== '' && isNamed && doesWhatFails(symptoms, change) ? [change.service] : [];
  });
}

/** A broker's change lowers a limit of the very queue that the failures name. */
function namesQueue(change: Change, said: string): boolean {
  const lowered = effectsOf(change, codeChangeOf(change)).filter(({ kind }) => kind === 'lower-limit');
  return lowered.some(({ names = [] }) => names.some((name) => said.includes(name)));
}

/** Whose login a store refuses: PostgreSQL, MySQL, SQL Server, MongoDB, Redis, Oracle. */
const REFUSED_USER =
  /\b(?:login failed|access denied|authentication failed|wrongpass)\b.{0,40}?\b(?:for )?(?:user|role|account)(?: name)?[ :=]{1,3}["'`]?([a-z_][\w.-]{3,60})/;

/** The password of a store's user belongs to no service: the change names the user whose login fails. */
function namesUser({ text }: Change, said: string): boolean {
  const [, user = ''] = REFUSED_USER.exec(said) ?? [];
  const at = user === '' ? -1 : text.toLowerCase().indexOf(user);
  return at >= 0 && !/[a-z\d]/.test(text.toLowerCase()[at - 1] ?? ' ') && !/\w/.test(text[at + user.length] ?? ' ');
}

/** They stand between a service and its database, and no span names them. */
const POOLERS =
  /(?:^|[-_.])(?:pg-?bouncer|pgcat|pgpool(?:-?ii)?|odyssey|supavisor|proxysql|maxscale|mysql-?router|rds-?proxy|mongos|twemproxy|nutcracker|mcrouter)(?:$|[-_.\d])/i;

/** A pooler is changed, a call of a database fails, and the failure says just what that change does. */
function poolersOf(
  changes: readonly Change[],
  symptoms: ChangeSymptoms,
  shownBy: Trace | undefined,
): readonly string[] {
  if (shownBy === undefined) return [];
  const isOfDatabase = errorOrigins(shownBy).some(
    ({ spans: [span] }) => span !== undefined && shownBy.isDatabaseCall(span),
  );
  if (!isOfDatabase) return [];
  const isPooler = (change: Change) => OF_STORES.has(change.kind) && POOLERS.test(change.service);
  return changes.filter((one) => isPooler(one) && doesWhatFails(symptoms, one)).map(({ service }) => service);
}

/** Whoever checks a token needs the key of who signs it, and calls him for nothing else; he says how long it is valid. */
function signing(changes: readonly Change[], symptoms: ChangeSymptoms): readonly string[] {
  const isOfKeys = OF_SIGNATURES.test(symptoms.complaint?.text ?? '');
  return changes.flatMap((change) => {
    const said = `${change.text} ${change.diff}`;
    const isOfSigner = change.service !== '' && ((isOfKeys && SIGNS.test(said)) || TOKEN_LIFE.test(said));
    return isOfSigner && doesWhatFails(symptoms, change) ? [change.service] : [];
  });
}

/** A rule of a proxy says where requests with one value go: only these fail, and the rule names the value. */
function routing(changes: readonly Change[], symptoms: ChangeSymptoms): readonly string[] {
  return changes.flatMap((change) => {
    const isRule = change.kind === 'config' && change.service !== '' && ROUTES.test(`${change.text} ${change.diff}`);
    return isRule && namedTrait(symptoms, change) !== '' ? [change.service] : [];
  });
}

/** One pod of the service has all of the work, and a caller's change no longer spreads the calls of that service. */
function concentrating(
  service: string,
  onsetUs: number,
  { changes, series, window }: Pick<ChangeEvidence, 'changes' | 'series' | 'window'>,
): readonly string[] {
  const names = (change: Change) => isWordOf(wordsOf(`${change.text} ${change.diff}`.toLowerCase()), service);
  const does = (change: Change) =>
    effectsOf(change, codeChangeOf(change)).some(({ kind }) => kind === 'uneven-calls') && names(change);
  const found = changes.filter((change) => change.service !== '' && does(change));
  if (found.length === 0 || !isUneven(series, service, { ...window, onsetUs })) return [];
  return found.map((change) => change.service);
}

/** Gateway API, Istio, Ingress, Envoy, nginx, HAProxy, Traefik, Kong. */
const ROUTES =
  /\broutes?\b|\brout(?:ed|ing)\b|\bbackend_?refs?\b|\bvirtual_?(?:service|host)s?\b|\bdestination_?(?:rule)?s?\b|\b(?:use|default)_backend\b|\bproxy_pass\b|\bupstreams?\b/i;

const SIGNS = /\bsigning[ _-]?(?:key|cert\w{0,8})s?\b|\bjwks?\b|\bkid\b/i;
/** JSON Web Tokens (RFC 7515, RFC 7517), as libraries refuse them. */
const OF_SIGNATURES = /\bjwt\b|\bjwks?\b|\bkid\b|\btoken\b.{0,60}\bsignature\b|\bsignature\b.{0,60}\btoken\b/;

/**
 * What belongs to no service of the requests, and whose name is known by what it does: a zone of names that those are
 * below that nobody can resolve, a store that says that its memory is full, the server that is at fault.
 */
function below(
  symptoms: ChangeSymptoms,
  faulty: string,
  { changes, series, window }: Pick<ChangeEvidence, 'changes' | 'series' | 'window'>,
): readonly string[] {
  const said = symptoms.complaint?.text ?? '';
  return changes.flatMap((change) => {
    if (change.service === '' || !OF_STORES.has(change.kind)) return [];
    const { kind } = mechanismOf(symptoms, change, codeChangeOf(change)) ?? {};
    const isStore = kind === 'less-memory' && isOfFullStore(change, said) && !hasMemory(change.service, series, window);
    const isServer = kind !== undefined && OF_SIZES.has(kind) && namesServer(change, faulty);
    return isStore || isServer || kind === 'other-zone' ? [change.service] : [];
  });
}

/** How large a server is. */
const OF_SIZES: ReadonlySet<string> = new Set(['less-cpu', 'less-memory', 'less-disk']);

/** A store that was never near its limit is not the one whose memory is full. */
function hasMemory(store: string, series: readonly Series[], { fromUs, toUs }: WindowSubject): boolean {
  const key = serviceKey(store);
  const own = measured(series).filter(
    ({ concept, service }) => concept === 'memory_share' && serviceKey(service) === key,
  );
  return own.length > 0 && own.every((one) => valuesOver(one, fromUs, toUs).every((value) => value < NEARLY_FULL));
}

/** As a share of the limit. */
const NEARLY_FULL = 0.9;

/** `identifier = "orders-db-1"`: a change of a database says which of its servers it is about. */
function namesServer({ service, diff }: Change, server: string): boolean {
  if (server.length < SHORTEST_NAME || serviceKey(server) === serviceKey(service)) return false;
  return serviceKey(server.replace(INSTANCE, '')) === serviceKey(service) || diff.includes(`"${server}"`);
}

/** The failures say just what the change does. */
function doesWhatFails(symptoms: ChangeSymptoms, change: Change): boolean {
  return mechanismOf(symptoms, change, codeChangeOf(change))?.isOfCause === true;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/[\w-]+/g));
}

function isWordOf(words: ReadonlySet<string>, name: string): boolean {
  return name.length >= SHORTEST_NAME && words.has(name.toLowerCase());
}

/** What stands before the name of who holds a lock or a session: Oracle, PostgreSQL, SQL Server, MySQL. */
const BEFORE_HOLDER =
  /(?:\b(?:program(?:_name)?|module|application(?:_name)?|app_name|blocker|holder|blocked by|held by|blocking (?:session|process|query) of))["']?\s{0,3}[:=]?\s{0,3}["'(]?$/;
const LONGEST_BEFORE = 40;

/** Whether the text of the failures names this service as the holder of the lock or the session that they wait for. */
function saysHolder(said: string, service: string): boolean {
  const name = service.toLowerCase();
  if (name.length < SHORTEST_NAME) return false;
  for (let at = said.indexOf(name); at >= 0; at = said.indexOf(name, at + name.length)) {
    const isWhole = !/[\w-]/.test(said[at + name.length] ?? ' ');
    if (isWhole && BEFORE_HOLDER.test(said.slice(Math.max(0, at - LONGEST_BEFORE), at))) return true;
  }
  return false;
}

/** Changed services that the failure names: a call of a function has no spans of its own where it is refused. */
function namedBy({ operation, title }: Finding, changes: readonly Change[]): readonly string[] {
  const said = wordsOf(`${operation} ${title}`);
  return changes.flatMap(({ service }) => (service.length >= SHORTEST_NAME && said.has(service) ? [service] : []));
}

/**
 * Without requests nothing shows who reads a queue, whose migration holds a lock, or who answers with so much. A change
 * that stops all readers, locks a table or makes answers many times as large right before it is near to such a trouble.
 */
function unseen({ kinds }: ChangeSymptoms, { changes, traces }: ChangeEvidence): readonly string[] {
  const wanted = UNSEEN.filter(([symptom]) => kinds.has(symptom)).map(([, kind]) => kind);
  if (traces.length > 0 || wanted.length === 0) return [];
  const does = (change: Change) =>
    effectsOf(change, codeChangeOf(change)).some(
      ({ kind, strength }) =>
        wanted.includes(kind) && strength > WEAK && (kind !== 'lower-limit' || LIMITS_SIZE.test(change.diff)),
    );
  return changes.flatMap((change) => (change.service !== '' && does(change) ? [change.service] : []));
}

/** A broker gives the same messages out again and again: whoever puts them back decides that. */
function requeuing(strained: readonly ChangeSymptom[], { changes, traces }: ChangeEvidence): readonly string[] {
  if (traces.length > 0 || !strained.includes('retries')) return [];
  return changes.flatMap((change) => (change.service !== '' && isRequeuing(change) ? [change.service] : []));
}

/** Without requests nothing shows who reads a queue, but its name may say so: `render-jobs` of `render`. */
function readers(
  { service: queue }: Finding,
  { kinds }: ChangeSymptoms,
  { changes, traces }: ChangeEvidence,
): readonly string[] {
  if (traces.length > 0 || !kinds.has('backlog')) return [];
  const words = new Set(queue.toLowerCase().split(/[-_.:/]/));
  return changes.flatMap(({ service }) =>
    service.length >= SHORTEST_NAME && words.has(service.toLowerCase()) ? [service] : [],
  );
}

const UNSEEN: readonly (readonly [ChangeSymptom, EffectKind])[] = [
  ['backlog', 'instances-stopped'],
  ['lock', 'locking-migration'],
  ['too-large', 'larger-payload'],
  ['too-large', 'lower-limit'],
];

/** How large a message may be: gRPC, Kafka, NATS, MySQL, nginx, Spring, Express. */
const LIMITS_SIZE =
  /\b\w{0,40}(?:message|msg|payload|body|packet|record|upload|frame)s?[\w.-]{0,20}(?:size|length|bytes|limit|max)|\bmax\w{0,20}[._-]?(?:message|msg|payload|body|packet|record|upload|frame)/i;

/** Services that are not at fault, but share or decide what is. */
function nearOf(
  first: Finding,
  shownBy: Trace | undefined,
  changes: readonly Change[],
  traces: readonly Trace[],
): ReadonlySet<string> {
  const ofRequest =
    shownBy === undefined ? [] : [...askingOf(behind(shownBy).databases, traces), ...answering(first, shownBy)];
  const sending = shownBy === undefined ? [] : publishing(first, shownBy, traces);
  return new Set([...ofRequest, ...sending, ...namedBy(first, changes), ...grown(changes, traces)]);
}

/** Services whose calls failed where the failure began: what they answer may be what the caller cannot use. */
function answering({ service }: Finding, trace: Trace): readonly string[] {
  const origins = errorOrigins(trace).flatMap(({ spans }) => spans.slice(0, 1));
  const calls = origins
    .filter((span) => trace.service(span) === service)
    .flatMap((span) => [span, ...trace.children(span)])
    .filter((span) => trace.isCall(span));
  const names = calls.flatMap((span) => [
    callee(trace, span),
    ...Array.from(trace.children(span), (one) => trace.service(one)),
  ]);
  return names.filter((name) => name !== '');
}

/** Services that publish what the service at fault consumes: they decide the form of its messages. */
function publishing({ service }: Finding, shownBy: Trace, traces: readonly Trace[]): readonly string[] {
  const consumed = new Set(
    destinationsIn(shownBy, (span) => shownBy.service(span) === service && !shownBy.isCall(span)),
  );
  if (consumed.size === 0) return [];
  return traces.flatMap((trace) =>
    Array.from({ length: trace.spanCount }, (_, span) => span)
      .filter((span) => trace.isCall(span) && consumed.has(trace.text(span, 'messaging.destination.name')))
      .map((span) => trace.service(span)),
  );
}

function destinationsIn(trace: Trace, of: (span: number) => boolean): readonly string[] {
  return Array.from({ length: trace.spanCount }, (_, span) => span)
    .filter(of)
    .map((span) => trace.text(span, 'messaging.destination.name'))
    .filter((name) => name !== '');
}

/** Shorter names are words of every sentence. */
const SHORTEST_NAME = 4;

/** Services of the window's requests that have many more workers since a change: each of them opens connections. */
function grown(changes: readonly Change[], traces: readonly Trace[]): readonly string[] {
  return withMoreWorkers(changes).filter((name) => traces.some(({ services }) => services.includes(name)));
}

function withMoreWorkers(changes: readonly Change[]): readonly string[] {
  const more = changes.filter((change) =>
    effectsOf(change, codeChangeOf(change)).some(({ kind }) => kind === 'more-workers'),
  );
  return more.map(({ service }) => service);
}

/**
 * A store works at what it is asked: where its processor is full or it is under strain, a service that takes longer since
 * it asks for more may be why.
 */
function searching(
  changes: readonly Change[],
  { kinds, service }: ChangeSymptoms,
  findings: readonly Finding[],
): readonly string[] {
  const isStrained = findings[0]?.facts.form === 'strained' && findings[0].facts.isGone !== true;
  if (!kinds.has('cpu') && !isStrained) return [];
  const slow = new Set(findings.map((finding) => finding.service));
  const asksMore = (change: Change) =>
    effectsOf(change, codeChangeOf(change)).some(({ kind }) => OF_STATEMENTS.has(kind)) ||
    (isStrained && emptiesCache(change));
  return changes
    .filter((change) => change.service !== service && slow.has(change.service) && asksMore(change))
    .map((change) => change.service);
}

/** PostgreSQL (SQLSTATE 53300), MySQL (1040, 1203), Oracle (ORA-12516, ORA-00018), Redis, MongoDB. */
export const SERVER_IS_FULL =
  /too many (?:clients already|connections)|remaining connection slots|max number of clients reached|max_user_connections|connection refused because too many open connections|ora-(?:12516|00018)/;

/** A server counts the connections of all its clients, and a worker that answers no request has no spans. */
function filling(changes: readonly Change[], { complaint }: ChangeSymptoms): readonly string[] {
  return SERVER_IS_FULL.test(complaint?.text ?? '') ? [...withMoreWorkers(changes), ...keepingOpen(changes)] : [];
}

/** Whoever opens connections since then, and never closes them: everybody else is turned away as well. */
function keepingOpen(changes: readonly Change[]): readonly string[] {
  const keeps = (change: Change) =>
    effectsOf(change, codeChangeOf(change)).some(({ kind, strength }) => KEEPS_OPEN.has(kind) && strength > WEAK);
  return changes.filter(keeps).map(({ service }) => service);
}

const KEEPS_OPEN: ReadonlySet<EffectKind> = new Set(['never-closed', 'close-gone']);

/**
 * The metrics of a cache that answers less since then: what lies behind it gets what it answered before.
 *
 *   edge      94 % of the lookups hit ──► 35 %      config of edge: Vary: Cookie
 *   origin    five times as many requests, and its processor is full
 */
function lostCache(findings: readonly Finding[], onsetUs: number): Finding | undefined {
  return findings.find(({ detector, facts }) => {
    const isOfMetrics = detector === cacheStampede.id && facts.metric !== undefined;
    return isOfMetrics && Math.abs(Number(facts.sinceUs) - onsetUs) <= SAME_TIME_US;
  });
}

/** Both are dated by metrics of a value a minute. */
const SAME_TIME_US = 180e6;

/** `edge-cache-0`: metrics of a cache name the instance. */
const INSTANCE = /-\d{1,3}$/;

/** Whoever changes what this very cache keeps. */
function lostBy(changes: readonly Change[], { service, facts }: Finding): readonly string[] {
  const cache = new Set([service.replace(INSTANCE, ''), String(facts.cache ?? '')].map(serviceKey));
  return changes
    .filter((change) => cache.has(serviceKey(change.service)) && emptiesCache(change))
    .map((one) => one.service);
}

function emptiesCache(change: Change): boolean {
  return effectsOf(change, codeChangeOf(change)).some(({ kind, strength }) => OF_CACHES.has(kind) && strength > WEAK);
}

/** Metrics of a cache do not show who looks up in it: whoever changes its keys, or how long they live, makes it miss. */
function emptying(changes: readonly Change[], { detector, facts }: Finding): readonly string[] {
  if (detector !== cacheStampede.id || facts.metric === undefined) return [];
  return changes.filter(emptiesCache).map(({ service }) => service);
}

const OF_CACHES: ReadonlySet<string> = new Set(['other-cache-keys', 'shorter-lived-cache', 'cache-gone', 'cold-cache']);

/** Stores that the service at fault asks, by their hosts, and that an experiment hits. */
function hit(changes: readonly Change[], { service: asking }: Finding, shownBy: Trace | undefined): readonly string[] {
  if (shownBy === undefined) return [];
  const hosts = new Set(storesAsked(shownBy).flatMap(({ service, host }) => (service === asking ? [host] : [])));
  const targets = linkedChanges(changes).filter((change) => (declaredFault(change) ?? []).length > 0);
  return targets.flatMap(({ service }) => (service !== '' && hosts.has(service.toLowerCase()) ? [service] : []));
}

/** Stores that the service at fault asks, by their hosts: a pooler or a server has changes of its own. */
function hostsOf({ service: asking }: Finding, shownBy: Trace | undefined): readonly string[] {
  const stores = shownBy === undefined ? [] : storesAsked(shownBy);
  return stores.flatMap(({ service, host }) => (service === asking && NAMED_HOST.test(host) ? [host] : []));
}

const NAMED_HOST = /^[a-z][a-z\d-]{3,62}$/;

/** A network policy, a quota or a limit of a namespace has its name and holds for all services in it. */
function namespacesOf({ service }: Finding, { logs, platform }: ChangeEvidence): readonly string[] {
  const key = serviceKey(service);
  const ofPods = (platform?.pods ?? []).filter(({ services }) => services.some((name) => serviceKey(name) === key));
  const ofLines = logs.filter((line) => serviceKey(line.service) === key).slice(0, LINES_READ);
  const said = ofLines.map(({ labels }) => labels.namespace ?? labels.k8s_namespace_name ?? '');
  return [...new Set([...ofPods.map(({ namespace }) => namespace), ...said])].filter((name) => !OF_ALL.test(name));
}

/** All lines of a service have the same one. */
const LINES_READ = 20;
/** They say nothing about what runs in them. */
const OF_ALL = /^(?:|default|prod|production|staging|apps?|services?)$/;

/**
 * Lines alone do not show which store, proxy or broker is asked, and it often records none itself. Its setting, or
 * a migration of it, is considered where it does just what the failures say.
 */
function silentParts(
  symptoms: ChangeSymptoms,
  { changes, traces, logs, baselineLogs = [] }: ChangeEvidence,
): readonly string[] {
  if (traces.length > 0) return [];
  const names = new Set([...logs, ...baselineLogs].map(({ service }) => service));
  const recording = new Set([...names].map(serviceKey));
  return changes.flatMap((change) => {
    const isSilent = OF_STORES.has(change.kind) && change.service !== '' && !recording.has(serviceKey(change.service));
    return isSilent && doesWhatFails(symptoms, change) ? [change.service] : [];
  });
}

/**
 * Whoever changes who may call a service, or how: its callers fail with just these words, and the service, which may log as
 * ever, sees none of their calls. Lines alone do not show who calls whom.
 */
function guarded(symptoms: ChangeSymptoms, { changes, traces }: ChangeEvidence): readonly string[] {
  if (traces.length > 0) return [];
  return changes.flatMap((change) => {
    const isGuard = change.kind === 'config' && change.service !== '' && GUARDS.test(`${change.text} ${change.diff}`);
    return isGuard && doesWhatFails(symptoms, change) ? [change.service] : [];
  });
}

/** Kinds of Kubernetes, Istio, Linkerd and Cilium that decide which connections a service gets. */
const GUARDS =
  /\b(?:Peer|Request)Authentication\b|\b(?:Authorization|(?:Cilium)?Network|ServerAuthorization|MeshTLSAuthentication)Policy\b|\bmTLS\b/i;

/** Fewer requests arrive: whoever changes a door through which they come. Names of brokers, proxies and gateways say which. */
function doors(changes: readonly Change[], { service }: Finding, findings: readonly Finding[]): readonly string[] {
  if (!findings.some((one) => one.detector === throughputDrop.id && one.service === service)) return [];
  const isDoor = (change: Change) => change.kind === 'config' && DOORS.test(change.service);
  return changes.filter(isDoor).map((change) => change.service);
}

const DOORS =
  /(?:^|[-_.])(?:emqx|mosquitto|vernemq|hivemq|rabbitmq|kafka|nats|envoy|nginx|ingress|gateway|haproxy|traefik|kong|caddy|varnish|edge|cdn|waf|lb|balancer|proxy)(?:$|[-_.\d])/i;

/** Changes that let far more in, in the time before a rush. */
function lettingIn(changes: readonly Change[], onsetUs: number): readonly string[] {
  const lets = (change: Change) =>
    effectsOf(change, codeChangeOf(change)).some(({ kind, strength }) => kind === 'more-load' && strength > WEAK);
  const isThen = ({ atUs, service }: Change) => service !== '' && Math.abs(onsetUs - atUs) <= RUSHED_US;
  return changes.filter((change) => isThen(change) && lets(change)).map(({ service }) => service);
}

/** People who wait come at once. */
const RUSHED_US = 300e6;

const OF_STORES: ReadonlySet<Change['kind']> = new Set(['config', 'migration']);

/** Words that each experiment on nodes has. */
const OF_NODES = /^(?:nodes?|pools?|nodepool|instances?|all|mode|role|tags?|target|aws|ec2|terminate|selection)$/;

/** Pods wait for a node of a kind that an experiment took away: both name it. */
function takingNodes(changes: readonly Change[], { detector, title }: Finding): readonly string[] {
  if (detector !== podPending.id) return [];
  const said = new Set(codeWords(title));
  return linkedChanges(changes).flatMap((change) => {
    const isTaking = declaredFault(change)?.some(({ kind }) => kind === 'nodes-gone') === true;
    const words = codeWords(`${change.service} ${change.text}`).filter((word) => !isCompound(word));
    return isTaking && words.some((word) => !OF_NODES.test(word) && said.has(word)) ? [change.service] : [];
  });
}

/** Services that ask one of these databases. */
function askingOf(databases: readonly string[], traces: readonly Trace[]): ReadonlySet<string> {
  const asking = new Set<string>();
  for (const trace of traces)
    for (let span = 0; span < trace.spanCount; span += 1)
      if (trace.isDatabaseCall(span) && databases.includes(trace.text(span, 'db.namespace')))
        asking.add(trace.service(span));
  return asking;
}
