import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { callTimesOf } from '#diagnose/window/call-times.ts';
import { joinCauses } from '#diagnose/window/join-causes.ts';
import type { RequestCause } from '#diagnose/window/request-causes.ts';
import { slowness } from '#diagnose/window/slow-places.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import { call, query, server, times, traceOf } from '#test/trace.ts';

const known = knownDetectors(detectors);

function found(detector: string, service: string, facts: JudgedFinding['facts'] = {}): JudgedFinding {
  const words = { title: `${detector} in ${service}`, explanation: '', remedy: '', check: '' };
  const cost = { spans: [], wastedUs: 0, wonUs: 0, share: 1, confidence: 0.9, severity: 'high' } as const;
  return { detector, service, operation: '', runbook: '', facts, ...cost, ...words } as JudgedFinding;
}

/** All requests together: `first` leads. */
function together(first: JudgedFinding, kind: string, status: 'likely' | 'inconclusive' = 'likely'): Judgement {
  return {
    symptom: { kind: 'slow', text: '' },
    findings: [first],
    seenShare: undefined,
    diagnosis: {
      verdict: first.title,
      remedy: '',
      status,
      statusReason: '',
      confidence: 0.9,
      share: 1,
      kind,
      service: first.service,
      operation: '',
      change: undefined,
      signals: { lead: 1, said: 0, seen: 1, answered: 0, intact: 1, shown: 1 },
      ranking: [],
      chain: [],
      ruledOut: [],
      check: '',
      runbook: '',
    },
  } as Judgement;
}

const shownBy = traceOf(
  server('web', 'GET /', { ms: 100 }, [
    call('web', 'stock', 'GET /stock', { ms: 80 }, [server('stock', 'GET /stock', { ms: 78 })]),
  ]),
);

function cause(finding: JudgedFinding, more: Partial<RequestCause> = {}): RequestCause {
  const counts = { now: [18, 20], before: [0, 40], affected: [18, 20] } as const;
  const told = { status: 'likely', statusReason: '', verdicts: 18, weight: 18 } as const;
  return { finding, shownBy, sinceUs: 0, ...told, ...counts, share: 0.9, isSaid: false, isNew: true, ...more };
}

const leadOf = (judgement: Judgement, causes: readonly RequestCause[], asking: readonly string[] = []) =>
  joinCauses(judgement, causes, known, new Set(asking)).judgement.diagnosis;

test('the full processor of a database is an effect of its statements, that of a service is not', () => {
  const slow = cause(found('slow-query', 'web'));
  const ofStore = together(found('resource-saturation', 'orders-pg', { isOfStore: true }), 'cpu');
  expect(leadOf(ofStore, [slow])).toMatchObject({ kind: 'slow-query', service: 'web' });
  const ofService = {
    ...found('resource-saturation', 'web'),
    evidence: [{ kind: 'metric', ref: '', text: '' }] as const,
  };
  expect(leadOf(together(ofService, 'cpu'), [slow])).toMatchObject({ kind: 'cpu' });
});

test('a caller that begins to load one by one is the load of its callee', () => {
  const slow = together(found('latency', 'stock'), 'dependency');
  const loop = cause(found('n-plus-one-calls', 'web'));
  expect(leadOf(slow, [loop], ['web'])).toMatchObject({ kind: 'n-plus-one-calls', service: 'web' });
  expect(leadOf(slow, [loop])).toMatchObject({ service: 'stock' });
});

test('repeated calls fill the processor of the service that they reach', () => {
  const full = together(found('resource-saturation', 'stock'), 'cpu');
  const repeats = cause(found('retry-storm', 'web'));
  expect(leadOf(full, [repeats])).toMatchObject({ kind: 'retry-storm', service: 'web' });
  const always = cause(found('retry-storm', 'web'), { before: [30, 40], isNew: false });
  expect(leadOf(full, [always], ['web'])).toMatchObject({ kind: 'cpu' });
});

