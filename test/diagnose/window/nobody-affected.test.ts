/** What stays below a headline, and the nearest cases that keep one. */
import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import type { Suspect } from '#diagnose/window/culprit.ts';
import { affectsNobody, isBlip, isTimeAlone } from '#diagnose/window/nobody-affected.ts';
import { isUseAlone } from '#diagnose/window/use-alone.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Facts, Finding } from '#model/finding/finding.ts';
import type { Series } from '#model/metrics/series.ts';
import { logLine } from '#test/log-line.ts';
import { series, seriesOf } from '#test/metrics.ts';
import { DRAWN_AT_US } from '#test/trace.ts';

const known = knownDetectors(detectors);
const TO_US = DRAWN_AT_US + 1_800e6;

const SIGNS: WindowSigns = {
  node: undefined,
  resolver: undefined,
  headroom: [],
  filled: new Set(),
  slowness: { suspects: [], addedUs: 0 },
  addedShare: 0,
  failures: [],
  switches: [],
  cuts: [],
  lost: [],
  locks: new Map(),
  pauses: new Map(),
  moved: [],
  requests: 0,
  failing: { before: [0, 0], now: [0, 0] },
};

function suspect(detector: string, kind = detector): Suspect {
  const place = { service: 'cart', operation: '' };
  return { ...place, detector, kind, score: 0.3, kinds: 1, chance: 0, isAskedFor: false, mayBeFewerAsked: false };
}

function found(detector: string, facts: Facts, service = 'cart'): Finding {
  const words = { title: 't.', explanation: 'e.', remedy: 'r.', check: 'c.' };
  return { detector, runbook: '', service, operation: '', spans: [], wastedUs: 0, facts, ...words };
}

const lineAt = (seconds: number, level = 'error') => logLine('cart', seconds * 1_000, 'failed', { level });

const evidence = (seen: readonly Finding[], logs: Parameters<typeof isBlip>[1]['logs'] = []) => ({
  service: 'cart',
  fromUs: DRAWN_AT_US,
  toUs: TO_US,
  traces: [],
  healthyTraces: [],
  logs,
  healthyLogs: [],
  series: [],
  seen,
  detectors: known,
});

const headroom = (now: number) => [
  { service: 'cart', instance: 'cart-1', share: 0.5, before: 0.2, now, isOfStore: false, unit: 'CPU' },
];

describe('a processor that works more', () => {
  const use = found('metric-anomaly', { concept: 'cpu_share', value: 0.5, expected: 0.25 });
  const isQuiet = (now: number, others: readonly Finding[] = []) =>
    affectsNobody(suspect('metric-anomaly'), { ...SIGNS, headroom: headroom(now) }, evidence([use, ...others]));

  test('with room left is no headline', () => {
    expect(isQuiet(0.5)).toBe(true);
  });

  test('nor where only its headroom shows it', () => {
    const isAlone = (signs: Partial<WindowSigns>, seen: readonly Finding[] = []) =>
      affectsNobody(suspect('resource-saturation', 'cpu'), { ...SIGNS, ...signs }, evidence(seen));
    expect(isAlone({ headroom: headroom(0.7) })).toBe(true);
    expect(isAlone({ headroom: headroom(0.95) })).toBe(false);
    expect(isAlone({ headroom: headroom(0.7) }, [found('latency', { form: 'metric' }, 'web')])).toBe(false);
    expect(isAlone({})).toBe(false);
  });

  test('near its limit is one', () => {
    expect(isQuiet(0.95)).toBe(false);
  });

  test('is one while answers take longer, or a queue grows', () => {
    expect(isQuiet(0.5, [found('latency', { form: 'metric' }, 'web')])).toBe(false);
    expect(isQuiet(0.5, [found('metric-anomaly', { concept: 'queue_depth' }, 'jobs')])).toBe(false);
  });
});

describe('what may be at its limit while work goes on', () => {
  const isAlone = (facts: Facts, others: readonly Finding[] = []) => {
    const seen = [found('resource-saturation', { critical: true, ...facts }), ...others];
    return isUseAlone(suspect('resource-saturation'), SIGNS, { seen, detectors: known });
  };

  test.each(['burst credits', 'cache', 'memory'])('%s, where no answer takes longer', (resource) => {
    expect(isAlone({ resource })).toBe(true);
    expect(isAlone({ resource }, [found('latency', { form: 'metric' }, 'web')])).toBe(false);
  });

  test('not what stops work: a full disk, a broker in alarm', () => {
    expect(isAlone({ resource: 'disk' })).toBe(false);
    expect(isAlone({ resource: 'memory', isAlarm: true })).toBe(false);
  });
});

