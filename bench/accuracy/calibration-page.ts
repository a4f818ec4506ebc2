/** What a calibration writes: the constants of the curve, and the page that says what they are worth. */

import { SIGNALS } from '#diagnose/calibration.ts';
import type { Curve } from '#diagnose/curve.ts';
import { GROUNDS } from '#diagnose/first-contact.ts';
import { FIRST_CONTACT } from '#diagnose/first-contact-data.ts';
import type { Grounds } from '#model/finding/diagnosis.ts';
import { FIRST_RUNS, FIRST_WINDOWS, type FirstRun } from '../strangers/first-runs.ts';
import {
  brierOf,
  constantOf,
  type FirstVerdict,
  firstVerdicts,
  firstWindows,
  foldedVerdicts,
  laterByOwnCurve,
  laterVerdicts,
  type Told,
  toldToday,
  withOthers,
} from '../strangers/first-verdicts.ts';
import { clustersText } from './clusters/page.ts';
import { metricsAloneText } from './metrics-alone-page.ts';
import { reliabilitySvg } from './reliability-svg.ts';
import { type Bin, reliabilityOf, type Scores, type ToldVerdict, tooSureOf } from './scores.ts';
import { reliabilityTable, scoreTables, shown, table } from './tables.ts';

export type Fit = Readonly<{ date: string; seeds: readonly string[]; traces: number; verdicts: number; curve: Curve }>;

export function dataModule(fit: Fit): string {
  const { bias, weights, kindWeight, kinds } = fit.curve;
  const counts = Object.entries(kinds).map(
    ([kind, { of, right }]) => `      ${kind.includes('-') ? `'${kind}'` : kind}: { of: ${of}, right: ${right} },`,
  );
  return `/** Written by \`node bench/accuracy.ts calibrate\` from traces that are drawn with their answers: see docs/accuracy.md. */
import type { Curve } from '#diagnose/curve.ts';

export const FITTED: Readonly<{
  date: string;
  /** Of the drawn traces. */
  seeds: readonly string[];
  traces: number;
  /** Those that were known to be right or wrong. */
  verdicts: number;
  curve: Curve;
}> = {
  date: '${fit.date}',
  seeds: [${fit.seeds.map((seed) => `'${seed}'`).join(', ')}],
  traces: ${fit.traces},
  verdicts: ${fit.verdicts},
  curve: {
    bias: ${bias},
    weights: { ${SIGNALS.map((name) => `${name}: ${weights[name]}`).join(', ')} },
    kindWeight: ${kindWeight},
    kinds: {
${counts.join('\n')}
    },
  },
};
`;
}

type Checked = Readonly<{
  fit: Fit;
  /** Of seeds that were not used for the fit, as are the verdicts. */
  scores: Scores;
  seeds: readonly string[];
  whole: readonly ToldVerdict[];
  thin: readonly ToldVerdict[];
  recorded: readonly ToldVerdict[];
}>;

export function accuracyPage({ fit, scores, seeds, whole, thin, recorded }: Checked): string {
  const { curve } = fit;
  return `# Accuracy
<!-- Written by bench/accuracy.ts calibrate. Do not edit: run it again. -->

This page shows how often a verdict on one trace is right, and what its confidence is worth. There are two measurements: rounds of requests by people who had not read the code, and generated traces with known answers.

## First contact
People who had not read the code wrote these requests from vendors' documentation, SDKs, guides and incident reports, each with its expected answer. Only the first run of a round counts. \`bench/strangers\` has the cases.

${firstContact(FIRST_RUNS)}

Time windows, and single requests with changes, metrics and pods beside them:

${firstContact(FIRST_WINDOWS)}

- *Wrong and sure*: likely or confirmed, and not right.
- *Blamed*: a healthy request with a likely or confirmed verdict. *Headline*: a healthy request whose answer is unsure, but sounds like a fault.

${firstConfidence()}

${windowsAtFirst()}

## Meaning of the confidence
The confidence is the probability that the verdict names the right kind of cause in the right service. It is not the explained share of the problem, which the report shows separately (\`share\`). A lock can certainly have cost 20 % of the time: such a verdict is sure and explains little.

A logistic curve computes it from these grounds. Each can only raise it, and no kind of detector is among them:

${table([
  ['ground', 'meaning', 'weight'],
  ...GROUNDS.map((name) => [`\`${name}\``, GROUND_WORDS[name], `${FIRST_CONTACT.curve.weights[name]}`]),
  ['', 'none of them (bias)', `${FIRST_CONTACT.curve.bias}`],
])}

