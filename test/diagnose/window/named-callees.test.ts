import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { judgeWindow, type WindowEvidence } from '#diagnose/window/judge-window.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Trace } from '#model/trace/trace.ts';
import { logLine } from '#test/log-line.ts';
import { call, DRAWN_AT_US, type SpanNode, server, times, traceOf } from '#test/trace.ts';

const NO_LINES: Judgement = {
  symptom: { kind: 'none', text: '' },
  findings: [],
  diagnosis: undefined,
  seenShare: undefined,
};
/** From the drawn traces' start; `logLine` counts in milliseconds from there. */
const FROM_S = 1000;

/** Each service writes its texts once a second in the window, and its usual line before and in it. */
function judgedBy(said: Readonly<Record<string, string>>, parts: Partial<WindowEvidence> = {}, pods = 1) {
  const lines = (service: string, text: string, { fromS = FROM_S, level = 'info', pod = 'a' } = {}): LogLine[] =>
    times(60, (i) => ({ ...logLine(service, (fromS + i) * 1000, text, { level }), labels: { pod } }));
  const usual = (fromS: number) => Object.keys(said).flatMap((service) => lines(service, 'request served', { fromS }));
  const failing = Object.entries(said).flatMap(([service, text]) =>
    text === '' ? [] : times(pods, (pod) => lines(service, text, { level: 'error', pod: `p${pod}` })).flat(),
  );
  return judgeWindow(
    {
      service: 'depot',
      fromUs: DRAWN_AT_US + FROM_S * 1_000_000,
      toUs: DRAWN_AT_US + (FROM_S + 60) * 1_000_000,
      traces: [],
      healthyTraces: [],
      logs: [...usual(FROM_S), ...failing],
      healthyLogs: usual(0),
      series: [],
      seen: [],
      detectors: knownDetectors(detectors),
      ...parts,
    },
    NO_LINES,
  );
}

const ranked = ({ diagnosis }: Judgement) => diagnosis?.ranking.map(({ service }) => service);
const NAMING = 'POST /orders failed HttpError: parcels answered 500';

test('new lines that name a callee leave the blame to the callee whose own lines are new too', () => {
  const { diagnosis } = judgedBy({
    depot: 'POST /orders failed HttpError: parcels answered 500',
    kiosk: 'feign.FeignException: [parcels] status 500',
    parcels: 'cannot read shelf 7: checksum differs',
  });
  expect(diagnosis?.service).toBe('parcels');
  expect(diagnosis?.ranking.map(({ service }) => service)).toEqual(['parcels']);
});

test('the last callee of a chain is at fault', () => {
  const { diagnosis } = judgedBy({
    depot: 'error from kiosk: 500',
    kiosk: 'feign.FeignException: status 500 reading ParcelsClient#find(Long)',
    parcels: 'cannot read shelf 7: checksum differs',
  });
  expect(diagnosis?.ranking.map(({ service }) => service)).toEqual(['parcels']);
});

test('a callee that lacks the key to check tokens refuses its callers, and its callers have done nothing', () => {
  const { diagnosis } = judgedBy({
    depot: 'POST /orders failed HttpError: parcels answered 401',
    parcels: 'Signed JWT rejected: no matching key(s) found for kid 2026-10',
  });
  expect(diagnosis?.ranking.map(({ service }) => service)).toEqual(['parcels']);
});

test('a callee that refuses a wrong password may be right', () => {
  const { diagnosis } = judgedBy({
    depot: 'POST /orders failed HttpError: parcels answered 401',
    parcels: 'wrong password of depot',
  });
  expect(diagnosis?.ranking.map(({ service }) => service)).toContain('depot');
});

test('a callee without new lines takes no blame from its caller', () => {
  const { diagnosis } = judgedBy({ depot: 'POST /orders failed HttpError: parcels answered 500', parcels: '' });
  expect(diagnosis?.ranking.map(({ service }) => service)).toEqual(['depot']);
});

test('two services that name each other both stay', () => {
  const { diagnosis } = judgedBy({ depot: 'error from parcels: 500', parcels: 'error from depot: 500' });
  expect(diagnosis?.ranking.map(({ service }) => service).sort()).toEqual(['depot', 'parcels']);
});

test('a refused request may be the fault of its caller', () => {
  const { diagnosis } = judgedBy({ depot: 'error from parcels: 400', parcels: 'cannot parse the body of a request' });
  expect(diagnosis?.ranking.map(({ service }) => service).sort()).toEqual(['depot', 'parcels']);
});

