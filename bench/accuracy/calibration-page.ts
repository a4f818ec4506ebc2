/** What a calibration writes: the constants of the curve, and the page that says what they are worth. */

import { SIGNALS } from '#diagnose/calibration.ts';
import type { Curve } from '#diagnose/curve.ts';
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

How often a verdict on one trace is right, and how sure it may be. Measured on traces that a program draws together with their answers: services and frameworks at random, the wire forms of Jaeger, OTLP and Zipkin, with lost spans and clocks that disagree. What draws them knows of the detectors only what their documentation promises.

**What that is worth.** Drawn traces are not production. They hold one problem each, two at once, none, or something that only looks like one, in equal parts by kind; in an incident some kinds are more frequent than others, and there are problems that nobody thought of. So read a confidence of 0.9 as: of verdicts on evidence like this, nine in ten were right on drawn traces. Of your own system it says less, the less your traces look like these. *Was this right?* under each answer collects what will replace them.

## What the confidence of a verdict is
The probability that it names the right kind of cause in the right service. It is no share: how much of the problem the cause explains is said beside it (\`share\` in the report). A lock that surely cost a fifth of the time is a sure verdict that explains little.

It comes from a logistic curve over what is known when the verdict is given. Each of these can only raise it:

${table([
  ['signal', 'is', 'weight'],
  [
    '`lead`',
    'by how much more of the symptom it explains than the next finding that does not follow from it',
    `${curve.weights.lead}`,
  ],
  [
    '`said`',
    '1 where an event, an attribute, a status or a log line names the cause; 0 where the shape of the trace suggests it',
    `${curve.weights.said}`,
  ],
  ['`seen`', 'of the request’s time, how much spans tell of', `${curve.weights.seen}`],
  ['`answered`', 'of the calls to other services, how many have the callee’s side', `${curve.weights.answered}`],
  [
    '`intact`',
    '1 where every span has its place; 0 where the parents of some never arrived',
    `${curve.weights.intact}`,
  ],
  [
    '`shown`',
    '1 where the verdict rests on spans; 0 where on a call whose callee sent none, or on time without spans in a trace that lost some',
    `${curve.weights.shown}`,
  ],
  ['kind', 'how often verdicts of this kind were right, as the logarithm of the odds', `${curve.kindWeight}`],
  ['', 'without any of them', `${curve.bias}`],
])}

A weight of 0 means that the traces of the fit do not show that the signal tells right from wrong. Fitted on ${fit.date}: ${fit.traces} drawn traces, a third of them thinned as below (seeds ${fit.seeds.join(', ')}), ${fit.verdicts} verdicts known to be right or wrong. The numbers stand in [\`src/diagnose/calibration-data.ts\`](../src/diagnose/calibration-data.ts).

What a verdict calls itself follows from it:

| status | means |
|---|---|
| confirmed | the evidence names the cause, the confidence is at least 0.95, and the cause explains at least half of the problem |
| likely | the confidence is at least 0.5, and the cause explains at least a third |
| inconclusive | less than that; or all that is known is where the time goes, and not why |

## Is the confidence right?
On seeds that were not used for the fit (${seeds.join(', ')}). Each line holds the verdicts of one range of confidence: their mean confidence, and how many of them were right.

**As drawn**: ${whole.length} verdicts, expected calibration error ${shown(scores.calibrationError)}.

${reliabilityTable(scores.reliability)}

**Thinned**: the same traces with a part of the spans lost, with services that send none, or without events, logs and the texts of errors. The problem is there all the same, so that many of these verdicts cannot be right. ${thin.length} verdicts, expected calibration error ${shown(calibrationErrorOf(reliabilityOf(thin)))}.

${reliabilityTable(reliabilityOf(thin))}

${table([
  ['status', 'as drawn', 'right', 'thinned', 'right'],
  ...['confirmed', 'likely', 'inconclusive'].map((status) => [
    status,
    ...rightOf(status, whole),
    ...rightOf(status, thin),
  ]),
])}

A verdict that is inconclusive can be right: it names the place, and does not know the reason.

**Recorded traces.** Of ${recorded.length} recordings of HotROD with a known fault, the verdicts on ${recorded.filter(({ isRight }) => isRight).length} are right, at a mean confidence of ${shown(recorded.reduce((sum, { verdict }) => sum + verdict.confidence, 0) / recorded.length)}. They took no part in the fit. Too few, and all of one system: they can show that the confidence is badly wrong, and not that it is right.

## Detectors
On the same seeds.

${scoreTables(scores)}

- *Recall*: of the traces in which the problem was drawn, in how many it was found, in the service to blame.
- *Fires there*: of the traces that look like it and do not have it, in how many it was found all the same; *elsewhere*: of all other traces in which it has no business.
- *Verdict right*: of the traces with this problem, in how many kind and service of the verdict are right.

Draw them yourself: \`npm run accuracy -- --scenarios\`, and \`--write DIR\` for the files.

## Verdicts on many requests
They have a curve of their own, fitted on drawn windows: [how often they are right and how sure they are](windows.md#how-often-it-is-right).
`;
}

function rightOf(status: string, told: readonly ToldVerdict[]): [count: string, right: string] {
  const of = told.filter(({ verdict }) => verdict.status === status);
  return [`${of.length}`, of.length === 0 ? '–' : shown(of.filter(({ isRight }) => isRight).length / of.length)];
}
