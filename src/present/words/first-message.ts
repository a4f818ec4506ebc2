/**
 * What people read first, on a phone and at night: what is wrong and why, how sure and how many, three reasons, one
 * check, one action, and the most important missing evidence. Each text is one line. Everything else is detail.
 */
import type { WindowAnalysis } from '#model/finding/analysis.ts';
import type { Diagnosis } from '#model/finding/diagnosis.ts';
import type { Candidate, JudgedFinding } from '#model/finding/finding.ts';
import type { Gap } from '#model/finding/gap.ts';
import { lineCount } from '#model/logs/log-line.ts';
import type { RequestCounts } from '#model/requests/request-counts.ts';
import { counted, countText } from '#model/text/count-text.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { hasDate } from '#model/trace/build/impossible-times.ts';
import { isIncomplete, TRACE_SOURCE } from '#model/trace/build/repairs.ts';
import { firstText } from '#present/words/first-amounts.ts';
import { type Claim, LINE, reasonsOf, type Shown } from '#present/words/first-reasons.ts';
import { changeTime, headlineOf } from '#present/words/headline.ts';
import { readableMinute } from '#present/words/instant.ts';
import { traceUrl } from '#present/words/links.ts';
import { healthyHeadline, lookedAt, missingText } from '#present/words/nothing-wrong.ts';
import { shown } from '#present/words/plain-text.ts';
import { firstCondition, firstSentence, imperative, inSentence, withinLine } from '#present/words/sentences.ts';
import { sinceWhen, type When, whenText } from '#present/words/since-when.ts';

export type StatusWord = 'Confirmed' | 'Likely' | 'Unsure';

export type FirstMessage = Readonly<{
  /** At most 120 characters, no brackets, at most one number. Names that could be taken for words are in backticks. */
  headline: string;
  /** A time that the headline names, so that it can be shown in the reader's zone. */
  headlineTime: Readonly<{ text: string; atUs: number }> | undefined;
  /** Undefined where nothing is wrong. */
  status: StatusWord | undefined;
  /** `1 request looked at`, `3 of 12 requests failed` */
  scope: string;
  /** Where the requests can be opened; empty where there is no such place. */
  scopeUrl: string;
  /** When the problem began, as far as the evidence shows it: `since 2026-01-06 14:30 UTC`. */
  since: When | undefined;
  /** Why another trace than the requested one is shown; empty where it is the same. */
  otherId: string;
  /** At most three. */
  reasons: readonly Claim[];
  /** Where nothing recorded names the cause: at most three causes, and at most two signs that tell them apart. */
  couldBe: readonly string[];
  toTellThemApart: readonly string[];
  /** After “Wrong if” and “Do now”, in the same sentence. */
  wrongIf: string;
  doNow: string;
  /** The most important missing evidence, and its cost; empty where nothing is missing. */
  notSeen: string;
  /** Where nothing is wrong: what was examined. */
  lookedAt: string;
  /** Above the picture: the operation, and when it ran. */
  pictureTitle: string;
}>;

const CAUSES = 3;
const SIGNS = 2;
/** Of a line, so that the sign has the larger part. */
const LEAST_NAME = 60;

const STATUS_WORDS = { confirmed: 'Confirmed', likely: 'Likely', inconclusive: 'Unsure' } as const;

/** Undefined where nothing is wrong. */
export function statusWord(diagnosis: Diagnosis | undefined): StatusWord | undefined {
  return diagnosis && STATUS_WORDS[diagnosis.status];
}

/** `diagnosis` and `root`: the verdict that is shown and its finding; undefined where there is none. */
export function firstMessage(
  analysis: Shown,
  diagnosis: Diagnosis | undefined,
  root: JudgedFinding | undefined,
): FirstMessage {
  const headline = diagnosis === undefined ? healthyHeadline(analysis) : headlineOf(analysis, diagnosis, root);
  return {
    headline,
    headlineTime: diagnosis?.change && {
      text: changeTime(diagnosis.change.atUs),
      atUs: diagnosis.change.atUs,
    },
    status: statusWord(diagnosis),
    ...scopeOf(analysis),
    since: diagnosis && sinceWhen(analysis, root),
    otherId:
      analysis.trace !== undefined && analysis.asked?.isMentioned
        ? 'No trace has the id that you gave. Log lines with it name this trace.'
        : '',
    reasons: diagnosis === undefined ? [] : reasonsOf(analysis, root, headline),
    ...causesOf(diagnosis),
    wrongIf: inSentence(firstCondition(firstText(diagnosis?.check), LINE)),
    doNow: imperative(firstSentence(firstText(diagnosis?.remedy), LINE)),
    notSeen: notSeenOf(analysis),
    lookedAt: diagnosis === undefined ? lookedAt(analysis) : '',
    pictureTitle: pictureTitle(analysis),
  };
}

/** Longer names of operations fill more than two lines of a phone. */
const LONGEST_TITLE = 80;

