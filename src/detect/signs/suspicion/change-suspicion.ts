/**
 * Scores how likely each change caused the problem, and how likely none did. Three factors count: the changed service, the
 * time before the onset, and how well the content fits the symptoms. Each of them alone can clear a change, but none
 * alone proves it.
 *
 *   suspicion = relation × nearness × (prior of its kind + words + mechanism)
 */

import { MINUTE_US } from '#core/time-units.ts';
import { leadsTo, type Mechanism, mayBeAnything, mechanismOf } from '#detect/signs/suspicion/failure-mechanisms.ts';
import { linkedChanges } from '#detect/signs/suspicion/linked-changes.ts';
import { missedFieldText } from '#detect/signs/suspicion/missed-fields.ts';
import { newCallText } from '#detect/signs/suspicion/new-calls.ts';
import { scoreOfNone } from '#detect/signs/suspicion/no-change.ts';
import { isOfServers, namesServer } from '#detect/signs/suspicion/of-servers.ts';
import {
  failingLineText,
  featureText,
  fileOfWork,
  onlyOwnText,
  ownFileText,
  ownNameText,
} from '#detect/signs/suspicion/own-code.ts';
import { isFullDisk } from '#detect/signs/suspicion/slow-growth.ts';
import { isOfSharedProgram, isOfUnseenStore } from '#detect/signs/suspicion/unseen-stores.ts';
import { upgradedText } from '#detect/signs/suspicion/upgrades.ts';
import { familyKey } from '#detect/signs/versions/releases-seen.ts';
import {
  missingVersion,
  quotedVersionText,
  SHORTEST_VERSION,
  versionText,
} from '#detect/signs/versions/said-versions.ts';
import { appliedChanges } from '#model/changes/applied-changes.ts';
import { type Change, isSameChange } from '#model/changes/change.ts';
import { effectsOf, isOfResolver } from '#model/changes/change-effects.ts';
import { EXACT_US, gapOf } from '#model/changes/change-gap.ts';
import { type ChangeSymptoms, failureSaid, type GuiltyRelease } from '#model/changes/change-symptoms.ts';
import { type CodeChange, codeChangeOf } from '#model/changes/code-change.ts';
import { isOfDatabase, namesDatabase } from '#model/changes/database-of-change.ts';
import { isIdleExperiment } from '#model/changes/declared-faults.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { WEAK } from '#model/changes/effect.ts';
import {
  changedName,
  namedFlag,
  namedTrait,
  quotedLimit,
  quotedToken,
  replacedName,
} from '#model/changes/quoted-names.ts';
import { refusesThis } from '#model/changes/said/grants.ts';
import { nextClockUs, nextRunUs } from '#model/changes/schedule.ts';
import { mostSuspect } from '#model/changes/shared-deploys.ts';
import { isSwitchedBefore, isSwitchedThen, switchedText } from '#model/changes/switched-flags.ts';
import { isQuietTitle, isRelaxed, titleLimits } from '#model/changes/title-effects.ts';
import { saysCallee } from '#model/logs/said-callees.ts';
import { codeWords, isCompound } from '#model/text/code-words.ts';
import { cutText } from '#model/text/cut-text.ts';

/** In minutes: after `half` a change is half as suspect, beyond `far` hardly at all. */
export type Nearness = Readonly<{ half: number; far: number }>;

export type Suspicion = Readonly<{
  change: Change;
  /** Relative to 1, the score of no change at all. */
  score: number;
  /** From the change to the onset; negative where the change is noted after the onset. */
  gapUs: number;
  /** Why it fits, as clauses, the strongest first. */
  reasons: readonly string[];
  /** As far as a diff shows. */
  isHarmless: boolean;
  isRearranged: boolean;
  /** The failing lines name what it changes. */
  isNamed: boolean;
  /** What it does fills something up. */
  buildsUp: boolean;
  /** It may do anything: neither its lines nor its title say what. */
  isOpaque: boolean;
  /** Nothing but its time and its place leads to it. */
  isNear: boolean;
  /** All other changes before the onset are set aside. That makes it suspect, and is no evidence. */
  isLone: boolean;
}>;

/** The most suspect first; the last ones cannot be the cause, with a score of 0. */
export function suspicions(
  trouble: ChangeSymptoms,
  changes: readonly Change[],
  nearness: Nearness,
): readonly Suspicion[] {
  const candidates = appliedChanges(linkedChanges(changes));
  const known = candidates.map((change) => ({ change, code: codeChangeOf(change), words: wordsOf(change), changes }));
  const holders = new Map<string, number>();
  for (const { words } of known) for (const word of words) holders.set(word, (holders.get(word) ?? 0) + 1);
  const scored = known.map((one) => suspicionOf(trouble, one, nearness, (word) => 1 / (holders.get(word) ?? 1)));
  return compared(mostSuspect(scored), trouble).toSorted(
    (a, b) => b.score - a.score || b.change.atUs - a.change.atUs || (a.change.id < b.change.id ? -1 : 1),
  );
}

