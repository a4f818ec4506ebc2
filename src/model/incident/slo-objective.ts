/**
 * The service level objective behind an alert: from its labels, or from the rule that burns its error budget. Prometheus names
 * the rule in the address of the alert, and readers keep what it says as two labels.
 *
 *   > (14.4 * 0.001)                          Sloth, and the SRE workbook: the allowed share of errors
 *   > (14 * (1-0.99)), exhaustion="2d"        Pyrra: at this rate the budget lasts two days
 *
 * https://sre.google/workbook/alerting-on-slos/ · https://sloth.dev/specs/default/ · https://github.com/pyrra-dev/pyrra
 */
import { labelIn } from '#model/metrics/series-labels.ts';

type Labels = Readonly<Record<string, string>>;

/** `target`: the share of requests that should go well, between 0 and 1. */
export type SloObjective = Readonly<{ target: number; days: number }>;

const TARGET_LABELS = ['slo_objective', 'slo_target', 'objective'];
const PERIOD_LABELS = ['slo_period', 'slo_window', 'slo_time_window'];

/** Undefined where the labels lack one of both, or name an objective about latency: failures do not use its budget. */
export function objectiveIn(labels: Labels): SloObjective | undefined {
  const target = targetIn(labelIn(labels, TARGET_LABELS));
  const days = daysIn(labelIn(labels, PERIOD_LABELS));
  const isAboutTime = ['alertname', 'slo', 'slo_name', 'sloth_slo', 'sloth_id'].some((name) =>
    /latenc|duration|slow|response.?time/i.test(labels[name] ?? ''),
  );
  return target === undefined || days === undefined || isAboutTime ? undefined : { target, days };
}

/** What the rule of the alert says of its objective, as labels; empty where it says nothing, or the labels have it. */
export function objectiveLabels(rule: string, labels: Labels): Labels {
  const burns = [...rule.slice(0, MOST_CHARS).matchAll(BURN)];
  const [, , target, errors] = burns[0] ?? [];
  const share = target === undefined ? 1 - Number(errors) : Number(target);
  const days = periodOf(
    burns.map(([, factor]) => Number(factor)),
    labels,
  );
  if (!(share > 0.5 && share < 1) || days === undefined || labelIn(labels, TARGET_LABELS) !== '') return {};
  return { slo_objective: `${Number((100 * share).toPrecision(8))}`, slo_period: `${days}d` };
}

/** Longer than any rule of these generators. */
const MOST_CHARS = 10_000;

const BURN = /> ?\( ?(\d{1,3}(?:\.\d{1,20})?) ?\* ?(?:\( ?1 ?- ?(0?\.\d{1,20}) ?\)|(0?\.\d{1,25}))/g;

/** A page of the workbook fires when an hour uses 2 % of the budget; Sloth's tickets use 10 % in a day. */
const OF_FACTOR: ReadonlyMap<number, number> = new Map([
  [14.4, 30],
  [13.44, 28],
]);
const OF_SLOTH_FACTOR: ReadonlyMap<number, number> = new Map([...OF_FACTOR, [3, 30], [2.8, 28]]);

function periodOf(factors: readonly number[], labels: Labels): number | undefined {
  const [factor] = factors;
  if (factor === undefined) return undefined;
  const exhausted = daysIn(labels.exhaustion ?? '');
  if (exhausted !== undefined) return Number.isInteger(exhausted * factor) ? exhausted * factor : undefined;
  const known = labels.sloth_id === undefined ? OF_FACTOR : OF_SLOTH_FACTOR;
  return factors.map((one) => known.get(one)).find((days) => days !== undefined);
}

/** `99.9`, `99.9%`, `0.999` */
function targetIn(text: string): number | undefined {
  const [, number = ''] = /^(\d{1,3}(?:\.\d{1,10})?) ?%?$/.exec(text) ?? [];
  const value = Number(number);
  const share = Number((value > 1 ? value / 100 : value).toPrecision(12));
  return share > 0.5 && share < 1 ? share : undefined;
}

const DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7 };

/** `30d`, `4w`, `720h` */
function daysIn(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  const days = Number(number) * (DAYS[unit] ?? 0);
  return days > 0 ? days : undefined;
}
