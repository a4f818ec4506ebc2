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
import { type Change, shortChangeId } from '#model/changes/change.ts';
import type { Limit } from '#model/changes/changed-limits.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { changedName, replacedName } from '#model/changes/quoted-names.ts';
import { saidEffects, unrouted } from '#model/changes/said-effects.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import { type LogLine, namesSpan } from '#model/logs/log-line.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';

type Evidence = Readonly<{ trace: Trace; lines: readonly LogLine[]; changes: readonly Change[] }>;

type Refusal = Readonly<{
  change: Change;
  service: string;
  /** What the change did: `because of a limit that it lowered`. */
  because: string;
  reason: string;
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
  const change = evidence.changes.find((one) => lowersLimit(one, evidence));
  if (change === undefined) return undefined;
  const service = trace.services.find((name) => isOf(change, name)) ?? change.service;
  return {
    change,
    service,
    because: `because of a limit that ${nameOf(change)} lowered`,
    reason: 'the refusal fits the new limit, and not the old one',
    check: 'This client is the only one that is refused, and it asks for more than before.',
    remedy: `Set the limit of ${service} back to what it was before ${nameOf(change)}, or lower it in steps and watch who is refused.`,
  };
}

const TOO_LARGE = 413;
/** RFC 9110 and RFC 6585: the content, the rate and the headers are over a limit. */
const REFUSALS: ReadonlySet<number> = new Set([TOO_LARGE, 429, 431]);
/** A smaller step is tuning: clients stay below a limit by some room. */
const LEAST_LOWERED = 2;

function lowersLimit(change: Change, { trace, lines }: Evidence): boolean {
  if (change.diff === '' || !trace.services.some((name) => isOf(change, name))) return false;
  const lowered = (codeChangeOf(change)?.limits ?? []).filter(({ before, after }) => before >= LEAST_LOWERED * after);
  if (lowered.length === 0) return false;
  const own = lines.filter((line) => isOf(change, line.service)).map(({ line }) => line.slice(0, LONGEST_READ));
  return lowered.some((limit) => own.some((line) => namesLimit(line, limit)) || isBetween(trace, own, limit));
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
      because: `since ${nameOf(change)}`,
      reason: `${how} since ${nameOf(change)}`,
      check: 'The path was answered with 404 before the change, too.',
      remedy: `Roll ${nameOf(change)} back, or keep the route until no client asks for it.`,
    };
  }
  return undefined;
}

function pathOf(trace: Trace): string {
  const full = trace.text(trace.root, 'url.full');
  return trace.text(trace.root, 'url.path') || (URL.canParse(full) ? new URL(full).pathname : '');
}

/** RFC 9110: who asks, or what it sends, is not as the service wants it. */
const BY_RULE: ReadonlySet<number> = new Set([400, 401, 403, 415, 422]);

/** The refusing service says in a line of the request what only the change brought or took. */
function byRule({ trace, lines, changes }: Evidence): Refusal | undefined {
  if (!BY_RULE.has(trace.httpStatus(trace.root))) return undefined;
  for (const line of lines) {
    const service = saysRefusal(line, trace) ? refusingService(line, trace) : undefined;
    if (service === undefined) continue;
    const text = line.line.slice(0, LONGEST_READ);
    for (const change of changes) {
      const said = saidOfChange(change, text, isOf(change, service));
      if (said !== '')
        return {
          change,
          service,
          because: `since ${nameOf(change)}`,
          reason: `its line of the refusal names ${said}`,
          check: 'The service refused such requests before the change, too.',
          remedy: `Roll ${nameOf(change)} back, or accept the old form beside the new one until all clients are changed.`,
        };
    }
  }
  return undefined;
}

function saysRefusal(line: LogLine, trace: Trace): boolean {
  return line.traceId === comparableId(trace.traceId) && !HARMLESS_LEVELS.has(line.level);
}

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
function saidOfChange(change: Change, line: string, isOwn: boolean): string {
  if (change.diff === '') return '';
  const text = line.toLowerCase();
  const [shared] = saidEffects(change, text).filter(({ isOfAnybody }) => isOfAnybody);
  if (shared !== undefined) return `what the change touched: ${shared.text}`;
  const name = isOwn ? changedName(change, { text }) : '';
  if (name !== '') return `“${name}”, which the change brought or took`;
  const replaced = replacedName(change.diff, { text });
  if (replaced === undefined || !text.includes(replaced.after.toLowerCase())) return '';
  return `“${replaced.before}” and “${replaced.after}”, the old and the new value of the change`;
}

function nameOf({ kind, id }: Change): string {
  return `${kind} ${shortChangeId(id)}`.trim();
}

function refusedBy(
  judgement: Judgement,
  { trace, change, service, because, reason, check, remedy }: Refusal & Readonly<{ trace: Trace }>,
  detectors: RunDetectors,
): Judgement {
  const { id: kind, runbook } = detectors.named('failure-origin');
  const { root } = trace;
  const operation = trace.operation(root);
  return {
    ...judgement,
    symptom: { ...judgement.symptom, kind: 'failed' },
    diagnosis: {
      verdict: `${service} refuses ${operation} with ${trace.httpStatus(root)} ${because}`,
      status: 'likely',
      statusReason: `${reason}; whether it was meant, people decide`,
      confidence: LIKELY,
      signals: { ...NO_SIGNALS, said: 1 },
      share: 1,
      kind,
      service,
      operation,
      change: { id: change.id, kind: change.kind, service: change.service, atUs: change.atUs, knownBy: 'evidence' },
      ranking: [{ service, operation, kind, score: LIKELY }],
      chain: [],
      ruledOut: detectors.cleared,
      check,
      remedy,
      runbook,
    },
  };
}
