/**
 * `npm run bench:accuracy`: how often the culprit of recorded incidents is named, by set, and what is left of that where
 * evidence is missing or the window is not exact. The cases lie beside the checkout; without them it says so and ends.
 *
 *   given          as they are
 *   late           the first third of the window is missing
 *   early          it begins a minute before the fault
 *   no logs, …     that signal is missing
 *   changes        which change did it, or that none did, over settings of what the suspicion rests on
 *   halves         the healthy time against itself: whoever is blamed there at 0.5 or more is blamed wrongly
 *   folds          the cases as given, in four parts by their culprit: none of them was used to fit anything
 *   sure           is the confidence right, as given and with whatever is missing
 *   --only NAME    one of these alone
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { evidenceRole } from '#model/incident/case.ts';
import { reliabilityOf } from './accuracy/scores.ts';
import { reliabilityTable, table } from './accuracy/tables.ts';
import { reportOf, type WindowBodies } from './accuracy/windows/report.ts';
import { rankIn } from './accuracy/windows/score.ts';

const CASES = fileURLToPath(new URL('../../shared/cases', import.meta.url));
const VARIANTS = ['given', 'late', 'early', 'no logs', 'no metrics', 'no traces', 'halves'] as const;
type Variant = (typeof VARIANTS)[number];

/** Of less nobody can say what is healthy. */
const FEWEST = 10;

/** Of cases, so many parts, each with culprits of its own. */
const FOLDS = 4;

/** A setting that only one number makes right has learned the cases. */
const HALVES = [3, 5, 8];
const FARS = [10, 15, 25];
const LEASTS = [0.4, 0.5, 0.6];

type Truth = Readonly<{
  set: string;
  service: string | null;
  kind: string;
  commit?: string;
  decoys?: readonly string[];
}>;

/** `us`: when it was. */
type Item = Readonly<{ us: number; value: unknown }>;
type Evidence = { [Role in 'traces' | 'baseline' | 'logs' | 'baseline-logs']: readonly Item[] } & {
  metrics: unknown;
  changes: unknown;
  service: string;
  fromUs: number;
  toUs: number;
};

type Outcome = Readonly<{
  id: string;
  truth: Truth;
  rank: number;
  kind: boolean;
  /** The id of the change that is said to have done it; `none` where none is. */
  change: string;
  confidence: number;
  ms: number;
}>;

if (!existsSync(join(CASES, 'truth.json'))) {
  console.log(`no recorded incidents in ${CASES}: nothing was measured`);
} else {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const truths = JSON.parse(readFileSync(join(CASES, 'truth.json'), 'utf8')) as Record<string, Truth>;
  const all: Outcome[] = [];
  for (const variant of VARIANTS.filter((one) => values.only === undefined || values.only === one)) {
    const outcomes: Outcome[] = [];
    for (const [id, truth] of Object.entries(truths)) {
      const outcome = await outcomeOf(id, truth, variant);
      if (outcome !== undefined) outcomes.push(outcome);
    }
    console.log(`\n${variant}\n${tableOf(outcomes, variant)}`);
    if (variant === 'given') console.log(`\nfolds\n${foldsTable(outcomes)}\n\nsure, as given\n${sureTables(outcomes)}`);
    if (variant !== 'halves') all.push(...outcomes);
  }
  if (values.only === undefined) {
    console.log(`\nsure, all but the halves\n${sureTables(all)}`);
    console.log(`\nchanges\n${await changesTable(truths)}`);
  }
}

function foldsTable(outcomes: readonly Outcome[]): string {
  const sets = Map.groupBy(
    outcomes.filter(({ truth }) => truth.kind !== 'none'),
    ({ truth }) => truth.set,
  );
  return table([
    ['set', ...Array.from({ length: FOLDS }, (_, fold) => `fold ${fold + 1}`)],
    ...[...sets].map(([set, of]) => {
      const culprits = [...new Set(of.map(({ truth }) => truth.service ?? ''))].sort();
      const folds = Map.groupBy(of, ({ truth }) => culprits.indexOf(truth.service ?? '') % FOLDS);
      return [
        set,
        ...Array.from({ length: FOLDS }, (_, fold) => {
          const own = folds.get(fold) ?? [];
          return `${own.filter(({ rank }) => rank === 1).length} of ${own.length}`;
        }),
      ];
    }),
  ]);
}

