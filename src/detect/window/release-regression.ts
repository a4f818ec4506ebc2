/**
 * The instances of a new version do worse than those of the old version in the same minutes.
 *
 *                                14:04  14:05  14:06  14:07
 *   checkout v1, three pods      all answered              ← the same load, the same callees, the same minutes
 *   checkout v2, one pod                  12 of 40 answered
 *
 * Where only one of several replicas is new, the numbers of the whole service hardly move. What both versions share (load,
 * callees, time) cannot be the reason for their difference, so it is the strongest evidence that there is against a change.
 */
import { once } from '#core/memoize.ts';
import { MINUTE_US } from '#core/time-units.ts';
import { defineDetector } from '#detect/detector.ts';
import { failedAnalyses, takenBackOf, wordsOfTakenBack } from '#detect/signs/versions/failed-analyses.ts';
import { withoutIdle } from '#detect/signs/versions/idle-instances.ts';
import { moreCalls } from '#detect/signs/versions/more-calls.ts';
import { familyKey, releasesSeen, type SeenRelease } from '#detect/signs/versions/releases-seen.ts';
import { shortAnswers } from '#detect/signs/versions/short-answers.ts';
import { offSickMachines } from '#detect/signs/versions/sick-machines.ts';
import { type UnstartedRelease, unstartedReleases } from '#detect/signs/versions/unstarted-releases.ts';
import { beliefIn, clauseOfCount, clauseOfMetric, nameInWords } from '#detect/signs/versions/version-clauses.ts';
import {
  byFamily,
  type CountedDifference,
  erringLines,
  failingOperations,
  sightingsOf,
  slowAnswers,
  UNNAMED,
  type VersionAnswer,
  versionAnswers,
  versionLines,
  whileBothSpoke,
} from '#detect/signs/versions/version-counts.ts';
import { type VersionDifference, versionDifferences } from '#detect/signs/versions/version-differences.ts';
import { seriesSighting, type VersionSeries, versionSeries } from '#detect/signs/versions/version-series.ts';
import { type Change, shortChangeId } from '#model/changes/change.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { citedLines } from '#model/logs/log-sighting.ts';
import { clockText } from '#model/logs/log-times.ts';
import { minuteText, shareText } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { inWords } from '#model/text/in-words.ts';

