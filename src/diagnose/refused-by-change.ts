/**
 * A request that a service refused, and a change shortly before that lowered the limit or made the rule by which it did. A
 * refusal alone is no fault of the service: its client asks too often, sends too much, or what is wrong.
 *
 *   -  max_tokens: 1000       429  token bucket results max_tokens=10
 *   +  max_tokens: 10                                   ◄── the line names the limit with its new number
 *
 *   -  charge_kg: f64         400  missing field `charge_g`
 *   +  charge_g: u64                                    ◄── the line names what only the new code has
 */

import type { RunDetectors } from '#diagnose/finding-kinds.ts';
import { NO_SIGNALS } from '#diagnose/signals.ts';
import { LIKELY } from '#diagnose/status.ts';
import type { Change } from '#model/changes/change.ts';
import { changeName, shownChange } from '#model/changes/change-words.ts';
import type { Limit } from '#model/changes/changed-limits.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { diffLines } from '#model/changes/diff-lines.ts';
import type { EffectKind } from '#model/changes/effect.ts';
import { changedName, replacedName } from '#model/changes/quoted-names.ts';
import { saidEffects, unrouted } from '#model/changes/said/effects.ts';
import { sharesTechnique } from '#model/changes/techniques/shared-techniques.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { EvidenceItem, JudgedFinding } from '#model/finding/finding.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { isErrorLevel } from '#model/logs/log-failure.ts';
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine, namesSpan } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

type Evidence = Readonly<{ trace: Trace; lines: readonly LogLine[]; changes: readonly Change[] }>;

type Refusal = Readonly<{
  change: Change;
  service: string;
  /** What the change did: `because of a limit that it lowered`. */
  because: string;
  reason: string;
  /** The line that names what changed; missing where the status and the path alone say it. */
  line?: LogLine | undefined;
  /** What the lines of the diff have that the answer quotes. */
  part: string;
  check: string;
  remedy: string;
}>;

export function withRefusal(judgement: Judgement, evidence: Evidence, detectors: RunDetectors): Judgement {
  if (judgement.diagnosis !== undefined) return judgement;
  const refusal = byLimit(evidence) ?? byRule(evidence) ?? byRoute(evidence);
  return refusal === undefined ? judgement : refusedBy(judgement, { ...refusal, trace: evidence.trace }, detectors);
}

function byLimit(evidence: Evidence): Refusal | undefined {
  const { trace } = evidence;
  if (!REFUSALS.has(trace.httpStatus(trace.root))) return undefined;
  for (const change of evidence.changes) {
    const lowered = loweredLimit(change, evidence);
    if (lowered !== undefined) return refusalOf(lowered, trace);
  }
  return undefined;
}

function refusalOf({ change, limit, line }: LoweredLimit, trace: Trace): Refusal {
  const service = trace.services.find((name) => isOf(change, name)) ?? change.service;
  return {
    change,
    service,
    because: `because of a limit that ${changeName(change)} lowered`,
    reason: 'the refusal fits the new limit, and not the old one',
    line,
    part: limit.text,
    check: 'This client is the only one that is refused, and it asks for more than before.',
    remedy: `Set the limit of ${service} back to what it was before ${changeName(change)}, or lower it in steps and watch who is refused.`,
  };
}

const TOO_LARGE = 413;
/** RFC 9110 and RFC 6585: the content, the rate and the headers are over a limit. */
const REFUSALS: ReadonlySet<number> = new Set([TOO_LARGE, 429, 431]);
/** A smaller step is tuning: clients stay below a limit by some room. */
const LEAST_LOWERED = 2;

type LoweredLimit = Readonly<{ change: Change; limit: Limit; line: LogLine | undefined }>;

function loweredLimit(change: Change, { trace, lines }: Evidence): LoweredLimit | undefined {
  if (change.diff === '' || !trace.services.some((name) => isOf(change, name))) return undefined;
  const lowered = (codeChangeOf(change)?.limits ?? []).filter(({ before, after }) => before >= LEAST_LOWERED * after);
  const own = lowered.length === 0 ? [] : lines.filter((line) => isOf(change, line.service));
  for (const limit of lowered) {
    const line = own.find((one) => namesLimit(textOf(one), limit));
    if (line !== undefined || isBetween(trace, own.map(textOf), limit)) return { change, limit, line };
  }
  return undefined;
}

function textOf({ line }: LogLine): string {
  return line.slice(0, LONGEST_READ);
}