Learned on ${FIRST_CONTACT.date} from ${FIRST_CONTACT.verdicts} verdicts of first runs. A verdict about the trace data (a missing span, a wrong clock) has one number, from ${FIRST_CONTACT.curve.ofRecord.right} right ones of ${FIRST_CONTACT.curve.ofRecord.of}. Where nothing recorded distinguishes several causes, the number is below 0.5. The other findings share what the verdict leaves, by their part of the problem. The numbers are in [\`src/diagnose/first-contact-data.ts\`](../src/diagnose/first-contact-data.ts).

## Strength and status
The word of a verdict depends on the strength of its evidence, not on the confidence. The strength is how often verdicts on such evidence were right on generated traces. A third of these traces had lost spans, events and logs.

${table([
  ['signal', 'meaning', 'weight'],
  ['`lead`', 'its explained share of the symptom, minus that of the next independent finding', `${curve.weights.lead}`],
  [
    '`said`',
    '1 if an event, an attribute, a status or a log line names the cause; 0 if only the shape of the trace suggests it',
    `${curve.weights.said}`,
  ],
  ['`seen`', 'the share of the request’s time that spans cover', `${curve.weights.seen}`],
  ['`answered`', 'the share of calls to other services with the callee’s span', `${curve.weights.answered}`],
  ['`intact`', '1 if every span has its parent; 0 if some parents are missing', `${curve.weights.intact}`],
  [
    '`shown`',
    '1 if spans support the verdict; 0 for a call without the callee’s spans, or for time without spans in an incomplete trace',
    `${curve.weights.shown}`,
  ],
  ['kind', 'the log odds that verdicts of this kind are right', `${curve.kindWeight}`],
  ['', 'none of them (bias)', `${curve.bias}`],
])}

Fitted on ${fit.date}: ${fit.traces} generated traces (seeds ${fit.seeds.join(', ')}), ${fit.verdicts} verdicts known to be right or wrong. The numbers are in [\`src/diagnose/calibration-data.ts\`](../src/diagnose/calibration-data.ts).

| status | meaning |
|---|---|
| confirmed | the evidence names the cause, its strength is at least 0.95, and the cause explains at least half of the problem |
| likely | the strength is at least 0.5, the cause explains at least a third, and there is no open doubt |
| inconclusive | less than that; or only the location of the time is known, not the reason |

Open doubts, where no log line and no word names the cause:

- only a duration or a count shows it, and the request failed
- another finding explains at least half as much
- its span records events that no detector reads
- it is a query, and the request took at most half a second
- the connection to a callee without spans broke, and nothing shows why

## On generated traces
Random services and frameworks, the formats of Jaeger, OTLP and Zipkin, lost spans and clock differences. The generator knows only the detectors' documentation. The traces contain one problem, two, none, or a near miss, with equal shares per kind. In real incidents some kinds are more frequent, and there are unknown problems. So generated traces are easier, and the confidence is lower than the share of right verdicts here. It must not be higher.

On seeds that were not used for the fit (${seeds.join(', ')}). Each row shows the verdicts of one confidence range: their mean confidence, and the share of right ones.

**As generated**: ${whole.length} verdicts, surer than right by ${shown(scores.tooSure)}.

${reliabilityTable(scores.reliability)}

**Thinned**: the same traces with some spans lost, with services without spans, or without events, logs and error texts. The problem is still there, so many of these verdicts cannot be right. ${thin.length} verdicts, surer than right by ${shown(tooSureOf(reliabilityOf(thin)))}.

${reliabilityTable(reliabilityOf(thin))}

${table([
  ['status', 'as generated', 'right', 'thinned', 'right'],
  ...['confirmed', 'likely', 'inconclusive'].map((status) => [
    status,
    ...rightOf(status, whole),
    ...rightOf(status, thin),
  ]),
])}

An inconclusive verdict can be right: it names the location without the reason.

**Recorded traces.** ${recorded.filter(({ isRight }) => isRight).length} of the verdicts on ${recorded.length} recordings of HotROD with a known fault are right, at a mean confidence of ${shown(recorded.reduce((sum, { verdict }) => sum + verdict.confidence, 0) / recorded.length)}. They are few and come from one system, so they can only show that the confidence is badly wrong, not that it is right.

## Detectors
On the same seeds.

${scoreTables(scores)}

- *Recall*: the share of traces with the problem in which the detector found it in the right service.
- *Fires there*: the share of near misses in which it fires; *elsewhere*: the share of all other traces without the problem in which it fires.
- *Verdict right*: the share of traces with this problem in which the verdict's kind and service are right.

To generate them yourself: \`npm run accuracy -- --scenarios\`, and \`--write DIR\` for the files.

${metricsAloneText()}

${clustersText()}

## Verdicts on many requests
They have a separate curve, fitted on generated windows: [accuracy and confidence](windows.md#how-often-it-is-right).
`;
}