/** A change whose content fits outweighs those whose content nobody knows. */
const UNTOLD = 0.5;
/** Deploys show their effect in this time or hardly: see `farMinutes` of the detector. */
const LONE_US = 15 * MINUTE_US;
/** Coroot compares a release with the one before for half an hour: https://docs.coroot.com/deployments/overview */
const LONE_OF_REQUEST_US = 30 * MINUTE_US;
/** What remains when the others are set aside: as much as a mechanism that fits clearly. */
const LONE = 1.4;
/** A weak fit that has no rival. */
const FITS_ALONE = 1.3;
/** The others count so much less that they are no rivals. */
const NO_RIVAL = 0.6;

/**
 * An engineer sets aside what cannot be the cause, and suspects what is left. That is one change or none: only where
 * requests show the onset, and only a change of the service at fault.
 */
function compared(scored: readonly Suspicion[], trouble: ChangeSymptoms): readonly Suspicion[] {
  const fitting = scored.filter(({ reasons, score }) => reasons.length > 0 && score >= scoreOfNone(trouble));
  if (fitting.length > 0) {
    const others = scored.filter(({ reasons, score }) => reasons.length > 0 && score > 0);
    const [only] = others.length === 1 && isLoneSure(trouble) ? fitting : [];
    const isOnly = (one: Suspicion) => one === only && isAtFault(trouble, one.change);
    return scored.map((one) => ({
      ...one,
      score: one.score * (isOnly(one) ? FITS_ALONE : one.reasons.length > 0 ? 1 : UNTOLD),
    }));
  }
  if (!isLoneSure(trouble)) return ofOwn(scored, trouble);
  const left = scored
    .filter(
      ({ score, gapUs, isOpaque, reasons, buildsUp }) =>
        (isOpaque || reasons.length > 0) &&
        score > 0 &&
        gapUs > -EXACT_US &&
        gapUs <= (trouble.isDated === true ? LONE_US : LONE_OF_REQUEST_US) * (buildsUp ? BUILDS_UP : 1),
    )
    .map((one) => (one.reasons.length > 0 ? { ...one, score: one.score / UNTOLD } : one));
  const [lone, next] = left.toSorted((a, b) => b.score - a.score);
  const isRivalled = lone === undefined || (next?.score ?? 0) > NO_RIVAL * lone.score;
  if (isRivalled || !decides(trouble, lone.change)) return ofOwn(scored, trouble);
  return scored.map((one) => {
    if (one.change !== lone.change) return { ...one, score: one.score * UNTOLD };
    const times = one.reasons.length > 0 ? FITS_ALONE : LONE_TIMES;
    return { ...one, score: one.score * times, isLone: true };
  });
}

/**
 * The only change in the half hour before one request, of the service at fault: people look at it first, whatever it does.
 * Where many requests show the onset, it is known better which change came with it.
 */
function ofOwn(scored: readonly Suspicion[], trouble: ChangeSymptoms): readonly Suspicion[] {
  const { service, ofRequest, isDated, isSure } = trouble;
  if (ofRequest === undefined || isDated || !isSure || !isOurs(trouble)) return scored;
  const [lone, rival] = scored.filter(
    ({ change, isHarmless, gapUs }) =>
      !isHarmless && !isQuietTitle(change) && gapUs > -EXACT_US && gapUs <= LONE_OF_REQUEST_US,
  );
  if (!lone?.isOpaque || rival !== undefined || lone.change.service !== service) return scored;
  return scored.map((one) => (one === lone ? { ...one, score: one.score * LONE_TIMES, isLone: true } : one));
}

/**
 * Whether what is left may be named: the requests show when it began, or code of the service failed in one request; and
 * nothing else leads to it as often.
 */
function isLoneSure(trouble: ChangeSymptoms): boolean {
  const isShown = trouble.isDated === true || trouble.kinds.has('own-failure');
  return isShown && trouble.isSure === true && mayBeOwn(trouble);
}

/** Causes that come from data, or from what a store does by itself, as often as from a change. */
const OF_DATA: ReadonlySet<string> = new Set(['slow-query', 'lock-contention', 'poison-message']);

/** Whether the service does it, and not a store, a provider or a record. */
function mayBeOwn(trouble: ChangeSymptoms): boolean {
  const { cause = '', isWaiting = false } = trouble;
  return isOurs(trouble) && !OF_DATA.has(cause) && !isWaiting;
}

/** Whether no store, provider, record or load does it. */
function isOurs(trouble: ChangeSymptoms): boolean {
  // Who asks a provider more often does it himself.
  const isOther = trouble.isOutside === true && !trouble.kinds.has('many-calls');
  return scoreOfNone(trouble) === 1 && !isOther && !isFullDisk(trouble);
}

/** The service that is slow may have become so by its own change; a failure may come from what it asks as well. */
function isAtFault({ service, near, ofRequest }: ChangeSymptoms, change: Change): boolean {
  return (
    change.service === service || (ofRequest === 'the failed spans and lines' && near?.has(change.service) === true)
  );
}

