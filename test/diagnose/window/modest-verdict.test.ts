import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { NO_SIGNALS } from '#diagnose/signals.ts';
import { modestVerdict } from '#diagnose/window/modest-verdict.ts';
import type { Change } from '#model/changes/change.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';

const known = knownDetectors(detectors);
const TO_US = 1_000_000_000;

function judgement(detector: string, parts: Partial<Diagnosis> = {}): Judgement {
  const words = { title: `${detector} of cart`, explanation: 'e.', remedy: 'r.', check: 'c.' };
  const place = { service: 'cart', operation: '', runbook: '' };
  const finding: JudgedFinding = {
    ...words,
    ...place,
    detector,
    spans: [],
    wastedUs: 0,
    wonUs: 0,
    facts: {},
    severity: 'high',
    share: 1,
    confidence: parts.confidence ?? 0.9,
  };
  const diagnosis: Diagnosis = {
    ...place,
    verdict: words.title,
    status: 'likely',
    statusReason: 'it shows',
    confidence: 0.9,
    signals: NO_SIGNALS,
    share: 1,
    kind: detector,
    ranking: [],
    chain: [],
    ruledOut: [],
    check: 'c.',
    remedy: 'r.',
    ...parts,
  };
  return { symptom: { kind: 'slow', text: 'requests are slow' }, findings: [finding], diagnosis, seenShare: undefined };
}

function change(atUs: number, id: string): Change {
  return { atUs, kind: 'deploy', service: 'cart', id, text: '', url: '', files: [], diff: '' };
}

const compared = { areCompared: true, toUs: TO_US };
const alone = { areCompared: false, toUs: TO_US };
const named = { id: 'v7', kind: 'deploy', service: 'cart', atUs: 0, knownBy: 'evidence' } as const;

describe('where hardly anything speaks for it', () => {
  test('there is no verdict, and its findings stay', () => {
    const { diagnosis, findings } = modestVerdict(judgement('latency', { confidence: 0.04 }), compared, known);
    expect(diagnosis).toBeUndefined();
    expect(findings).toMatchObject([{ detector: 'latency', share: 0, confidence: 0, severity: 'low' }]);
  });

  test.each([
    ['no pod of a service runs', 'crash-loop', { ready: 0, over: '' }],
    ['answers take twice as long', 'latency', { isFelt: true }],
    ['the service in question gets far fewer requests', 'throughput-drop', { isAsked: true }],
  ])('it stays where it is certain that something is wrong: %s', (_, detector, facts) => {
    const { findings, ...rest } = judgement(detector, { confidence: 0.04, status: 'inconclusive' });
    const one = { ...rest, findings: findings.map((finding) => ({ ...finding, facts })) };
    expect(modestVerdict(one, alone, known)).toEqual(one);
  });

  test('there is none where another service gets far fewer requests', () => {
    const { findings, ...rest } = judgement('throughput-drop', { confidence: 0.04 });
    const one = { ...rest, findings: findings.map((finding) => ({ ...finding, facts: { isAsked: false } })) };
    expect(modestVerdict(one, alone, known).diagnosis).toBeUndefined();
  });

  test.each([
    ['others of its kind do', { ready: 2, over: '' }],
    ['it is over', { ready: 0, over: '14:02:00 UTC' }],
  ])('there is none for a pod that does not run where %s', (_, facts) => {
    const { findings, ...rest } = judgement('crash-loop', { confidence: 0.04 });
    const one = { ...rest, findings: findings.map((finding) => ({ ...finding, facts })) };
    expect(modestVerdict(one, alone, known).diagnosis).toBeUndefined();
  });

  test('lines that say how long something takes keep it', () => {
    const { findings, ...rest } = judgement('latency', { confidence: 0 });
    const ofLines = { ...rest, findings: findings.map((finding) => ({ ...finding, lines: [3] })) };
    expect(modestVerdict(ofLines, alone, known)).toEqual(ofLines);
  });

  test('a request that was found by its id keeps it', () => {
    const one = judgement('latency', { confidence: 0.04 });
    expect(modestVerdict(one, { ...alone, requestId: 'r-1' }, known)).toBe(one);
  });
});

