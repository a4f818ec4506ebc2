import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import type { Suspect } from '#diagnose/window/culprit.ts';
import { windowDoubt } from '#diagnose/window/window-doubts.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Facts, Finding } from '#model/finding/finding.ts';

const known = knownDetectors(detectors);
type Counts = WindowSigns['failing']['now'];

function suspect(detector: string, kind: string): Suspect {
  const place = { service: 'cart', operation: 'GET /cart' };
  return { ...place, detector, kind, score: 0.9, kinds: 2, chance: 0, isAskedFor: false, mayBeFewerAsked: false };
}

function signs(said: string, now: Counts, before: Counts = [0, 40]): WindowSigns {
  const failure = {
    service: 'cart',
    operation: 'GET /cart',
    said,
    status: '',
    before,
    now,
    late: '',
    isUnanswered: false,
    excess: 8,
    nats: 5,
    chance: 0,
  };
  return {
    node: undefined,
    resolver: undefined,
    headroom: [],
    filled: new Set(),
    slowness: { suspects: [], addedUs: 0 },
    addedShare: 0,
    failures: now[1] === 0 ? [] : [failure],
    switches: [],
    cuts: [],
    lost: [],
    locks: new Map(),
    pauses: new Map(),
    moved: [],
    requests: now[1],
    failing: { before, now },
  };
}

function found(detector: string, facts: Facts, service = 'cart'): Finding {
  const words = { title: 't.', explanation: 'e.', remedy: 'r.', check: 'c.' };
  return { detector, runbook: '', service, operation: '', spans: [], wastedUs: 0, facts, ...words };
}

describe('calls that fail', () => {
  const reasonOf = (said: string, now: Counts, before?: Counts) =>
    windowDoubt(suspect('error-rate', 'error-return'), { signs: signs(said, now, before), seen: [], detectors: known })
      ?.reason ?? '';

  test('with a reason in words, and requests with them: no doubt', () => {
    expect(reasonOf('invalid page in block 88123', [12, 60])).toBe('');
  });

  test('while no more requests fail than before', () => {
    expect(reasonOf('invalid page in block 88123', [0, 60])).toContain('no more requests fail than before');
    expect(reasonOf('invalid page in block 88123', [6, 60], [4, 40])).toContain('no more requests fail than before');
  });

  test('because a caller gave up', () => {
    expect(reasonOf('context deadline exceeded', [20, 60])).toContain('gave up');
    expect(reasonOf('dial tcp 10.0.0.7:80: i/o timeout', [20, 60])).toContain('gave up');
    expect(reasonOf('canceling statement due to statement timeout', [20, 60])).toBe('');
  });

  test('without any words', () => {
    expect(reasonOf('', [20, 60])).toContain('nothing recorded shows why');
  });
});

describe('a full processor without requests', () => {
  const doubtWith = (...seen: readonly Finding[]) =>
    windowDoubt(suspect('resource-saturation', 'cpu'), { signs: signs('', [0, 0], [0, 0]), seen, detectors: known });

  test('may be full on purpose', () => {
    expect(doubtWith()?.couldBe).toHaveLength(3);
    expect(doubtWith(found('metric-anomaly', { concept: 'gc_time' }))).toBeDefined();
  });

  test('is one that work waits for', () => {
    expect(doubtWith(found('metric-anomaly', { concept: 'cpu_throttled' }))).toBeUndefined();
    expect(doubtWith(found('error-rate', {}))).toBeUndefined();
  });

  test('is no reason for others that take longer where its own answers are timed and as before', () => {
    const evidence = { signs: signs('', [0, 0], [0, 0]), detectors: known, timed: new Set(['cart']) };
    const doubtBeside = (service: string) =>
      windowDoubt(suspect('resource-saturation', 'cpu'), { ...evidence, seen: [found('latency', {}, service)] });
    expect(doubtBeside('web')).toBeDefined();
    expect(doubtBeside('cart')).toBeUndefined();
  });

  test('is asked more often', () => {
    const asked = found('metric-anomaly', { concept: 'requests' });
    expect(doubtWith(found('error-rate', {}), asked)).toBeDefined();
    expect(doubtWith(found('error-rate', {}), { ...asked, service: 'web' })).toBeUndefined();
  });
});

describe('new error lines', () => {
  const reasonOf = (line: string) => {
    const example = { line, level: 'error' };
    const one = { service: 'cart', operation: 'GET /cart', change: 'began', nats: 5, chance: 0, example };
    const own = { ...signs('', [20, 60]), failures: [], switches: [one] } as unknown as WindowSigns;
    return windowDoubt(suspect('new-error', 'exception'), { signs: own, seen: [], detectors: known })?.reason ?? '';
  };

  test('with a reason leave no doubt', () => {
    expect(reasonOf('ValueError: unknown currency XBT')).toBe('');
    expect(reasonOf('Timeout waiting for a connection of the pool')).toBe('');
  });

  test('that only say that a call was late do not say whose fault it is', () => {
    expect(reasonOf('stream to 10.9.8.7:50051 timed out')).toContain('gave up');
  });
});

test('a full processor and longer work of the same service are two signs, whichever of them leads', () => {
  const place = { way: 'self', service: 'cart', callee: '', operation: 'GET /cart', isOfStore: false } as const;
  const working = { service: 'cart', trouble: 'itself', score: 1, places: [{ place }] } as unknown;
  const slowness = { suspects: [working], addedUs: 1 } as WindowSigns['slowness'];
  const doubtOf = (filled: readonly string[]) =>
    windowDoubt(suspect('latency', 'cpu'), {
      signs: { ...signs('', [0, 0]), requests: 60, slowness, filled: new Set(filled) },
      seen: [],
      detectors: known,
    });
  expect(doubtOf(['cart'])).toBeUndefined();
  expect(doubtOf(['mail'])).toBeDefined();
});