/** The service at fault decides what it does; what it gets and cannot hold, the service decides that sends it. */
function decides({ service, near, kinds }: ChangeSymptoms, change: Change): boolean {
  return change.service === service || (kinds.has('too-large') && near?.has(change.service) === true);
}

/**
 * Time alone leads to a change of the service at fault, or of one whose answers fail there. Where a store or a provider
 * fails, or what it calls is slow, it leads to neither. A disk that is full filled up for days.
 */
export function isOfFault(trouble: ChangeSymptoms, change: Change): boolean {
  const { service, complaint, isOutside = false, isWaiting = false } = trouble;
  if (saysCallee(complaint?.text ?? '', change.service)) return true;
  return !isOutside && !isWaiting && !isFullDisk(trouble) && familyKey(change.service) === familyKey(service);
}

/** What any release may do is no reason for one of another service. */
export function isAnswered({ reasons, change, isNear }: Suspicion, trouble: ChangeSymptoms): boolean {
  const isElsewhere = change.service !== '' && trouble.service !== '' && !isOfFault(trouble, change);
  return reasons.length > 0 && !(isNear && isElsewhere);
}

/** Kubernetes writes such hashes without vowels. */
const OF_TEMPLATES = /^(?=[a-z]{0,9}\d)[bcdfghjklmnpqrstvwxz2456789]{8,10}$/i;

/**
 * The words of its diff. Without a diff, the words of its name, and the names of code in its text: a sentence has words
 * that many failures have. A ticket's number and the hash of a pod's template name nothing.
 */
function wordsOf(change: Change): ReadonlySet<string> {
  const code = codeChangeOf(change);
  if (change.diff !== '' && code !== undefined) return code.words;
  const isName = !/^[0-9a-f]{7,64}$|^[A-Z]{2,10}-\d+$/.test(change.id) && !OF_TEMPLATES.test(change.id);
  return new Set([...codeWords(change.text).filter(isCompound), ...(isName ? codeWords(change.id) : [])]);
}

type Known = Readonly<{
  change: Change;
  code: CodeChange | undefined;
  words: ReadonlySet<string>;
  /** All changes, of which one may take it back. */
  changes: readonly Change[];
}>;
type MaybeReason = Readonly<{ score: number; text: string | false | undefined; isOfTime?: boolean }>;
type Reason = Readonly<{ score: number; text: string; isMechanism: boolean; isNamed: boolean; isOfTime: boolean }>;

function suspicionOf(
  trouble: ChangeSymptoms,
  known: Known,
  nearness: Nearness,
  rarity: (word: string) => number,
): Suspicion {
  const { change } = known;
  const gapUs = gapOf(trouble, change.atUs);
  const mechanism = mechanismOf(trouble, change, known.code);
  const reasons = reasonsOf(trouble, known, mechanism, rarity);
  const isQuoted =
    reasons.some(({ score, isOfTime }) => score >= QUOTED && !isOfTime) ||
    changedName(change, trouble.complaint) !== '';
  const pace = paceOf(trouble, change, { mechanism, isQuoted });
  // What is gone stays gone, and fails when somebody asks for it.
  const near = { half: nearness.half * pace, far: nearness.far * (mechanism?.kind === 'rows-gone' ? pace : 1) };
  const meaning = baseOf(known) + reasons.reduce((sum, { score }) => sum + score, 0);
  const isOnlyTold = known.code?.isInstrumented === true && mechanism === undefined;
  const isKnown = mechanism?.isOfCause === true && mechanism.strength >= 1;
  const kept = (known.code?.isRearranged && !isKnown) || isOnlyTold ? REARRANGED : 1;
  const isHarmless =
    known.code?.isHarmless === true &&
    !isBuiltOtherwise(mechanism, trouble) &&
    // Whatever its lines do, its image is not there.
    missingVersion(trouble, change) === '';
  const score = isHarmless
    ? 0
    : relationOf(trouble, known, mechanism) *
      (isSwitchedThen(trouble, change, known.changes)
        ? 1
        : nearnessOf(gapOf(trouble, effectUs(change, trouble.onsetUs)), near)) *
      meaning *
      kept;
  // Why it fits says more than which words it has, and each of them more than whose pods fail.
  const guilt = guiltText(trouble, change);
  const isGuilt = ({ text }: Reason) => Number(text === guilt);
  const saysWhy = ({ isMechanism, isOfTime }: Reason) => Number(isMechanism && !isOfTime);
  const texts = reasons
    .toSorted((a, b) => saysWhy(b) - saysWhy(a) || isGuilt(a) - isGuilt(b) || b.score - a.score)
    .map(({ text }) => text);
  const isRearranged = known.code?.isRearranged ?? false;
  const isNamed = isSaidIn(trouble, change, reasons);
  const isOpaque = !isHarmless && !isRearranged && isUntold(known);
  const buildsUp = mechanism?.buildsUp ?? false;
  return {
    change,
    score,
    gapUs,
    reasons: [...new Set(texts)],
    isHarmless,
    isRearranged,
    isNamed,
    isOpaque,
    buildsUp,
    isNear: reasons.every(({ isOfTime }) => isOfTime),
    isLone: false,
  };
}