function sureTables(outcomes: readonly Outcome[]): string {
  const told = outcomes.map(({ rank, confidence }) => ({ isRight: rank === 1, verdict: { confidence } }));
  const right = told.filter(({ isRight }) => isRight).length / told.length;
  const brier = told.reduce((sum, one) => sum + (one.verdict.confidence - Number(one.isRight)) ** 2, 0) / told.length;
  return [
    `${told.length} cases, Brier ${brier.toFixed(3)}; of the best constant ${(right * (1 - right)).toFixed(3)}`,
    reliabilityTable(reliabilityOf(told)),
  ].join('\n');
}

async function outcomeOf(id: string, truth: Truth, variant: Variant): Promise<Outcome | undefined> {
  const evidence = changed(read(id), variant);
  if (evidence === undefined) return undefined;
  const bodies = bodiesOf(evidence);
  const begun = process.cpuUsage();
  const report = await reportOf(bodies, evidence);
  const { user, system } = process.cpuUsage(begun);
  const ms = (user + system) / 1000;
  const ranking = report?.diagnosis?.ranking ?? [];
  return {
    id,
    truth,
    rank: rankIn(ranking, truth.service ?? ''),
    kind: report?.diagnosis?.kind === truth.kind,
    change: report?.diagnosis?.change?.id ?? 'none',
    confidence: report?.diagnosis?.confidence ?? 0,
    ms,
  };
}

function read(id: string): Evidence {
  const folder = join(CASES, id);
  const found: Record<string, unknown[]> = {};
  for (const name of readdirSync(folder)) {
    const role = evidenceRole(name);
    if (role === undefined) continue;
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    const values = name.includes('.jsonl')
      ? text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line))
      : [JSON.parse(text)];
    found[role] = [...(found[role] ?? []), ...values];
  }
  const { window, subject } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'));
  const traces = (role: string) =>
    ((found[role] ?? []) as { data: { spans: { startTime: number }[] }[] }[])
      .flatMap(({ data }) => data)
      .map((value) => ({ us: Math.min(...value.spans.map(({ startTime }) => startTime)), value }));
  const lines = (role: string) =>
    ((found[role] ?? []) as { ts: string }[]).map((value) => ({ us: Number(value.ts) / 1000, value }));
  return {
    traces: traces('traces'),
    baseline: traces('baseline'),
    logs: lines('logs'),
    'baseline-logs': lines('baseline-logs'),
    metrics: found.metrics?.[0],
    changes: found.changes?.[0],
    service: subject?.service ?? '',
    fromUs: Date.parse(window.from) * 1000,
    toUs: Date.parse(window.to) * 1000,
  };
}

/** Undefined where the case has nothing to change so. */
function changed(evidence: Evidence, variant: Variant): Evidence | undefined {
  switch (variant) {
    case 'late':
      return withoutFirstThird(evidence);
    case 'early':
      return withHealthyMinute(evidence);
    case 'halves':
      return againstItself(evidence);
    case 'no logs':
      return evidence.logs.length === 0 ? undefined : { ...evidence, logs: [], 'baseline-logs': [] };
    case 'no metrics':
      return evidence.metrics === undefined ? undefined : { ...evidence, metrics: undefined };
    case 'no traces':
      return { ...evidence, traces: [], baseline: [] };
    default:
      return evidence;
  }
}

function withoutFirstThird(evidence: Evidence): Evidence {
  const us = evidence.fromUs + (evidence.toUs - evidence.fromUs) / 3;
  return { ...evidence, fromUs: us, traces: since(evidence.traces, us), logs: since(evidence.logs, us) };
}

function withHealthyMinute(evidence: Evidence): Evidence | undefined {
  const us = evidence.fromUs - 60_000_000;
  const healthy = healthyUntil(evidence, us);
  if (healthy === undefined) return undefined;
  const traces = [...since(evidence.baseline, us), ...evidence.traces];
  const logs = [...since(evidence['baseline-logs'], us), ...evidence.logs];
  return { ...evidence, ...healthy, fromUs: us, traces, logs };
}

function againstItself(evidence: Evidence): Evidence | undefined {
  const times = evidence.baseline.map(({ us }) => us).sort((a, b) => a - b);
  const us = times[times.length >> 1] ?? 0;
  const healthy = healthyUntil(evidence, us);
  if (healthy === undefined) return undefined;
  const now = { traces: since(evidence.baseline, us), logs: since(evidence['baseline-logs'], us) };
  return { ...evidence, ...healthy, ...now, fromUs: us, toUs: times.at(-1) ?? us };
}