function isOf({ service }: Change, name: string): boolean {
  return service !== '' && serviceKey(service) === serviceKey(name);
}

const LONGEST_READ = 2_000;
/** `max_tokens: 10`, `burst = 5`, `limit_req zone=a rate=5r/s`: a name with its number. */
const NAMED_NUMBER = /([A-Za-z_][\w.-]{2,60})["']?\s{0,3}[:= ]\s{0,3}["']?(\d{1,12})/g;

/** The line has the name of the limit with its new number. */
function namesLimit(line: string, { text }: Limit): boolean {
  const said = new Set(numbersIn(line));
  return numbersIn(text).some((one) => said.has(one));
}

function numbersIn(text: string): readonly string[] {
  return Array.from(text.matchAll(NAMED_NUMBER), ([, name = '', number = '']) => `${name.toLowerCase()}=${number}`);
}

/** `client_max_body_size 1m`, `maxRequestBodySize: 1048576`. */
const OF_SIZE = /(?:body|request|upload|payload|content|message|file|part)\w{0,20}(?:size|length|bytes|limit)/i;
const SIZE = /(\d{1,12})\s?([kmg])?i?b?\b/i;
const POWER: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
const SENT = /\b(\d{3,15}) bytes\b/;

/** The content is larger than the limit is now, and the old limit would have let it through. */
function isBetween(trace: Trace, lines: readonly string[], { before, after, text }: Limit): boolean {
  if (trace.httpStatus(trace.root) !== TOO_LARGE || !OF_SIZE.test(text) || after === 0) return false;
  const [, amount = '', unit = ''] = SIZE.exec(text) ?? [];
  const most = Number(amount) * (POWER[unit.toLowerCase()] ?? 1);
  const sent = [
    trace.number(trace.root, 'http.request.body.size') ?? 0,
    ...lines.map((line) => Number(SENT.exec(line)?.[1] ?? 0)),
  ];
  return sent.some((bytes) => bytes > most && bytes <= (most * before) / after);
}

const NOT_FOUND = 404;

/** The edge answered itself that it has no such path, and a change took its route away. */
function byRoute({ trace, changes }: Evidence): Refusal | undefined {
  const { root } = trace;
  if (trace.httpStatus(root) !== NOT_FOUND || trace.childCount(root) > 0) return undefined;
  const path = pathOf(trace);
  for (const change of changes) {
    const how = unrouted(change, path);
    if (how === '') continue;
    return {
      change,
      service: trace.service(root),
      because: `since ${changeName(change)}`,
      reason: `${how} since ${changeName(change)}`,
      part: path,
      check: 'The path was answered with 404 before the change, too.',
      remedy: `Roll ${changeName(change)} back, or keep the route until no client asks for it.`,
    };
  }
  return undefined;
}

function pathOf(trace: Trace): string {
  const full = trace.text(trace.root, 'url.full');
  return trace.text(trace.root, 'url.path') || (URL.canParse(full) ? new URL(full).pathname : '');
}

/** RFC 9110: who asks, or what it sends, is not as the service wants it, or larger than a limit that is new. */
const BY_RULE: ReadonlySet<number> = new Set([400, 401, 403, 406, 409, TOO_LARGE, 415, 422]);
/** RFC 9110: what is asked for is not there. That is an answer, unless the service reports it as an error. */
const NOT_THERE: ReadonlySet<number> = new Set([NOT_FOUND, 410]);

/** The refusing service says in a line of the request what only the change brought or took. */
function byRule({ trace, lines, changes }: Evidence): Refusal | undefined {
  const status = trace.httpStatus(trace.root);
  if (!BY_RULE.has(status) && !NOT_THERE.has(status)) return undefined;
  for (const line of lines) {
    if (NOT_THERE.has(status) && !isErrorLevel(line.level)) continue;
    const speaker = saysRefusal(line, trace) ? refusingService(line, trace) : undefined;
    const found = speaker === undefined ? undefined : byRuleIn(line, speaker, { trace, changes });
    if (found !== undefined) return found;
  }
  return undefined;
}

function byRuleIn(
  line: LogLine,
  speaker: string,
  { trace, changes }: Pick<Evidence, 'trace' | 'changes'>,
): Refusal | undefined {
  // A row of JSON has its quotation marks behind backslashes.
  const text = `${logMessage(line).slice(0, LONGEST_READ)}\n${textOf(line)}`;
  for (const change of changes) {
    const isOfUnseen = isUnseenRefuser(change, trace);
    const service = isOfUnseen || isOfRefuser(change, trace) ? change.service : speaker;
    const said = saidOfChange(change, text, { isOwn: isOfUnseen || isOf(change, speaker), atUs: trace.startEpochUs });
    if (said !== undefined)
      return {
        change,
        service,
        because: `since ${changeName(change)}`,
        reason: `its line of the refusal ${said.says}`,
        line,
        part: said.part,
        check: 'The service refused such requests before the change, too.',
        remedy: `Roll ${changeName(change)} back, or accept the old form beside the new one until all clients are changed.`,
      };
  }
  return undefined;
}

function saysRefusal(line: LogLine, trace: Trace): boolean {
  if (HARMLESS_LEVELS.has(line.level)) return false;
  return (
    line.traceId === comparableId(trace.traceId) ||
    (line.traceId === '' && (isAccessOf(line, trace) || isErrorOf(line, trace)))
  );
}

/** `"GET /r/2 HTTP/1.1" 403`, and Envoy's reason behind it. */
const ACCESS = /"([A-Z]{3,8}) \/[^"\n]{0,400}"[^"\n]{0,20}?\b([45]\d\d)\b/;