/** The failing lines name what it changes, or a server reports that it refuses just that. */
function isSaidIn({ said = '' }: ChangeSymptoms, change: Change, reasons: readonly Reason[]): boolean {
  return reasons.some(({ isNamed }) => isNamed) || refusesThis(change, said);
}

/** A pipeline builds what runs: an image that is not there, or that cannot be loaded, may come of that. */
function isBuiltOtherwise(mechanism: Mechanism | undefined, { cause }: ChangeSymptoms): boolean {
  return OF_BUILDS.has(mechanism?.kind) || (mechanism?.kind === 'other-image' && cause === 'image-pull');
}

const OF_BUILDS: ReadonlySet<unknown> = new Set(['other-modules', 'other-architecture']);

/** Nothing says what it does. A commit does nothing before its deploy, and a small change of a limit is tuning. */
function isUntold({ change, code }: Known): boolean {
  if (change.kind === 'commit' || change.kind === 'scale' || change.kind === 'flag') return false;
  if (isQuietTitle(change) || isIdleExperiment(change)) return false;
  const isTuning = titleLimits(change).length > 0 || (code?.limits.length ?? 0) > 0 || isRelaxed(change);
  if (code?.isInstrumented || code?.isOfContacts) return false;
  return !isTuning && effectsOf(change, code).every(({ strength }) => strength <= WEAK);
}

/** The factor for a change that keeps all limits and guards, or only counts and logs: the code does the same as before. */
const REARRANGED = 0.2;

/** Its title says more room, or a limit that changes so little that nothing follows. */
function isSmall(change: Change, code: CodeChange | undefined): boolean {
  return isRelaxed(change) || (titleLimits(change).length > 0 && effectsOf(change, code).length === 0);
}

/** The prior of its kind. A known diff lowers it, until its words and mechanism count. */
function baseOf({ change, code }: Known): number {
  if (change.diff === '' && isQuietTitle(change)) return QUIET;
  if (change.diff === '' && isSmall(change, code)) return WITH_LINES;
  if (change.diff === '') return code?.isOfVersions ? OF_VERSIONS : BASE[change.kind];
  return code?.isOfVersions ? OF_VERSIONS : WITH_LINES;
}

const BASE: Readonly<Record<Change['kind'], number>> = {
  deploy: 1.3,
  config: 1,
  migration: 1,
  scale: 0.8,
  commit: 0.6,
  flag: 0.5,
};
const WITH_LINES = 0.6;
const LONE_TIMES = 1 + LONE / BASE.commit;
const OF_VERSIONS = 0.4;
/** A title that names only work which nothing reads while it runs. */
const QUIET = 0.4;

function isAtPlace(trouble: ChangeSymptoms, change: Change): boolean {
  const { service, gaveUp, refusing } = trouble;
  if (guiltText(trouble, change) !== '') return true;
  return change.service === service || gaveUp?.has(change.service) === true || refusing?.has(change.service) === true;
}

function relationOf(trouble: ChangeSymptoms, { change, code, changes }: Known, mechanism?: Mechanism): number {
  const { service, complaint, suffering, databases = [], kinds } = trouble;
  if (kinds.has('unresolved') && isOfResolver(change)) return 1;
  if (change.service === '') return ofNobody(trouble, { change, changes }, mechanism);
  if (isAtPlace(trouble, change)) return 1;
  if (saysCallee(complaint?.text ?? '', change.service)) return BLAMED;
  if (isNear(trouble, change)) return NEAR;
  if (mechanism !== undefined && isOfOther(trouble, { change, code }, mechanism)) return NEAR;
  if (complaint?.services.has(change.service) || suffering.has(change.service)) return 0.5;
  if (isOfDatabase(change, databases)) return mechanism === undefined ? 0.5 : NEAR;
  return service === '' ? 0.5 : 0.15;
}

/** Of nobody's service: its text or its paths may say whose it is. */
function ofNobody(
  trouble: ChangeSymptoms,
  { change, changes }: Pick<Known, 'change' | 'changes'>,
  mechanism: Mechanism | undefined,
): number {
  const { service, databases = [], suffering, near = NOBODY, isSure = false, isDated = false } = trouble;
  if (namesDatabase(change, databases) || isOfServers(trouble, change)) return NEAR;
  if ([namedTrait, namedFlag, featureText, newCallText].some((names) => names(trouble, change) !== '')) return NEAR;
  if (isSwitchedBefore(trouble, change, changes)) return NEAR;
  const isOfAll = mechanism !== undefined && WHOLE_PLATFORM.has(mechanism.kind) && mechanism.strength > WEAK;
  // A flag may do anything, and most flags are of other services.
  const mayBeOf = mechanism?.kind !== 'flag-on' || !isBlank(trouble, { change, changes }, mechanism);
  const isOfCause = mechanism?.isOfCause === true && mayBeOf;
  if (isSure && mechanism !== undefined && (WHOLE_PLATFORM.has(mechanism.kind) || isOfCause)) return NEAR;
  if (isDated && isOfAll) return NEAR;
  if (!isSure && !isDated) return ofFiles(service, change);
  const said = new Set(`${change.id} ${change.text} ${change.diff}`.toLowerCase().match(/[a-z][a-z\d]{2,60}/g));
  const names = [service, ...suffering, ...near].filter((name) => name !== '');
  if (names.some((name) => partsOfName(name).every((part) => said.has(part)))) return NEAR;
  return ofFiles(service, change);
}

