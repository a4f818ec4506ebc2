/**
 * Why after why, each with its evidence, as far as the evidence goes:
 *
 *   GET /api/users took 5.2 s                     the symptom
 *     user-service took 5 s for GET /users        services on the way to the cause
 *       one query holds 5 s                       findings, each because of the next
 *         the plan says: full scan                evidence of the last one
 *           why so? look at …                     open: for a person to answer
 *
 * There are at least five places, and at least one is open: no trace shows what made a cause possible.
 */
import { causePath } from '#diagnose/cause-path.ts';
import { cite, citeItem, citeSpan } from '#diagnose/cite.ts';
import { nextWhys } from '#diagnose/next-why.ts';
import { type Detectors, type NextWhy, USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { Citation, FiveWhys, Why } from '#model/finding/methods.ts';
import { type LogLine, linesBySpan } from '#model/logs/log-line.ts';
import type { RequestTimeline } from '#model/logs/request-timeline.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureMessage, failureStatus } from '#model/trace/views/failure-text.ts';

type Answer = Omit<Why, 'number'>;

/** The guide's number: fewer answers leave more places open. */
const PLACES = 5;

export type WhyParts = Readonly<{
  /** Undefined where there are only log lines. */
  trace: Trace | undefined;
  logs: readonly LogLine[];
  judgement: Judgement;
  detectors: Detectors;
  /** For one request, put together from its lines. */
  timeline?: RequestTimeline | undefined;
}>;

/** Null where nothing is wrong with the request itself. */
export function fiveWhys({ trace, logs, judgement, detectors, timeline }: WhyParts): FiveWhys | null {
  const { symptom, findings, diagnosis } = judgement;
  if (symptom.kind === 'none' || diagnosis === undefined) return null;
  const path = withoutRepeats(causePath(diagnosis.chain), findings);
  const last = findings[path.at(-1) ?? 0];
  if (last === undefined) return null;
  const said = mechanism(last, detectors);
  const reached = { findings, diagnosis, path, detectors, failed: symptom.kind === 'failed' };
  const onTheWay = trace === undefined ? answersOfLines(timeline, reached) : answersOf(trace, logs, reached);
  const answers = [...onTheWay, ...said];
  const next = [
    ...whichOfSeveral(last),
    ...nextWhys(last.inferred ? USUAL_WHYS : detectors.of(last.detector).nextWhys, said.length > 0),
  ];
  const open = next.slice(0, Math.max(1, PLACES - answers.length));
  const whys = [...answers, ...open.map(({ ask, lookAt }) => left(ask, lookAt))];
  return {
    symptom: symptom.text,
    evidence: trace === undefined ? [] : [citeSpan(trace, trace.root)],
    whys: whys.map((why, index) => ({ ...why, number: index + 1 })),
  };
}

/**
 * Without a finding that only the log shows and that its cause says again: a pool that refuses connections has none left,
 * which is one why and not two.
 */
function withoutRepeats(path: readonly number[], findings: readonly JudgedFinding[]): readonly number[] {
  return path.filter((index, at) => {
    const [effect, cause] = [findings[index], findings[path[at + 1] ?? -1]];
    if (effect === undefined || cause === undefined) return true;
    const isSame = effect.spans.length === 0 && effect.service === cause.service;
    return !isSame || cause.names?.includes(effect.detector) !== true;
  });
}

/** Where several causes are possible, the next question is which one it is. */
function whichOfSeveral({ inferred, couldBe = [] }: JudgedFinding): NextWhy[] {
  if (!inferred || couldBe.length === 0) return [];
  return [
    {
      ask: `Which of these is it: ${couldBe.map(({ what }) => what).join('; ')}?`,
      lookAt: `${couldBe.map(({ what, shownBy }) => `${what}: ${shownBy}`).join('; ')}.`,
    },
  ];
}

/** Where nothing was diagnosed yet: only the questions. */
export function whysWithoutEvidence(symptom: string): FiveWhys {
  const open = nextWhys(USUAL_WHYS, false).slice(0, PLACES);
  return {
    symptom,
    evidence: [],
    whys: open.map(({ ask, lookAt }, index) => ({ ...left(ask, lookAt), number: index + 1 })),
  };
}

type Reached = Readonly<{
  findings: readonly JudgedFinding[];
  diagnosis: Diagnosis;
  path: readonly number[];
  detectors: Detectors;
  failed: boolean;
}>;

/** The services on the way down, with the findings at their places. */
function answersOf(trace: Trace, logs: readonly LogLine[], reached: Reached): Answer[] {
  const answers: Answer[] = [];
  const lines = linesBySpan(logs);
  let above = trace.root;
  for (const [at, index] of reached.path.entries()) {
    const finding = reached.findings[index];
    if (finding === undefined) continue;
    const anchor = anchorOf(trace, finding, { above, rest: reached.path.slice(at + 1), findings: reached.findings });
    const hops = entriesBetween(trace, above, anchor, finding);
    answers.push(...folded(trace, hops).map((entry) => hop(trace, entry, reached.failed, lines)));
    answers.push(found(trace, finding, index, reached));
    if (trace.isUnder(anchor, above)) above = anchor;
  }
  return answers;
}

/**
 * Where a finding stands on the way down. One that only lines show stands where its service begins, on the way to the
 * next finding with spans: the services above it come first.
 */
function anchorOf(
  trace: Trace,
  finding: JudgedFinding,
  {
    above,
    rest,
    findings,
  }: Readonly<{ above: SpanIndex; rest: readonly number[]; findings: readonly JudgedFinding[] }>,
): SpanIndex {
  const [own] = finding.spans;
  if (own !== undefined) return own;
  const next = rest.flatMap((index) => findings[index] ?? []).find(({ spans }) => spans.length > 0);
  const [below] = next?.spans ?? [];
  if (next === undefined || below === undefined) return above;
  const entries = entriesBetween(trace, above, below, next);
  return entries.find((span) => trace.service(span) === finding.service) ?? above;
}

/**
 * Without a trace: the services that the request's lines show failing, from the last one to the origin, then the
 * findings.
 */
function answersOfLines(timeline: RequestTimeline | undefined, reached: Reached): Answer[] {
  const named = new Set(reached.path.map((index) => reached.findings[index]?.service));
  const failed = (timeline?.failed ?? []).filter(({ service }) => !named.has(service)).toReversed();
  const told = failed.flatMap(({ service, entry }) => {
    const spoken = entry === undefined ? undefined : timeline?.entries[entry];
    return spoken === undefined ? [] : [failedService(service, spoken)];
  });
  const findings = reached.path.flatMap((index) => {
    const finding = reached.findings[index];
    return finding === undefined ? [] : [found(undefined, finding, index, reached)];
  });
  return [...told.slice(0, MOST_HOPS), ...findings];
}

function failedService(service: string, { line, text }: RequestTimeline['entries'][number]): Answer {
  const said = citeItem({ kind: 'log', ref: line.timeNs, text });
  return { standing: 'shown', text: `${service}: logs “${text}”`, evidence: [said], lookAt: '' };
}

/**
 * The spans where another service begins, on the way from one span down to another, the topmost first. The finding
 * covers its own span.
 */
function entriesBetween(trace: Trace, above: SpanIndex, below: SpanIndex, { spans }: JudgedFinding): SpanIndex[] {
  if (!trace.isUnder(below, above)) return [];
  const own = new Set(spans);
  const entries: SpanIndex[] = [];
  for (let span: SpanIndex | undefined = below; span !== undefined && span !== above; span = trace.parent(span)) {
    const parent = trace.parent(span);
    if (parent !== undefined && trace.service(parent) !== trace.service(span) && !own.has(span)) {
      entries.push(span);
    }
  }
  return entries.reverse();
}

/** A request through a dozen services shows its first and last ones. */
const MOST_HOPS = 4;
/** How many of the services in between are named. */
const MOST_NAMED = 6;

type Hop = Readonly<{ span: SpanIndex; through: readonly string[] }>;

function folded(trace: Trace, entries: readonly SpanIndex[]): Hop[] {
  const left = entries.length - MOST_HOPS;
  const kept = left <= 0 ? entries : [...entries.slice(0, MOST_HOPS / 2), ...entries.slice(-MOST_HOPS / 2)];
  const between = left <= 0 ? [] : entries.slice(MOST_HOPS / 2, -MOST_HOPS / 2).map((span) => trace.service(span));
  return kept.map((span, at) => ({ span, through: at === MOST_HOPS / 2 ? between : [] }));
}

function hop(trace: Trace, { span, through }: Hop, failed: boolean, lines: ReturnType<typeof linesBySpan>): Answer {
  const what = `${trace.service(span)}: ${trace.operation(span)}`;
  const status = failureStatus(trace, span);
  const took = durationText(trace.durationOfUs(span));
  const isFailure = failed && trace.failed(span);
  const how = isFailure ? `failed${status === '' ? '' : ` with ${status}`} after ${took}` : `took ${took}`;
  const named = through.slice(0, MOST_NAMED).join(', ');
  const more = through.length > MOST_NAMED ? ` and ${through.length - MOST_NAMED} more` : '';
  const by = through.length === 0 ? '' : `, called through ${named}${more}`;
  const said = isFailure ? failureMessage(trace, span, lines) : undefined;
  return {
    standing: 'shown',
    text: `${what} ${how}${by}`,
    evidence: [citeSpan(trace, span), ...(said ? [citeItem(said)] : [])],
    lookAt: '',
  };
}

const SPANS_CITED = 2;
const ITEMS_CITED = 3;

function found(
  trace: Trace | undefined,
  finding: JudgedFinding,
  index: number,
  { diagnosis, path, detectors }: Reached,
): Answer {
  const isToldNext = index === path.at(-1) && mechanism(finding, detectors).length > 0;
  const isSure = index !== 0 || (diagnosis.signals.said > 0 && diagnosis.status !== 'inconclusive');
  return {
    standing: isSure ? 'shown' : 'suggested',
    text: isSure ? finding.title : `${finding.title} (${diagnosis.statusReason})`,
    evidence: [
      cite('finding', index, finding.detector),
      ...(trace === undefined ? [] : finding.spans.slice(0, SPANS_CITED).map((span) => citeSpan(trace, span))),
      ...(isToldNext ? [] : (finding.evidence ?? [])).slice(0, ITEMS_CITED).map(citeItem),
    ],
    lookAt: '',
  };
}

/** Why it is slow or failed, as recorded, where the detector does not say it and the title does not contain it yet. */
function mechanism({ detector, title, evidence = [] }: JudgedFinding, detectors: Detectors): Answer[] {
  if (detectors.of(detector).nextWhys.said === undefined) return [];
  const untold = evidence.filter(({ text }) => text !== '' && !title.includes(text)).slice(0, ITEMS_CITED);
  const [first] = untold;
  if (first === undefined) return [];
  const text = `${SAYS[first.kind]}: “${first.text}”`;
  return [{ standing: 'shown', text, evidence: untold.map(citeItem), lookAt: '' }];
}

const SAYS: Readonly<Record<NonNullable<JudgedFinding['evidence']>[number]['kind'], string>> = {
  span: 'The span records',
  event: 'An event of the span says',
  log: 'The log says',
  metric: 'A metric shows',
  change: 'A change',
};

function left(text: string, lookAt: string): Answer {
  return { standing: 'open', text, evidence: [] as readonly Citation[], lookAt };
}
