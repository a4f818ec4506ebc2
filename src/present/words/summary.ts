/**
 * The answer as plain text, in reading order. Slack, terminal, Markdown and HTML show this and nothing else. Every text
 * is on one line and redacted. Each form escapes it.
 */

import { memoize } from '#core/memoize.ts';
import type { Checked, Diagnosed, WindowAnalysis } from '#model/finding/analysis.ts';
import type { Diagnosis } from '#model/finding/diagnosis.ts';
import type { EvidenceKind } from '#model/finding/evidence.ts';
import { type EvidenceItem, type JudgedFinding, ownSpans } from '#model/finding/finding.ts';
import { lineCount } from '#model/logs/log-line.ts';
import { timeOf } from '#model/logs/log-times.ts';
import { redactionsIn } from '#model/redaction/redaction.ts';
import { counted } from '#model/text/count-text.ts';
import { durationsApart, durationText, exactDuration } from '#model/text/duration.ts';
import { otherIdText } from '#model/trace/asked-for.ts';
import { repairGaps, TRACE_SOURCE } from '#model/trace/build/repairs.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { workShares } from '#model/trace/views/work-kinds.ts';
import { correlationText } from '#present/documents/log-text.ts';
import { travelled } from '#present/documents/request-timeline.ts';
import { attributionOf } from '#present/json/attribution.ts';
import { operationLabel, rootFinding } from '#present/waterfall/waterfall.ts';
import { type FirstMessage, firstMessage } from '#present/words/first-message.ts';
import { type Claim, openSpan } from '#present/words/first-reasons.ts';
import { readableSecond } from '#present/words/instant.ts';
import { failureLeftOpen } from '#present/words/left-open.ts';
import { evidenceUrl, openable, runbookUrl, traceUrl } from '#present/words/links.ts';
import { nearChange } from '#present/words/near-change.ts';
import { shown, shownOnce } from '#present/words/plain-text.ts';
import { problemName } from '#present/words/problem-name.ts';
import { takenText } from '#present/words/redaction-text.ts';

export type Summary = Readonly<{
  /** Nothing wrong found. */
  healthy: boolean;
  first: FirstMessage;
  /** One sentence; where nothing is wrong, the headline. */
  verdict: string;
  /** `Likely: explains 79 % of the time (GET /orders took 2.3 s)`. The JSON has the probability. */
  standing: string;
  /** The same without the symptom. */
  standingBrief: string;
  /** `frontend GET /dispatch · 733 ms · 51 spans · 6 services` */
  subject: string;
  /** The start: `2026-01-06 14:30:00.000 UTC`, and in microseconds since the epoch; undefined where it is unknown. */
  began: string;
  beganUs: number | undefined;
  traceId: string;
  traceUrl: string;
  /** How the trace's id differs from the requested one, as a sentence; empty where it is the same. */
  otherId: string;
  /** `from the link`; empty where somebody typed the id alone. */
  idFrom: string;
  /** The reasons in full, with shares and quotes; at most six. */
  why: readonly Claim[];
  /** All possible causes, each with the evidence that would show it. Only where the data does not name one. */
  couldBe: readonly string[];
  /** The observation that would prove the verdict wrong; empty where nothing is wrong. */
  wrongIf: string;
  doNow: string;
  runbook: Readonly<{ name: string; url: string }>;
  /** From the root cause to the symptom. */
  chain: readonly string[];
  /** Best first. */
  findings: readonly Readonly<{
    title: string;
    explanation: string;
    /** `medium, up to 530 ms faster if fixed, ranked lower because it says where time goes and not why` */
    weight: string;
    url: string;
  }>[];
  ruledOut: readonly string[];
  /** The operations that hold most of the critical path, largest first. */
  attribution: readonly Readonly<{ label: string; duration: string; share: string }>[];
  /** `database 48 %, processing 31 %, network 12 %`; empty where the root took no time. */
  work: string;
  lookedFor: string;
  /** Detectors that did not run, and why. */
  couldNotLook: readonly string[];
  /** Flaws of the trace data, and how they were repaired. */
  repairs: readonly string[];
  /** How log lines were matched to the request, and corrected clocks; empty where there are no lines. */
  logs: readonly string[];
  /** `2 email addresses, 1 card number`: what was redacted in these texts; empty where nothing was. */
  takenOut: string;
  gaps: readonly string[];
  queries: readonly Readonly<{ source: string; text: string; url: string }>[];
}>;

