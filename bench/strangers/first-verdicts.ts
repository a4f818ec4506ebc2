/**
 * The verdicts of all first runs of single requests since `requests-2`, each by the version of its time, and what the
 * confidence learned from them is worth: each round is judged by a curve that has not seen it.
 */
import { readFileSync } from 'node:fs';
import type { GroundsCurve } from '#diagnose/curve.ts';
import { confidenceOf, GROUNDS } from '#diagnose/first-contact.ts';
import { FIRST_CONTACT } from '#diagnose/first-contact-data.ts';
import { LIKELY } from '#diagnose/status.ts';
import { AT_MOST } from '#diagnose/window/window-confidence.ts';
import type { Grounds, Status } from '#model/finding/diagnosis.ts';
import type { Report } from '#present/json/report.ts';
import { descended } from '../accuracy/calibrate.ts';

export type FirstVerdict = Readonly<{
  round: string;
  id: string;
  kind: string;
  status: Status;
  /** As the report of that time had it, 0 to 1. */
  confidence: number;
  /** It names an expected kind in an expected service, however sure. On a healthy request nothing is expected. */
  isRight: boolean;
  /** By the code of the first run. Missing for what rests on log lines, and for a flaw of the trace. */
  grounds?: Grounds;
  /** It describes the trace data: a missing span, a wrong clock. */
  isOfRecord?: boolean;
  /** Only for a window: today's rules find signs of another cause, so today this verdict would be inconclusive. */
  isOpen?: boolean;
  /** The most that it may be, 0 to 1: nothing recorded tells it from others. */
  atMost?: number;
  /** The other findings that could be the cause: no effects, and none about the trace data. */
  others?: readonly Readonly<{
    kind: string;
    /** Its share of what is left of 1 after the confidence of the verdict, 0 to 1. */
    part: number;
    isRight: boolean;
  }>[];
}>;

/** What a case says about its right answers. */
export type Expected = Readonly<{
  id: string;
  verdict?: 'fault' | 'healthy' | 'unsure';
  kinds?: readonly string[];
  services?: readonly string[];
  /** Spans that were removed: to say so is true. */
  lostParents?: readonly string[];
}>;

/** The confidence of a verdict, 0 to 1, and whether the verdict was right. */
export type Told = Readonly<{ confidence: number; isRight: boolean }>;

/** What the curve is learned from, `requests-2` to `requests-52`. A later round checks it until it is learned anew. */
const ROUNDS = Array.from({ length: 51 }, (_, at) => `requests-${at + 2}`);

let known: readonly FirstVerdict[] | undefined;

export function firstVerdicts(): readonly FirstVerdict[] {
  const text = () => readFileSync(new URL('first-verdicts.json', import.meta.url), 'utf8');
  known ??= JSON.parse(text()) as readonly FirstVerdict[];
  return known;
}

/** The verdicts of the first runs of time windows since `windows-3`; `verdicts.ts --record` writes those of a round. */
export function firstWindows(): readonly FirstVerdict[] {
  return JSON.parse(readFileSync(new URL('first-windows.json', import.meta.url), 'utf8')) as readonly FirstVerdict[];
}

/** The verdict as today's rules would give it: inconclusive, at most `AT_MOST`, if something speaks of another cause. */
export function toldToday(one: FirstVerdict): FirstVerdict {
  return one.isOpen ? { ...one, status: 'inconclusive', confidence: Math.min(one.confidence, AT_MOST) } : one;
}

/** Flaws of the trace data are no causes. */
const OF_RECORD: ReadonlySet<string> = new Set(['broken-trace', 'clock-skew']);

/** The verdict of a first run, as it is kept; none where the report has no verdict. */
export function recordedVerdict(
  round: string,
  expected: Expected,
  { diagnosis, findings }: Pick<Report, 'diagnosis' | 'findings'>,
): readonly FirstVerdict[] {
  if (diagnosis === null) return [];
  const { kind, service, status, confidence, grounds, chain } = diagnosis;
  const effects = new Set(chain.map(({ finding }) => finding));
  const others = findings.flatMap(({ detector, service: of, confidence: left }, at) => {
    if (at === 0 || effects.has(at) || OF_RECORD.has(detector)) return [];
    const part = confidence < 1 ? Math.min(1, left / (1 - confidence)) : 0;
    return [{ kind: detector, part: rounded(part), isRight: isExpected(expected, detector, of) }];
  });
  return [
    {
      round,
      id: expected.id,
      kind,
      status,
      confidence: rounded(confidence),
      isRight: isExpected(expected, kind, service),
      ...(grounds !== null && { grounds: roundedGrounds(grounds) }),
      ...(grounds === null && OF_RECORD.has(kind) && { isOfRecord: true }),
      ...(findings[0]?.inferred && { atMost: rounded(confidence) }),
      ...(others.length > 0 && { others }),
    },
  ];
}

function isExpected(
  { verdict, kinds = [], services = [], lostParents = [] }: Expected,
  kind: string,
  service: string,
): boolean {
  const isKind = kinds.includes(kind) || (kind === 'broken-trace' && lostParents.length > 0);
  return verdict === 'healthy' ? isKind : isKind && (services.length === 0 || services.includes(service));
}

function roundedGrounds(grounds: Grounds): Grounds {
  return { ...grounds, lead: rounded(grounds.lead), shown: rounded(grounds.shown), intact: rounded(grounds.intact) };
}

/** One verdict a line. */
export function verdictLines(verdicts: readonly FirstVerdict[]): string {
  return `[\n${verdicts.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`;
}

