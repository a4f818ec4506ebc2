import { describe, expect, test } from 'vitest';
import type { ActionItem, Incident, TimelineEntry } from '#model/incident/incident.ts';
import {
  incidentReview,
  type ReviewedDiagnosis,
  type ReviewedIncident,
  type VerdictWord,
} from '#model/incident/incident-review.ts';
import { hypothesisValue } from '#model/incident/method-answers.ts';
import { ACCEPTED } from '#model/incident/postmortem-acceptance.ts';

const MINUTE = 60_000_000;
const AT = 1_000 * MINUTE;

const POOL = { kind: 'pool-exhaustion', title: 'connection pool exhausted', service: 'users' };
const QUERY = { kind: 'slow-query', title: 'slow query', service: 'orders' };

const entry = (minutes: number, more: Partial<TimelineEntry>): TimelineEntry => ({
  id: `${minutes}`,
  atUs: AT + minutes * MINUTE,
  notedUs: AT + minutes * MINUTE,
  kind: 'note',
  text: '',
  source: 'U1',
  link: '',
  value: '',
  ...more,
});
const status = (minutes: number, value: string, text = '') =>
  entry(minutes, { kind: 'status', value, text: `investigating → ${value}${text === '' ? '' : `: ${text}`}` });
const accepted = (minutes: number) => entry(minutes, { kind: 'message', value: ACCEPTED });
const hypothesis = (minutes: number, id: string, said: 'confirmed' | 'refuted', of = 'a') =>
  entry(minutes, { value: hypothesisValue(of, id, said) });

const diagnosis = (more: Partial<ReviewedDiagnosis> = {}): ReviewedDiagnosis => ({
  investigationId: 'a',
  status: 'confirmed',
  ...POOL,
  hypotheses: [
    { id: 'H1', ...POOL },
    { id: 'H2', ...QUERY },
  ],
  ...more,
});
const item = (more: Partial<ActionItem>): ActionItem => ({
  ...{ id: 'x', incidentId: 'i', number: 1, state: 'open', reason: '', text: 'Raise the pool', owner: 'U1' },
  ...{ due: '2026-12-01', createdBy: 'U1', createdUs: AT },
  ...more,
});

/** Resolved, unless `more` says otherwise. */
const reviewed = (
  number: number,
  { incident: more = {}, ...rest }: Partial<Omit<ReviewedIncident, 'incident'>> & { incident?: Partial<Incident> } = {},
): ReviewedIncident => ({
  incident: {
    ...{ id: `i${number}`, workspaceId: 'T', number, title: 'Logins fail', severity: 'P1', status: 'resolved' },
    ...{ channelId: 'C', declaredBy: 'U1', declaredUs: AT + number * MINUTE, resolvedUs: AT + 99 * MINUTE },
    ...{ detectedBy: 'employee', detection: '', roles: {} },
    ...more,
  },
  entries: [],
  actionItems: [],
  diagnoses: [],
  service: '',
  ...rest,
});
const own = (number: number, more: Partial<ReviewedDiagnosis> = {}) =>
  diagnosis({ investigationId: `a${number}`, ...more });
/** What the counts of a word say, without those that are 0. */
const counts = (all: readonly ReviewedIncident[], word: VerdictWord = 'confirmed') => {
  const found = incidentReview(all).reliability.find((one) => one.word === word);
  return Object.fromEntries(
    Object.entries(found ?? {}).filter(([name, count]) => count !== 0 && !['word', 'share'].includes(name)),
  );
};
const basesOf = (all: readonly ReviewedIncident[]) =>
  incidentReview(all).causes.map(({ kind, service, incidents }) => [
    `${kind} in ${service}`,
    ...incidents.map(({ incident, basis }) => `${incident.number} ${basis}`),
  ]);

test('without an incident there is nothing to say, and each word has no verdict', () => {
  const { count, causes, gaps, reliability } = incidentReview([]);
  expect({ count, causes, gaps }).toEqual({ count: 0, causes: [], gaps: [] });
  expect(reliability.map(({ word, verdicts, share }) => [word, verdicts, share])).toEqual([
    ['confirmed', 0, undefined],
    ['likely', 0, undefined],
    ['unsure', 0, undefined],
  ]);
});

