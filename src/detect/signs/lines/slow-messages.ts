/** Log messages with long durations. Of several that come together, the first. */
import { durationsIn } from '#detect/signs/lines/log-durations.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import { associations } from '#model/logs/log-associations.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { LogTemplates } from '#model/logs/log-templates.ts';
import { logTimes } from '#model/logs/log-times.ts';

export type SlowMessageLimits = Readonly<Record<'minMedianMs' | 'minRatio' | 'minLines', number>>;

type Slow = Readonly<{
  service: string;
  places: readonly number[];
  ms: readonly number[];
  /** The p95 of the baseline. */
  usualMs: number | undefined;
}>;
/** `companions`: a line of each message that comes with it. */
export type SlowMessage = Slow & Readonly<{ companions: readonly number[] }>;

/** Nobody notices a shorter duration, however much it grew. */
export const LEAST_MS = 100;

export function slowMessages(
  { logs = [], templates, baselineLogs = [] }: Partial<Evidence>,
  { minMedianMs, minRatio, minLines }: SlowMessageLimits,
): SlowMessage[] {
  if (templates === undefined) return [];
  const healthy = durationsIn(baselineLogs, templates, logs.length);
  const slow = [...durationsIn(logs, templates, 0)].flatMap(([key, timed]): Slow[] => {
    if (timed.ms.length < minLines) return [];
    const usual = healthy.get(key);
    const isSlow =
      usual !== undefined && usual.ms.length >= minLines
        ? quantile(timed.ms, 0.95) >= minRatio * quantile(usual.ms, 0.95) && quantile(timed.ms, 0.95) >= LEAST_MS
        : quantile(timed.ms, 0.5) >= minMedianMs;
    return isSlow ? [{ ...timed, usualMs: usual && quantile(usual.ms, 0.95) }] : [];
  });
  return firstOfEach(logs, templates, slow);
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

/** The first of the messages that come together, with the names of the others. */
function firstOfEach(logs: readonly LogLine[], templates: LogTemplates, slow: readonly Slow[]): SlowMessage[] {
  const beside = templates.all
    .map((template) => templates.linesOf(template).filter((place) => place < logs.length))
    .filter((places) => slow.some((one) => isAboutAsFrequent(one.places, places) && !isSame(one.places, places)))
    .slice(0, BESIDE_AT_MOST);
  const events = [...slow.map(({ places }) => places), ...beside];
  const { at, lengthMs } = logTimes(logs);
  const rules = associations(events, at, lengthMs).filter(({ support }) => support >= SEEN_TOGETHER);
  const follows = (number: number) => rules.some(({ first, then }) => then === number && first < slow.length);
  return slow.flatMap((one, number) => {
    if (follows(number)) return [];
    const companions = rules.flatMap(({ first, then }) => (first === number ? [then] : then === number ? [first] : []));
    return { ...one, companions: [...new Set(companions)].map((event) => events[event]?.[0] ?? 0) };
  });
}

const BESIDE_AT_MOST = 30;
const SEEN_TOGETHER = 3;

function isAboutAsFrequent(a: readonly number[], b: readonly number[]): boolean {
  return Math.max(a.length, b.length) <= 2 * Math.min(a.length, b.length);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a[0] === b[0];
}
