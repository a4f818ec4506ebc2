import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { callGraphOf } from '#diagnose/window/call-graph.ts';
import { judgeWindow, type WindowEvidence } from '#diagnose/window/judge-window.ts';
import { kindNamed, seenSuspects } from '#diagnose/window/seen-findings.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { Facts, Finding, JudgedFinding } from '#model/finding/finding.ts';
import { type ShopFault, shopRequests } from '#test/shop-requests.ts';
import { DRAWN_AT_US } from '#test/trace.ts';

const NO_LINES: Judgement = {
  symptom: { kind: 'none', text: '' },
  findings: [],
  diagnosis: undefined,
  seenShare: undefined,
};

function found(detector: string, service: string, facts: Facts = {}): Finding {
  const title = `${detector} of ${service}`;
  const words = { title, explanation: 'e.', remedy: 'r.', check: 'c.' };
  return {
    detector,
    runbook: `runbooks/${detector}.md`,
    service,
    operation: '',
    spans: [],
    wastedUs: 0,
    facts,
    ...words,
  };
}

const requests = shopRequests(40);
const calls = callGraphOf(requests);
const known = knownDetectors(detectors);

function judged(seen: readonly Finding[], fault?: ShopFault, ofLogs = NO_LINES): Judgement {
  const fromUs = DRAWN_AT_US + 1000 * 1_000_000;
  const compared = fault === undefined ? [] : shopRequests(40, fault, { from: 1000 });
  const evidence: WindowEvidence = {
    service: 'web',
    fromUs,
    toUs: fromUs + 60_000_000,
    traces: compared,
    healthyTraces: fault === undefined ? [] : requests,
    logs: [],
    healthyLogs: [],
    series: [],
    seen,
    detectors: known,
  };
  return judgeWindow(evidence, ofLogs);
}

describe('sessions that wait for a lock', () => {
  const waits = (value: number) =>
    found('metric-anomaly', 'berths-db', { concept: 'lock_waits', value, isAbove: true });
  const slow = found('latency', 'quay', { form: 'metric', isFelt: true });
  const first = (seen: readonly Finding[], areRequests = false) =>
    seenSuspects({ seen, detectors: known, service: '', areRequests }, callGraphOf([]))[0];

  test('say why answers take longer, where no requests show it', () => {
    expect(first([slow, waits(60)])).toMatchObject({
      service: 'berths-db',
      kind: 'lock-contention',
      role: 'mechanism',
    });
  });

  test('are only a number where no answer takes longer, a few of them wait, or requests show more', () => {
    expect(first([waits(60)])).toMatchObject({ kind: 'metric-anomaly', role: 'described' });
    expect(first([slow, waits(2)])?.kind).not.toBe('lock-contention');
    expect(first([slow, waits(60)], true)?.kind).not.toBe('lock-contention');
  });
});

describe('late answers without requests', () => {
  const late = found('latency', 'quay', { form: 'metric', isFelt: true });
  const moved = (service: string, concept: string) => found('metric-anomaly', service, { concept, isAbove: true });
  const weightOf = (service: string, seen: readonly Finding[], areRequests = false) =>
    seenSuspects({ seen, detectors: known, service: '', areRequests }, callGraphOf([])).find(
      (one) => one.service === service,
    )?.weight ?? 0;

  test('lead to work that waits for a thread rather than to a processor that does more', () => {
    const seen = [late, moved('crane', 'waiting'), moved('lift', 'cpu_share'), moved('web', 'latency')];
    expect(weightOf('crane', seen)).toBeGreaterThan(weightOf('web', seen));
    expect(weightOf('web', seen)).toBeGreaterThan(weightOf('lift', seen));
    expect(weightOf('lift', seen, true)).toBe(weightOf('web', seen, true));
  });
});

