/** Four times as much of one thing takes about four times as long, and not sixteen times. */
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { BodyHead, SessionSettings } from '#analyse/session.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';

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

type Drawn = Readonly<{
  head: Pick<BodyHead, 'kind' | 'format'>;
  content: object;
  log?: string;
  window?: WindowSubject;
}>;

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

type OtlpSpan = Readonly<{
  name?: string;
  kind?: number;
  url?: string;
  failure?: string;
  events?: readonly string[];
}>;

/** One service's spans: the first calls the others, one after another. */
function otlpSpans(drawn: readonly OtlpSpan[]): Drawn {
  const at = (ms: number) => `${BEGINS_US + ms * 1_000}000`;
  const spans = drawn.map(({ name = 'reckon', kind = 1, url, failure, events = [] }, number) => ({
    traceId,
    spanId: spanId(number),
    parentSpanId: number === 0 ? '' : spanId(0),
    name,
    kind,
    startTimeUnixNano: at(number * 5),
    endTimeUnixNano: at(number === 0 ? drawn.length * 5 : number * 5 + 4),
    ...(url !== undefined && { attributes: [{ key: 'url.full', value: { stringValue: url } }] }),
    ...(failure !== undefined && { status: { code: 2, message: failure } }),
    events: events.map((event, place) => ({ timeUnixNano: at(place / 1_000), name: event })),
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'cart' } }] };
  return {
    head: { kind: 'trace', format: 'otlp-json' },
    content: { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] },
  };
}

/** All on one span, which has as many others below it. */
function eventsOf(event: (number: number) => string): (count: number) => Drawn {
  return (count) =>
    otlpSpans([{ failure: 'failed', events: numbers(count).map(event) }, ...numbers(count).map(() => ({}))]);
}

/** The root stands still, below which every span shares the path. */
function longCollection(count: number): Drawn {
  return otlpSpans([{ events: [`GC pause ${count * 5} ms`] }, ...numbers(count).map(() => ({}))]);
}

function calls(count: number, failure?: string): Drawn {
  const call = { name: 'GET /pay', kind: 3, url: 'http://pay/x', ...(failure !== undefined && { failure }) };
  return otlpSpans([{}, ...numbers(count).map(() => call)]);
}

const failedCalls = (count: number) => calls(count, 'connection refused');

/** Each line says something else in words of which many come again. */
function wordsOfLog(count: number): Drawn {
  const letter = (number: number) => String.fromCharCode(97 + (number % 26));
  const words = (number: number) => numbers(12).map((k) => `w${letter(number * (k + 3))}${letter(number >> k)}`);
  const line = (number: number) =>
    `2026-01-06T14:30:0${number % 10}.000Z ERROR [cart] trace_id=${traceId} ${words(number).join(' ')}`;
  return { ...calls(count), log: numbers(count).map(line).join('\n') };
}

/** Of a square, four times as much would take sixteen times as long. */
const MOST_TIMES = 8;

test.each([
  ['services of a trace', otlpServices, 10_000],
  ['containers of a pod', containers, 5_000],
  ['events of a span', eventsOf((number) => `event ${number}`), 12_500],
  ['collections that begin and do not end', eventsOf(() => 'gc_start'), 5_000],
  ['collections of a span', eventsOf((number) => `GC pause ${100 + number} ms`), 5_000],
  ['words of a span about its pool', eventsOf(() => 'connection pool exhausted'), 5_000],
  ['spans in one collection', longCollection, 12_500],
  ['attempts of a call', failedCalls, 12_500],
  ['lines of a log', wordsOfLog, 5_000],
] as const)('%s: four times as many', { timeout: 120_000 }, async (_, draw, count) => {
  await analysedMs(draw(count)); // compiled
  const once = await analysedMs(draw(count));
  const four = await analysedMs(draw(4 * count));

  expect(four).toBeLessThan(MOST_TIMES * once);
});

/** More than a call can take as arguments. */
const MANY = 150_000;

test.each([
  ['calls', calls],
  ['failed calls', failedCalls],
] as const)('so many %s stop no detector', { timeout: 120_000 }, async (_, draw) => {
  const drawn = draw(MANY);
  expect(await textOf(drawn, bodiesOf(drawn))).not.toContain('stopped with an error');
});

/** Processor time, for others use the machine, too. */
async function analysedMs(drawn: Drawn): Promise<number> {
  const bodies = bodiesOf(drawn);
  const before = process.threadCpuUsage();
  expect(await textOf(drawn, bodies)).not.toBe('');
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

type Body = Readonly<{ head: Drawn['head']; bytes: Uint8Array }>;

function bodiesOf({ head, content, log }: Drawn): Body[] {
  const encoder = new TextEncoder();
  const body = { head, bytes: encoder.encode(JSON.stringify(content)) };
  return log === undefined ? [body] : [body, { head: { kind: 'logs', format: 'auto' }, bytes: encoder.encode(log) }];
}

async function textOf({ window }: Drawn, bodies: readonly Body[]): Promise<string> {
  const session = openSession(SETTINGS);
  for (const [place, { head, bytes }] of bodies.entries()) {
    session.body(`${place}`, { ...head, source: 'drawn', file: '', query: { text: '', url: '' } });
    await session.bytes(`${place}`, bytes);
    await session.end(`${place}`);
  }
  const text = { width: 100, colour: false };
  const analysed = await session.reports(window === undefined ? { text } : { text, window });
  await session.close();
  return `${analysed[0]?.text ?? ''}`;
}