test('a change let a caller repeat more: what it overloads is not the cause', () => {
  const lead = (judgement: Judgement, repeating: readonly string[], counts: Partial<RequestCause> = {}) => {
    const few = cause(found('retry-storm', 'web'), { affected: [3, 20], share: 0.1, ...counts });
    return joinCauses(judgement, [few], known, new Set(['web']), new Set(repeating)).judgement.diagnosis;
  };
  const slow = together(found('latency', 'stock'), 'latency');
  expect(lead(slow, ['web'])).toMatchObject({ kind: 'retry-storm', service: 'web' });
  expect(lead(slow, [])).toMatchObject({ service: 'stock' });
  expect(lead(slow, ['web'], { before: [4, 40] })).toMatchObject({ service: 'stock' });
  // Nobody of those who repeat calls it.
  expect(lead(together(found('latency', 'mail'), 'latency'), ['web'])).toMatchObject({ service: 'mail' });
});

test('a caller that gives up sooner than before: that one request waits in vain says less', () => {
  const early = together(found('error-rate', 'web', { endedAfterUs: 250_000 }), 'timeout-cascade');
  const late = cause(found('timeout-cascade', 'stock'), { isSaid: true, status: 'confirmed' });
  expect(leadOf(early, [late])).toMatchObject({ kind: 'timeout-cascade', service: 'web' });
});

test('callers that gave up: at our service by name, at a host of somebody else by who asks it', () => {
  const waits = together(found('latency', 'web'), 'dependency');
  expect(leadOf(waits, [cause(found('timeout-cascade', 'stock'))])).toMatchObject({
    kind: 'timeout-cascade',
    service: 'stock',
  });
  const abroad = traceOf(
    server('web', 'GET /', { ms: 100 }, [
      call('web', 'api.pay.example', 'POST', { ms: 80, attributes: { 'server.address': 'api.pay.example' } }),
    ]),
  );
  expect(leadOf(waits, [cause(found('timeout-cascade', 'api.pay.example'), { shownBy: abroad })])?.service).toBe('web');
});

test('a full processor is why requests wait for a thread', () => {
  const full = { ...found('resource-saturation', 'web'), evidence: [{ kind: 'metric', ref: '', text: '' }] as const };
  const waits = (pool: string) =>
    cause(found('pool-exhaustion', 'web', { pool }), { isSaid: true, status: 'confirmed' });
  expect(leadOf(together(full, 'cpu'), [waits('work')])).toMatchObject({ kind: 'cpu' });
  expect(leadOf(together(full, 'cpu'), [waits('database')])).toMatchObject({ kind: 'pool-exhaustion' });
});

test('most slow requests wait for a lock of the one slow statement', () => {
  const slow = together(found('latency', 'web'), 'slow-query');
  const half = { affected: [10, 20], share: 0.5 } as const;
  expect(leadOf(slow, [cause(found('lock-contention', 'web'), half)])).toMatchObject({ kind: 'lock-contention' });
});

test('a job that the baseline does not have makes nobody slower', () => {
  const user = () => traceOf(server('web', 'GET /', { ms: 30 }, [query('web', 'INSERT INTO orders', { ms: 20 })]));
  const job = () =>
    traceOf(server('web', 'NightlyJob.run', { ms: 9000 }, [query('web', 'INSERT INTO orders', { ms: 8900 })]));
  const [before, now] = [times(30, user), [...times(20, user), ...times(20, job)]];
  expect(slowness(callTimesOf(before), callTimesOf(now)).addedUs).toBe(0);
});

test('a status that is passed on: the service that got it from a provider is the place, as unsure as before', () => {
  const refused = together(found('error-rate', 'web'), 'error-return', 'inconclusive');
  const origin = cause(found('error-origin', 'stock'), { isSaid: true, status: 'inconclusive' });
  expect(leadOf(refused, [origin])).toMatchObject({ kind: 'error-origin', service: 'stock', status: 'inconclusive' });
  expect(leadOf(refused, [{ ...origin, isSaid: false }])).toMatchObject({ service: 'web' });
});

test('requests that stop early: the empty answer is why, before the call that it makes needless', () => {
  const short = together(found('span-count-anomaly', 'web'), 'exception', 'inconclusive');
  const lost = cause(found('missing-service', 'stock'), { status: 'inconclusive', share: 0.4 });
  const empty = cause(found('shrunk-response', 'web'), { status: 'inconclusive', share: 0.4 });
  expect(leadOf(short, [lost, empty])).toMatchObject({
    kind: 'shrunk-response',
    service: 'web',
    status: 'inconclusive',
  });
});

test('a callee that gives no answer in time is why its caller fails, by numbers alone as well', () => {
  const fails = together(found('error-rate', 'web'), 'error-return');
  const gaveUp = { ...found('timeout-cascade', 'stock'), spans: [shownBy.root] };
  expect(leadOf(fails, [cause(gaveUp)])).toMatchObject({ kind: 'timeout-cascade', service: 'web' });
});