describe('a number that moved alone', () => {
  const isQuiet = (facts: Facts, others: readonly Finding[] = []) =>
    affectsNobody(suspect('metric-anomaly'), SIGNS, evidence([found('metric-anomaly', facts), ...others]));

  test('and is as usual again, or moved by less than people notice, is no headline', () => {
    expect(isQuiet({ concept: 'queue_depth', value: 6, expected: 0, isOver: true })).toBe(true);
    expect(isQuiet({ concept: 'latency', value: 0.042, expected: 0.024 })).toBe(true);
  });

  test('and stays, or beside something else, is one', () => {
    expect(isQuiet({ concept: 'queue_depth', value: 600, expected: 0, isOver: false })).toBe(false);
    expect(isQuiet({ concept: 'latency', value: 0.9, expected: 0.1 })).toBe(false);
    expect(isQuiet({ concept: 'latency', value: 0.042, expected: 0.024 }, [found('memory-leak', {}, 'price')])).toBe(
      false,
    );
  });
});

describe('a disk that is busy and slow statements', () => {
  const counted = seriesOf([series('http_request_duration_p95_seconds', { service: 'web' }, () => 0.02)]);
  const isQuiet = (facts: Facts, others: readonly Finding[] = [], metrics: readonly Series[] = counted) =>
    affectsNobody(suspect('metric-anomaly'), SIGNS, {
      ...evidence([found('metric-anomaly', { isOver: false, ...facts }), ...others]),
      series: metrics,
    });

  test('are no headline where no answer takes longer', () => {
    expect(isQuiet({ concept: 'disk_busy', value: 0.4, expected: 0.05 })).toBe(true);
    expect(isQuiet({ concept: 'slow_queries', value: 0.05, expected: 0.002 })).toBe(true);
  });

  test('are one where answers take longer, where nobody measures them, and where the disk has no room', () => {
    const busy = { concept: 'disk_busy', value: 0.4, expected: 0.05 };
    expect(isQuiet(busy, [found('latency', { form: 'metric' }, 'web')])).toBe(false);
    expect(isQuiet(busy, [], [])).toBe(false);
    expect(isQuiet({ ...busy, value: 0.97 })).toBe(false);
  });
});

describe('new complaints', () => {
  const isQuiet = (seconds: readonly number[], later = 1_790) =>
    isBlip('cart', { logs: [...seconds.map((at) => lineAt(at)), lineAt(later, 'info')], toUs: TO_US });

  test('of fifteen seconds, long before the end, are a blip', () => {
    expect(isQuiet([600, 605, 611, 615])).toBe(true);
  });

  test('that go on, that were many, or that lasted for minutes are none', () => {
    expect(isQuiet([600, 605, 1_700])).toBe(false);
    expect(isQuiet(Array.from({ length: 80 }, (_, at) => 600 + at / 10))).toBe(false);
    expect(isQuiet([600, 800, 950])).toBe(false);
    expect(isQuiet([])).toBe(false);
  });

  test('after which the service says nothing more are none', () => {
    expect(isQuiet([600, 605, 611, 615], 620)).toBe(false);
  });
});

describe('warnings that ended', () => {
  const answers = seriesOf([series('http_request_duration_p95_seconds', { service: 'cart' }, () => 0.02)]);
  type Drawn = Readonly<{ seconds?: readonly number[]; level?: string; metrics?: readonly Series[]; seen?: Finding[] }>;
  const isQuiet = ({ seconds = [600, 800, 1_000], level = 'warn', metrics = answers, seen = [] }: Drawn) => {
    const [example = lineAt(0)] = seconds.map((at) => lineAt(at, level));
    const began = { service: 'cart', operation: '', change: 'began', example, nats: 5, chance: 0 } as const;
    const signs: WindowSigns = { ...SIGNS, switches: [{ ...began, before: [0, 190], now: [12, 167] }] };
    const logs = [...seconds.map((at) => lineAt(at, level)), lineAt(1_790, 'info')];
    return affectsNobody(suspect('new-error', 'exception'), signs, { ...evidence(seen, logs), series: metrics });
  };

  test('are no headline where the answers of the service are measured and as before', () => {
    expect(isQuiet({})).toBe(true);
  });

  test('are one where they go on, or are errors', () => {
    expect(isQuiet({ seconds: [600, 800, 1_600] })).toBe(false);
    expect(isQuiet({ level: 'error' })).toBe(false);
  });

  test('are one where nobody measures the answers, and where answers take longer', () => {
    expect(isQuiet({ metrics: [] })).toBe(false);
    expect(isQuiet({ seen: [found('latency', { form: 'metric' }, 'web')] })).toBe(false);
  });
});

describe('a change that only its time makes suspect', () => {
  const change = (facts: Facts) => found('suspect-change', { isNear: true, ...facts });
  const isQuiet = (seen: readonly Finding[]) => isTimeAlone(suspect('suspect-change', 'change'), SIGNS, evidence(seen));

  test('is no headline where nobody suffers', () => {
    expect(isQuiet([change({})])).toBe(true);
  });

  test('is one where requests fail, and where something in it fits', () => {
    expect(isQuiet([change({}), found('error-rate', { form: 'metric' }, 'web')])).toBe(false);
    expect(isQuiet([change({ isNear: false })])).toBe(false);
  });
});
