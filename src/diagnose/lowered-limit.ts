/**
 * A request that a service refused because of a limit of its own, and a change that lowered this limit shortly before. A
 * refusal alone is no fault of the service: its client asks too often, or sends too much.
 *
 *   -  max_tokens: 1000       429  token bucket results max_tokens=10
 *   +  max_tokens: 10                                   ◄── the line names the limit with its new number
 */
import type { RunDetectors } from '#diagnose/finding-kinds.ts';
import { NO_SIGNALS } from '#diagnose/signals.ts';
import { LIKELY } from '#diagnose/status.ts';
import { type Change, shortChangeId } from '#model/changes/change.ts';
import type { Limit } from '#model/changes/changed-limits.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';

type Evidence = Readonly<{ trace: Trace; lines: readonly LogLine[]; changes: readonly Change[] }>;

export function withLoweredLimit(judgement: Judgement, evidence: Evidence, detectors: RunDetectors): Judgement {
  const { trace } = evidence;
  if (judgement.diagnosis !== undefined || !REFUSALS.has(trace.httpStatus(trace.root))) return judgement;
  const change = evidence.changes.find((one) => lowersLimit(one, evidence));
  return change === undefined ? judgement : refusedBy(judgement, { trace, change }, detectors);
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

function refusedBy(
  judgement: Judgement,
  { trace, change }: Readonly<{ trace: Trace; change: Change }>,
  detectors: RunDetectors,
): Judgement {
  const { id: kind, runbook } = detectors.named('failure-origin');
  const { root } = trace;
  const service = trace.services.find((name) => isOf(change, name)) ?? change.service;
  const operation = trace.operation(root);
  const named = `${change.kind} ${shortChangeId(change.id)}`.trim();
  return {
    ...judgement,
    symptom: { ...judgement.symptom, kind: 'failed' },
    diagnosis: {
      verdict: `${service} refuses ${operation} with ${trace.httpStatus(root)} because of a limit that ${named} lowered`,
      status: 'likely',
      statusReason: 'the refusal fits the new limit, and not the old one; whether it was meant, people decide',
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
      check: 'This client is the only one that is refused, and it asks for more than before.',
      remedy: `Set the limit of ${service} back to what it was before ${named}, or lower it in steps and watch who is refused.`,
      runbook,
    },
  };
}