export const releaseRegression = defineDetector({
  id: 'release-regression',
  title: 'Release regression',
  why: 'A bad release on one of several replicas hardly moves the numbers of its service, and still fails a part of all requests.',
  runbook: 'runbooks/release-regression.md',
  clear: 'no new version does worse than the old one beside it',
  silent: [
    'It compares only where both versions answered or wrote after the fault began, or where the new one took over at once and metrics show both. A label, a pod’s name or an image must name the version.',
    'It ignores a first minute of a new instance that is bad alone, and a difference that the old instances have among themselves.',
    'It does not compare CPU: a new process compiles and fills its caches.',
    'It ignores instances on a machine on which other services, or old instances, do badly as well.',
  ],
  role: 'mechanism',
  field: 'change',
  coverage: 'change',
  nextWhys: {
    unsaid: {
      ask: 'What does the new version do differently?',
      lookAt: 'The difference between the two versions, and the log of a new instance beside that of an old one.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['window'],
  needsOneOf: ['metrics', 'requests', 'logs', 'platform'],
  uses: ['healthyRequests', 'baselineLogs', 'changes'],
  thresholds: {
    minPoints: {
      default: 0.05,
      min: 0.001,
      max: 1,
      unit: 'share of the requests',
      means: 'How much more of the requests to the new version must fail, or of its lines must be errors',
      why: 'Coroot calls a release worse from 5 % on. Only 5 of 166 recorded harmless canaries differ by more or take twice as long.',
    },
    minTimes: {
      default: 2,
      min: 1,
      unit: 'times as long',
      means: 'How much longer the new version must take',
      why: 'New instances have empty caches. A difference below a factor of two is common between healthy instances.',
    },
    minMinutes: {
      default: 2,
      min: 1,
      unit: 'minutes',
      means: 'Minutes in which the new version must be worse than each old instance',
      why: 'One minute is one point of a metric, and may be the start of an instance.',
    },
    minRequests: {
      default: 10,
      min: 2,
      unit: 'requests',
      means: 'Requests to each version, where single requests are compared',
      why: 'With a few requests, all of them are often good or bad by chance.',
    },
    minFailed: {
      default: 5,
      min: 1,
      unit: 'requests or lines',
      means: 'Failed requests to the new version, or its error lines',
      why: 'A few failures may be those of one client.',
    },
    forMinutes: {
      default: 3,
      min: 1,
      unit: 'minutes',
      means: 'How long no new instance reports after an old one was stopped for a release',
      why: 'Kubernetes gives a pod 30 s to stop, and most images start within two minutes.',
    },
  },

  detect({ window, changes = [], platform, ...evidence }, limits) {
    const { metrics = [], requests = [], healthyRequests = [], logs = [], baselineLogs = [] } = evidence;
    const toUs = Number.isFinite(window.toUs) ? window.toUs : Number.POSITIVE_INFINITY;
    const meant = measured(metrics);
    const answers = versionAnswers(requests, platform);
    const series = onMachines(versionSeries(meant, platform), answers);
    const healthy = versionAnswers(healthyRequests, platform);
    const around = {
      now: once(() => versionAnswers(requests, platform, UNNAMED)),
      healthy: once(() => versionAnswers(healthyRequests, platform, UNNAMED)),
    };
    const lines = versionLines(logs, platform);
    const answersOf = byFamily(answers);
    const linesOf = byFamily(lines);
    const inSeries = releasesSeen(series.map(seriesSighting), changes);
    const inRequests = releasesSeen(sightingsOf([...healthy, ...answers]), changes);
    const inLines = releasesSeen(sightingsOf([...versionLines(baselineLogs, platform), ...lines]), changes);
    const regressions = joined([
      ...inSeries.map((release) => {
        return { release, metrics: versionDifferences(release, series, toUs, limits), counts: [] };
      }),
      ...inRequests.map((release) => {
        const own = offSickMachines(release, answersOf.get(release.family) ?? [], answers, limits);
        const failed = whileBothSpoke(release, own, (one) => one.failed);
        const failing = failingOperations(release, failed, inRequests.length, limits);
        const both = whileBothSpoke(release, own);
        const slow = slowAnswers(release, both, limits);
        const more = moreCalls(release, own, around, limits);
        const short = shortAnswers(release, both, limits);
        return { release, metrics: [], counts: [failing ?? [], slow ?? [], more ?? [], short ?? []].flat() };
      }),
      ...inLines.map((release) => {
        const written = linesOf.get(release.family) ?? [];
        const both = whileBothSpoke(release, written, ({ isError }) => isError);
        const own = withoutIdle(release, both, series, limits.minRequests);
        const erring = erringLines(release, own, inLines.length, limits, written);
        return { release, metrics: [], counts: erring === undefined ? [] : [erring] };
      }),
    ]);
    const known = new Set(regressions.map(({ release }) => release.family));
    const unstarted = unstartedReleases(meant, series, changes, toUs, limits).filter(
      ({ change }) => !known.has(familyKey(change.service)),
    );
    const taken = failedAnalyses(platform, changes, window).filter(({ service }) => !known.has(familyKey(service)));
    const sightings = [
      ...regressions.map((one) => regressionOf(one, logs)),
      ...unstarted.map(unstartedOf),
      ...taken.map(takenBackOf),
    ];
    return sightings.toSorted(
      (a, b) => Number(b.facts.confidence) - Number(a.facts.confidence) || (a.service < b.service ? -1 : 1),
    );
  },

  say(facts) {
    if (facts.form === 'taken back') return wordsOfTakenBack(facts);
    return facts.form === 'unstarted' ? wordsOfUnstarted(facts) : wordsOfRegression(facts);
  },
});

type Regression = Readonly<{
  release: SeenRelease;
  metrics: readonly VersionDifference[];
  counts: readonly CountedDifference[];
}>;

/** Requests often name the machines of the pods whose metrics do not. */
function onMachines(series: readonly VersionSeries[], answers: readonly VersionAnswer[]): readonly VersionSeries[] {
  const nodes = new Map(answers.flatMap(({ who }) => (who.node === '' ? [] : [[who.instance, who.node] as const])));
  return series.map((one) => {
    const node = one.who.node || nodes.get(one.who.instance) || '';
    return node === one.who.node ? one : { ...one, who: { ...one.who, node } };
  });
}

/** What series, requests and lines show of one service; nothing where none shows a difference. */
function joined(all: readonly Regression[]): readonly Regression[] {
  const found = all.filter(({ metrics, counts }) => metrics.length + counts.length > 0);
  return [...Map.groupBy(found, ({ release }) => release.family).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { release } = own.find((one) => one.release.change !== undefined) ?? first;
    return [{ release, metrics: own.flatMap(({ metrics }) => metrics), counts: own.flatMap(({ counts }) => counts) }];
  });
}

function regressionOf({ release, metrics, counts }: Regression, logs: Evidence['logs']): Sighting {
  const { service, version, change } = release;
  const clauses = [
    ...counts.map((one) => clauseOfCount(one)),
    ...metrics.map((one) => clauseOfMetric(one, version)),
  ].sort((a, b) => beliefIn(b) - beliefIn(a));
  const [first] = clauses;
  const sinceUs = Math.min(...clauses.map((one) => one.sinceUs));
  const places = counts.flatMap((one) => one.places);
  return {
    service,
    facts: {
      form: first?.isAfter === true ? 'after' : 'beside',
      ...changeFacts(change, release, sinceUs),
      version,
      what: first?.text ?? '',
      worse: first === undefined ? '' : first.headline.join(nameInWords(version, service)),
      reasons: clauses.map(({ text }) => `version ${version} ${text}`).join('; '),
      since: minuteText(sinceUs),
      sinceUs,
      confidence: first === undefined ? 0 : beliefIn(first),
      isSideBySide: true,
      asks: counts.find(({ measure }) => measure === 'calls')?.operation ?? '',
    },
    evidence: [...clauses.map(({ item }) => item), ...changeItems(change), ...citedLines(logs, places)],
  };
}

function changeFacts(change: Change | undefined, { version, bornUs }: SeenRelease, sinceUs: number): Facts {
  const isSeen = Number.isFinite(bornUs);
  if (change === undefined && !isSeen) return { id: version, kind: '', changedService: '', atUs: 0, gap: '' };
  const atUs = change?.atUs ?? bornUs;
  return {
    id: change?.id || version,
    kind: change?.kind ?? 'deploy',
    changedService: change?.service ?? '',
    atUs,
    gap: gapText(sinceUs - atUs),
  };
}

/** `as`, where it began in the same minute. */
function gapText(us: number): string {
  return us < MINUTE_US ? 'as' : `${Math.round(us / MINUTE_US)} min before`;
}

function changeItems(change: Change | undefined): readonly EvidenceItem[] {
  if (change === undefined) return [];
  const at = clockText(`${Math.round(change.atUs)}000`);
  const text = `${at} ${change.kind} of ${change.service}: ${change.text || shortChangeId(change.id)}`;
  return [{ kind: 'change', ref: change.id || at, text, url: change.url }];
}

function unstartedOf({
  change,
  instance,
  metric,
  others,
  minutes,
  failing,
  failingMetric,
}: UnstartedRelease): Sighting {
  return {
    service: change.service,
    facts: {
      form: 'unstarted',
      id: change.id,
      kind: change.kind,
      changedService: change.service,
      atUs: change.atUs,
      gap: 'as',
      instance,
      others,
      minutes,
      failing,
      reasons: 'none of its instances ever reports',
      since: minuteText(change.atUs),
      sinceUs: change.atUs,
      confidence: UNSTARTED,
      isSideBySide: true,
    },
    evidence: [
      { kind: 'metric', ref: metric, text: `${metric}: ${instance} ends, and no new instance follows` },
      {
        kind: 'metric',
        ref: failingMetric,
        text: `${failingMetric}: up to ${shareText(failing)} of the calls fail since`,
      },
      ...changeItems(change),
    ],
  };
}

/** Two signs agree: the instances of the service, and the calls of others. */
const UNSTARTED = 0.85;

function wordsOfRegression({ form, service, version, what, worse, kind, id, since, reasons }: Facts): Words {
  const named = kind === '' ? '' : ` (${kind} ${shortChangeId(String(id))})`;
  return {
    title: `${service}: version ${version}${named} ${what}, since ${since}`,
    headline: {
      what: isClause(worse) ? capitalised(String(worse)) : `The new version of ${inWords(service)} is worse`,
    },
    explanation: form === 'after' ? AFTERWARDS : BESIDE,
    remedy: `Roll version ${version} of ${service} back, or send it no requests.`,
    check: `The difference stays when the old version runs on the same machines, or when both get the same requests.`,
    reasons: String(reasons).split('; ').map(capitalised),
  };
}

const BESIDE =
  'Both versions ran in the same minutes, with the same load and the same callees. The new one is worse than each old instance, and by more than the old ones differ.';
const AFTERWARDS =
  'The new version took over from all old instances. They did well until their last minute, and each new instance does badly from its first minute on.';

function isClause(text: Facts[string] = ''): boolean {
  return String(text).includes(' ');
}

function wordsOfUnstarted({ service, kind, id, instance, others, minutes, failing, since }: Facts): Words {
  return {
    title: `${service}: no instance of ${kind} ${shortChangeId(String(id))} reports since ${since}, and up to ${shareText(Number(failing))} of the calls to it fail`,
    headline: { what: `The new version of ${inWords(service)} does not start` },
    explanation: `${instance} stopped as the release began. ${others} old instances go on, and for ${minutes} min no new one has reported.`,
    remedy: `Look at the new pods of ${service}: their state, their events and their first lines. Roll the release back if they do not start.`,
    check: `The new instances run, and only their metrics are missing.`,
  };
}
