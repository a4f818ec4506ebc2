/** Where a report contradicts itself. */
import { detectors } from '#detect/registry.ts';
import { OF_THE_TRACE } from '#diagnose/finding-kinds.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import { ownSpans } from '#model/finding/finding.ts';
import { momentText } from '#model/text/duration.ts';
import { endsAsSentence } from '#model/text/in-words.ts';
import { nameInWords } from '#model/text/name-in-words.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { Report } from '#present/json/report.ts';
import type { FirstMessage } from '#present/words/first-message.ts';
import { LINE } from '#present/words/first-reasons.ts';
import { LONGEST_HEADLINE } from '#present/words/headline.ts';

type Told = Pick<Judgement, 'findings' | 'diagnosis'> | Report;

/** Each contradiction in words; empty for a report that holds together. */
export function incoherences(told: Told): string[] {
  const ofReport = 'methods' in told ? strayHypotheses(told) : [];
  return [...contradictions(told), ...misfits(told), ...strayNumbers(told), ...ofReport];
}

/** What a reader sees first, and what it rests on. `cited`: the lines and events of the verdict's finding. */
export type Said = Readonly<{
  headline: string;
  reasons: readonly string[];
  symptom: string;
  cited: readonly string[];
}>;

/** The lines of a first message, without its picture. */
export type Lines = Pick<
  FirstMessage,
  | 'headline'
  | 'status'
  | 'scope'
  | 'since'
  | 'wrongIf'
  | 'doNow'
  | 'notSeen'
  | 'lookedAt'
  | 'couldBe'
  | 'toTellThemApart'
> &
  Readonly<{ reasons: readonly string[]; isOfMany: boolean }>;

/** Where a first message breaks a rule of its form: short lines, no ids, no milliseconds, no shares, each fact once. */
export function misshapen(message: Lines): string[] {
  const { headline, status, scope, since, reasons, couldBe, toTellThemApart, wrongIf, doNow, notSeen } = message;
  const lines = [...reasons, ...couldBe, ...toTellThemApart, wrongIf, doNow];
  const all = [headline, scope, ...lines, notSeen, message.lookedAt];
  const says = (isWrong: boolean, text: string) => (isWrong ? [text] : []);
  return [
    ...says(headline.length > LONGEST_HEADLINE || !endsAsSentence(headline), `no whole first line: ${headline}`),
    ...says(/[()[\]]/.test(headline), `brackets in the first line: ${headline}`),
    ...says(
      /\b(?:begins? in|behaves? oddly|is unusual)\b|^[\w.-]+: it |\b(?:the others|they) do$/.test(headline),
      `says not what is wrong: ${headline}`,
    ),
    ...says(ID.test(headline), `an id in the first line: ${headline}`),
    ...says(reasons.length > MOST_REASONS, `${reasons.length} reasons`),
    ...lines.flatMap((line) => says(line.length > LINE, `longer than a line: ${line}`)),
    ...all.flatMap((line) => says(DETAIL.test(line.replace(QUOTED, '')), `detail in the first message: ${line}`)),
    ...reasons.flatMap((line) =>
      says(line.startsWith('…') || (line === headline && reasons.length > 1), `no reason: ${line}`),
    ),
    ...says(message.isOfMany && status !== undefined && since === undefined, `says not since when: ${headline}`),
  ];
}

