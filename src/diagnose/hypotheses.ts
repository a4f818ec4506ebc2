/**
 * Possible causes, each as a claim that can be proved wrong: the findings, the services that only passed a failure on,
 * and the services with much of the time but no finding. Only a person confirms a claim.
 */
import { checkQueries } from '#diagnose/check-queries.ts';
import { cite, citeItem, citeSpan } from '#diagnose/cite.ts';
import { isAboutTrace } from '#diagnose/finding-kinds.ts';
import { accountedFor } from '#diagnose/look-next.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { Citation, Hypothesis } from '#model/finding/methods.ts';
import { partOfTime } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';

type Unnamed = Omit<Hypothesis, 'id'>;
type Asked = readonly Readonly<{ query: string }>[];

/** Nobody tests more; the report has all findings. */
const MOST_FINDINGS = 6;
const MOST_PASSING = 3;
const MOST_OTHERS = 2;
/** A smaller part of the request's time is not worth a claim. */
const WORTH_A_CLAIM = 0.1;

/** Best first; `H1` is the verdict. None where nothing is wrong. */
export function hypotheses(
  trace: Trace | undefined,
  { symptom, findings, diagnosis }: Judgement,
  asked: Asked,
  detectors: Detectors,
): Hypothesis[] {
  if (diagnosis === undefined) return [];
  const claims = findings
    .map((finding, index) => ({ finding, index }))
    .filter(
      ({ finding, index }) => !isAboutTrace(finding.detector, detectors) && isOwnClaim(findings, diagnosis, index),
    )
    // Two findings that say the same are one claim.
    .filter(({ finding }, at, all) => all.findIndex((other) => other.finding.title === finding.title) === at)
    .slice(0, MOST_FINDINGS)
    .map(({ finding, index }) => ofFinding(trace, { findings, diagnosis, finding, index, asked, detectors }));
  if (claims.length === 0) return [];
  const [first] = findings;
  if (first?.inferred) claims.splice(1, 0, ...candidatesOf(first));
  const ofTime = trace === undefined ? [] : others(trace, findings, detectors);
  const rest = symptom.kind === 'failed' ? passing(diagnosis) : ofTime;
  const all = [...claims, ...rest];
  return all.map((claim, index) => ({ ...claim, id: `H${index + 1}` }));
}

type Claimed = Readonly<{
  findings: readonly JudgedFinding[];
  diagnosis: Diagnosis;
  finding: JudgedFinding;
  index: number;
  asked: Asked;
  detectors: Detectors;
}>;

const SPANS_CITED = 2;
const ITEMS_CITED = 3;
const EFFECTS_CITED = 3;

function ofFinding(trace: Trace | undefined, claimed: Claimed): Unnamed {
  const { finding, index, diagnosis, asked, detectors } = claimed;
  const { title, detector, service, operation, check, spans, evidence = [] } = finding;
  const isSupported = index === 0 && diagnosis.status !== 'inconclusive';
  return {
    claim: title,
    kind: detector,
    service,
    operation,
    state: isSupported ? 'supported' : 'open',
    supports: [
      cite('finding', index, `${finding.explanation}`),
      ...(trace === undefined ? [] : spans.slice(0, SPANS_CITED).map((span) => citeSpan(trace, span))),
      ...evidence.slice(0, ITEMS_CITED).map(citeItem),
      ...effects(claimed),
    ],
    contradicts: contradictions(claimed),
    check,
    queries: checkQueries(trace, finding, asked, detectors),
  };
}

/** The possible causes of the first finding, where nothing recorded decides: each is a claim of its own. */
function candidatesOf({ operation, service, couldBe = [] }: JudgedFinding): Unnamed[] {
  return couldBe.map(({ what, shownBy }) => ({
    claim: `It is ${what}`,
    kind: '',
    service,
    operation,
    state: 'open',
    supports: [],
    contradicts: [],
    check: `There is no sign that ${shownBy}.`,
    queries: [],
  }));
}