/** A smaller share of the time is noise. */
const LEAST_SHARE = 0.01;

/** Further names explain less and less; the JSON has them all. */
const ATTRIBUTED = 8;

type Shown = Diagnosed | WindowAnalysis;

export const summaryOf = memoize((analysis: Shown): Summary => {
  const summary = withoutRedactions(analysis);
  // The first message repeats parts of the other texts.
  return { ...summary, takenOut: takenText(redactionsIn({ ...summary, first: undefined })) };
});

/** Undefined where nothing is wrong. */
export function shownDiagnosis(analysis: Shown): Diagnosis | undefined {
  return isNobodyBlamed(analysis) ? undefined : analysis.judgement.diagnosis;
}

function withoutRedactions(analysis: Shown): Omit<Summary, 'takenOut'> {
  const { judgement, checked, gaps, links, queries } = analysis;
  const { findings } = judgement;
  const diagnosis = shownDiagnosis(analysis);
  const root = isOfOrder(analysis) ? undefined : rootFinding({ ...judgement, diagnosis });
  const first = firstMessage(analysis, diagnosis, root);
  const symptom = shown(judgement.symptom.text);
  const standingBrief = diagnosis === undefined ? '' : standingOf(diagnosis, analysis);
  return {
    healthy: diagnosis === undefined,
    first,
    verdict: diagnosis === undefined ? first.headline : shown(diagnosis.verdict),
    standing: standingBrief === '' || symptom === '' ? standingBrief : `${standingBrief} (${symptom})`,
    standingBrief,
    ...(analysis.trace === undefined ? aboutWindow(analysis) : aboutTrace(analysis)),
    why: root === undefined ? requestReasons(analysis) : reasons(analysis, root),
    couldBe: candidateTexts(diagnosis),
    wrongIf: shown(diagnosis?.check ?? ''),
    doNow: shown(diagnosis?.remedy ?? ''),
    runbook: { name: shown(diagnosis?.runbook ?? ''), url: runbookUrl(links, { runbook: diagnosis?.runbook ?? '' }) },
    chain: diagnosis === undefined ? [] : chainOf(diagnosis, findings, symptom),
    findings: findings.map((finding) => ({
      title: shown(finding.title),
      explanation: shown(finding.explanation),
      weight: weightOf(finding),
      url: openSpan(analysis, finding).url,
    })),
    ruledOut: diagnosis === undefined ? [] : ruledOutTexts(analysis.titles)(diagnosis.ruledOut),
    ...lookedText(analysis.titles)(checked),
    logs: analysis.correlation === undefined ? [] : correlationText(analysis.correlation),
    // `repairs` has the gaps of the trace itself.
    gaps: gaps
      .filter(({ source }) => source !== TRACE_SOURCE)
      .map(({ source, problem, consequence }) =>
        shown(consequence === '' ? `${source}: ${problem}` : `${source}: ${problem}; ${consequence}`),
      ),
    queries: queriesText(queries),
  };
}

/** Each once. A file that was read whole is no query. */
function queriesText(queries: Shown['queries']): Summary['queries'] {
  const asked = queries
    .filter(({ source, query }) => source !== query)
    .map(({ source, query, url }) => ({ source: shown(source), text: shown(query), url: openable(shown(url)) }));
  return [...new Map(asked.map((one) => [`${one.source}\n${one.text}`, one])).values()];
}

function weightOf({ severity, wonUs, whyNotFirst }: JudgedFinding): string {
  const won = wonUs > 0 ? `, up to ${durationText(wonUs)} faster if fixed` : '';
  return `${severity}${won}${whyNotFirst === undefined ? '' : `, ranked lower because ${whyNotFirst}`}`;
}

function candidateTexts(diagnosis: Diagnosis | undefined): string[] {
  return (diagnosis?.couldBe ?? []).map(({ what, shownBy }) => shown(`${what}: ${shownBy}`));
}