/** Nothing says what it does, and nothing shows that other code runs. */
function isBlank(
  trouble: ChangeSymptoms,
  { change, changes }: Pick<Known, 'change' | 'changes'>,
  mechanism: Mechanism | undefined,
): boolean {
  if (mechanism === undefined || !mayBeAnything(mechanism)) return false;
  return mechanism.kind !== 'flag-on' || !(isOfCode(trouble) || isAnnounced(change, trouble, changes));
}

/** Only other code makes other calls; a lock, a store or a callee may be slow by itself. */
function isOfCode({ kinds, cause = '', isNewStatement = false }: ChangeSymptoms): boolean {
  return isNewStatement || kinds.has('many-calls') || kinds.has('new-call') || OF_CALLS.has(cause);
}

const OF_CALLS: ReadonlySet<string> = new Set([
  'n-plus-one-queries',
  'n-plus-one-calls',
  'fan-out',
  'sequential-calls',
  'span-count-anomaly',
]);

/** A deploy of the service says what stands behind the flag: “realtime risk behind a flag” and `realtime-risk`. */
function isAnnounced({ id }: Change, { service, announced = [] }: ChangeSymptoms, changes: readonly Change[]): boolean {
  const words = codeWords(id).filter((word) => !isCompound(word) && !/^v?\d+$/.test(word));
  const own = changes.filter((one) => one.kind !== 'flag' && one.service === service).map(({ text }) => text);
  const says = (text: string) => {
    const said = new Set(codeWords(text));
    return words.every((word) => said.has(word));
  };
  return words.length > 1 && [...own, ...announced].some(says);
}

function ofFiles(service: string, { files }: Change): number {
  return files.some((path) => isOf(path, service)) ? 0.7 : 0.4;
}

const NOBODY: ReadonlySet<string> = new Set();
/** Networks, names, rights, traffic and quotas are of no single service. */
const WHOLE_PLATFORM: ReadonlySet<Mechanism['kind']> = new Set([
  'other-network',
  'other-architecture',
  'other-resolver',
  'other-zone',
  'other-credentials',
  'other-trust',
  'other-traffic',
  'other-primary',
  'lower-limit',
  'refuses-more',
  'less-cpu',
  'less-memory',
]);

/** `checkout-service` is `checkout`; a name without a telling part matches nothing. */
function partsOfName(name: string): readonly string[] {
  const parts = name.toLowerCase().match(/[a-z][a-z\d]{2,60}/g) ?? [name];
  const telling = parts.filter((part) => !/^(?:service|svc|server|api|app|web|prod)$/.test(part));
  return telling.length > 0 ? telling : [name];
}

/** Whoever asks decides how much waits in a queue, which fields it sends, and how many connections a database has. */
function isNear(trouble: ChangeSymptoms, change: Change): boolean {
  const { kinds, suffering, near, complaint } = trouble;
  if (isOfServers(trouble, change) || namesServer(complaint, change) || refusesThis(change, failureSaid(trouble)))
    return true;
  if (near?.has(change.service) === true || (kinds.has('backlog') && suffering.has(change.service))) return true;
  return missedFieldText(trouble, change) !== '';
}

/** Whoever sends a value decides its form, and who reads it fails. */
function isOfOther(
  trouble: ChangeSymptoms,
  { change, code }: Pick<Known, 'change' | 'code'>,
  mechanism: Mechanism,
): boolean {
  const isOfCaller = trouble.suffering.has(change.service) && OF_OTHERS.has(mechanism.kind);
  const isOfProgram = isOfUnseenStore(trouble, change, mechanism) || isOfSharedProgram(trouble, change, mechanism);
  return isOfCaller || isOfProgram || isToldByFailure(trouble, code, mechanism);
}

/** Who sends a value, chooses whom to ask, or decides which pages may ask. */
const OF_OTHERS: ReadonlySet<Mechanism['kind']> = new Set([
  'other-format',
  'other-scale',
  'other-name',
  'other-model',
  'other-origins',
  'remote-call',
]);

/**
 * The failure repeats what only this change took away, whosever it is: the old name of a field that its reader misses, or
 * the number of the new time-out.
 */
function isToldByFailure(
  { complaint }: ChangeSymptoms,
  code: CodeChange | undefined,
  { kind }: Pick<Mechanism, 'kind'>,
): boolean {
  if (complaint === undefined || code === undefined) return false;
  if (kind === 'other-name')
    return code.texts.some((text) => isCompound(text) && complaint.quoted.has(text.toLowerCase()));
  const waits = (ms: number) => [`after ${ms} ms`, `after ${ms}ms`, `after ${ms / 1000} s`, `after ${ms / 1000}s`];
  const isAfter = ({ before, after }: CodeChange['limits'][number]) =>
    after < before && waits(after).some((wait) => complaint.text.includes(wait));
  return kind === 'shorter-timeout' && code.limits.some(isAfter);
}