test('where nothing else is wrong, what no healthy request did is named, openly', () => {
  const { diagnosis: _, ...nothing } = together(found('error-rate', 'web'), 'error-return');
  const well = { ...nothing, findings: [], diagnosis: undefined } as Judgement;
  const loop = cause(found('n-plus-one-calls', 'web'), { affected: [6, 20], share: 0.3 });
  expect(leadOf(well, [loop])).toMatchObject({ kind: 'n-plus-one-calls', status: 'inconclusive' });
  expect(leadOf(well, [{ ...loop, before: [1, 40] }])).toBeUndefined();
});

test('a stampede is not why a store cannot be reached', () => {
  const stampede = { ...found('cache-stampede', 'web') };
  const ofMessage = (message: string) => {
    const both = together(found('latency', 'web'), 'dependency', 'inconclusive');
    const failed = cause(found('error-origin', 'web', { message }), { isSaid: true, status: 'confirmed' });
    return joinCauses({ ...both, findings: [...both.findings, stampede] }, [failed], known).judgement.diagnosis?.kind;
  };
  expect(ofMessage('connect EHOSTUNREACH 10.0.0.9:5432')).toBe('error-origin');
  expect(ofMessage('timeout exceeded when trying to connect')).toBe('cache-stampede');
});

test('each finding of single requests says how many of them show it, and how many healthy ones', () => {
  const judgement = together(found('latency', 'stock'), 'latency');
  const causes = [
    cause(found('slow-query', 'stock')),
    cause(found('n-plus-one-queries', 'web'), { now: [3, 20], share: 0.1 }),
  ];
  const { findings } = joinCauses(judgement, causes, known).judgement;
  const reaches = findings.map(({ detector, reach }) => [detector, reach]);
  expect(reaches).toContainEqual(['slow-query', { requests: 18, of: 20, healthy: 0, ofHealthy: 40 }]);
  expect(reaches).toContainEqual(['n-plus-one-queries', { requests: 3, of: 20, healthy: 0, ofHealthy: 40 }]);
  expect(reaches).toContainEqual(['latency', undefined]);
});

test('one message that fails again and again, and all others pass', () => {
  const quiet = { ...together(found('latency', 'billing'), 'latency'), findings: [], diagnosis: undefined };
  const few = { affected: [3, 8], now: [3, 100], before: [0, 60], isNew: false, share: 0.3 } as const;
  const message = (more: Partial<RequestCause>) =>
    leadOf(quiet, [cause(found('poison-message', 'billing'), { ...few, status: 'confirmed', isSaid: true, ...more })]);
  expect(message({})).toMatchObject({ kind: 'poison-message', service: 'billing', status: 'likely' });
  // Nothing says why it fails.
  expect(message({ isSaid: false })).toMatchObject({ status: 'inconclusive' });
  // Such a message comes every day.
  expect(message({ before: [2, 60] })).toBeUndefined();
  expect(
    leadOf(quiet, [cause(found('error-origin', 'billing'), { ...few, status: 'confirmed', isSaid: true })]),
  ).toBeUndefined();
});

test('reads that wait for a lock in words are no stampede', () => {
  const slow = together(found('latency', 'web'), 'slow-query');
  const crowd = { ...slow, findings: [...slow.findings, found('cache-stampede', 'web')] };
  const waits = (detector: string) =>
    leadOf(crowd, [cause(found(detector, 'web'), { isSaid: true, status: 'confirmed' })]);
  expect(waits('lock-contention')).toMatchObject({ kind: 'lock-contention' });
  expect(waits('slow-query')).toMatchObject({ kind: 'cache-stampede' });
});

test('calls of somebody else’s host that are given up, where all requests only show who fails', () => {
  const abroad = traceOf(
    server('web', 'GET /', { ms: 100 }, [
      call('web', 'api.pay.example', 'POST', { ms: 80, attributes: { 'server.address': 'api.pay.example' } }),
    ]),
  );
  const fails = together(found('error-rate', 'web'), 'error-return', 'inconclusive');
  const late = (service: string) => cause(found('timeout-cascade', service), { isSaid: true, shownBy: abroad });
  expect(leadOf(fails, [late('api.pay.example')])).toMatchObject({ kind: 'timeout-cascade', service: 'web' });
  // Nothing shows who calls it.
  expect(leadOf(fails, [late('mail.example')])?.service).toBe('mail.example');
});