/** The line in which the proxy of a service has the answer of just this request: its method, status and time are those. */
function isAccessOf(line: LogLine, trace: Trace): boolean {
  const [, method = '', status = ''] = ACCESS.exec(textOf(line)) ?? [];
  if (status === '') return false;
  const atUs = epochUsOf(line) - trace.startEpochUs;
  for (let span = 0; span < trace.spanCount && span < MOST_READ; span += 1) {
    if (trace.service(span) !== line.service || trace.httpStatus(span) !== Number(status)) continue;
    const isThen = atUs >= trace.startUs(span) && atUs <= trace.endUs(span) + LOGGED_WITHIN_US;
    if (isThen && trace.text(span, 'http.request.method') === method) return true;
  }
  return false;
}

/** nginx and its relatives. https://nginx.org/en/docs/ngx_core_module.html#error_log */
const ERROR_OF_REQUEST = /\bclient\b[^\n]{0,600}\brequest: "([A-Z]{3,8}) ([^\s"]{1,1000})/;

/** The line in which the server that refused just this request says why: it has the method and the path, and no status. */
function isErrorOf(line: LogLine, trace: Trace): boolean {
  const [, method = '', target = ''] = ERROR_OF_REQUEST.exec(textOf(line)) ?? [];
  const { root } = trace;
  if (method === '' || trace.service(root) !== line.service) return false;
  const atUs = epochUsOf(line) - trace.startEpochUs;
  const isThen = atUs >= trace.startUs(root) && atUs <= trace.endUs(root) + LOGGED_WITHIN_US;
  const isAsked =
    trace.text(root, 'http.request.method') === method && pathOf(trace) === target.replace(/[?#].*$/s, '');
  return isThen && isAsked;
}

const MOST_READ = 1_000;
const LOGGED_WITHIN_US = 100_000;

/** Rows without a service are those of the span that they name. */
function refusingService(line: LogLine, trace: Trace): string | undefined {
  if (line.service !== '') return trace.services.find((name) => name === line.service);
  for (let span = 0; span < trace.spanCount; span += 1)
    if (namesSpan(line, trace.spanId(span))) return trace.service(span);
  return undefined;
}

/**
 * Its own change needs one name that only old or only new code has; that of another service the old and the new value, or
 * a key, an origin or a field that both name.
 */
function saidOfChange(
  change: Change,
  line: string,
  { isOwn, atUs }: Readonly<{ isOwn: boolean; atUs: number }>,
): SaidOfChange | undefined {
  if (change.diff === '') return undefined;
  const text = line.toLowerCase();
  const effects = saidEffects(change, text);
  const shared = effects.find(({ isOfAnybody }) => isOfAnybody);
  if (shared !== undefined) return { says: `names what the change touched: ${shared.text}`, part: '' };
  if (isOwn && change.kind !== 'deploy' && sharesTechnique(change, text))
    return { says: 'tells what comes of such a change', part: '' };
  const name = isOwn ? changedName(change, { text }) : '';
  if (name !== '') return { says: `names “${name}”, which the change brought or took`, part: name };
  const { before = '', after = '' } = replacedName(change.diff, { text }) ?? {};
  if (after !== '' && text.includes(after.toLowerCase()))
    return { says: `names “${before}” and “${after}”, the old and the new value of the change`, part: after };
  const isNear = atUs - change.atUs <= OWN_WITHIN_US;
  const own = isOwn ? effects.find(({ kind }) => kind === 'apart-keys' || (isNear && REFUSING.has(kind))) : undefined;
  return own && { says: `tells what comes of the change: ${own.text}`, part: '' };
}

/** Three times as long as a change of one request is half as suspect: see `requestHalfMinutes` of `suspect-change`. */
const OWN_WITHIN_US = 90 * 60e6;

/** What makes a service refuse what it took before. */
const REFUSING: ReadonlySet<EffectKind> = new Set([
  'stricter-input',
  'refuses-more',
  'setting-gone',
  'other-format',
  'other-name',
  'other-credentials',
  'new-constraint',
  'rows-gone',
]);

/**
 * Nothing of the service at fault was recorded but a call to it that was refused: a hosted store, a provider, a gateway.
 */
function isUnseenRefuser(change: Change, trace: Trace): boolean {
  if (change.service === '' || trace.services.some((name) => isOf(change, name))) return false;
  for (let span = 0; span < trace.spanCount && span < MOST_READ; span += 1) {
    if (!trace.isCall(span) || trace.childCount(span) > 0 || !BY_RULE.has(trace.httpStatus(span))) continue;
    if (isOf(change, callee(trace, span))) return true;
  }
  return false;
}

/** The root is a call, as of a browser, and the changed service answered it with the refusal. */
function isOfRefuser(change: Change, trace: Trace): boolean {
  const { root } = trace;
  return trace.isCall(root) && Array.from(trace.children(root)).some((span) => isOf(change, trace.service(span)));
}

/** `part`: what the lines of the diff have; empty where it is not one name. */
type SaidOfChange = Readonly<{ says: string; part: string }>;

function refusedBy(
  judgement: Judgement,
  refusal: Refusal & Readonly<{ trace: Trace }>,
  detectors: RunDetectors,
): Judgement {
  const finding = findingOf(refusal, detectors);
  const { change, reason } = refusal;
  const { title, detector, service, operation, check, remedy, runbook } = finding;
  return {
    ...judgement,
    symptom: { ...judgement.symptom, kind: 'failed' },
    findings: [finding, ...judgement.findings],
    diagnosis: {
      verdict: title,
      status: 'likely',
      statusReason: `${reason}; whether it was meant, people decide`,
      confidence: LIKELY,
      signals: { ...NO_SIGNALS, said: 1 },
      share: 1,
      kind: detector,
      service,
      operation,
      change: { id: change.id, kind: change.kind, service: change.service, atUs: change.atUs, knownBy: 'evidence' },
      ranking: [{ service, operation, kind: detector, score: LIKELY }],
      chain: [],
      ruledOut: detectors.cleared,
      check,
      remedy,
      runbook,
    },
  };
}

function findingOf(
  { trace, change, service, because, reason, line, part, check, remedy }: Refusal & Readonly<{ trace: Trace }>,
  detectors: RunDetectors,
): JudgedFinding {
  const { id, runbook } = detectors.named('failure-origin');
  const operation = trace.operation(trace.root);
  const status = trace.httpStatus(trace.root);
  const lines = line === undefined ? [] : [saidLine(line)];
  return {
    detector: id,
    runbook,
    service,
    operation,
    spans: [trace.root],
    wastedUs: 0,
    facts: { refused: true, status, change: change.id },
    title: `${service} refuses ${operation} with ${status} ${because}`,
    explanation: `${capitalised(reason)}.`,
    remedy,
    check,
    evidence: [...lines, shownChange(change), ...changedLines(change, part)],
    severity: 'medium',
    share: 1,
    wonUs: 0,
    confidence: LIKELY,
  };
}

function saidLine(line: LogLine): EvidenceItem {
  return { kind: 'log', ref: line.timeNs, text: cutLine(logMessage(line), LONGEST_SHOWN) };
}

const LONGEST_SHOWN = 200;
/** The old line and the new one. */
const MOST_CHANGED = 2;

/** The lines of the diff that the refusal is about. */
function changedLines({ id, diff, url }: Change, part: string): readonly EvidenceItem[] {
  if (part === '') return [];
  return diffLines(diff)
    .filter(({ mark, text }) => (mark === '+' || mark === '-') && text.toLowerCase().includes(part.toLowerCase()))
    .slice(0, MOST_CHANGED)
    .map(({ mark, text }) => ({
      kind: 'change',
      ref: id,
      text: `the line “${cutLine(`${mark} ${text}`, LONGEST_SHOWN)}”`,
      url,
    }));
}
