/**
 * A change just before the onset whose content fits the symptoms.
 *
 *   14:59:30 deploy of checkout: asks the catalog for each item of a cart
 *   15:00:30 deploy of frontend: another colour of a button                      ← nearer, but only styles
 *   15:01:10 checkout: p99 leaves 210 ms; “slow request … 51 database calls”
 *
 * The time before the onset shows which changes may be the cause; their content shows which one is. The answer may also
 * be none: a problem of one record, of an outside host, of a node or of more load does not come from a deploy.
 */
import { defineDetector } from '#detect/detector.ts';
import { isAnswered, isOfFault, type Suspicion, suspicions } from '#detect/signs/suspicion/change-suspicion.ts';
import { scoreOfNone } from '#detect/signs/suspicion/no-change.ts';
import { isFullDisk } from '#detect/signs/suspicion/slow-growth.ts';
import { gapText, setAside } from '#detect/signs/suspicion/suspicion-words.ts';
import { twinOf } from '#detect/signs/suspicion/twin-changes.ts';
import { type AlikeVersions, alikeVersions } from '#detect/signs/versions/alike-versions.ts';
import { slowAlike } from '#detect/signs/versions/slow-alike.ts';
import { windowTrouble } from '#detect/signs/versions/window-trouble.ts';
import { type Change, isSameChange, shortChangeId } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { changeName, KINDS, LONGEST_TEXT, shownChange } from '#model/changes/change-words.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import { citedLines } from '#model/logs/log-sighting.ts';
import { clockText } from '#model/logs/log-times.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { inWords } from '#model/text/in-words.ts';