test('each caller is one sign, however many of its instances say it', () => {
  const sure = (callers: readonly string[], pods: number) => {
    const said = Object.fromEntries(callers.map((caller) => [caller, NAMING]));
    const { diagnosis } = judgedBy({ ...said, parcels: 'cannot read shelf 7: checksum differs' }, {}, pods);
    expect(diagnosis?.service).toBe('parcels');
    return diagnosis?.signals.answered ?? 0;
  };
  expect(sure(['depot'], 1)).toBeGreaterThan(0);
  expect(sure(['depot'], 4)).toBe(sure(['depot'], 1));
  expect(sure(['depot', 'kiosk'], 1)).toBeGreaterThan(sure(['depot'], 1));
});

describe('a callee without lines', () => {
  const POOL: readonly Series[] = [
    ['db_client_connections_usage', [3, 5, 4, 20]] as const,
    ['db_client_connections_max', [20, 20, 20, 20]] as const,
  ].map(([name, [a, b, c, now]]) => {
    const values = [...times(20, (i) => [a, b, c][i % 3] ?? 0), ...times(20, () => now)];
    return {
      name,
      labels: { service: 'parcels' },
      atUs: Float64Array.from(values, (_, at) => DRAWN_AT_US + (FROM_S + (at - 20) * 3) * 1_000_000),
      values: Float64Array.from(values),
    };
  });
  const found = (detector: string, facts: Finding['facts'] = {}): Finding => ({
    detector,
    runbook: `runbooks/${detector}.md`,
    service: 'parcels',
    operation: '',
    spans: [],
    wastedUs: 0,
    facts,
    title: `${detector} of parcels`,
    explanation: 'e.',
    remedy: 'r.',
    check: 'c.',
  });

  test('is at fault if its connections are all in use', () => {
    const judged = judgedBy({ depot: NAMING }, { series: POOL });
    expect(judged.diagnosis).toMatchObject({ service: 'parcels', kind: 'pool-exhaustion' });
    expect(ranked(judged)).toEqual(['parcels']);
  });

  test('is at fault if its pods crash', () => {
    const judged = judgedBy({ depot: NAMING }, { seen: [found('crash-loop')] });
    expect(judged.diagnosis).toMatchObject({ service: 'parcels', kind: 'crash-loop' });
    expect(ranked(judged)).toEqual(['parcels']);
  });

  test('is not at fault for an unusual number', () => {
    expect(ranked(judgedBy({ depot: NAMING }, { seen: [found('metric-anomaly')] }))?.[0]).toBe('depot');
  });
});

describe('with requests', () => {
  const SAID = { depot: NAMING, parcels: 'cannot read shelf 7: checksum differs' };
  const requests = (fromS: number, isFailing: boolean, below: readonly SpanNode[] = []): readonly Trace[] =>
    times(40, (i) =>
      traceOf(
        server('depot', 'POST /orders', { at: (fromS + i) * 1000, ms: 30, failed: isFailing }, [
          call('depot', 'parcels', 'POST /parcels', { at: 5, ms: 20, failed: isFailing }, below),
        ]),
      ),
    );

  test('that fail in a call of a service without spans, that service is at fault', () => {
    const traces = { traces: requests(FROM_S, true), healthyTraces: requests(0, false) };
    expect(judgedBy({ depot: 'POST /orders failed' }, traces).diagnosis?.service).toBe('depot');
    const judged = judgedBy(SAID, traces);
    expect(judged.diagnosis).toMatchObject({ service: 'parcels', status: 'likely' });
    expect(ranked(judged)?.[0]).toBe('parcels');
  });

  test('the lines of a caller whose requests fail are no second sign', () => {
    const traces = { traces: requests(FROM_S, true), healthyTraces: requests(0, false) };
    const withLines = judgedBy(SAID, traces).diagnosis?.signals.answered;
    const withKiosk = judgedBy({ ...SAID, kiosk: NAMING }, traces).diagnosis?.signals.answered;
    expect(withLines).toBe(0.5);
    expect(withKiosk).toBe(1);
  });

  test('that show the callee at work, the caller stays', () => {
    const below = [server('parcels', 'POST /parcels', { at: 1, ms: 18 })];
    const traces = { traces: requests(FROM_S, true, below), healthyTraces: requests(0, false, below) };
    expect(ranked(judgedBy(SAID, traces))?.slice(0, 2).sort()).toEqual(['depot', 'parcels']);
  });
});