/** The learned curve, as a module. */
export function firstContactModule(date: string): string {
  const told = firstVerdicts().filter(({ round }) => ROUNDS.includes(round));
  const { bias, weights, ofRecord } = fitted(told);
  return `/** Written by \`node bench/accuracy.ts calibrate-first\` from first runs of rounds of requests: see docs/accuracy.md. */
import type { GroundsCurve } from '#diagnose/curve.ts';

export const FIRST_CONTACT: Readonly<{
  date: string;
  rounds: readonly string[];
  /** Those with grounds. */
  verdicts: number;
  curve: GroundsCurve;
}> = {
  date: '${date}',
  rounds: [
${ROUNDS.map((round) => `    '${round}',`).join('\n')}
  ],
  verdicts: ${told.filter(({ grounds }) => grounds !== undefined).length},
  curve: {
    bias: ${bias},
    weights: {
${GROUNDS.map((name) => `      ${name}: ${weights[name]},`).join('\n')}
    },
    ofRecord: { of: ${ofRecord.of}, right: ${ofRecord.right} },
  },
};
`;
}

export function fitted(told: readonly FirstVerdict[]): GroundsCurve {
  const known = told.flatMap(({ grounds, isRight }) => (grounds === undefined ? [] : [{ grounds, isRight }]));
  const [bias = 0, ...found] = descended(
    known.map(({ grounds }) => [1, ...GROUNDS.map((name) => grounds[name])]),
    known.map(({ isRight }) => Number(isRight)),
  );
  const weightOf = (name: keyof Grounds) => rounded(found[GROUNDS.indexOf(name)] ?? 0);
  const ofRecord = told.filter(({ isOfRecord }) => isOfRecord);
  return {
    bias: rounded(bias),
    weights: {
      said: weightOf('said'),
      reason: weightOf('reason'),
      awaited: weightOf('awaited'),
      watched: weightOf('watched'),
      backed: weightOf('backed'),
      clear: weightOf('clear'),
      most: weightOf('most'),
      lead: weightOf('lead'),
      shown: weightOf('shown'),
      intact: weightOf('intact'),
    },
    ofRecord: { of: ofRecord.length, right: ofRecord.filter(({ isRight }) => isRight).length },
  };
}

/** The verdicts that the curve is learned from, each with the number of a curve that has not seen its round. */
export function foldedVerdicts(all: readonly FirstVerdict[]): readonly FirstVerdict[] {
  const one = folds.get(all) ?? foldsOf(all);
  folds.set(all, one);
  return one;
}

/** A curve takes some ten seconds. */
const folds = new WeakMap<readonly FirstVerdict[], readonly FirstVerdict[]>();

/** Each tenth round together: a curve for each round alone would take ten minutes. */
const FOLDS = 10;

function foldsOf(all: readonly FirstVerdict[]): readonly FirstVerdict[] {
  const foldOf = ({ round }: FirstVerdict) => ROUNDS.indexOf(round) % FOLDS;
  const learned = all.filter(({ round }) => ROUNDS.includes(round));
  return Array.from({ length: FOLDS }, (_, fold) => fold).flatMap((fold) => {
    const curve = fitted(learned.filter((one) => foldOf(one) !== fold));
    return learned.filter((one) => foldOf(one) === fold).map((one) => withNumber(one, curve));
  });
}

/** The verdicts of later rounds, with the number of today's curve; of rounds without grounds there is none. */
export function laterVerdicts(all: readonly FirstVerdict[]): readonly FirstVerdict[] {
  const known = new Set(all.filter(({ grounds }) => grounds !== undefined).map(({ round }) => round));
  return all
    .filter(({ round }) => known.has(round) && !ROUNDS.includes(round))
    .map((one) => withNumber(one, FIRST_CONTACT.curve));
}

/** The same by a curve that was fitted to these verdicts: more than these grounds can tell of them nobody can learn before. */
export function laterByOwnCurve(all: readonly FirstVerdict[]): readonly FirstVerdict[] {
  const later = laterVerdicts(all);
  const curve = fitted(later);
  return later.map((one) => withNumber(one, curve));
}

function withNumber(one: FirstVerdict, curve: GroundsCurve): FirstVerdict {
  return { ...one, confidence: numberOf(one, curve) };
}

/** As `diagnose/sureness.ts` tells it; what rests on log lines keeps the number of its time. */
function numberOf({ grounds, isOfRecord, atMost, status, confidence }: FirstVerdict, curve: GroundsCurve): number {
  if (grounds === undefined && !isOfRecord) return confidence;
  const number = confidenceOf(grounds, curve);
  if (atMost !== undefined) return Math.min(atMost, number);
  return status === 'inconclusive' || grounds?.clear === 0 ? number : Math.max(number, LIKELY);
}

/**
 * Each verdict, and each other finding of the report that could be the cause. Its number is the probability that it is
 * right in the verdict's place, so beside a right verdict it is not, even where a case accepts both.
 */
export function withOthers(verdicts: readonly FirstVerdict[]): readonly Told[] {
  return verdicts.flatMap(({ confidence, isRight, others = [] }) => [
    { confidence, isRight },
    ...others.map(({ part, isRight: isOther }) => ({
      confidence: (1 - confidence) * part,
      isRight: isOther && !isRight,
    })),
  ]);
}

/** The mean square of what a number is off, 0 to 1. */
export function brierOf(told: readonly Told[]): number {
  return told.reduce((sum, { confidence, isRight }) => sum + (confidence - Number(isRight)) ** 2, 0) / told.length;
}

/** The best constant is the share of right ones. */
export function constantOf(told: readonly Told[]): Readonly<{ share: number; brier: number }> {
  const share = told.filter(({ isRight }) => isRight).length / told.length;
  return { share, brier: share * (1 - share) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