export const suspectChange = defineDetector({
  id: 'suspect-change',
  title: 'Suspect change',
  why: 'Most incidents follow a change, and a rollback is the fastest fix.',
  runbook: 'runbooks/suspect-change.md',
  clear: 'no change before the onset fits the symptoms',
  silent: [
    'Without log lines or metrics the onset is unknown. It then suspects no change. For one request it suspects a change whose content fits, or the only one of the half hour before, of the service at fault.',
    'It sees only changes from its sources, none made by hand, and one without a diff only by its title, files, time and service.',
    'It cannot separate an effect after hours from chance, unless it is steady growth.',
    'A change of another service that uses the same database is only possible, unless a second sign leads to it.',
  ],
  role: 'mechanism',
  field: 'change',
  coverage: 'change',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['window', 'changes'],
  uses: ['logs', 'templates', 'baselineLogs', 'metrics', 'symptoms', 'requests', 'healthyRequests', 'platform'],
  thresholds: {
    halfMinutes: {
      default: 10,
      min: 0.1,
      unit: 'minutes',
      means: 'A change this long before the onset is half as suspect as one right before it',
      why: 'Deploys roll out over minutes, and pipelines report their start or their end. In simulated incidents 10 finds 20 % more than 5 without more wrong suspects.',
    },
    farMinutes: {
      default: 15,
      min: 1,
      unit: 'minutes',
      means: 'An earlier change is suspect only if all other signs support it',
      why: 'Most effects of a deploy show within 15 minutes. Steady growth is dated by its beginning.',
    },
    requestHalfMinutes: {
      default: 30,
      min: 0.1,
      unit: 'minutes',
      means: 'The same as `halfMinutes`, for one request',
      why: 'Three times as long, because one request does not show when its problem began. The weaker the fit, the nearer the change has to be.',
    },
    minConfidence: {
      default: 0.5,
      min: 0,
      max: 1,
      unit: 'share',
      means: 'Share of the first change in the suspicion against all changes and against none',
      why: 'Below 50 % another change, or none, is more likely.',
    },
    minPoints: {
      default: 0.05,
      min: 0.001,
      max: 1,
      unit: 'share of the requests',
      means: 'Old instances must fail this share, and new ones at most so much more, before metrics clear a release',
      why: 'The same as for a release regression: a difference below 5 % is common between healthy instances.',
    },
    minRequests: {
      default: 10,
      min: 2,
      unit: 'requests or lines',
      means: 'Requests to the old and to the new version, or lines, before equal failures clear a release',
      why: 'The same as for a release regression: with a few requests, all of them are often bad by chance.',
    },
    minFailed: {
      default: 5,
      min: 1,
      unit: 'requests or lines',
      means: 'Failed requests or error lines of each version, before equal failures clear a release',
      why: 'A few failures may be those of one client.',
    },
  },

  detect({ window, changes, symptoms, ...evidence }, limits) {
    const { halfMinutes, farMinutes, requestHalfMinutes, minConfidence } = limits;
    const trouble = symptoms ?? windowTrouble({ window, changes, ...evidence }, limits);
    if (trouble === undefined) return [];
    const isOfRequest = trouble.ofRequest !== undefined;
    const [half, far] = isOfRequest ? [requestHalfMinutes, Number.POSITIVE_INFINITY] : [halfMinutes, farMinutes];
    const suspected = suspicions(trouble, changes, { half, far });
    const none = scoreOfNone(trouble);
    if ((suspected[0]?.score ?? 0) < none) return [];
    const alike = alikeVersions({ window, changes, ...evidence }, limits);
    const slow = slowAlike({ changes, ...evidence }, trouble.onsetUs, limits);
    // A disk fills up for days, so that the time of a change says nothing.
    const isInVain = ({ isNear, change }: Suspicion) =>
      isNear && (isFullDisk(trouble) || slow.some((one) => isSameChange(one, change)));
    const left = suspected.filter(
      (one) => refutedBy(alike, one.change) === undefined && !isInVain(one) && !isLongBefore(one, trouble, halfMinutes),
    );
    const all = left.filter((one) => (isOfRequest ? isTelling(one, trouble) : isInReach(one, trouble)));
    const [first, second, third] = all;
    if (first === undefined || first.score < none) return [];
    const share = (some: number, others: number) => some / (some + others + none ** 2);
    const [one, two, three] = [first, second, third].map((one) => (one?.score ?? 0) ** 2) as [number, number, number];
    const confidence = share(one, two);
    // Either of two changes is the cause, and nothing says which.
    const isTied = second !== undefined && second.score >= Math.max(none, TIED * first.score);
    const tied = isTied && share(one + two, three) >= minConfidence ? second : twinOf(first, suspected, trouble);
    if (confidence < minConfidence && tied === undefined) return [];
    const rivals = suspected.filter((one) => one !== first);
    // Symptoms that were handed in have lines of their own.
    const logs = symptoms === undefined ? (evidence.logs ?? []) : [];
    return [sightingOf(first, { trouble, confidence, logs, rivals, tied, alike })];
  },

  say(facts) {
    if (facts.tiedWith !== '') return wordsOfTie(facts);
    return facts.isPossible === true ? wordsOfPossible(facts) : wordsOfOne(facts);
  },
});

function wordsOfOne({
  service,
  kind,
  id,
  text,
  at,
  onset,
  gap,
  reasons,
  others,
  rivals,
  changed,
  isOfRequest,
  isNear,
  isLone,
  store,
}: Facts): Words {
  const what = `${KINDS[String(kind) as Change['kind']]} ${shortChangeId(String(id))}`.trim();
  const named = text === '' ? '' : ` (“${text}”)`;
  const beside =
    Number(others) === 0
      ? ''
      : ` It fits best of ${Number(others) + 1} changes before ${isOfRequest === true ? 'it' : 'the onset'}.`;
  const [doubt, fit] = isNear === true ? [ONLY_TIME, nearText(isLone === true)] : ['', 'The change fits the symptoms.'];
  return {
    title: `${service === '' ? '' : `${service}: `}${what}${named} came ${gap} ${isOfRequest === true ? 'this request' : 'the problem began'}${doubt}${reasons === '' ? '' : `: ${reasons}`}`,
    explanation: `The change was made at ${at}, and ${isOfRequest === true ? 'the request' : 'the problem'} began at ${onset}. ${fit}${sharing(service, store)}${beside}`,
    remedy: `${REMEDIES[String(kind) as Change['kind']](what, String(service))} Then check whether ${changed || 'the symptom'} is back to normal.`,
    check: 'The problem continues after the rollback, or it began before the change.',
    headline: { why: `a ${KINDS[String(kind) as Change['kind']]} of ${inWords(service)} came ${gap} it began` },
    reasons: [
      `${capitalised(what)} of ${service || 'an unknown service'} came ${gap} it began${doubt}${text === '' ? '' : `: “${text}”`}`,
      ...(reasons === '' ? [] : String(reasons).split('; ').map(capitalised)),
      ...(Number(others) === 0 ? [] : [`It fits best among ${Number(others) + 1} changes before it`]),
      ...(rivals === '' ? [] : String(rivals).split('\n')),
    ],
  };
}