describe('who is suspected for what detectors found', () => {
  const service = '';

  test('a runtime that only collects garbage stands still for that', () => {
    const seen = [found('resource-saturation', 'price', { resource: 'garbage collection', critical: true })];
    expect(seenSuspects({ seen, detectors: known, service }, calls)[0]?.kind).toBe('gc-pause');
  });

  test('a pod that does not run, before a limit, before a number that is unusual', () => {
    const seen = [found('metric-anomaly', 'cart'), found('memory-leak', 'price'), found('crash-loop', 'product')];
    const suspects = seenSuspects({ seen, detectors: known, service }, calls);
    expect(suspects.map((one) => one.service)).toEqual(['product', 'price', 'cart']);
  });

  test('of services whose answers take longer, the one that grew most: a caller waits besides its own work', () => {
    const slow = (name: string, p95Us: number, usualUs: number) =>
      found('latency', name, { form: 'metric', p95Us, usualUs });
    const number = found('metric-anomaly', 'web', { concept: 'latency', value: 2.2, expected: 0.2 });
    const seen = [number, slow('cart', 1_900_000, 90_000), slow('price', 1_700_000, 20_000)];
    const suspects = seenSuspects({ seen, detectors: known, service }, callGraphOf([]));
    expect(suspects.map((one) => one.service)).toEqual(['price', 'cart', 'web']);
    expect(suspects[0]?.weight).toBe(0.2);
  });

  test('pods that do not run, while the fewer ones that run are at their limit, leave them all the work', () => {
    const roleOf = (ready: number, missing: number, full: readonly string[]) => {
      const seen = [found('pod-pending', 'price', { ready, missing })];
      return seenSuspects({ seen, detectors: known, service, full: new Set(full) }, calls)[0]?.role;
    };
    expect(roleOf(1, 3, ['price'])).toBe('stopped');
    expect(roleOf(1, 3, ['cart'])).toBe('mechanism');
    expect(roleOf(9, 1, ['price'])).toBe('mechanism');
  });

  test('all that wait for one stopped service share what is left, and those that do not wait for it share nothing', () => {
    const callers = ['till', 'desk', 'door'];
    const said = callers.map((caller) => ({ caller, callee: 'safe' }));
    const seen = [found('crash-loop', 'safe'), ...callers.map((caller) => found('not-ready', caller))];
    const shareOf = (graph: ReturnType<typeof callGraphOf>) => {
      const suspects = seenSuspects({ seen, detectors: known, service }, graph);
      const sum = suspects.reduce((all, { weight }) => all + weight, 0);
      return (suspects.find((one) => one.service === 'safe')?.weight ?? 0) / sum;
    };
    expect(shareOf(callGraphOf([], [], said))).toBeCloseTo(2 / 3);
    expect(shareOf(callGraphOf([]))).toBeCloseTo(1 / 4);
  });

  test('a pod that does not run beside others that do is a limit, and no outage', () => {
    const weightOf = (ready: number) =>
      seenSuspects({ seen: [found('pod-pending', 'price', { ready })], detectors: known, service }, calls)[0]?.weight;
    expect(weightOf(0)).toBeGreaterThan(weightOf(2) ?? 1);
    expect(weightOf(2)).toBe(
      seenSuspects({ seen: [found('memory-leak', 'price')], detectors: known, service }, calls)[0]?.weight,
    );
  });

  test('whom one waits for explains it, unless that began later', () => {
    const of = (web: Facts, price: Facts) =>
      seenSuspects(
        { seen: [found('memory-leak', 'web', web), found('memory-leak', 'price', price)], detectors: known, service },
        calls,
      );
    const [first, second] = of({}, {});
    expect([first?.service, second?.service]).toEqual(['price', 'web']);
    expect(first?.weight).toBeGreaterThan(second?.weight ?? 1);
    const [one, other] = of({ sinceUs: 1 }, { sinceUs: 2 });
    expect(one?.weight).toBe(other?.weight);
  });

  test('one whom those in trouble do not wait for is suspected less', () => {
    const weightOf = (asked: string) =>
      seenSuspects({ seen: [found('memory-leak', 'price')], detectors: known, service: asked }, calls)[0]?.weight ?? 0;
    expect(weightOf('cart')).toBeLessThan(weightOf('web'));
    expect(weightOf('nobody knows')).toBe(weightOf('web'));
  });

  test('a change is as sure as it says, whatever it says', () => {
    const weight = (confidence: number) =>
      seenSuspects({ seen: [found('suspect-change', 'price', { confidence })], detectors: known, service }, calls)[0]
        ?.weight;
    expect([weight(0.7), weight(7), weight(-1)]).toEqual([0.7, 1, undefined]);
  });
});