/** The failures name it as what they called: they could be its fault as well as their own. */
const BLAMED = 0.95;
/** It is not the service at fault, but what that depends on, or who shares it. */
const NEAR = 0.8;

/** `services/payment/charge.go` belongs to the payment service. */
function isOf(path: string, service: string): boolean {
  const name = service.toLowerCase().replace(/[-_]?(?:service|svc|server|api)$/, '');
  return (
    name.length > 2 &&
    path
      .toLowerCase()
      .split('/')
      .some((part) => part === name || part.startsWith(`${name}-`) || part === service.toLowerCase())
  );
}

/** A change may be noted after its effect: clocks differ, and some pipelines report only their end. */
const SLACK_US = MINUTE_US;
const AFTER = 0.75;
/** What fills up shows its effect after so many times as long. */
const BUILDS_UP = 3;
/** What the failure names exactly may wait for the work of a night: see `NAMED_BEFORE_REQUEST_US`. */
const NAMED_LONG = 9;
/**
 * Clients of feature flags learn of a change within seconds (Unleash asks every 15 s, LaunchDarkly streams). One request
 * that fails in the code of the flag's service may be any of those since then.
 */
const AT_ONCE = 0.25;
/** The factor beyond `far`, for late effects: a cache expires, a job runs at night. */
const BEYOND = 0.05;

/** A job with a new schedule does nothing before it runs. Of which zone a clock time is, nobody says. */
function effectUs({ atUs, text, diff }: Change, onsetUs: number): number {
  const schedule = diff === '' ? text.split(/\s(?:to|->|→|=>)\s/).at(-1) : textOfMark(diffLines(diff), '+');
  const clockUs = nextClockUs(schedule ?? '', atUs) ?? atUs;
  return nextRunUs(schedule ?? '', atUs) ?? (clockUs <= onsetUs + SLACK_US ? clockUs : atUs);
}

function isLater({ service, kinds, isDated = false }: ChangeSymptoms, changed: string): boolean {
  return !isDated && changed === service && kinds.has('own-failure');
}

/** `isQuoted`: the failures name what it changes. */
type Fit = Readonly<{ mechanism: Mechanism | undefined; isQuoted: boolean }>;

/** How much later than a deploy it shows its effect. */
function paceOf(trouble: ChangeSymptoms, change: Change, fit: Fit): number {
  if (fit.mechanism?.buildsUp) return BUILDS_UP;
  const isAtOnce = change.kind === 'flag' && !isLater(trouble, change.service) && namedFlag(trouble, change) === '';
  const lasting = fit.mechanism?.isExact === true ? NAMED_LONG : BUILDS_UP;
  return (isAtOnce ? AT_ONCE : 1) * (isLasting(trouble, fit) ? lasting : 1);
}

/**
 * Whether a change may count long after it was made: one request does not show when the trouble began. Only where the
 * verdict is sure and names exactly what this change does: such an effect stays until the change is undone.
 */
function isLasting(
  { ofRequest, isDated = false, isSure = false }: ChangeSymptoms,
  { mechanism, isQuoted }: Fit,
): boolean {
  if (ofRequest === undefined || isDated || !isSure) return false;
  if (isQuoted) return true;
  if (mechanism === undefined || mechanism.strength < 1) return false;
  return mechanism.isOfCause || mechanism.kind === 'other-credentials' || mechanism.kind === 'other-trust';
}

function nearnessOf(gapUs: number, { half, far }: Nearness): number {
  if (gapUs < -SLACK_US) return 0;
  if (gapUs < -EXACT_US) return AFTER * (1 + gapUs / SLACK_US);
  const minutes = Math.max(0, gapUs) / MINUTE_US;
  return (minutes > far ? BEYOND : 1) / (1 + minutes / half);
}

/** The highest score for common words. */
const MOST_OF_WORDS = 3;
const QUOTED = 3;
/** People know more than what is seen here. */
const TAKEN_BACK = 2;
const COMPOUND = 2;
const OF_METRIC = 0.3;
const NUMBER = 2;
const FILE = 2;
const PLACE = 1;
const MECHANISM = 2;
/** It changes the very code that fails by its own mistake: as much as a mechanism that fits what was found. */
const OWN_CODE = 3;
/** Nothing but the place and the time leads to it. */
const ONLY_OWN = 1.5;
/** It leads to what was found, and not only to words that many failures have. */
const MECHANISM_OF_CAUSE = 3;

