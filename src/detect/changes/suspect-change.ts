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
import { type Suspicion, scoreOfNone, suspicions } from '#detect/signs/change-suspicion.ts';
import { type WindowSymptoms, windowSymptoms } from '#detect/signs/window-symptoms.ts';
import { type Change, shortChangeId } from '#model/changes/change.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { EvidenceItem, Sighting } from '#model/finding/finding.ts';
import { citedLines } from '#model/logs/log-sighting.ts';
import { clockText } from '#model/logs/log-times.ts';
import { cutLine } from '#model/text/cut-text.ts';

export const suspectChange = defineDetector({
  id: 'suspect-change',
  title: 'Suspect change',
  why: 'Most incidents follow a change, and a rollback is the fastest fix.',
  runbook: 'runbooks/suspect-change.md',
  clear: 'no change before the onset fits the symptoms',
  silent: [
    'It sees only changes from its sources, not changes that somebody made by hand.',
    'Without log lines or metrics the onset is unknown, so it suspects no change.',
    'It judges a change without a known diff only by its time and service.',
    'It cannot separate an effect after hours from chance, unless it is steady growth.',
  ],
  role: 'mechanism',
  field: 'change',
  coverage: 'change',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['window', 'changes'],
  uses: ['logs', 'templates', 'baselineLogs', 'metrics'],
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
    minConfidence: {
      default: 0.5,
      min: 0,
      max: 1,
      unit: 'share',
      means: 'Share of the first change in the suspicion against all changes and against none',
      why: 'Below 50 % another change, or none, is more likely.',
    },
  },

  detect({ window, changes, ...evidence }, { halfMinutes, farMinutes, minConfidence }) {
    const trouble = windowSymptoms(window, changes, evidence);
    if (trouble === undefined) return [];
    const all = suspicions(trouble, changes, { half: halfMinutes, far: farMinutes });
    const none = scoreOfNone(trouble);
    const [first, second] = all;
    if (first === undefined || first.score < none) return [];
    const confidence = first.score ** 2 / (first.score ** 2 + (second?.score ?? 0) ** 2 + none ** 2);
    if (confidence < minConfidence) return [];
    return [sightingOf(first, { trouble, confidence, logs: evidence.logs ?? [], others: all.length - 1 })];
  },

  say({ service, kind, id, text, at, onset, gap, reasons, others, changed }) {
    const what = `${KINDS[String(kind) as Change['kind']]} ${shortChangeId(String(id))}`.trim();
    const named = text === '' ? '' : ` (“${text}”)`;
    const beside = Number(others) === 0 ? '' : ` It fits best of ${Number(others) + 1} changes before the onset.`;
    return {
      title: `${service === '' ? '' : `${service}: `}${what}${named} came ${gap} the problem began${reasons === '' ? '' : `: ${reasons}`}`,
      explanation: `The change was made at ${at}, and the problem began at ${onset}. ${reasons === '' ? 'Nothing else was changed there' : 'The change fits the symptoms'}.${beside}`,
      remedy: `${REMEDIES[String(kind) as Change['kind']]} Then check whether ${changed || 'the symptom'} is back to normal.`,
      check: 'The problem continues after the rollback, or it began before the change.',
    };
  },
});

const KINDS: Readonly<Record<Change['kind'], string>> = {
  deploy: 'deploy',
  commit: 'commit',
  config: 'setting',
  scale: 'scaling',
  flag: 'flag',
  migration: 'migration',
};
const REMEDIES: Readonly<Record<Change['kind'], string>> = {
  deploy: 'Roll this deploy back.',
  commit: 'Revert this commit and deploy the revert.',
  config: 'Restore the previous configuration.',
  scale: 'Scale it back.',
  flag: 'Switch this flag back.',
  migration: 'Roll the migration back if that loses no data. Otherwise restore what is missing.',
};

type Around = Readonly<{ trouble: WindowSymptoms; confidence: number; logs: Evidence['logs']; others: number }>;

function sightingOf(
  { change, gapUs, reasons, score }: Suspicion,
  { trouble, confidence, logs, others }: Around,
): Sighting {
  const { onsetUs, complaint } = trouble;
  const at = clockText(`${Math.round(change.atUs)}000`);
  const text = cutLine(change.text, LONGEST_TEXT);
  const shown = `${at} ${KINDS[change.kind]} of ${change.service || 'nobody named'}: ${text || shortChangeId(change.id)}`;
  const item: EvidenceItem = { kind: 'change', ref: change.id || at, text: shown, url: change.url };
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
      others,
      changed: [...trouble.metricWords].length > 0 ? 'the unusual metric' : '',
    },
    evidence: [item, ...citedLines(logs, complaint?.examples ?? [])],
  };
}

const LONGEST_TEXT = 120;
const REASONS = 3;

function gapText(us: number): string {
  const seconds = Math.round(us / 1_000_000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