describe('a service that takes long before some of its requests fail', () => {
  const slow = (sinceUs: number, more: Facts = {}) =>
    found('latency', 'stock', { form: 'metric', isFelt: true, p95Us: 5e6, usualUs: 5e4, sinceUs, ...more });
  const failing = found('error-rate', 'stock', { form: 'metric', share: 0.1, sinceUs: 600e6 });
  const kindOf = (...seen: readonly Finding[]) =>
    seenSuspects({ seen, detectors: known, service: '' }, callGraphOf([]))[0]?.kind;

  test('they wait in vain', () => {
    expect(kindOf(failing, slow(300e6))).toBe('latency');
  });

  test('failures that began with it may be why it takes long', () => {
    expect(kindOf(failing, slow(560e6))).toBe('error-rate');
    expect(kindOf(failing, slow(900e6))).toBe('error-rate');
  });

  test('what nobody notices explains no failure', () => {
    expect(kindOf(failing, slow(300e6, { isFelt: false }))).toBe('error-rate');
  });
});

test('a server that shows only errors in its answers is a dependency, and no resource that is used up', () => {
  const kindOf = (isOfErrors: boolean) =>
    kindNamed(found('resource-saturation', 'bucket', { form: 'strained', isOfErrors }));
  expect(kindOf(true)).toBe('dependency');
  expect(kindOf(false)).toBe('resource-saturation');
});

describe('a server under strain', () => {
  const strain = (facts: Facts) => found('resource-saturation', 'harbour-db', { form: 'strained', ...facts });
  const suspects = (...seen: Finding[]) =>
    seenSuspects({ seen, detectors: known, service: '', areRequests: false }, calls).map(({ service, kind }) => [
      service,
      kind,
    ]);

  test('whose numbers are all of locks has a lock that others wait for', () => {
    expect(suspects(strain({ isOfLocks: true }))).toEqual([['harbour-db', 'lock-contention']]);
    expect(suspects(strain({ isOfLocks: false }))).toEqual([['harbour-db', 'resource-saturation']]);
  });

  test('whose numbers are all of queues comes behind the service that cannot keep up', () => {
    const behind = found('queue-backlog', 'lighters', { queue: 'berth.freed', metric: 'depth' });
    expect(suspects(strain({ isOfQueues: true }), behind)[0]).toEqual(['lighters', 'queue-backlog']);
    expect(suspects(strain({ isOfQueues: false }), behind)[0]).toEqual(['harbour-db', 'resource-saturation']);
  });
});

test('a store of locks without a leader is a dependency, and no resource that is used up', () => {
  const facts = { form: 'strained', isLeaderless: true };
  expect(kindNamed(found('resource-saturation', 'locks', facts))).toBe('dependency');
});

describe('a new version that does worse', () => {
  const release = (caller: string, id: string, confidence: number, form = 'beside') =>
    found('release-regression', caller, {
      ...{ form, isSideBySide: true, confidence, sinceUs: 600e6 },
      ...{ id, kind: 'deploy', changedService: caller, atUs: 500e6 },
    });
  const failing = (sinceUs: number) => found('error-rate', 'price', { form: 'metric', share: 0.3, sinceUs });
  const roleOf = (seen: readonly Finding[]) =>
    seenSuspects({ seen, detectors: known, service: '' }, calls).find(({ detector }) => detector === seen[0]?.detector)
      ?.role;

  test('leads, also where its callee fails, as the old one beside it has the same callee', () => {
    expect(roleOf([release('web', 'v2', 0.9), failing(600e6)])).toBe('compared');
  });

  test('is only near where the old one was gone and its callee fails since then', () => {
    expect(roleOf([release('web', 'v2', 0.9, 'after'), failing(600e6)])).toBe('near');
    expect(roleOf([release('web', 'v2', 0.9, 'after'), failing(900e6)])).toBe('compared');
    expect(roleOf([release('web', 'v2', 0.9, 'after')])).toBe('compared');
    expect(roleOf([release('price', 'v2', 0.9, 'after'), found('error-rate', 'web', { sinceUs: 600e6 })])).toBe(
      'compared',
    );
  });

  test('names its own change, and not that of another one', () => {
    const { diagnosis } = judged([release('price', 'other', 0.3), release('web', 'own', 0.9)]);
    expect(diagnosis).toMatchObject({ service: 'web', change: { id: 'own' } });
  });
});

describe('a refusal that callers pass on', () => {
  const refused = (service: string, share: number, status = 429) =>
    found('error-rate', service, { form: 'refused', status, share });
  const weights = (...seen: readonly Finding[]) =>
    seenSuspects({ seen, detectors: known, service: '' }, callGraphOf([])).map(({ service, weight }) => [
      service,
      weight,
    ]);

  test('who refuses the larger share comes first, whatever its name', () => {
    const [[first, most] = [], [second, less] = []] = weights(refused('alpha', 0.1), refused('omega', 0.7));
    expect([first, second]).toEqual(['omega', 'alpha']);
    expect(Number(less)).toBeLessThan(Number(most) / 2);
  });

  test('refusals of two kinds are two troubles', () => {
    const [[, one] = [], [, other] = []] = weights(refused('alpha', 0.1, 413), refused('omega', 0.7));
    expect(one).toBe(other);
  });
});

