/**
 * What the lines say of how long things take: durations beside the same message, again and again.
 *
 *   Database call completed in 7.65 seconds.     50 lines, 7.0 s to 9.0 s        ← the first that takes as long
 *   Page rendered in 7.65 seconds.               50 lines, 7.0 s to 9.0 s        always after it, as long as it
 *   "GET /checkout HTTP/1.1" 200 OK              50 lines                        what it belongs to
 *
 * It describes and names no reason: how long, how often, and what comes with it. Of messages that come together with the
 * same durations the first is named.
 */
import { defineDetector } from '#detect/detector.ts';
import { counted } from '#model/count-text.ts';
import { durationText } from '#model/duration.ts';
import type { Sighting } from '#model/finding.ts';
import { associations } from '#model/log-associations.ts';
import { durationsIn } from '#model/log-durations.ts';
import { logFields } from '#model/log-fields.ts';
import type { LogLine } from '#model/log-line.ts';
import { citedLines, saidIn, whenSaid, whoseLog } from '#model/log-sighting.ts';
import type { LogTemplates } from '#model/log-templates.ts';
import { logTimes } from '#model/log-times.ts';

export const latency = defineDetector({
  id: 'latency',
  title: 'Requests take long',
  why: 'A log that says how long things took answers which page is slow, and since when, without any trace.',
  runbook: 'runbooks/latency.md',
  clear: 'no message with a duration was slow, or slower than usual',
  silent: [
    'It reads durations that lines state with their unit; what took long without saying so is not seen.',
    'Without lines of a healthy time only what is slow for anybody is told: four seconds and more.',
    'Jobs, backups and checkpoints may take minutes on purpose: only what sounds like a request, a page, a call or a query counts.',
    'Beside a trace it stays silent: the spans say it better.',
  ],
  descriptive: true,
  needs: ['logs', 'templates'],
  uses: ['baselineLogs', 'trace'],
  thresholds: {
    minMedianMs: {
      default: 4000,
      min: 1,
      unit: 'ms',
      means: 'The median of one message’s durations, where there is nothing to compare with',
      why: 'Above 4 s web.dev rates the largest contentful paint of a page as poor: slow for anybody.',
    },
    minRatio: {
      default: 2,
      min: 1,
      unit: 'times the healthy 95th percentile',
      means: 'The 95th percentile, where there are lines of a healthy time',
      why: 'The guide’s rule for windows: p95 of more than twice the baseline.',
    },
    minLines: {
      default: 10,
      min: 3,
      unit: 'lines',
      means: 'Lines of the message with a duration',
      why: 'Of fewer no median is worth its name.',
    },
  },

  detect({ logs, templates, baselineLogs = [], trace }, { minMedianMs, minRatio, minLines }) {
    if (trace !== undefined) return [];
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
    return firstOfEach(logs, templates, slow).map((found) => sightingOf(logs, found));
  },

  say({ service, said, count, leastMs, mostMs, medianMs, usualMs, companions, when }) {
    const range = `${durationText(Number(leastMs) * 1000)} to ${durationText(Number(mostMs) * 1000)}`;
    const usually =
      Number(usualMs) > 0 ? `; nine of ten usually take less than ${durationText(Number(usualMs) * 1000)}` : '';
    return {
      title: `${whoseLog(String(service))}: “${said}” takes ${range} (median ${durationText(Number(medianMs) * 1000)}), ${when}${usually}`,
      explanation: `${counted(Number(count), 'line')} of this message say how long it took.${companions === '' ? '' : ` With it come ${companions}.`}`,
      remedy: `Look at a trace or a profile of one of them: the lines say how long it takes and not why.`,
      check: 'As long as this it takes on an ordinary day, too, and nobody waits for it.',
    };
  },
});

type Timed = Readonly<{ service: string; places: readonly number[]; ms: readonly number[] }>;
type Slow = Timed & Readonly<{ usualMs: number | undefined }>;
type Found = Slow & Readonly<{ companions: readonly number[] }>;

/** Less is noticed by nobody, however many times as long as usual. */
const LEAST_MS = 100;

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

/** Of messages that come together the first; what comes with it, whether it tells of time or not, is named. */
function firstOfEach(logs: readonly LogLine[], templates: LogTemplates, slow: readonly Slow[]): Found[] {
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

/** More make the sentence unreadable. */
const NAMED = 7;

function sightingOf(logs: readonly LogLine[], { service, places, ms, usualMs, companions }: Found): Sighting {
  return {
    service,
    operation: '',
    spans: [],
    lines: places,
    wastedUs: 0,
    facts: {
      said: saidIn(logs[places[0] ?? 0]),
      count: places.length,
      leastMs: quantile(ms, 0),
      mostMs: quantile(ms, 1),
      medianMs: quantile(ms, 0.5),
      usualMs: usualMs ?? 0,
      companions: [...new Set(companions.map((place) => `“${withDuration(logs[place])}”`))].slice(0, NAMED).join(', '),
      when: whenSaid(logs, places),
    },
    evidence: citedLines(logs, [places[0] ?? 0, ...companions]),
  };
}

function withDuration(line: LogLine | undefined): string {
  const { durationMs } = line === undefined ? { durationMs: undefined } : logFields(line);
  const said = saidIn(line);
  return durationMs === undefined || /\d\s*(?:ms|s|sec|seconds)\b/.test(said)
    ? said
    : `${said} (${durationText(durationMs * 1000)})`;
}
