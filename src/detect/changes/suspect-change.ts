/**
 * What was changed just before it began, and is about what went wrong.
 *
 *   14:59:30 deploy of checkout: asks the catalog for each item of a cart
 *   15:00:30 deploy of frontend: another colour of a button                      ← nearer, and nothing but styles
 *   15:01:10 checkout: p99 leaves 210 ms; “slow request … 51 database calls”
 *
 * The time before the onset says what may have done it, the meaning of the change what did. That none did is an answer,
 * too: what comes from one record, from outside, from a node or from more requests is not what somebody deployed.
 */
import { defineDetector } from '#detect/detector.ts';
import { innocence, type Suspicion, suspicions } from '#detect/signs/change-suspicion.ts';
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
  title: 'A change just before it began',
  why: 'Most incidents follow a change, and taking it back is the quickest repair there is.',
  runbook: 'runbooks/suspect-change.md',
  clear: 'no change before it began is about what went wrong',
  silent: [
    'It knows the changes that its sources tell of: what somebody did by hand is not seen.',
    'Without log lines or metrics of the time nobody can say when it began: then no change is suspected.',
    'A change whose lines are not known is judged by its time and service alone.',
    'What takes effect hours later, and is no steady growth, is too far away to be told from chance.',
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
      means: 'So long before the onset a change is half as suspect as right before it',
      why: 'Deploys roll out over minutes, and pipelines tell of them when they begin or when they are done; of drawn stories 10 finds a fifth more than 5 and blames as few.',
    },
    farMinutes: {
      default: 15,
      min: 1,
      unit: 'minutes',
      means: 'Before that, a change is suspect only where everything else speaks for it',
      why: 'The first quarter of an hour holds most of what a deploy does; a steady growth is dated by its beginning.',
    },
    minConfidence: {
      default: 0.5,
      min: 0,
      max: 1,
      unit: 'share',
      means: 'Of the suspicion against all changes and against none, what the first must have',
      why: 'Below a half it is more likely that another change did it, or none.',
    },
  },

  detect({ window, changes, ...evidence }, { halfMinutes, farMinutes, minConfidence }) {
    const trouble = windowSymptoms(window, changes, evidence);
    if (trouble === undefined) return [];
    const all = suspicions(trouble, changes, { half: halfMinutes, far: farMinutes });
    const none = innocence(trouble).score;
    const [first, second] = all;
    if (first === undefined || first.score < none) return [];
    const confidence = first.score ** 2 / (first.score ** 2 + (second?.score ?? 0) ** 2 + none ** 2);
    if (confidence < minConfidence) return [];
    return [sightingOf(first, { trouble, confidence, logs: evidence.logs ?? [], others: all.length - 1 })];
  },

  say({ service, kind, id, text, at, onset, gap, reasons, others, changed }) {
    const what = `${KINDS[String(kind) as Change['kind']]} ${shortChangeId(String(id))}`.trim();
    const named = text === '' ? '' : ` (“${text}”)`;
    const beside = Number(others) === 0 ? '' : ` Of ${Number(others) + 1} changes before it began it fits best.`;
    return {
      title: `${service || 'Somebody'}: ${what}${named} at ${at}, ${gap} it began at ${onset}${reasons === '' ? '' : `: ${reasons}`}`,
      explanation: `It came ${gap} it began, and ${reasons === '' ? 'nothing else was changed there' : 'it is about what went wrong'}.${beside}`,
      remedy: `${REMEDIES[String(kind) as Change['kind']]} Then look whether ${changed || 'what went wrong'} is as it was before.`,
      check: 'It goes on after that change was taken back, or it had begun before.',
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
  commit: 'Take this commit back and deploy that.',
  config: 'Set it as it was.',
  scale: 'Scale it back.',
  flag: 'Switch this flag back.',
  migration: 'Take the migration back where that loses no data, else put back what is missing.',
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
    operation: '',
    spans: [],
    wastedUs: 0,
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
      changed: [...trouble.metricWords].length > 0 ? 'the metric that left its past' : '',
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