describe('in the verdict', () => {
  test('a pod that does not run is likely, an unusual number alone is not', () => {
    expect(judged([found('crash-loop', 'price')]).diagnosis).toMatchObject({
      service: 'price',
      kind: 'crash-loop',
      status: 'likely',
      verdict: 'crash-loop of price',
    });
    expect(judged([found('metric-anomaly', 'price')]).diagnosis?.status).toBe('inconclusive');
  });

  test('pods that cannot start are why the few others take longer, if they are as many and requests are late there', () => {
    const kindOf = (ready: number, missing: number, fault: ShopFault) =>
      judged([found('image-pull', 'price', { ready, missing })], fault).diagnosis?.kind;
    expect(kindOf(1, 2, { own: { price: 400 } })).toBe('image-pull');
    expect(kindOf(4, 1, { own: { price: 400 } })).not.toBe('image-pull');
    expect(kindOf(1, 2, { own: { cart: 400 } })).not.toBe('image-pull');
  });

  test('a pod that is not ready comes after a full service, if what the pod logs follows from that', () => {
    const serviceOf = (chain: Diagnosis['chain']) => {
      const full = found('resource-exhausted', 'ledger', { resource: 'disk space' });
      const findings = [full, found('error-burst', 'till')].map(
        (one): JudgedFinding => ({ ...one, share: 1, wonUs: 0, confidence: 0.8, severity: 'high' }),
      );
      const { diagnosis } = judged([found('crash-loop', 'ledger')]);
      if (diagnosis === undefined) throw new Error('no diagnosis');
      const ofLogs = {
        ...NO_LINES,
        findings,
        diagnosis: { ...diagnosis, confidence: 0.99, kind: full.detector, chain },
      };
      return judged([found('not-ready', 'till', { ready: 0 })], undefined, ofLogs).diagnosis?.service;
    };
    expect(serviceOf([{ finding: 1, because: 0 }])).toBe('ledger');
    expect(serviceOf([])).not.toBe('ledger');
  });

  test('what is found and what differs speak together, and the same is told once', () => {
    const { diagnosis, findings } = judged([found('memory-leak', 'price'), found('latency', 'price')], {
      own: { price: 40 },
    });
    expect(diagnosis).toMatchObject({ service: 'price', status: 'likely' });
    expect(findings.filter(({ detector, service }) => detector === 'latency' && service === 'price')).toHaveLength(1);
  });

  test('a change of another service does not outweigh whose network is slow', () => {
    const change = found('suspect-change', 'cart', { confidence: 0.6, kind: 'deploy' });
    expect(judged([change], { response: { price: 400 } }).diagnosis?.service).toBe('price');
  });

  test('who waits for the culprit is explained by it, and a change of the culprit explains that', () => {
    const seen = [
      found('metric-anomaly', 'web'),
      found('suspect-change', 'price', { confidence: 0.6, kind: 'deploy' }),
    ];
    const { diagnosis, findings } = judged(seen, { own: { price: 400 } });
    const place = (detector: string, service: string) =>
      findings.findIndex((one) => one.detector === detector && one.service === service);
    expect(diagnosis?.chain).toContainEqual({ finding: place('metric-anomaly', 'web'), because: 0 });
    expect(diagnosis?.chain).toContainEqual({ finding: 0, because: place('suspect-change', 'price') });
  });

  test('what was looked at and shows nothing is ruled out', () => {
    const { diagnosis } = judged([], { own: { price: 40 } });
    expect(diagnosis?.ruledOut.map(({ kind }) => kind)).toContain('error-return');
    expect(diagnosis?.ruledOut.map(({ kind }) => kind)).not.toContain('cpu');
  });
});

test.each<[string, Facts, string]>([
  ['a container that was never made is no loop', { isNeverMade: true }, 'pod-pending'],
  ['a shorter time limit is no resource that ran out', { isTimeLimit: true }, 'config'],
  ['a disk that is mounted read-only is none either', { isReadOnly: true }, 'disk'],
])('%s', (_, facts, kind) => {
  const seen = [found('crash-loop', 'orders', facts)];
  expect(seenSuspects({ seen, detectors: known, service: 'web' }, calls)[0]?.kind).toBe(kind);
});