/** Many traces of a file share these lists. */
const ruledOutTexts = memoize((titles: Shown['titles']) =>
  shownOnce((ruledOut: Diagnosis['ruledOut']) =>
    ruledOut.map(({ kind, service, why }) => {
      const name = problemName(kind, titles);
      return shown(service === '' ? `${name}: ${why}` : `${name} in ${service}: ${why}`);
    }),
  ),
);

const lookedText = memoize((titles: Shown['titles']) =>
  shownOnce(({ found, clear, skipped, off, broken }: Checked): Pick<Summary, 'lookedFor' | 'couldNotLook'> => {
    const name = (detector: string) => problemName(detector, titles);
    return {
      lookedFor: [...found, ...clear].map(name).sort().join(', '),
      couldNotLook: [
        ...skippedTexts(skipped, name),
        ...off.map((detector) => `${name(detector)}: turned off in the configuration`),
        ...broken.map(({ detector, message }) => `${name(detector)}: failed with an error (${shown(message)})`),
      ],
    };
  }),
);

/** Requests were compared, and any difference may be chance. */
function isNobodyBlamed(analysis: Shown): boolean {
  return analysis.trace === undefined && analysis.seen?.way.length === 0;
}

type About = Pick<
  Summary,
  'subject' | 'began' | 'beganUs' | 'traceId' | 'traceUrl' | 'otherId' | 'idFrom' | 'attribution' | 'work' | 'repairs'
>;

function aboutTrace({ trace, links, asked }: Diagnosed): About {
  return {
    subject: subjectOf(trace),
    began: readableSecond(trace.startEpochUs),
    beganUs: trace.startEpochUs,
    traceId: shown(trace.traceId),
    traceUrl: traceUrl(links, trace),
    otherId: asked === undefined ? '' : shown(otherIdText(asked, trace.traceId)),
    idFrom: asked?.around === undefined || asked.isMentioned ? '' : `from the ${asked.around}`,
    attribution: attributionOf(trace)
      .slice(0, ATTRIBUTED)
      .map(({ service, operation, selfUs, share }) => ({
        label: `${shown(service)} ${shown(operation)}`,
        duration: exactDuration(selfUs),
        share: percent(share),
      })),
    work: workShares(trace)
      .filter(({ share }) => share >= LEAST_SHARE)
      .map(({ kind, share }) => `${kind} ${percent(share)}`)
      .join(', '),
    repairs: repairsOf(trace),
  };
}

function aboutWindow({ window, logs, requests, healthyRequests, cluster }: WindowAnalysis): About {
  const { fromUs, toUs } = timeOf(logs);
  const services = new Set(logs.map(({ service }) => service));
  const beganUs = [fromUs, window.fromUs, cluster?.takenUs].find(Number.isFinite);
  const pods = cluster?.pods ?? 0;
  return {
    subject: [
      ...(window.requestId === undefined ? [] : [`request ${shown(window.requestId)}`]),
      ...(window.service === '' && logs.length === 0 && pods > 0
        ? []
        : [shown(window.service) || counted(services.size, 'service')]),
      ...(requests > 0
        ? [`${counted(requests, 'request')} compared with ${counted(healthyRequests, 'healthy one')}`]
        : []),
      ...(pods > 0 ? [counted(pods, 'pod')] : []),
      ...(logs.length > 0 || pods === 0 ? [counted(lineCount(logs), 'log line')] : []),
      ...(Number.isFinite(toUs - fromUs) ? [`over ${exactDuration(toUs - fromUs)}`] : []),
    ].join(' · '),
    began: beganUs === undefined ? 'time unknown' : readableSecond(beganUs),
    beganUs,
    traceId: '',
    traceUrl: '',
    otherId: '',
    idFrom: '',
    attribution: [],
    work: '',
    repairs: [],
  };
}

/** More names say no more than their number; the JSON has them. */
const NAMED_ALIKE = 8;

