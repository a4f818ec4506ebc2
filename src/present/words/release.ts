/** How a rollout does, in words: one line for people, and a row for each measure. All texts are redacted. */

import { MINUTE_US } from '#core/time-units.ts';
import { shortChangeId } from '#model/changes/change.ts';
import type { JudgedRelease, ReleaseRow, SideOfRelease } from '#model/changes/release.ts';
import type { Gap } from '#model/finding/gap.ts';
import { minuteText, shareText } from '#model/metrics/limited.ts';
import { counted, countText } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords, quoteInWords } from '#model/text/in-words.ts';
import { listText } from '#model/text/list-text.ts';
import { memoryText } from '#model/text/size-text.ts';
import { isoInstant, readableMinute } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

const MOST_REASONS = 3;

/** `reasons`: the measures that are worse, at most three. */
export type PresentedRelease = Readonly<{
  report: ReleaseReport;
  headline: string;
  reasons: readonly string[];
  text: string;
}>;

export type ReleaseReport = Readonly<{
  schema: 'spanhound.release/1';
  service: string;
  verdict: JudgedRelease['verdict'];
  said: string;
  version: string;
  versionBefore: string;
  /** Times are in ISO 8601; null without a rollout. */
  rollout: Readonly<{ at: string; until: string; beforeSeconds: number }> | null;
  /** The recorded change that began it; null where only its version was seen. */
  change: Readonly<{ id: string; kind: string; text: string; url: string }> | null;
  lookedIn: readonly string[];
  rows: readonly (Omit<ReleaseRow, 'sinceUs' | 'before' | 'after'> &
    Readonly<{ before: SideOfRelease | null; after: SideOfRelease | null; since: string | null }>)[];
  gaps: readonly Gap[];
}>;

/** `asked`: the sources. */
export function presentRelease(asJudged: JudgedRelease, asked: readonly string[]): PresentedRelease {
  // Before anything is cut: the beginning of a secret is not recognised.
  const judged = {
    ...asJudged,
    rows: asJudged.rows.map((row) => ({ ...row, said: shown(row.said), by: shown(row.by) })),
  };
  const lookedIn = asked.map(shown);
  const { service, verdict, version, versionBefore, change, atUs, untilUs, beforeUs, rows } = judged;
  const headline = shown(headlineOf(judged, lookedIn));
  const isoOf = (us: number) => (Number.isFinite(us) ? isoInstant(us) : null);
  const at = isoOf(atUs);
  const gaps = judged.gaps.map(({ source, problem, consequence }) => ({
    source: shown(source),
    problem: shown(problem),
    consequence: shown(consequence),
  }));
  const report: ReleaseReport = {
    schema: 'spanhound.release/1',
    service: shown(service),
    verdict,
    said: headline,
    version: shown(version),
    versionBefore: shown(versionBefore),
    rollout: at === null ? null : { at, until: isoInstant(untilUs), beforeSeconds: Math.round(beforeUs / 1e6) },
    change: change
      ? { id: shown(change.id), kind: change.kind, text: shown(change.text), url: shown(change.url) }
      : null,
    lookedIn,
    rows: rows.map(({ sinceUs, before, after, ...row }) => ({
      ...row,
      before: before ?? null,
      after: after ?? null,
      since: isoOf(sinceUs),
    })),
    gaps,
  };
  const worse = rows.filter(({ judged, isHarm }) => judged === 'worse' && isHarm).slice(0, MOST_REASONS);
  const reasons = worse.map((row) =>
    shown(`${nameOf(row)}: ${sideText(row, row.after)}, before ${sideText(row, row.before)}`),
  );
  return { report, headline, reasons, text: textOf(headline, judged, gaps) };
}

/** At most one clause: the measure that is nearest to people. */
function headlineOf(judged: JudgedRelease, lookedIn: readonly string[]): string {
  const { verdict, version, atUs, untilUs, rows, lookedFromUs, lookedToUs } = judged;
  const service = inWords(judged.service);
  const minutes = Math.floor((untilUs - atUs) / MINUTE_US);
  const whose =
    version === '' ? `the new version of ${service}` : `${inWords(version).replaceAll('`', '')} of ${service}`;
  if (verdict === 'no rollout') {
    const looked = lookedToUs - lookedFromUs;
    const where = Number.isFinite(looked)
      ? `in the ${durationText(looked)} until ${readableMinute(lookedToUs)}`
      : 'in the recorded evidence';
    const sources = lookedIn.length === 0 ? 'no source is configured' : `looked in ${listText(lookedIn)}`;
    return `No rollout of ${service} found ${where}; ${sources}`;
  }
  if (verdict === 'nothing wrong') return `Nothing wrong found with ${whose} after ${minutes} min`;
  const bad = rows.find(({ judged, isHarm }) => judged === 'worse' && isHarm);
  if (bad === undefined) return tooFewText(rows, whose, minutes);
  const since = Number.isFinite(bad.sinceUs) ? `, since ${minuteText(bad.sinceUs)}` : '';
  return `${whose.replace(/^the new/, 'The new')} is worse: ${clauseOf(bad, oldName(judged))}${since}`;
}