function healthyUntil(evidence: Evidence, us: number): Pick<Evidence, 'baseline' | 'baseline-logs'> | undefined {
  const baseline = evidence.baseline.filter((item) => item.us < us);
  const lines = evidence['baseline-logs'].filter((item) => item.us < us);
  return baseline.length < FEWEST ? undefined : { baseline, 'baseline-logs': lines };
}

function since(items: readonly Item[], us: number): readonly Item[] {
  return items.filter((item) => item.us >= us);
}

function bodiesOf(evidence: Evidence): WindowBodies {
  const jaeger = (items: readonly Item[]) => JSON.stringify({ data: items.map(({ value }) => value) });
  const lines = (items: readonly Item[]) => items.map(({ value }) => `${JSON.stringify(value)}\n`).join('');
  return {
    ...(evidence.baseline.length > 0 && { baseline: jaeger(evidence.baseline) }),
    ...(evidence.traces.length > 0 && { trace: jaeger(evidence.traces) }),
    ...(evidence['baseline-logs'].length > 0 && { 'baseline-logs': lines(evidence['baseline-logs']) }),
    ...(evidence.logs.length > 0 && { logs: lines(evidence.logs) }),
    ...(evidence.metrics !== undefined && { metrics: JSON.stringify(evidence.metrics) }),
    ...(evidence.changes !== undefined && { changes: JSON.stringify(evidence.changes) }),
  };
}

function tableOf(outcomes: readonly Outcome[], variant: Variant): string {
  const sets = [...Map.groupBy(outcomes, ({ truth }) => truth.set)];
  if (variant === 'halves') {
    return table([
      ['set', 'cases', 'blamed'],
      ...sets.map(([set, of]) => [set, `${of.length}`, `${of.filter(({ confidence }) => confidence >= 0.5).length}`]),
    ]);
  }
  return table([
    ['set', 'cases', 'first', 'first three', 'kind', 'change', 'decoys', 'blamed', 'Brier', 'slowest, of one core'],
    ...sets.map(([set, of]) => {
      const share = (is: (one: Outcome) => boolean) => (of.filter(is).length / of.length).toFixed(2);
      const brier =
        of.reduce((sum, { rank, confidence }) => sum + (confidence - Number(rank === 1)) ** 2, 0) / of.length;
      return [
        set,
        `${of.length}`,
        share(({ rank }) => rank === 1),
        share(({ rank }) => rank <= 3),
        share(({ rank, kind }) => rank === 1 && kind),
        ...changesRight(of),
        share(({ confidence }) => confidence >= 0.5),
        brier.toFixed(3),
        `${(Math.max(...of.map(({ ms }) => ms)) / 1000).toFixed(1)} s`,
      ];
    }),
  ]);
}

/** How many name the change that did it, or rightly none; and how many blame another one. */
function changesRight(of: readonly Outcome[]): readonly [right: string, decoys: string] {
  const known = of.filter(({ truth }) => truth.commit !== undefined);
  if (known.length === 0) return ['', ''];
  const right = known.filter(({ truth, change }) => change === truth.commit).length;
  const decoys = known.filter(({ truth, change }) => change !== truth.commit && change !== 'none').length;
  return [`${right} of ${known.length}`, `${decoys}`];
}

async function changesTable(truths: Readonly<Record<string, Truth>>): Promise<string> {
  const known = Object.entries(truths).flatMap(([id, truth]) =>
    truth.commit === undefined ? [] : [{ id, truth, evidence: read(id) }],
  );
  const rows: string[][] = [['half', 'far', 'least', 'right', 'decoys']];
  for (const half of HALVES)
    for (const far of FARS)
      for (const least of LEASTS) {
        const settings = { 'suspect-change': { halfMinutes: half, farMinutes: far, minConfidence: least } };
        const outcomes: Outcome[] = [];
        for (const { id, truth, evidence } of known) {
          const report = await reportOf(bodiesOf(evidence), evidence, settings);
          const change = report?.diagnosis?.change?.id ?? 'none';
          outcomes.push({ id, truth, change, rank: 0, kind: false, confidence: 0, ms: 0 });
        }
        rows.push([`${half}`, `${far}`, `${least}`, ...changesRight(outcomes)]);
      }
  return table(rows);
}