const GROUND_WORDS: Readonly<Record<keyof Grounds, string>> = {
  said: '1 if an event, an attribute, a status or a log line names the cause',
  reason: '1 if it names a mechanism or a failure; 0 for a mere place or an unusual number',
  awaited: '1 if somebody waits for the end of the request, or words name the cause; 0 for streams, jobs, uploads',
  watched: '1 if the request failed, lacked a part, or took at most ten seconds (few people watch longer ones)',
  backed: '1 if another finding follows from it',
  clear: '1 if nothing recorded speaks of another cause; 0 for an open doubt (below)',
  most: '1 if it explains at least half of the problem',
  lead: 'its explained share of the problem, minus that of the next independent finding',
  shown: '1 if spans support the verdict; 0 for a call without the callee’s spans',
  intact: '1 if every span has its parent',
};

/** The verdicts of all first runs of single requests since `requests-2`. */
function firstConfidence(): string {
  const verdicts = firstVerdicts();
  const folded = foldedVerdicts(verdicts);
  const later = laterVerdicts(verdicts);
  const before = verdicts.filter(({ round }) => folded.some((one) => one.round === round));
  const statuses = ['confirmed', 'likely', 'inconclusive'].map((status) => {
    const own = verdicts.filter((one) => one.status === status);
    return [status, `${own.length}`, shown(constantOf(own).share)];
  });
  const likely = verdicts.filter(({ status }) => status === 'likely');
  const open = likely.filter(({ grounds }) => grounds?.clear === 0);
  const clear = likely.filter((one) => !open.includes(one));
  return `### Words at first contact
The ${verdicts.length} verdicts of the first runs since \`requests-2\`. A verdict on a healthy request counts as wrong.

${table([
  ['status', 'verdicts', 'right'],
  ...statuses,
  ['likely, without an open doubt', `${clear.length}`, shown(constantOf(clear).share)],
  ['likely, with an open doubt: unsure today', `${open.length}`, shown(constantOf(open).share)],
])}

### The number at first contact
Reports have the confidence as a number. We learned it from the first runs of \`${FIRST_CONTACT.rounds[0]}\` to \`${FIRST_CONTACT.rounds.at(-1)}\`. To check it, each tenth of these rounds gets the numbers of a curve from the others. Later rounds get the numbers of today’s curve. The Brier score is the mean square of the error; the best constant is the share of right ones.

${table([
  ['counted', 'numbers', 'right', 'Brier score', 'best constant'],
  ['the verdict of each report', ...scoreOf(folded)],
  ['the verdict, and each other finding that could be the cause', ...scoreOf(withOthers(folded))],
  ...(later.length === 0
    ? []
    : [
        ['a later round: the verdict', ...scoreOf(later)],
        ['a later round: the verdict, by a curve of these rounds alone', ...scoreOf(laterByOwnCurve(verdicts))],
        ['a later round: the verdict, and the other findings', ...scoreOf(withOthers(later))],
      ]),
  ['the verdict, by the earlier curve, learned from generated traces', ...scoreOf(before)],
])}

![How often verdicts were right, by their confidence](images/confidence.svg)

${reliabilityTable(binsOf(folded))}

- A verdict is right if an expected kind and service are named. Other findings are counted if they could be the cause: not those that follow from another finding, and not those about the trace data.
- The grounds of a verdict are those that the version of the first run had. \`requests-2\` was run before the program knew whether somebody waits for a request; that ground is from the next version. Whether something recorded speaks of another cause is from the same reports, by a later rule.
- The program was mended after each round, so today's verdicts are right more often than these. The grounds were chosen with these rounds at hand; only a later round checks that choice.
- The score of the learned rounds is better than the best constant by ${betterBy(folded)}, that of later rounds by ${betterBy(later)}. The goal is a third. These grounds cannot reach it: an ensemble of trees that also saw the kind, the word and the other findings was a quarter better.
- Another finding counts as right where it is an expected cause and the verdict is not. Beside a right verdict it is no rival.
- These rounds have few faults that only slow a request down and take longer than ten seconds. The number is cautious there, but never below 0.5 where the word is *likely*.`;
}