function effects({ findings, diagnosis, index }: Claimed): Citation[] {
  return diagnosis.chain
    .filter(({ because }) => because === index)
    .slice(0, EFFECTS_CITED)
    .map(({ finding }) => cite('finding', finding, `It explains: ${findings[finding]?.title ?? ''}`));
}

/**
 * An effect is no rival of its cause, and supports it. Nor is it a rival that the failed call also took its time: time
 * fails no request.
 */
function isOwnClaim(findings: readonly JudgedFinding[], { chain }: Diagnosis, index: number): boolean {
  if (index === 0) return true;
  if (chain.some(({ finding }) => finding === index)) return false;
  const [first, own] = [findings[0], findings[index]];
  const isFailure = first?.facts.reachedRoot === true && own?.facts.reachedRoot !== true;
  const ofFirst = new Set(first?.spans);
  return !isFailure || own === undefined || own.spans.length === 0 || !own.spans.every((span) => ofFirst.has(span));
}

/** Why it is not the verdict, or why the verdict is uncertain. */
function contradictions({ diagnosis, finding, index }: Claimed): Citation[] {
  if (index > 0) {
    const { whyNotFirst } = finding;
    return whyNotFirst === undefined ? [] : [cite('finding', 0, whyNotFirst)];
  }
  const against: Citation[] = [];
  if (diagnosis.status !== 'confirmed') against.push(cite('finding', 0, diagnosis.statusReason));
  if (diagnosis.share < MOST_OF_IT) {
    against.push(
      cite('finding', 0, `it leaves ${Math.round(100 * (1 - diagnosis.share))} % of the problem unexplained`),
    );
  }
  return against;
}

const MOST_OF_IT = 0.5;

function passing({ ruledOut }: Diagnosis): Unnamed[] {
  return ruledOut
    .map((cause, index) => ({ ...cause, index }))
    .filter(({ passedOn }) => passedOn === true)
    .slice(0, MOST_PASSING)
    .map(({ kind, service, why, index }) => ({
      claim: `The failure began in ${service}`,
      kind,
      service,
      operation: '',
      state: 'refuted',
      supports: [],
      contradicts: [cite('ruled-out', index, why)],
      check: `A span of ${service} fails although nothing below it failed.`,
      queries: [],
    }));
}

/** Services without a finding that have much self time on the critical path. */
function others(trace: Trace, findings: readonly JudgedFinding[], detectors: Detectors): Unnamed[] {
  const kind = detectors.named('own-time').id;
  const named = new Set(findings.map(({ service }) => service));
  const held = new Map<string, Readonly<{ us: number; most: SpanIndex }>>();
  // What the verdict accounts for is no claim beside it.
  const accountedUs = findings[0] === undefined ? undefined : accountedFor(trace, findings[0]);
  for (let span = 0; span < trace.spanCount; span += 1) {
    const us = pathSelfUs(trace, span) - (accountedUs?.[span] ?? 0);
    const service = trace.service(span);
    if (us <= 0 || named.has(service)) continue;
    const known = held.get(service);
    const isMost = known === undefined || us > pathSelfUs(trace, known.most);
    held.set(service, { us: (known?.us ?? 0) + us, most: isMost ? span : known.most });
  }
  const rootUs = Math.max(1, trace.durationOfUs(trace.root));
  return [...held]
    .filter(([, { us }]) => us >= WORTH_A_CLAIM * rootUs)
    .sort(([a, { us }], [b, { us: otherUs }]) => otherUs - us || (a < b ? -1 : 1))
    .slice(0, MOST_OTHERS)
    .map(([service, { us, most }]) => ({
      claim: `${service} itself takes too long: it spends ${partOfTime(us, rootUs)} by itself`,
      kind,
      service,
      operation: trace.operation(most),
      state: 'open',
      supports: [citeSpan(trace, most)],
      contradicts: [],
      check: `${trace.operation(most)} of ${service} takes as long in healthy requests.`,
      queries: [],
    }));
}