function tooFewText(rows: readonly ReleaseRow[], whose: string, minutes: number): string {
  const of = rows.find(({ measure, by }) => measure === 'answers' && by === 'requests')?.after?.of ?? 0;
  const isSeen = rows.some(({ measure, judged }) => measure === 'answers' && judged !== 'too few');
  const requests = of === 0 ? (isSeen ? 'nothing wrong so far,' : 'no request seen') : counted(of, 'request');
  return `${minutes < ENOUGH_MINUTES ? 'Too early' : 'Too few'} to judge ${whose}: ${requests} in ${minutes} min`;
}

const ENOUGH_MINUTES = 10;

/** `v1`; `before` where the same version was deployed again. */
function oldName({ version, versionBefore }: JudgedRelease): string {
  if (versionBefore === '') return 'the one before';
  return versionBefore === version ? 'before' : inWords(versionBefore).replaceAll('`', '');
}

function clauseOf(row: ReleaseRow, old: string): string {
  const [before, after] = [sideText(row, row.before), sideText(row, row.after)];
  switch (row.measure) {
    case 'answers':
      return `answers ${after}, ${old} ${before}`;
    case 'latency':
      return `takes ${timeText(row.after)}, ${old} ${timeText(row.before)}`;
    case 'errors':
      return `writes ${after}, ${old} ${before}`;
    case 'new error':
      return `writes a new error, ${quoteInWords(row.said)}`;
    case 'restarts':
      return `restarted ${counted(row.after?.value ?? 0, 'time')}`;
    case 'memory':
      return row.said === 'stopped' ? 'it does not run' : `uses ever more memory, now ${after}, ${old} ${before}`;
    case 'start':
      return 'none of its instances reports';
    case 'cpu':
      return `uses ${after}, ${old} ${before}`;
  }
}

function timeText(side: SideOfRelease | undefined): string {
  return side === undefined ? 'unknown' : durationText(side.value * 1e6);
}

function sideText({ measure, unit }: Pick<ReleaseRow, 'measure' | 'unit'>, side: SideOfRelease | undefined): string {
  if (side === undefined) return 'not seen';
  const { value, times, of, p90 } = side;
  if (measure === 'errors') return `${counted(times ?? 0, 'error')} in ${counted(of ?? 0, 'line')}`;
  if (measure === 'new error') return value === 0 ? `never in ${counted(of ?? 0, 'line')}` : counted(value, 'line');
  if (times !== undefined && of !== undefined) return `${countText(times)} of ${countText(of)}`;
  const texts = {
    share: shareText(value),
    seconds: `${timeText(side)}${p90 === undefined ? '' : `, p90 ${durationText(p90 * 1e6)}`}`,
    bytes: memoryText(value),
    cores: `${Number(value.toPrecision(2))} cores`,
    times: countText(value),
  };
  return texts[unit];
}

const NAMES: Readonly<Record<ReleaseRow['measure'], string>> = {
  answers: 'Answered',
  latency: 'Median latency',
  errors: 'Errors in lines',
  'new error': 'New error',
  restarts: 'Restarts',
  memory: 'Memory of a pod',
  cpu: 'CPU of a pod',
  start: 'Failing calls',
};

const JUDGED: Readonly<Record<ReleaseRow['judged'], string>> = {
  better: 'better',
  same: 'same',
  worse: 'worse',
  'too few': 'too few to say',
};

function textOf(headline: string, judged: JudgedRelease, gaps: readonly Gap[]): string {
  const { rows } = judged;
  const table = [
    ['', 'before', 'after', ''],
    ...rows.map((row) => [nameOf(row), sideText(row, row.before), sideText(row, row.after), judgedText(row)]),
  ];
  const widths = [0, 1, 2].map((at) => Math.max(...table.map((cells) => cells[at]?.length ?? 0)));
  const lines = table.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('   ')
      .trimEnd(),
  );
  return [
    headline,
    ...(Number.isFinite(judged.atUs) ? [rolloutText(judged)] : []),
    ...(rows.length === 0 ? [] : ['', ...lines]),
    ...(gaps.length === 0
      ? []
      : ['', 'Not seen:', ...gaps.map((gap) => `  ${gap.source}: ${gap.problem}; ${gap.consequence}`)]),
    '',
  ].join('\n');
}

function nameOf({ measure, said }: ReleaseRow): string {
  return measure === 'new error' ? `${NAMES[measure]} ${quoteInWords(said)}` : NAMES[measure];
}

/** More CPU is not worse for anybody. */
function judgedText({ judged, isHarm, before, after }: ReleaseRow): string {
  if (isHarm || judged === 'same' || judged === 'too few' || before === undefined || after === undefined)
    return JUDGED[judged];
  const share = Math.abs(after.value - before.value) / before.value;
  return `${Number.isFinite(share) ? `${shareText(share)} ` : ''}${judged === 'worse' ? 'more' : 'less'}`;
}

function rolloutText({ change, atUs, untilUs, beforeUs, rows }: JudgedRelease): string {
  const what = change
    ? ` (${change.kind} ${shown([shortChangeId(change.id), change.text].filter(Boolean).join(': '))})`
    : '';
  const beside = rows.some(({ way, measure }) => way === 'beside' && measure !== 'restarts');
  const until = minuteText(untilUs);
  const compared = beside
    ? `both versions compared in the same minutes until ${until}`
    : `the time until ${until} compared with the ${Math.round(beforeUs / MINUTE_US)} min before`;
  return `Rollout at ${readableMinute(atUs)}${what}; ${compared}`;
}