function pictureTitle(analysis: Shown): string {
  const { trace } = analysis;
  if (trace !== undefined) {
    const operation = cutLine(shown(trace.operation(trace.root)), LONGEST_TITLE);
    return hasDate(trace.startEpochUs) ? `${operation} · ${readableMinute(trace.startEpochUs)}` : operation;
  }
  const { window } = analysis;
  const when = Number.isFinite(window.fromUs) ? ` · ${readableMinute(window.fromUs)}` : '';
  if (window.requestId !== undefined) return `Request ${shown(window.requestId)}${when}`;
  return `${window.service === '' ? 'Requests' : `Requests to ${shown(window.service)}`}${when}`;
}

/** The scope of a single trace. */
export const ONE_REQUEST = '1 request looked at';

function scopeOf(analysis: Shown): Pick<FirstMessage, 'scope' | 'scopeUrl'> {
  const missing = analysis.missing === undefined ? '' : `, and ${missingText(analysis.missing)}`;
  if (analysis.trace !== undefined)
    return { scope: `${ONE_REQUEST}${missing}`, scopeUrl: traceUrl(analysis.links, analysis.trace) };
  return { scope: `${windowScope(analysis)}${missing}`, scopeUrl: '' };
}

function windowScope({ window, seen, requests, logs, cluster, request }: WindowAnalysis): string {
  const affected = seen?.affected && affectedText(seen.affected);
  if (affected !== undefined) return affected;
  if (requests > 0) return `${counted(requests, 'request')} looked at`;
  if (request !== undefined && window.requestId !== undefined) return ONE_REQUEST;
  if (logs.length > 0) return `${counted(lineCount(logs), 'log line')} looked at`;
  return cluster === undefined || cluster.pods === 0 ? '' : `${counted(cluster.pods, 'pod')} looked at`;
}

/** `Confirmed · 3 of 12 requests failed · since 2026-01-06 14:30 UTC` */
export function secondLine({ status, scope, since }: Pick<FirstMessage, 'status' | 'scope' | 'since'>): string {
  return [status ?? '', scope, since === undefined ? '' : whenText(since)].filter((part) => part !== '').join(' · ');
}

/** `3 of 12 requests failed, 4 of 20 before`; undefined where none failed and none was slow. */
export function affectedText({ requests, failed, before, slow }: RequestCounts): string | undefined {
  const of = `of ${countText(requests)} ${requests === 1 ? 'request' : 'requests'}`;
  const was = before === undefined ? '' : `, ${countText(before.failed)} of ${countText(before.requests)} before`;
  if (failed > 0) return `${countText(failed)} ${of} failed${was}`;
  return slow === null || slow === 0 ? undefined : `${countText(slow)} ${of} ${slow === 1 ? 'was' : 'were'} slow`;
}

function causesOf(diagnosis: Diagnosis | undefined): Pick<FirstMessage, 'couldBe' | 'toTellThemApart'> {
  const candidates = (diagnosis?.couldBe ?? []).slice(0, CAUSES);
  return {
    couldBe: candidates.map(({ what }) => withinLine(firstText(what), LINE)),
    toTellThemApart: candidates.slice(0, SIGNS).map(signOf),
  };
}

/** The sign is what counts: where both are too long for a line, the candidate is named without its quote, or cut. */
function signOf({ what, shownBy }: Candidate): string {
  const [named, sign] = [firstText(what), firstText(shownBy)];
  const forms = [named, named.replace(/ \(“[^“”]*”\)$/, '')];
  const fitting = forms.find((form) => `${form}: ${sign}`.length <= LINE);
  const name = fitting ?? withinLine(forms.at(-1) ?? '', LEAST_NAME);
  return withinLine(`${name}: ${sign}`, LINE);
}

/** Evidence that is missing altogether comes first, then evidence that is missing in part. */
function notSeenOf({ gaps, trace }: Shown): string {
  const lost = trace !== undefined && isIncomplete(trace) ? [INCOMPLETE] : [];
  const all = [...gaps.filter(({ source }) => source !== TRACE_SOURCE), ...lost];
  const [first, ...others] = all.toSorted((a, b) => Number(isPartly(a)) - Number(isPartly(b)));
  if (first === undefined) return '';
  const { source, problem, consequence } = first;
  const what = withinLine(firstText(`${source}: ${problem}`), LINE);
  const costs = consequence === '' ? '' : `; ${withinLine(firstText(consequence), LINE)}`;
  return `${what}${costs}${others.length === 0 ? '' : `, and ${others.length} more`}`;
}

/** The detail names each repair. */
const INCOMPLETE: Gap = {
  source: TRACE_SOURCE,
  problem: 'not all of its spans arrived',
  consequence: 'a cause may lie in the missing part',
};

function isPartly({ consequence }: Gap): boolean {
  return /^(?:not all|only the|only large|examined|some)\b/.test(consequence);
}