/** `Far more calls than usual, Slower than usual: no baseline` */
function skippedTexts(skipped: Checked['skipped'], name: (detector: string) => string): string[] {
  const byMissing = Map.groupBy(skipped, ({ missing }) => missing.map(evidenceName).join(', no '));
  return [...byMissing].map(([missing, alike]) => {
    const names = alike.map(({ detector }) => name(detector));
    return `${names.length > NAMED_ALIKE ? counted(names.length, 'detector') : names.join(', ')}: no ${missing}`;
  });
}

const EVIDENCE_NAMES: Partial<Readonly<Record<EvidenceKind, string>>> = {
  templates: 'log templates',
  baselineLogs: 'baseline logs',
  earlierLogs: 'earlier logs',
  window: 'time window',
  healthyRequests: 'healthy requests',
  platform: 'Kubernetes data',
  databases: 'database statistics',
  pools: 'pool metrics',
};

function evidenceName(kind: EvidenceKind): string {
  return EVIDENCE_NAMES[kind] ?? kind;
}

function percent(share: number): string {
  const points = Math.round(share * 100);
  if (points === 0 && share > 0) return 'under 1 %';
  return `${points} %`;
}

const STANDING = { confirmed: 'Confirmed', likely: 'Likely' } as const;

function standingOf({ status, statusReason, share }: Diagnosis, analysis: Diagnosed | WindowAnalysis): string {
  const { symptom, findings } = analysis.judgement;
  const kind = failureLeftOpen(analysis, findings[0]) === undefined ? symptom.kind : 'slow';
  if (kind === 'none' && findings[0]?.lines !== undefined)
    return `${status === 'inconclusive' ? 'Unsure: ' : ''}${shown(statusReason)}`;
  if (kind === 'none') return 'This describes the trace data: the request itself shows nothing wrong';
  const part = share >= 0.995 ? 'all' : percent(share);
  const what = kind === 'slow' ? 'of the time' : kind === 'failed' ? 'of the failure' : 'of the problem';
  if (status === 'inconclusive') return `Unsure: ${shown(statusReason)}; this explains ${part} ${what}`;
  return `${STANDING[status]}: explains ${part} ${what}`;
}

function subjectOf(trace: Trace): string {
  const parts = [
    `${shown(trace.service(trace.root))} ${shown(trace.operation(trace.root))}`,
    exactDuration(trace.durationUs),
    counted(trace.arrivedCount, 'span'),
    counted(trace.services.length, 'service'),
  ];
  return parts.join(' · ');
}

const REASONS = 6;

/** Whether only the order of a request's log lines explains the failure. */
function isOfOrder(analysis: Shown): boolean {
  if (analysis.trace !== undefined || analysis.seen !== undefined || analysis.request === undefined) return false;
  const { diagnosis, findings } = analysis.judgement;
  if (diagnosis?.change) return false;
  return findings.every(({ detector }) => detector !== diagnosis?.kind);
}

/** The reasons where only the order of a request's log lines explains the failure. */
function requestReasons(analysis: Shown): Claim[] {
  if (analysis.trace !== undefined || analysis.request === undefined) return [];
  if (analysis.judgement.diagnosis === undefined) return [];
  return travelled(analysis.request.timeline)
    .slice(0, REASONS)
    .map((text) => ({ text, url: '', place: '' }));
}

/** The finding's explanation first, then its evidence, then its effects. */
function reasons(analysis: Shown, root: JudgedFinding): Claim[] {
  const { trace, links, judgement } = analysis;
  const index = judgement.findings.indexOf(root);
  const claims: Claim[] = [{ text: shown(root.explanation), ...openSpan(analysis, root) }];
  for (const item of root.evidence ?? []) {
    const url = openable(item.url ?? '') || (trace === undefined ? '' : evidenceUrl(links, trace, item));
    // Nothing that the verdict or the explanation already quotes.
    if (
      root.title.includes(item.text) ||
      claims.some((claim) => claim.url === url && claim.text.includes(shown(item.text)))
    )
      continue;
    claims.push({ text: evidenceText(item), url, place: placeOf(item) });
  }
  const [before, after] = followed(analysis, index);
  const near = nearChange(analysis, root);
  claims.splice(1, 0, ...before, ...(near ? [behind(near, 'Perhaps caused by')] : []));
  claims.push(...after);
  if (trace !== undefined) claims.push(...heldClaims(trace, root, openSpan(analysis, root)));
  const distinct = new Map(claims.filter(({ text }) => text !== '').map((claim) => [claim.text, claim]));
  return [...distinct.values()].slice(0, REASONS);
}