describe('causes that come back', () => {
  test('need the same kind and the same service twice', () => {
    const all = [
      reviewed(1, { diagnoses: [own(1)] }),
      reviewed(2, { diagnoses: [own(2, { service: 'carts' })] }),
      reviewed(3, { diagnoses: [own(3, { kind: 'slow-query' })] }),
      reviewed(4, { diagnoses: [own(4)] }),
      reviewed(5),
    ];
    expect(basesOf(all)).toEqual([['pool-exhaustion in users', '4 verdict', '1 verdict']]);
    expect(incidentReview(all).withoutCause).toBe(1);
  });

  test('the most frequent comes first', () => {
    const all = [
      ...[1, 2].map((number) => reviewed(number, { diagnoses: [own(number)] })),
      ...[3, 4, 5].map((number) => reviewed(number, { diagnoses: [own(number, QUERY)] })),
    ];
    expect(basesOf(all).map(([name]) => name)).toEqual(['slow-query in orders', 'pool-exhaustion in users']);
  });

  test('a doubted verdict, an unsure one and one without a service name no cause', () => {
    for (const more of [{ answers: { right: 1, wrong: 1 } }, { status: 'inconclusive' as const }, { service: '' }]) {
      const all = [1, 2].map((number) => reviewed(number, { diagnoses: [own(number, more)] }));
      expect(incidentReview(all)).toMatchObject({ causes: [], withoutCause: 2 });
    }
  });

  test('an unsure verdict names a cause once people answered Yes', () => {
    const yes = { status: 'inconclusive', answers: { right: 1, wrong: 0 } } as const;
    const all = [1, 2].map((number) => reviewed(number, { diagnoses: [own(number, yes)] }));
    expect(basesOf(all)).toEqual([['pool-exhaustion in users', '2 answered', '1 answered']]);
  });

  test('the hypothesis that people confirmed is the cause of an accepted postmortem', () => {
    const all = [
      reviewed(1, { diagnoses: [own(1, QUERY)] }),
      reviewed(2, { diagnoses: [diagnosis()], entries: [hypothesis(3, 'H2', 'confirmed'), accepted(5)] }),
    ];
    expect(basesOf(all)).toEqual([['slow-query in orders', '2 accepted', '1 verdict']]);
  });

  test('each incident has the note of its fix and its open action items', () => {
    const steps = [
      status(1, 'mitigated', 'less load'),
      status(2, 'fixed', 'the index'),
      status(3, 'resolved', 'green'),
    ];
    const all = [
      reviewed(1, { diagnoses: [own(1)], entries: steps, actionItems: [item({}), item({ id: 'y', state: 'done' })] }),
      reviewed(2, { diagnoses: [own(2)], entries: [status(3, 'resolved')] }),
      reviewed(3, { diagnoses: [own(3)], entries: steps, incident: { status: 'investigating' } }),
    ];
    const [cause] = incidentReview(all).causes;
    expect(cause?.incidents.map(({ ended, openItems }) => [ended?.text, openItems.map(({ id }) => id)])).toEqual([
      [undefined, []], // Reopened: what ended it before did not last.
      [undefined, []],
      ['the index', ['x']],
    ]);
  });
});

describe('detection gaps', () => {
  test('an unknown start counts apart and never as 0', () => {
    const started = (minutes: number) => ({ impactStartUs: AT + minutes * MINUTE, declaredUs: AT + 60 * MINUTE });
    const all = [
      reviewed(1, { service: 'carts', incident: started(50) }),
      reviewed(2, { service: 'carts', incident: started(20) }),
      reviewed(3, { service: 'carts' }),
      reviewed(4, { service: 'carts', incident: started(70) }), // After the detection: the record contradicts itself.
    ];
    const [gap] = incidentReview(all).gaps;
    expect(gap).toMatchObject({ service: 'carts', incidents: 4, known: 2, medianUs: 25 * MINUTE });
    expect(gap?.largest).toMatchObject({ us: 40 * MINUTE, incident: { number: 2 } });
  });

  test('a service where nobody knows a start has no times', () => {
    const [gap] = incidentReview([reviewed(1)]).gaps;
    expect(gap).toMatchObject({ service: '', incidents: 1, known: 0, medianUs: undefined, largest: undefined });
  });

  test('the service of the cause goes before that of the alert; alerts and people count apart', () => {
    const all = [
      reviewed(1, { service: 'gateway', diagnoses: [own(1)], incident: { detectedBy: 'alert' } }),
      reviewed(2, { service: 'users', incident: { detectedBy: 'customer' } }),
      reviewed(3, { service: 'users' }),
    ];
    expect(incidentReview(all).gaps).toMatchObject([{ service: 'users', incidents: 3, byAlert: 1, byPerson: 2 }]);
  });
});