const MOST_REASONS = 3;
/** Milliseconds and percentages, but not in a name: `9ms-service`, `100%`. */
const DETAIL = /\d\s?(?:ms|µs)\b(?![\w/-])|\d %/;
/** Of traces and spans. A reason may name a service that is called like that. */
const ID = /\b(?=[0-9a-f]*\d)[0-9a-f]{16,64}\b/i;
const QUOTED = /“[^”]*”?|`[^`]*`/g;

/** Where the first message contradicts itself. */
export function selfDenials({ headline, reasons, symptom, cited }: Said): string[] {
  const says = (isWrong: boolean, text: string) => (isWrong ? [text] : []);
  return [
    ...says(/nothing records (?:what|why)/.test(headline) && cited.length > 0, `“${headline}” beside “${cited[0]}”`),
    ...says(/got worse/.test(headline) && didNotGrow(symptom), `“${headline}” beside “${symptom}”`),
    ...doubled(reasons).map((reason) => `the reason twice: ${reason}`),
  ];
}

/** `requests take 14 ms on average, 15 ms in the baseline`, and none of them fails. */
function didNotGrow(symptom: string): boolean {
  const [, now = '', before = ''] = /take (\S+ \S+) on average, (\S+ \S+) in the baseline/.exec(symptom) ?? [];
  const [is, was] = [amountsIn(now)[0], amountsIn(before)[0]];
  return is !== undefined && was !== undefined && is.most <= was.most && !/ of \d+ fail/.test(symptom);
}

/** Reasons that quote the same line, or say the same. */
function doubled(reasons: readonly string[]): string[] {
  const isCited = (reason: string) => /^Logged[^“]*“/.test(reason);
  const quoted = (reason: string) => /“([^”]*?)…?”/.exec(reason)?.[1] ?? reason;
  return reasons.filter((reason, at) =>
    reasons.some(
      (other, place) =>
        place < at && (other === reason || ((isCited(reason) || isCited(other)) && other.includes(quoted(reason)))),
    ),
  );
}

/** What a reader takes a sentence to speak of. */
const SPOKEN_OF: Readonly<Record<string, RegExp>> = {
  'slow-query': /slow query|missing index|holds one for/i,
  'lock-contention': /\bdeadlock|\block\b/i,
  'pool-exhaustion': /\bpool\b|for a connection/i,
  'gc-pause': /garbage collection/i,
  'resource-exhausted': /out of memory|\bOOM\b|too many open files|no space left|exhausted/i,
  'retry-storm': /\bretries\b|\d+ attempts/i,
  'timeout-cascade': /timed out|time-?out|deadline exceeded/i,
  'circuit-open': /circuit ?breaker/i,
};

/** Kinds that a report names, in a finding or in words, and rules out all the same. */
function contradictions({ diagnosis, findings }: Told): string[] {
  const said = [diagnosis?.verdict, ...findings.flatMap(({ title, explanation }) => [title, explanation])];
  const couldBe = (diagnosis?.couldBe ?? []).map(({ what }) => what);
  const written = [...said, ...couldBe].join('\n');
  // An exception's name has its words together: `DeadlockLoserDataAccessException`.
  const words = `${written}\n${nameInWords(written)}`;
  const found = findings.map(({ detector, service }) => `${detector} ${service}`);
  const kinds = [diagnosis?.kind, ...findings.map(({ detector }) => detector)];
  const isNamed = (kind: string) => kinds.includes(kind) || SPOKEN_OF[kind]?.test(words) === true;
  return (diagnosis?.ruledOut ?? [])
    .filter(({ kind, service }) => (service === '' ? isNamed(kind) : found.includes(`${kind} ${service}`)))
    .map(({ kind, service, why }) => `${kind} ${service}: ${why}`);
}

const DESCRIPTIONS: ReadonlySet<string> = new Set(
  detectors.filter(({ role }) => role === 'description').map(({ id }) => id),
);

/** Where status, signals, order and chain of one report do not fit together. */
function misfits({ diagnosis, findings, ...told }: Told): string[] {
  const isOfTrace = !('subject' in told) || told.subject.kind === 'trace';
  if (diagnosis === undefined || diagnosis === null) return [];
  const { status, signals, share, confidence, kind, service, ranking, chain, couldBe = [] } = diagnosis;
  // What describes only the trace data stands beside the failure that nothing recorded explains.
  const first = findings[0]?.whyNotFirst === OF_THE_TRACE ? undefined : findings[0];
  const says = (isWrong: boolean, text: string) => (isWrong ? [text] : []);
  return [
    ...says(status === 'confirmed' && signals.said !== 1, 'confirmed without words'),
    ...says(status === 'confirmed' && (share < 0.5 || couldBe.length > 0), 'confirmed, and others may be the cause'),
    ...says(status !== 'inconclusive' && confidence < 0.5, `${status} at ${confidence}`),
    ...says(first?.inferred === true && status !== 'inconclusive', `${status}, and nothing recorded names it`),
    ...says(share < 0 || share > 1, `a share of ${share}`),
    // That nothing stands out rules out no cause, and the table of times shows what does.
    ...(diagnosis.ruledOut ?? [])
      .filter((out) => out.service === '' && DESCRIPTIONS.has(out.kind))
      .map((out) => `${out.kind} describes, and is ruled out: ${out.why}`),
    ...says(
      isOfTrace && first !== undefined && first.detector !== kind,
      `the verdict is ${kind}, and ${first?.detector} comes first`,
    ),
    ...says(isOfTrace && first !== undefined && first.service !== service, `${service} and ${first?.service}`),
    ...says(ranking[0]?.kind !== kind || ranking[0].service !== service, 'the ranking begins with another one'),
    ...says(
      chain.some(({ finding, because }) => finding === because || !findings[finding] || !findings[because]),
      'the chain leaves the findings',
    ),
    ...says((first?.whyNotFirst ?? '') !== '', 'a reason why the verdict is not the verdict'),
  ];
}

/** Where the parts of one analysis deny each other. `trace` is undefined for a window. */
export function deniedParts(judgement: Judgement, trace: Trace | undefined, missing: string | undefined): string[] {
  const { diagnosis, findings, symptom } = judgement;
  if (diagnosis === undefined) return [];
  const says = (isWrong: boolean, text: string) => (isWrong ? [text] : []);
  const [first] = findings;
  const inChain = new Set(diagnosis.chain.flatMap(({ finding, because }) => [finding, because]));
  const rivals = findings.filter(({ facts, detector }, at) => {
    return at > 0 && !inChain.has(at) && facts.reachedRoot === true && Number(facts.rivals ?? 0) > 0 && detector !== '';
  });
  return [
    ...says(missing !== undefined && diagnosis.status !== 'inconclusive', `${diagnosis.status}, and a part is missing`),
    ...says(
      trace !== undefined && symptom.kind === 'failed' && diagnosis.share >= 0.995 && rivals.length > 0,
      `it explains all of the failure, beside: ${rivals[0]?.title}`,
    ),
    ...(trace === undefined || first === undefined ? [] : doubledCalls(trace, first)),
  ];
}

/** Calls of which a finding lists both ends: their time would count twice, and their callers would be a cause. */
function doubledCalls(trace: Trace, finding: Judgement['findings'][number]): string[] {
  const { detector } = finding;
  const spans = ownSpans(finding);
  const listed = new Set(spans);
  const doubled = spans.find((span) => {
    const parent = trace.parent(span);
    return (
      trace.kind(span) === 'server' && parent !== undefined && listed.has(parent) && trace.kind(parent) === 'client'
    );
  });
  return doubled === undefined ? [] : [`${detector} lists both ends of the call ${trace.operation(doubled)}`];
}

/** The first hypothesis of a report is its verdict. Long names are cut in each at another place. */
function strayHypotheses({ diagnosis, methods, subject }: Report): string[] {
  const [first] = methods?.hypotheses ?? [];
  const claims = (methods?.hypotheses ?? []).map(({ claim }) => claim);
  const twice = claims.filter((claim, at) => claims.indexOf(claim) < at).map((claim) => `claimed twice: ${claim}`);
  const follows = new Set((diagnosis?.chain ?? []).map(({ finding }) => String(finding)));
  const denied = (methods?.hypotheses ?? [])
    .filter(
      ({ state, supports }) =>
        state === 'refuted' && supports.some(({ ref, kind }) => kind === 'finding' && follows.has(ref)),
    )
    .map(({ claim }) => `refuted, and it follows from the verdict: ${claim}`);
  if (twice.length + denied.length > 0) return [...twice, ...denied];
  if (subject.kind !== 'trace' || diagnosis === null || first === undefined) return [];
  const [verdict, claim] = [letters(diagnosis.verdict), letters(first.claim)];
  const compared = Math.min(COMPARED, verdict.length, claim.length);
  return verdict.slice(0, compared) === claim.slice(0, compared)
    ? []
    : [`the first hypothesis of “${diagnosis.verdict}” is: ${first.claim}`];
}

const COMPARED = 20;

function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}

/** Numbers of the verdict that stand in none of its findings. */
function strayNumbers({ diagnosis, findings, ...told }: Told): string[] {
  if (diagnosis === undefined || diagnosis === null) return [];
  const { verdict, statusReason = '', share } = diagnosis;
  const evidence = findings.flatMap(({ title, explanation, evidence = [] }) => [
    title,
    explanation,
    ...evidence.map(({ text }) => text),
  ]);
  // Where only lines show the order of the failures, their times are the evidence.
  const [first, ...others] = 'timeline' in told ? (told.timeline ?? []) : [];
  // Both times are cut to the millisecond.
  const after = others.flatMap(({ ts }) =>
    [-1, 0, 1].map((ms) => momentText((Date.parse(ts) - Date.parse(first?.ts ?? ts) + ms) * 1_000)),
  );
  return strayAmounts(`${verdict} ${statusReason}`, [...evidence, ...after, `${share * 100} %`]);
}

/** Amounts of a text that no text of the evidence holds, however they are rounded. */
export function strayAmounts(text: string, evidence: readonly string[]): string[] {
  const known = evidence.flatMap(amountsIn);
  return amountsIn(text)
    .filter((said) => !known.some((one) => one.of === said.of && one.least <= said.most && one.most >= said.least))
    .map((said) => `“${said.text}” of “${text}” stands in no finding`);
}

type Amount = Readonly<{ text: string; of: string; least: number; most: number }>;

/** A number and its unit: `2.24 s`, `23 %`, `48 queries`. */
const AMOUNT =
  /(under )?(\d[\d,]*(?:\.\d+)?) ?(%|µs|ms|s|min|h|d|kB|MB|GB|queries|calls|requests|attempts|connections)(?!\w)/g;

/** By what they measure: the unit, and how many of the smallest it holds. */
const UNITS: Readonly<Record<string, readonly [of: string, factor: number]>> = {
  µs: ['time', 1],
  ms: ['time', 1e3],
  s: ['time', 1e6],
  min: ['time', 6e7],
  h: ['time', 3.6e9],
  d: ['time', 8.64e10],
  kB: ['bytes', 1e3],
  MB: ['bytes', 1e6],
  GB: ['bytes', 1e9],
};

/** Each amount as the range of what rounds to it. */
function amountsIn(text: string): Amount[] {
  return [...text.matchAll(AMOUNT)].map(([whole, under, digits = '', unit = '']) => {
    const [of, factor] = UNITS[unit] ?? [unit, 1];
    const number = Number(digits.replaceAll(',', ''));
    const half = 0.5 * 10 ** -(digits.split('.')[1]?.length ?? 0);
    const least = under === undefined ? (number - half) * factor : 0;
    return { text: whole, of, least, most: (number + half) * factor };
  });
}