/** Its causes and its effects. */
function followed(analysis: Shown, index: number): readonly [before: Claim[], after: Claim[]] {
  const { findings, diagnosis } = analysis.judgement;
  const links = diagnosis?.chain ?? [];
  const found = (at: number) => findings[at] ?? [];
  return [
    links
      .filter(({ finding }) => finding === index)
      .flatMap(({ because }) => found(because))
      .map((cause) => behind(cause, 'Caused by')),
    links
      .filter(({ because }) => because === index)
      .flatMap(({ finding }) => found(finding))
      .map((effect) => ({ text: `Effect: ${shown(effect.title)}`, ...openSpan(analysis, effect) })),
  ];
}

/** The cause, with a link to the change. */
function behind({ title, evidence: [item] = [] }: JudgedFinding, how: string): Claim {
  return { text: `${how}: ${shown(title)}`, url: openable(item?.url ?? ''), place: '' };
}

function heldClaims(trace: Trace, root: JudgedFinding, where: Pick<Claim, 'url' | 'place'>): Claim[] {
  const spans = ownSpans(root);
  const heldUs = pathUs(trace, spans);
  if (heldUs <= 0 || root.unlisted !== undefined) return []; // the finding itself says how much all of them hold
  if (heldUs < root.wastedUs) return []; // most of the time lies before the spans, as in a gap
  const rootUs = trace.durationOfUs(trace.root);
  // The verdict's share is the only one: pauses and parallel work make it another number.
  const held = durationsApart(heldUs, rootUs).join(' of ');
  return [
    {
      text: `On the critical path, ${whose(trace, root.service, spans)} ${spans.length > 1 ? 'take' : 'takes'} ${held}`,
      ...where,
    },
  ];
}

/** A statement may be kilobytes long, and a reason is one line. */
const EVIDENCE_LENGTH = 240;

function evidenceText({ kind, text, unsure }: EvidenceItem): string {
  const said = shown(text);
  const line = said.length > EVIDENCE_LENGTH ? `${said.slice(0, EVIDENCE_LENGTH).toWellFormed()}…` : said;
  if (kind === 'change') return `Changed: ${line}`;
  if (kind !== 'log') return `Recorded: ${line}`;
  return unsure ? `Logged at about that time, perhaps by another request: ${line}` : `Logged: ${line}`;
}

function placeOf({ kind }: EvidenceItem): Claim['place'] {
  if (kind === 'change') return '';
  return kind === 'log' ? 'logs' : 'span';
}

function whose(trace: Trace, service: string, spans: readonly SpanIndex[]): string {
  const [first] = spans;
  if (first === undefined) return shown(service);
  const label = `${shown(trace.service(first))} ${operationLabel(trace, first)}`;
  return spans.length === 1 ? label : `${label} (${counted(spans.length, 'span')})`;
}

/** From cause to effect. The chain has no branches, because each finding has at most one cause. */
function chainOf(diagnosis: Diagnosis, findings: readonly JudgedFinding[], symptom: string): string[] {
  if (diagnosis.chain.length === 0) return [];
  const effects = new Map<number, number[]>();
  for (const { finding, because } of diagnosis.chain) effects.set(because, [...(effects.get(because) ?? []), finding]);
  const caused = new Set(diagnosis.chain.map(({ finding }) => finding));
  const seen = new Set<number>();
  const order: number[] = [];
  const queue = [...effects.keys()].filter((finding) => !caused.has(finding));
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (seen.has(at)) continue;
    seen.add(at);
    order.push(at);
    queue.push(...(effects.get(at) ?? []));
  }
  const steps = order.map((at) => shown(findings[at]?.title ?? '')).filter((title) => title !== '');
  return symptom === '' ? steps : [...steps, symptom];
}

function repairsOf(trace: Trace): string[] {
  return repairGaps(trace).map(({ problem, consequence }) => shown(`${problem}: ${consequence}`));
}