/** How much smaller the error is than that of the best constant: `20 %`. */
function betterBy(told: readonly FirstVerdict[]): string {
  return `${Math.round(100 * (1 - brierOf(told) / constantOf(told).brier))} %`;
}

/** The verdicts of all first runs of time windows since `windows-3`. */
function windowsAtFirst(): string {
  const verdicts = firstWindows();
  const rightOfThese = (own: readonly FirstVerdict[]) => [
    `${own.length}`,
    own.length === 0 ? '–' : shown(constantOf(own).share),
  ];
  const ofStatus = (status: string) => verdicts.filter((one) => one.status === status);
  const sure = verdicts.filter(({ status }) => status !== 'inconclusive');
  const clear = sure.filter(({ isOpen }) => !isOpen);
  const mean = clear.reduce((sum, { confidence }) => sum + confidence, 0) / clear.length;
  const today = verdicts.map(toldToday);
  return `### Time windows at first contact
The ${verdicts.length} verdicts of the first runs since \`windows-3\`. A verdict is right if an expected kind and service are named, whether or not it names the change behind it. A verdict on a healthy window counts as wrong.

${table([
  ['status', 'verdicts', 'right'],
  ...['confirmed', 'likely', 'inconclusive'].map((status) => [status, ...rightOfThese(ofStatus(status))]),
  ['confirmed or likely, without an open doubt', ...rightOfThese(clear)],
  ['confirmed or likely, with an open doubt: unsure today', ...rightOfThese(sure.filter(({ isOpen }) => isOpen))],
])}

${table([
  ['counted', 'numbers', 'right', 'Brier score', 'best constant'],
  ['the verdict of each report', ...scoreOf(verdicts)],
  ['the same with today’s doubts', ...scoreOf(today)],
])}

- The doubts are rules, not a curve; [windows](windows.md#when-a-verdict-stays-unsure) lists them. We chose them with these rounds at hand; only a later round checks that choice.
- The confidence of a window is learned from generated windows. Without an open doubt it was ${shown(mean)} on average, and ${shown(constantOf(clear).share)} of these verdicts were right.
- A named change was right in 85 of 99 first verdicts. Likely or confirmed verdicts named none of the known changes in 121 windows, and 57 of these had a change behind them. So such an answer says that no change fits, which does not rule them out.`;
}

/** The reliability of the verdict's number at first contact. */
export function firstContactPicture(): string {
  const folded = foldedVerdicts(firstVerdicts());
  const constant = constantOf(folded);
  return reliabilitySvg('How often a verdict was right, by its confidence', binsOf(folded), [
    `${folded.length} verdicts at first contact`,
    'each tenth by a curve',
    'from the other rounds',
    '',
    `Brier score ${shown(brierOf(folded))}`,
    `best constant ${shown(constant.brier)}`,
    '',
    'dot: larger for more verdicts',
    'line: where the share may lie',
    'dashed: told and right agree',
  ]);
}

function binsOf(told: readonly Told[]): Bin[] {
  return reliabilityOf(told.map(({ confidence, isRight }) => ({ isRight, verdict: { confidence } })));
}

function scoreOf(told: readonly Told[]): readonly string[] {
  const { share, brier } = constantOf(told);
  return [`${told.length}`, shown(share), shown(brierOf(told)), shown(brier)];
}

function firstContact(runs: readonly FirstRun[]): string {
  return table([
    ['round', 'cases', 'right', 'wrong and sure', 'healthy', 'blamed', 'headline'],
    ...runs.map(({ round, cases, right, wrongAndSure, healthy, blamed, headlines }) => [
      `\`${round}\``,
      `${cases}`,
      shown(right / cases),
      shown(wrongAndSure / cases),
      `${healthy}`,
      `${blamed}`,
      headlines === undefined ? '–' : `${headlines}`,
    ]),
  ]);
}

function rightOf(status: string, told: readonly ToldVerdict[]): [count: string, right: string] {
  const of = told.filter(({ verdict }) => verdict.status === status);
  return [`${of.length}`, of.length === 0 ? '–' : shown(of.filter(({ isRight }) => isRight).length / of.length)];
}