function reasonsOf(
  trouble: ChangeSymptoms,
  { change, code, words, changes }: Known,
  mechanism: Mechanism | undefined,
  rarity: (word: string) => number,
): Reason[] {
  const { complaint, ofRequest: sayers = 'the failing lines' } = trouble;
  const said = (text: string) => complaint?.text.includes(text.toLowerCase()) ?? false;
  const places = [...(code?.places ?? [])];
  const [text] = (code?.texts ?? []).filter((one) => said(one) && isSaidAlone(one, complaint?.text ?? ''));
  // How many users see what a flag switches on is no number of a failure.
  const [number] = [...(code?.numbers ?? [])].filter(
    (one) => complaint?.numbers.has(one) && !(change.kind === 'flag' && Number(one) <= 100),
  );
  const [file] = places.filter((place) => complaint?.files.has(place));
  const [place] = places.filter((one) => (complaint?.words.get(one) ?? 0) > 0);
  const token = quotedToken(change, complaint);
  const trait = namedTrait(trouble, change);
  const flag = namedFlag(trouble, change);
  const quoted = text && `it changes “${cutText(text, LONGEST_QUOTE)}”, which ${sayers} name`;
  const mechanismText = mechanism?.text ?? restartText(trouble, change);
  const all: readonly MaybeReason[] = [
    ofWords(trouble, words, change, rarity),
    { score: QUOTED, text: quoted },
    { score: QUOTED, text: isNamedWhole(change, complaint) && `${sayers} name ${change.id}` },
    { score: QUOTED, text: token && `its text names ${token}, as ${sayers} do` },
    { score: QUOTED, text: nameText(trouble, change, sayers) },
    { score: QUOTED, text: limitText(change, complaint, sayers) },
    { score: QUOTED, text: versionText(trouble, change) },
    ofGuilt(trouble, change),
    { score: QUOTED, text: quotedVersionText(trouble, change, sayers) },
    { score: QUOTED, text: flag && `it changes the flag ${flag}, which these spans read` },
    { score: QUOTED, text: askedText(trouble, change) },
    { score: QUOTED, text: newCallText(trouble, change) },
    { score: QUOTED, text: switchedText(trouble, change, changes) },
    { score: OWN_CODE, text: featureText(trouble, change) },
    { score: QUOTED, text: trait && `it names “${trait}”, which the affected requests have` },
    { score: QUOTED, text: replacedText(change, complaint, sayers) },
    { score: QUOTED, text: missedFieldText(trouble, change) },
    { score: TAKEN_BACK, text: isTakenBack(change, changes, trouble.onsetUs) && 'people took it back after that' },
    { score: NUMBER, text: number && `it changes ${number}, which ${sayers} repeat` },
    { score: FILE, text: file && `the failure is in ${file}, which it changes` },
    { score: FILE, text: fileOfWork(trouble, change) },
    { score: OWN_CODE, text: failingLineText(trouble, change) },
    ofOwnCode(trouble, change, changes),
    { score: OWN_CODE, text: ownNameText(trouble, change) },
    { score: OWN_CODE, text: upgradedText(trouble, change) },
    { score: PLACE, text: place && `it changes “${place}”, which ${sayers} name` },
    {
      score: (mechanism?.isOfCause ? MECHANISM_OF_CAUSE : MECHANISM) * (mechanism?.strength ?? 1),
      text: mechanismText,
      isOfTime: isBlank(trouble, { change, changes }, mechanism),
    },
  ];
  return all.flatMap(({ score, text, isOfTime = false }) =>
    text ? [{ score, text, isMechanism: text === mechanismText, isNamed: text === quoted, isOfTime }] : [],
  );
}

/** A flag with the name of the service that the cause asks: `live-terminology`, and each element is asked of terminology. */
function askedText({ service, suffering, said = '' }: ChangeSymptoms, { kind, id, service: of }: Change): string {
  const words = new Set(kind === 'flag' && of === service ? id.toLowerCase().split(/[^a-z\d]/) : []);
  const asked = [...suffering].find((name) => name !== service && words.has(name.toLowerCase()) && said.includes(name));
  return asked === undefined ? '' : `it is a flag of ${service} with the name of ${asked}, which it asks`;
}

function limitText(change: Change, complaint: ChangeSymptoms['complaint'], sayers: string): string {
  const limit = quotedLimit(change, complaint);
  return limit && `it lowers a limit to the ${limit} that ${sayers} name`;
}

/** A word says something by itself, and nothing as a part of a name: `carrier` of `carrier-hub`. */
function isSaidAlone(text: string, said: string): boolean {
  if (!/^\w+$/.test(text)) return true;
  const word = text.toLowerCase();
  for (let at = said.indexOf(word); at >= 0; at = said.indexOf(word, at + 1))
    if (!OF_NAME.test(said[at - 1] ?? ' ') && !OF_NAME.test(said[at + word.length] ?? ' ')) return true;
  return false;
}

const OF_NAME = /[\w-]/;

function ofOwnCode(trouble: ChangeSymptoms, change: Change, changes: readonly Change[]): MaybeReason {
  const text = ownFileText(trouble, change);
  if (text !== '') return { score: OWN_CODE, text };
  return { score: ONLY_OWN, text: onlyOwnText(trouble, change, changes), isOfTime: true };
}

/** What its pods or its callers do shows it, as surely as a name that the failures quote. */
const GUILTY = 3;