describe('verdicts that were right', () => {
  test('silence settles nothing', () => {
    expect(counts([reviewed(1, { diagnoses: [diagnosis()] })])).toEqual({ verdicts: 1, unanswered: 1 });
  });

  test('Yes, No and disagreement count apart, each under its word', () => {
    const answered = (number: number, right: number, wrong: number, more: Partial<ReviewedDiagnosis> = {}) =>
      reviewed(number, { diagnoses: [own(number, { answers: { right, wrong }, ...more })] });
    const all = [
      answered(1, 2, 0),
      answered(2, 0, 1),
      answered(3, 1, 1),
      answered(4, 1, 0, { status: 'likely' }),
      answered(5, 0, 1, { status: 'inconclusive' }),
    ];
    expect(counts(all)).toEqual({ verdicts: 3, yes: 1, no: 1, split: 1, right: 1, settled: 2 });
    expect(counts(all, 'likely')).toEqual({ verdicts: 1, yes: 1, right: 1, settled: 1 });
    expect(counts(all, 'unsure')).toEqual({ verdicts: 1, no: 1, settled: 1 });
  });

  test('an accepted postmortem settles the verdict that it rests on, if nobody answered', () => {
    const one = (entries: readonly TimelineEntry[], more: Partial<ReviewedDiagnosis> = {}) =>
      reviewed(1, { entries, diagnoses: [diagnosis(more)] });
    const right = { verdicts: 1, acceptedRight: 1, right: 1, settled: 1 };
    expect(counts([one([accepted(5)])])).toEqual(right);
    expect(counts([one([accepted(5)], { answers: { right: 0, wrong: 1 } })])).toMatchObject({ no: 1, settled: 1 });
    expect(counts([one([accepted(5)], { status: 'inconclusive' })], 'unsure')).toEqual({ verdicts: 1, unanswered: 1 });
  });

  test('an accepted postmortem contradicts a Yes where its hypotheses do', () => {
    const yes = diagnosis({ answers: { right: 1, wrong: 0 } });
    const wrong = { verdicts: 1, acceptedWrong: 1, settled: 1 };
    for (const said of [hypothesis(3, 'H1', 'refuted'), hypothesis(3, 'H2', 'confirmed')]) {
      expect(counts([reviewed(1, { entries: [said, accepted(5)], diagnoses: [yes] })])).toEqual(wrong);
      // Without the acceptance, the answer counts; so it does if the hypothesis came later.
      expect(counts([reviewed(1, { entries: [said], diagnoses: [yes] })])).toMatchObject({ yes: 1, right: 1 });
      const later = { ...said, notedUs: AT + 9 * MINUTE };
      expect(counts([reviewed(1, { entries: [accepted(5), later], diagnoses: [yes] })])).toMatchObject({ yes: 1 });
    }
  });

  test('an acceptance does not outlast a reopened incident, nor cover a later diagnosis', () => {
    const reopened = [accepted(5), status(6, 'investigating')];
    const silent = { verdicts: 1, unanswered: 1 };
    const open = { incident: { status: 'investigating' as const } };
    expect(counts([reviewed(1, { entries: reopened, diagnoses: [diagnosis()], ...open })])).toEqual(silent);
    const again = [...reopened, status(7, 'resolved')];
    expect(counts([reviewed(1, { entries: again, diagnoses: [diagnosis()] })])).toEqual(silent);
    expect(counts([reviewed(1, { entries: [...again, accepted(8)], diagnoses: [diagnosis()] })])).toMatchObject({
      acceptedRight: 1,
    });
    const late = [accepted(5), entry(6, { kind: 'diagnosis', value: 'a' })];
    expect(counts([reviewed(1, { entries: late, diagnoses: [diagnosis()] })])).toEqual(silent);
  });

  test('the acceptance of a merged incident accepts nothing of the incident into which it was merged', () => {
    const theirs = { ...accepted(5), from: 'INC-7' };
    expect(counts([reviewed(1, { entries: [theirs], diagnoses: [diagnosis()] })])).toEqual({
      verdicts: 1,
      unanswered: 1,
    });
  });

  test('a diagnosis of two incidents counts once', () => {
    const all = [1, 2].map((number) => reviewed(number, { diagnoses: [diagnosis()] }));
    expect(counts(all)).toEqual({ verdicts: 1, unanswered: 1 });
  });

  test('a share needs five settled verdicts and has the interval of Wilson', () => {
    const of = (answered: number, wrong: number) =>
      Array.from({ length: answered }, (_, index) => {
        const answers = index < wrong ? { right: 0, wrong: 1 } : { right: 1, wrong: 0 };
        return reviewed(index + 1, { diagnoses: [own(index + 1, { answers })] });
      });
    expect(incidentReview(of(4, 0)).reliability[0]?.share).toBeUndefined();
    const { share, low, high } = incidentReview(of(10, 2)).reliability[0]?.share ?? { share: 0, low: 0, high: 0 };
    // The roots of Wilson's equation (0.8 − p)² = z² p (1 − p) / 10 with z = 1.959964, solved apart: 0.4902 and 0.9433.
    expect([share, low, high].map((one) => one.toFixed(2))).toEqual(['0.80', '0.49', '0.94']);
  });
});