describe('one or two lines of somebody who went away', () => {
  const of = (said: string, lines: readonly number[] = [3], status: Diagnosis['status'] = 'inconclusive') => {
    const { findings, ...rest } = judgement('new-error', { confidence: 0.2, status });
    return { ...rest, findings: findings.map((finding) => ({ ...finding, lines, facts: { said } })) };
  };

  test.each(['GET /seats failed: context canceled', 'java.io.IOException: Connection reset by peer'])(
    'are no verdict: %s',
    (said) => {
      expect(modestVerdict(of(said, [3, 9]), alone, known).diagnosis).toBeUndefined();
    },
  );

  test('more of them are one, and so are other failures, what is sure, and what else was found', () => {
    const said = 'GET /seats failed: context canceled';
    const isSaid = (one: Judgement) => modestVerdict(one, alone, known).diagnosis !== undefined;
    expect(isSaid(of(said, [3, 9, 12]))).toBe(true);
    expect(isSaid(of('GET /seats failed: no such seat'))).toBe(true);
    expect(isSaid(of(said, [3], 'likely'))).toBe(true);
    const beside = of(said);
    const others = judgement('error-burst').findings;
    expect(isSaid({ ...beside, findings: [...beside.findings, ...others] })).toBe(true);
  });
});

describe('complaints in lines', () => {
  test('are unsure where no requests were compared, with what it could be', () => {
    const { diagnosis, findings } = modestVerdict(judgement('new-error'), alone, known);
    expect(diagnosis).toMatchObject({ status: 'inconclusive', kind: 'new-error', confidence: 0.49 });
    expect(diagnosis?.couldBe).toHaveLength(3);
    expect(findings[0]).toMatchObject({ confidence: 0.49, couldBe: diagnosis?.couldBe });
  });

  test('stay as sure as they are where requests were compared', () => {
    expect(modestVerdict(judgement('new-error'), compared, known)).toEqual(judgement('new-error'));
  });

  test('that name an attack stay as sure as they are', () => {
    expect(modestVerdict(judgement('brute-force'), alone, known)).toEqual(judgement('brute-force'));
  });
});

describe('a call that is no longer made', () => {
  test('may be meant', () => {
    const { diagnosis } = modestVerdict(judgement('missing-service'), compared, known);
    expect(diagnosis?.status).toBe('inconclusive');
  });

  test('is no longer made because of a change', () => {
    const { diagnosis } = modestVerdict(judgement('missing-service', { change: named }), compared, known);
    expect(diagnosis?.status).toBe('likely');
  });

  test('may be meant where only the time of a change leads to it', () => {
    const change = { ...named, knownBy: 'nearness' } as const;
    const { diagnosis } = modestVerdict(judgement('missing-service', { change }), compared, known);
    expect(diagnosis?.status).toBe('inconclusive');
  });
});

describe('changes that do not fit', () => {
  const ruledOut = [
    { kind: 'suspect-change', service: '', why: 'no change fits' },
    { kind: 'slow-query', service: 'cart', why: 'as fast as before' },
  ];
  const changes = [change(TO_US - 60e6, 'v1'), change(TO_US - 50e6, 'v2'), change(TO_US - 49e6, 'v2')];

  test('are not ruled out, and the reason says so', () => {
    const { diagnosis } = modestVerdict(judgement('latency', { ruledOut }), { ...compared, changes }, known);
    expect(diagnosis?.ruledOut).toEqual([ruledOut[1]]);
    expect(diagnosis?.statusReason).toBe('it shows; none of the 2 known changes fits, which does not rule them out');
    const one = modestVerdict(judgement('latency'), { ...compared, changes: changes.slice(0, 1) }, known);
    expect(one.diagnosis?.statusReason).toContain('the one known change does not fit, which does not rule it out');
  });

  test('are ruled out where there are none before it', () => {
    const later = [change(TO_US + 1, 'v9')];
    const all = judgement('latency', { ruledOut });
    expect(modestVerdict(all, { ...compared, changes: later }, known)).toEqual(all);
    expect(modestVerdict(all, compared, known)).toEqual(all);
  });

  test('go unmentioned where one is named, and where the verdict is unsure', () => {
    const reasonOf = (parts: Partial<Diagnosis>) =>
      modestVerdict(judgement('latency', parts), { ...compared, changes }, known).diagnosis?.statusReason;
    expect(reasonOf({ change: named })).toBe('it shows');
    expect(reasonOf({ status: 'inconclusive' })).toBe('it shows');
  });
});