/** What shows that this release is at fault, whoever counts the failures. */
function guiltOf(
  { guilty = [], service, kinds, cause = '' }: ChangeSymptoms,
  change: Change,
): GuiltyRelease | undefined {
  return guilty.find(
    ({ change: known, services, explains }) =>
      isSameChange(known, change) &&
      (service === '' || services.includes(familyKey(service))) &&
      (explains === undefined || explains.some((kind) => kinds.has(kind) || leadsTo(cause).includes(kind))),
  );
}

function guiltText(trouble: ChangeSymptoms, change: Change): string {
  return guiltOf(trouble, change)?.text ?? '';
}

/** That it was well before the release and is not after it is a matter of time as well. */
function ofGuilt(trouble: ChangeSymptoms, change: Change): MaybeReason {
  const { text = '', isOfTime = false } = guiltOf(trouble, change) ?? {};
  return { score: isOfTime ? ONLY_OWN : GUILTY, text, isOfTime };
}

/** Only for a change of another service. `ofWords` weighs the words of a change of the service at fault. */
function nameText({ service, complaint }: ChangeSymptoms, change: Change, sayers: string): string {
  const name = change.service === service ? '' : changedName(change, complaint);
  return name && `it is about ${name}, which ${sayers} name`;
}

/** The failures repeat a name that is no longer read or written. */
function replacedText({ diff }: Change, complaint: ChangeSymptoms['complaint'], sayers: string): string {
  const name = replacedName(diff, complaint);
  return name === undefined
    ? ''
    : `it replaces “${name.before}” by “${name.after}”, and ${sayers} name “${name.before}”`;
}

const TAKES_BACK = /\b(?:revert\w{0,3}|roll\w{0,3}[- ]?back|undo|backs? out|take back)\b/i;
/** A shorter title is a word of many others. */
const SHORTEST_TITLE = 8;

/** A later change of the service says that it reverts this one. */
function isTakenBack({ service, id, text, atUs }: Change, changes: readonly Change[], onsetUs: number): boolean {
  return changes.some(
    (later) =>
      later.atUs > atUs &&
      later.atUs > onsetUs &&
      later.service === service &&
      TAKES_BACK.test(later.text) &&
      ((text.length >= SHORTEST_TITLE && later.text.includes(text)) ||
        (id.length >= SHORTEST_VERSION && later.text.includes(id))),
  );
}

/** A rollout takes this long to stop its old pods and to start new ones: 30 s each by default, and the start. */
const ROLLING_US = 2 * MINUTE_US;

function restartText({ refusing, onsetUs }: ChangeSymptoms, { kind, service, atUs }: Change): string {
  const isThen = onsetUs - atUs <= ROLLING_US;
  const restarts = kind === 'deploy' || kind === 'config' || kind === 'scale';
  return isThen && restarts && refusing?.has(service) ? `it restarts ${service}, whose connections failed then` : '';
}

/** A statement may be long; its beginning identifies it. */
const LONGEST_QUOTE = 48;

function ofWords(
  trouble: ChangeSymptoms,
  words: ReadonlySet<string>,
  { kind, diff }: Change,
  rarity: (word: string) => number,
) {
  const matches = [...words]
    .map((word) => ({ word, score: wordScore(trouble, word) * rarity(word) }))
    .sort((a, b) => b.score - a.score || (a.word < b.word ? -1 : 1));
  const { ofRequest: sayers = 'the failing lines' } = trouble;
  const score = matches.reduce((sum, match) => sum + match.score, 0);
  const telling = matches.filter(
    ({ word, score }) => score > 0 && (isCompound(word) || trouble.complaint?.quoted.has(word) || kind === 'flag'),
  );
  const named = telling
    .slice(0, WORDS_NAMED)
    .map(({ word }) => `“${word}”`)
    .join(', ');
  const text =
    diff === '' && kind !== 'deploy'
      ? `its name contains ${named}, as ${sayers} do`
      : `it changes ${named}, which ${sayers} name`;
  return { score: Math.min(MOST_OF_WORDS, score), text: telling.length > 0 && text };
}

const WORDS_NAMED = 3;

function wordScore({ complaint, metricWords }: ChangeSymptoms, word: string): number {
  const share = complaint?.words.get(word) ?? 0;
  const quoted = complaint?.quoted.has(word) ? QUOTED : 0;
  const often = Math.sqrt(share) * (isCompound(word) ? COMPOUND : 1) * LONE_WORD;
  return Math.max(quoted, often, metricWords.has(word) ? OF_METRIC : 0);
}

/** A single word that is not quoted has many meanings. */
const LONE_WORD = 0.5;

/** The lines have all words of its name, and these are two at least: `express-lane`. */
function isNamedWhole({ kind, id, diff }: Change, complaint: ChangeSymptoms['complaint']): boolean {
  const words = codeWords(id).filter((word) => !isCompound(word));
  if (diff !== '' || kind === 'deploy' || kind === 'commit' || words.length < 2) return false;
  return words.every((word) => complaint?.words.has(word));
}
