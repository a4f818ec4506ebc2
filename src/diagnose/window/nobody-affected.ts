/**
 * Findings that stay below a headline, because nobody suffers from them as far as anything shows: no request fails, waits
 * or is refused, no limit is near, nothing died. People who ask hear that nothing wrong was found, and read the oddity.
 *
 *   use          a processor or a memory works more and has room left
 *   a blip       new complaints for less than five minutes that ended long ago
 *   a restart    warnings that ended, of a service whose measured answers are as before: a store moved to another server
 *   a number     a metric that is as usual again, or an answer that takes longer by less than people notice
 *   work         a disk is busy or statements are slow, and no answer takes longer
 *   a time       a change that only its time makes suspect
 *
 * In `windows-20` to `windows-23`, 13 unsure verdicts rested on these signs, and all 13 were on healthy windows.
 */
import { isOnlyNear } from '#diagnose/window/blamed-change.ts';
import type { Suspect } from '#diagnose/window/culprit.ts';
import { isNewComplaint } from '#diagnose/window/log-switches.ts';
import { findingsOf } from '#diagnose/window/seen-findings.ts';
import { areUsersAffected, isLessDemand, isUseAlone } from '#diagnose/window/use-alone.ts';
import { type BothTimes, callSite, type WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { measured } from '#model/metrics/measured.ts';

type Evidence = BothTimes & Readonly<{ seen: readonly Finding[]; detectors: Detectors }>;

/** Where no requests are compared. */
export function affectsNobody(first: Suspect, signs: WindowSigns, evidence: Evidence): boolean {
  const { seen, detectors } = evidence;
  if (first.detector === detectors.named('new-lines').id)
    return isBlip(first.service, evidence) || areEndedWarnings(first.service, signs, evidence);
  const own = findingsOf(first, seen);
  // What a service used up of its headroom is a sign without a finding of a detector.
  const isOfHeadroom = signs.headroom.some(({ service }) => service === first.service);
  if (own.length === 0 && !isOfHeadroom) return false;
  if (isUseAlone(first, signs, evidence)) return !isNearLimit(first, signs, evidence);
  const isSlight = (finding: Finding) => isSlightNumber(finding) || isUnfeltWork(finding, evidence);
  return own.length > 0 && own.every(isSlight) && !areOthersAffected(first, signs, evidence);
}

/** A change that only its time makes suspect, where no numbers and no new complaint speak of users. */
export function isTimeAlone(first: Suspect, signs: WindowSigns, { seen, detectors }: Evidence): boolean {
  const own = findingsOf(first, seen);
  const isNear = own.length > 0 && own.every(isOnlyNear);
  return isNear && !areUsersAffected(signs, { seen, detectors }) && !signs.switches.some((one) => isNewComplaint(one));
}

/** As a share of the limit. Above it, work begins to wait. */
const NEAR = 0.9;

function isNearLimit(first: Suspect, { headroom }: WindowSigns, { seen, detectors }: Evidence): boolean {
  const isFull = (finding: Finding) =>
    finding.detector === detectors.named('full-resource').id &&
    finding.service === first.service &&
    finding.facts.critical !== false;
  return seen.some(isFull) || headroom.some(({ service, now }) => service === first.service && now >= NEAR);
}

/** What lasts for less than five minutes breaks no rule of the guide. */
const SHORT_US = 300e6;
/** After a short blip, three times its length without a complaint is enough, and five minutes. */
const TIMES_QUIET = 3;
/** More lines than these are no few requests. */
const MOST_OF_BLIP = 60;

/** All complaints of a service in the window lie together and long before its end, and it has logged as usual since. */
export function isBlip(service: string, { logs, toUs }: Pick<Evidence, 'logs' | 'toUs'>): boolean {
  const lines = logs.filter((line) => line.service === service);
  const complaints = lines.filter(isComplaint).map(epochUsOf);
  if (complaints.length === 0 || complaints.length > MOST_OF_BLIP) return false;
  const [first, last] = [Math.min(...complaints), Math.max(...complaints)];
  const quietUs = toUs - last;
  const isOver = last - first < SHORT_US && quietUs >= Math.max(SHORT_US, TIMES_QUIET * (last - first));
  return isOver && speaksAfter(service, last + quietUs / 2, lines);
}

function speaksAfter(service: string, us: number, logs: readonly LogLine[]): boolean {
  return logs.some((line) => line.service === service && epochUsOf(line) >= us);
}

/**
 * The service only warned, has been quiet for as long as it warned, and five minutes, and its answers are measured. No
 * number shows that any request fails or waits.
 */
function areEndedWarnings(service: string, signs: WindowSigns, evidence: Evidence): boolean {
  const { logs, series, toUs } = evidence;
  const news = signs.switches.filter((one) => one.service === service && isNewComplaint(one));
  if (news.length === 0 || news.some(({ example }) => logLevel(example.level) !== 'warn')) return false;
  const sites = new Set(news.map(({ example }) => callSite(example)));
  const complaints = logs.filter((line) => line.service === service && isComplaint(line) && sites.has(callSite(line)));
  const times = complaints.map(epochUsOf);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const quietUs = toUs - last;
  if (quietUs < Math.max(SHORT_US, last - first) || !speaksAfter(service, last + quietUs / 2, logs)) return false;
  const isMeasured = measured(series).some((one) => one.service === service && one.concept === 'latency');
  return isMeasured && !areUsersAffected(signs, evidence);
}

/** Up to a tenth of a second an answer feels immediate (Nielsen, Response Times). */
const FELT_SECONDS = 0.1;
const FELT_TIMES = 2;

function isSlightNumber({ facts }: Finding): boolean {
  // That fewer requests come may be the problem itself.
  if (facts.concept === undefined || isLessDemand(facts)) return false;
  if (facts.isOver === true) return true;
  const [value, usual] = [Number(facts.value), Number(facts.expected)];
  return facts.concept === 'latency' && value - usual < FELT_SECONDS && value < FELT_TIMES * usual;
}

/** Answers take longer still, and by as much as people notice. */
export function takesLonger(finding: Finding): boolean {
  return finding.facts.isFelt === true || (finding.facts.concept === 'latency' && !isSlightNumber(finding));
}

/** A backup, a compaction or a report reads much: answers are measured, and none takes longer. */
function isUnfeltWork({ facts }: Finding, { series }: Evidence): boolean {
  const isWork = facts.concept === 'slow_queries' || (facts.concept === 'disk_busy' && Number(facts.value) < NEAR);
  return isWork && measured(series).some(({ concept }) => concept === 'latency');
}

/** Other findings than these numbers, or new complaints. */
function areOthersAffected(first: Suspect, { switches, moved }: WindowSigns, { seen, detectors }: Evidence): boolean {
  const others = seen.filter((finding) => finding.detector !== first.detector);
  const isAlso = others.some(({ facts }) => facts.critical !== false) || switches.some((one) => isNewComplaint(one));
  return isAlso || areUsersAffected({ moved }, { seen: others, detectors });
}

function isComplaint({ level }: LogLine): boolean {
  return severityOf(logLevel(level)) >= WARN;
}
