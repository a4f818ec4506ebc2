/** Four times as much of one thing takes about four times as long, and not sixteen times. */
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { BodyHead, SessionSettings } from '#analyse/session.ts';
import type { WindowSubject } from '#model/analysis.ts';
import { MAX_CLOCK_SKEW_US } from '#model/clock-skew.ts';

const SETTINGS: SessionSettings = {
  thresholds: {},
  links: { trace: '', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: MAX_CLOCK_SKEW_US,
};
/** 2026-01-06T14:30:00Z */
const BEGINS_US = 1_767_709_800_000_000;
const WINDOW: WindowSubject = {
  kind: 'window',
  service: '',
  fromUs: BEGINS_US - 1_000_000,
  toUs: BEGINS_US + 3_600_000_000,
};

type Drawn = Readonly<{ head: Pick<BodyHead, 'kind' | 'format'>; content: object; window?: WindowSubject }>;

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const spanId = (number: number) => (number + 1).toString(16).padStart(16, '0');
const traceId = '5b8aa5a2d2c872e8321cf37308d69df2';

/** Below one root, each span of another service. */
function otlpServices(count: number): Drawn {
  const resourceSpans = numbers(count).map((number) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: `service-${number}` } }] },
    scopeSpans: [
      {
        spans: [
          {
            traceId,
            spanId: spanId(number),
            parentSpanId: number === 0 ? '' : spanId(0),
            name: 'GET /cart',
            kind: 2,
            startTimeUnixNano: `${BEGINS_US + number * 5_000}000`,
            endTimeUnixNano: `${BEGINS_US + number * 5_000 + 4_000}000`,
          },
        ],
      },
    ],
  }));
  return { head: { kind: 'trace', format: 'otlp-json' }, content: { resourceSpans } };
}

/** One pod, each container of which is ended for want of memory. */
function containers(count: number): Drawn {
  const isoAt = (seconds: number) => new Date(BEGINS_US / 1_000 + seconds * 1_000).toISOString();
  const names = numbers(count).map((number) => `c-${number}`);
  const pod = {
    kind: 'Pod',
    metadata: { name: 'cart-0', namespace: 'shop', labels: { app: 'cart' }, creationTimestamp: isoAt(0) },
    spec: { nodeName: 'node-1', containers: names.map((name) => ({ name, image: `${name}:1` })) },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: isoAt(60) }],
      containerStatuses: names.map((name) => ({
        name,
        ready: false,
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: isoAt(100) } },
      })),
    },
  };
  const content = {
    kind: 'List',
    apiVersion: 'v1',
    items: [{ kind: 'Asked', at: isoAt(3_000) }, pod],
  };
  return { head: { kind: 'platform', format: 'kubernetes-json' }, content, window: WINDOW };
}

/** Of a square, four times as much would take sixteen times as long. */
const MOST_TIMES = 8;

test.each([
  ['services of a trace', otlpServices, 10_000],
  ['containers of a pod', containers, 5_000],
] as const)('%s: four times as many', { timeout: 120_000 }, async (_, draw, count) => {
  await analysedMs(draw(count)); // compiled
  const once = await analysedMs(draw(count));
  expect(await analysedMs(draw(4 * count))).toBeLessThan(MOST_TIMES * once);
});

/** Processor time, for others use the machine, too. */
async function analysedMs({ head, content, window }: Drawn): Promise<number> {
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  const before = process.threadCpuUsage();
  const session = openSession(SETTINGS);
  session.body('b', { ...head, source: 'drawn', file: '', query: { text: '', url: '' } });
  await session.bytes('b', bytes);
  await session.end('b');
  const text = { width: 100, colour: false };
  const analysed = await session.reports(window === undefined ? { text } : { text, window });
  await session.close();
  const { user, system } = process.threadCpuUsage(before);
  expect(analysed[0]?.text).not.toBe('');
  return (user + system) / 1_000;
}