test('requests fail and nothing says why: most of them ask somebody else again and again', () => {
  const open = together(found('error-rate', 'web'), 'error-return', 'inconclusive');
  const repeats = cause(found('retry-storm', 'web'));
  expect(leadOf(open, [repeats])).toMatchObject({ kind: 'retry-storm', service: 'web' });
  // They always did; or the failures say why they fail.
  const always = cause(found('retry-storm', 'web'), { before: [5, 40] });
  expect(leadOf(open, [always])).toMatchObject({ kind: 'error-return' });
  const said = together(found('error-rate', 'web', { message: 'no such coupon' }), 'error-origin', 'inconclusive');
  expect(leadOf(said, [repeats])).toMatchObject({ kind: 'error-origin' });
});

test('a broker that says that it has no room is why its publishers get no answer', () => {
  const publishing = traceOf(
    server('web', 'POST /note', { ms: 5000, failed: true }, [
      call('web', 'b-1', 'send notes', { ms: 4990, failed: true, attributes: { 'messaging.system': 'rabbitmq' } }),
    ]),
  );
  const late = cause({ ...found('timeout-cascade', 'web'), spans: [1] }, { shownBy: publishing });
  const lead = (whose: string) => {
    const all = together(found('latency', 'web'), 'latency');
    return leadOf({ ...all, findings: [...all.findings, found('resource-exhausted', whose)] }, [late]);
  };
  expect(lead('rabbitmq')).toMatchObject({ kind: 'resource-exhausted', service: 'rabbitmq' });
  expect(lead('search')).toMatchObject({ kind: 'timeout-cascade', service: 'web' });
});

test('failures and new lines that say that a queue is full or a quota used up', () => {
  const limited = (first: JudgedFinding, kind: string, limit: JudgedFinding) => {
    const all = together(first, kind);
    return leadOf({ ...all, symptom: { kind: 'failed', text: '' }, findings: [first, limit] }, [])?.kind;
  };
  const failing = found('error-rate', 'web', { message: 'Failed to send', reached: 'queue' });
  expect(limited(failing, 'error-origin', found('resource-exhausted', 'web', { resource: 'queue' }))).toBe(
    'resource-exhausted',
  );
  expect(limited(failing, 'error-origin', found('resource-exhausted', 'web', { resource: 'memory' }))).toBe(
    'error-origin',
  );
  const fresh = (text: string): JudgedFinding => ({
    ...found('new-error', 'web'),
    evidence: [{ kind: 'log', ref: '', text }],
  });
  const quota = found('resource-exhausted', 'web', { resource: 'quota' });
  expect(limited(fresh('rate limit exceeded key=None'), 'exception', quota)).toBe('resource-exhausted');
  expect(limited(fresh('no such coupon'), 'exception', quota)).toBe('exception');
});

test('what requests say of a disk that takes no writes names the disk, and no resource that ran out', () => {
  const failing = together(found('error-rate', 'web', { message: 'EROFS: read-only file system' }), 'error-origin');
  const ofDisk = (isReadOnly: boolean) =>
    cause(found('resource-exhausted', 'web', { resource: 'disk writes', isReadOnly }), { isSaid: true });
  expect(leadOf(failing, [ofDisk(true)])).toMatchObject({ kind: 'disk', ranking: [{ kind: 'disk' }] });
  expect(leadOf(failing, [ofDisk(false)])).toMatchObject({ kind: 'resource-exhausted' });
});

test('messages that pile up as a service begins to complain are why, unless its lines name what fails', () => {
  const lead = (text: string, sinceUs: number) => {
    const evidence = [{ kind: 'log', ref: '1000000000000', text }] as const;
    const first: JudgedFinding = { ...found('new-error', 'web'), evidence };
    const queue = found('queue-backlog', 'web', { queue: 'orders', sinceUs });
    const all = together(first, 'exception', 'inconclusive');
    return leadOf({ ...all, findings: [first, queue] }, [])?.kind;
  };
  expect(lead('order 17 was sent before', 1060e6)).toBe('queue-backlog');
  expect(lead('order 17 was sent before', 1600e6)).toBe('exception');
  expect(lead('order 17: connection refused', 1060e6)).toBe('exception');
});
