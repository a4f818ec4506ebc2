/** What a calibration writes: the constants of the curve, and the page that says what they are worth. */

import { SIGNALS } from '#diagnose/calibration.ts';
import type { Curve } from '#diagnose/curve.ts';
import { FIRST_RUNS } from '../strangers/first-runs.ts';
import { calibrationErrorOf, reliabilityOf, type Scores, type ToldVerdict } from './scores.ts';
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

This page shows how often a verdict on one trace is right, and its confidence. The measurement uses generated traces with known answers: random services and frameworks, the formats of Jaeger, OTLP and Zipkin, lost spans and clock differences. The generator knows only the detectors' documentation.

**Limits of this measurement.** Generated traces are not production. They contain one problem, two, none, or a near miss, with equal shares per kind. In real incidents some kinds are more frequent, and there are unknown problems. A confidence of 0.9 means that nine in ten verdicts on such evidence were right on generated traces. It says less about your system if your traces look different. *Was this right?* under each answer collects data for a better measurement.

## First contact
People who had not read the code wrote these requests from vendors' documentation, SDKs, guides and incident reports, each with its expected answer. Only the first run of a round counts. \`bench/strangers\` has the cases.

${firstContact()}

- *Wrong and sure*: likely or confirmed, and not right.
- *Blamed*: a healthy request with a likely or confirmed verdict. *Headline*: a healthy request whose answer is unsure, but sounds like a fault.

## Meaning of the confidence
The confidence is the probability that the verdict names the right kind of cause in the right service. It is not the explained share of the problem, which the report shows separately (\`share\`). A lock that certainly cost 20 % of the time is a sure verdict that explains little.

A logistic curve computes it from these signals. Each can only raise it:

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

A weight of 0 means that the signal does not separate right from wrong verdicts in the fit's traces. Fitted on ${fit.date}: ${fit.traces} generated traces, a third of them thinned as below (seeds ${fit.seeds.join(', ')}), ${fit.verdicts} verdicts known to be right or wrong. The numbers are in [\`src/diagnose/calibration-data.ts\`](../src/diagnose/calibration-data.ts).

The confidence determines the verdict's status:

| status | meaning |
|---|---|
| confirmed | the evidence names the cause, the confidence is at least 0.95, and the cause explains at least half of the problem |
| likely | the confidence is at least 0.5, and the cause explains at least a third |
| inconclusive | less than that; or only the location of the time is known, not the reason |

## Is the confidence right?
On seeds that were not used for the fit (${seeds.join(', ')}). Each row shows the verdicts of one confidence range: their mean confidence, and the share of right ones.

**As generated**: ${whole.length} verdicts, expected calibration error ${shown(scores.calibrationError)}.

${reliabilityTable(scores.reliability)}

**Thinned**: the same traces with some spans lost, with services without spans, or without events, logs and error texts. The problem is still there, so many of these verdicts cannot be right. ${thin.length} verdicts, expected calibration error ${shown(calibrationErrorOf(reliabilityOf(thin)))}.

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

**Recorded traces.** ${recorded.filter(({ isRight }) => isRight).length} of the verdicts on ${recorded.length} recordings of HotROD with a known fault are right, at a mean confidence of ${shown(recorded.reduce((sum, { verdict }) => sum + verdict.confidence, 0) / recorded.length)}. They were not part of the fit. They are few and come from one system, so they can only show that the confidence is badly wrong, not that it is right.

## Detectors
On the same seeds.

${scoreTables(scores)}

- *Recall*: the share of traces with the problem in which the detector found it in the right service.
- *Fires there*: the share of near misses in which it fires; *elsewhere*: the share of all other traces without the problem in which it fires.
- *Verdict right*: the share of traces with this problem in which the verdict's kind and service are right.

To generate them yourself: \`npm run accuracy -- --scenarios\`, and \`--write DIR\` for the files.

## Verdicts on many requests
They have a separate curve, fitted on generated windows: [accuracy and confidence](windows.md#how-often-it-is-right).
`;
}

function firstContact(): string {
  return table([
    ['round', 'cases', 'right', 'wrong and sure', 'healthy', 'blamed', 'headline'],
    ...FIRST_RUNS.map(({ round, cases, right, wrongAndSure, healthy, blamed, headlines }) => [
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