const ONLY_TIME = ', and only its time makes it suspect';

/** Where nothing in the change fits. */
function nearText(isLone: boolean): string {
  return isLone
    ? 'No other change before it may do this, but nothing in this one shows that it does.'
    : 'Only its time makes the change suspect.';
}

function sharing(service: Facts[string] = '', store: Facts[string] = ''): string {
  return store === '' ? '' : ` ${service} uses the same store, ${store}.`;
}

/** A change of a service that shares a store with the one at fault; one sign leads to it. */
function wordsOfPossible({
  service,
  kind,
  id,
  text,
  at,
  onset,
  gap,
  reasons,
  store,
  isUser,
  isOfRequest,
}: Facts): Words {
  const what = `${KINDS[String(kind) as Change['kind']]} ${shortChangeId(String(id))}`.trim();
  const [reason = ''] = String(reasons).split('; ');
  const known =
    isUser === true
      ? `${service} uses the same store, ${store}, but nothing in the change names what waits.`
      : `No record shows that ${service} uses the same database.`;
  return {
    title: `${service}: ${what}${text === '' ? '' : ` (“${text}”)`} may have led to it: ${reason}`,
    explanation: `The change was made at ${at}, and ${isOfRequest === true ? 'the request' : 'the problem'} began at ${onset}. ${known}`,
    remedy: `Find out what ${service} does in ${store} since ${what}. If that is the cause: ${lowered(REMEDIES[String(kind) as Change['kind']](what, String(service)))}`,
    check: `${service} used another database at that time, or the problem continues after a rollback of ${what}.`,
    headline: { why: `a ${KINDS[String(kind) as Change['kind']]} of ${inWords(service)} may have led to it` },
    reasons: [`${capitalised(what)} of ${service} came ${gap} it began: ${reason}`, known.replace(/\.$/, '')],
  };
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Either of two changes. */
function wordsOfTie({ service, kind, id, text, onset, gap, changed, isOfRequest, tiedWith }: Facts): Words {
  const named = `${KINDS[String(kind) as Change['kind']]} ${shortChangeId(String(id))}`.trim();
  const quoted = text === '' ? '' : ` (“${text}”)`;
  return {
    title: `${service === '' ? '' : `${service}: `}${named}${quoted} or ${tiedWith} may be the cause: both fit equally well`,
    explanation: `Both changes were made before ${isOfRequest === true ? 'the request' : 'the problem'} began at ${onset}. The evidence does not show which of them is the cause.`,
    remedy: `Roll ${named} or ${tiedWith} back, and check whether ${changed || 'the symptom'} is back to normal. If it is not, roll back the other one, too.`,
    check: 'The problem continues after both rollbacks, or it began before both changes.',
    headline: { why: 'two changes before it fit equally well' },
    reasons: [
      `${capitalised(named)} of ${service || 'an unknown service'} came ${gap} it began${text === '' ? '' : `: “${text}”`}`,
      `${capitalised(String(tiedWith))} fits as well`,
    ],
  };
}

/** As a share of the first score: the scores are sums of estimates, which are no more exact than this. */
const TIED = 0.9;

/** `what`: `deploy 7c41e0b`. */
const REMEDIES: Readonly<Record<Change['kind'], (what: string, service: string) => string>> = {
  deploy: (what, service) => `Roll ${what}${of(service)} back.`,
  commit: (what, service) => `Revert ${what}${of(service)} and deploy the revert.`,
  config: (what, service) => `Restore the configuration${of(service)} from before ${what}.`,
  scale: (_, service) => `Scale ${service || 'the service'} back.`,
  flag: (what, service) => `Switch ${what}${of(service)} back.`,
  migration: (what, service) =>
    `Roll ${what}${of(service)} back if that loses no data. Otherwise restore what is missing.`,
};

function of(service: string): string {
  return service === '' ? '' : ` of ${service}`;
}

/** `rivals`: the other changes, the most suspect first. */
type Around = Readonly<{
  trouble: ChangeSymptoms;
  confidence: number;
  logs: Evidence['logs'];
  rivals: readonly Suspicion[];
  /** The change that fits as well. */
  tied: Suspicion | undefined;
  /** Releases that equal versions clear. */
  alike: readonly AlikeVersions[];
}>;

function refutedBy(alike: readonly AlikeVersions[], change: Change): AlikeVersions | undefined {
  return alike.find((one) => isSameChange(one.change, change));
}

/**
 * One request shows no time since when it is bad, so only content makes a change suspect. Where many requests show that
 * time, so does the time right before, of a change whose content nobody knows.
 */
function isTelling(one: Suspicion, trouble: ChangeSymptoms): boolean {
  const { change, isLone } = one;
  const isOfTime = trouble.isDated === true && change.diff === '' && isOfFault(trouble, change);
  return isAnswered(one, trouble) || isLone || isOfTime;
}

function isInReach(one: Suspicion, trouble: ChangeSymptoms): boolean {
  return !one.isNear || isAnswered(one, trouble) || trouble.service === '' || isOfFault(trouble, one.change);
}

/**
 * Time alone leads to no change that is less than half as suspect as one right before the onset. What any new version may
 * do adds nothing to the time, except where it fills something up.
 */
function isLongBefore({ isNear, buildsUp, gapUs }: Suspicion, trouble: ChangeSymptoms, halfMinutes: number): boolean {
  const isDated = trouble.ofRequest === undefined || trouble.isDated === true;
  return isDated && isNear && !buildsUp && gapUs > halfMinutes * 60e6;
}

function sightingOf(
  { change, gapUs, reasons, score, isNamed, isNear, isLone }: Suspicion,
  { trouble, confidence, logs, rivals, tied, alike }: Around,
): Sighting {
  const { onsetUs, complaint } = trouble;
  const at = clockText(`${Math.round(change.atUs)}000`);
  const text = cutLine(change.text, LONGEST_TEXT);
  return {
    service: change.service || trouble.service,
    facts: {
      id: change.id,
      kind: change.kind,
      changedService: change.service,
      atUs: change.atUs,
      score,
      confidence,
      text,
      at,
      onset: clockText(`${Math.round(onsetUs)}000`),
      gap: gapUs < 0 ? 'as' : `${gapText(gapUs)} before`,
      reasons: reasons.slice(0, REASONS).join('; '),
      others: rivals.filter(({ score }) => score > 0).length,
      rivals: rivals
        .slice(0, RIVALS)
        .map((one) => setAside(one, refutedBy(alike, one.change)))
        .join('\n'),
      isNamed,
      isNear,
      isLone,
      tiedWith: tied === undefined ? '' : changeName(tied.change),
      isOfRequest: trouble.ofRequest !== undefined && trouble.isDated !== true,
      store: trouble.throughStore?.store ?? '',
      isUser: trouble.throughStore?.isUser === true,
      isPossible: trouble.throughStore?.isPossible === true,
      changed: [...trouble.metricWords].length > 0 ? 'the unusual metric' : '',
    },
    evidence: [
      ...[change, ...(tied ? [tied.change] : [])].map(shownChange),
      ...citedLines(logs, complaint?.examples ?? []),
    ],
  };
}

const REASONS = 3;
const RIVALS = 2;
