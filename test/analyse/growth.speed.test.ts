/** Four times as much of one thing takes about four times as long, and not sixteen times. */
import { expect, test } from 'vitest';
import type { WindowSubject } from '#model/finding/analysis.ts';
import { FOUR_TIMES, growthOf, MOST_GROWTH } from '#test/growth.ts';
import { inGate } from '#test/in-gate.ts';
import { below, bodiesOf, calls, type Drawn, failedCalls, ofTrace, PAY, textOf } from '#test/wide-bodies.ts';
import { numbersTo, WIDE_BEGINS_US, WIDE_TRACE_ID, type WideSpan } from '#test/wide-traces.ts';

const WINDOW: WindowSubject = {
  kind: 'window',
  service: '',
  fromUs: WIDE_BEGINS_US - 1_000_000,
  toUs: WIDE_BEGINS_US + 3_600_000_000,
};

/** One pod, each container of which is ended for want of memory. */
function containers(count: number): Drawn {
  const isoAt = (seconds: number) => new Date(WIDE_BEGINS_US / 1_000 + seconds * 1_000).toISOString();
  const names = numbersTo(count).map((number) => `c-${number}`);
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

/** Each the child of the last, which ends after it. */
function levels(draw: (number: number) => WideSpan): (count: number) => Drawn {
  return (count) =>
    ofTrace(
      numbersTo(count).map((number) => ({
        parent: number - 1,
        startMs: number,
        endMs: 2 * count - number,
        ...draw(number),
      })),
    );
}

/** All on the first of two spans. */
function onOne(draw: (numbers: readonly number[]) => WideSpan): (count: number) => Drawn {
  return (count) => ofTrace([draw(numbersTo(count)), {}]);
}

const keysOf = (numbers: readonly number[]) => Object.fromEntries(numbers.map((number) => [`key.${number}`, number]));
const foreignId = (number: number) => number.toString(16).padStart(32, 'a');

/** All on one span, which has as many others below it. */
function eventsOf(event: (number: number) => string): (count: number) => Drawn {
  return (count) =>
    ofTrace([
      { failure: 'failed', events: numbersTo(count).map((number) => ({ name: event(number) })) },
      ...numbersTo(count).map(() => ({})),
    ]);
}

/** The root stands still, below which every span shares the path. */
function longCollection(count: number): Drawn {
  return ofTrace([{ events: [{ name: `GC pause ${count * 5} ms` }] }, ...numbersTo(count).map(() => ({}))]);
}

/** A request that went well in spite of them: none reached the user, and none was asked again. */
const deadlocks = below((number) => ({
  kind: 3,
  startMs: number,
  endMs: number + 1,
  attributes: { 'db.system': 'postgresql', 'db.query.text': 'UPDATE stock SET n = n - 1 WHERE id = ?' },
  failure: 'ERROR: deadlock detected',
}));

/** Each line says something else in words of which many come again. */
function wordsOfLog(count: number): Drawn {
  const letter = (number: number) => String.fromCharCode(97 + (number % 26));
  const words = (number: number) => numbersTo(12).map((k) => `w${letter(number * (k + 3))}${letter(number >> k)}`);
  const line = (number: number) =>
    `2026-01-06T14:30:0${number % 10}.000Z ERROR [cart] trace_id=${WIDE_TRACE_ID} ${words(number).join(' ')}`;
  return { ...calls(count), log: numbersTo(count).map(line).join('\n') };
}

const FOUR_TIMES_AS_MANY = '%s: four times as many';
test.each([
  ['events of a span', eventsOf((number) => `event ${number}`), 5_000],
  ['lines of a log', wordsOfLog, 2_500],
] as const)(FOUR_TIMES_AS_MANY, (_, draw, count) => growsAsItsNumber(draw, count));
test.each([
  ['attempts of a call', failedCalls, 5_000],
  ['containers of a pod', containers, 5_000],
  ['collections that begin and do not end', eventsOf(() => 'gc_start'), 5_000],
  ['collections of a span', eventsOf((number) => `GC pause ${100 + number} ms`), 5_000],
  ['words of a span about its pool', eventsOf(() => 'connection pool exhausted'), 5_000],
  ['spans in one collection', longCollection, 12_500],
  ['deadlocks', deadlocks, 5_000],
] as const)(FOUR_TIMES_AS_MANY, { tags: ['deep'] }, (_, draw, count) => growsAsItsNumber(draw, count));

async function growsAsItsNumber(draw: (count: number) => Drawn, count: number): Promise<void> {
  expect(await growthOf((times) => analysed(draw(times * count)))).toBeLessThan(MOST_GROWTH);
}

/** One trace holds so many of one thing. The deep run's `accuracy` has the 50,000 for which nobody else may wait long. */
const OF_ONE_TRACE = process.env.EVERY_CASE === undefined ? 8_000 : 50_000;

const { gate, deep } = inGate<readonly [what: string, draw: (count: number) => Drawn]>(
  [
    ['services', below((number) => ({ service: `service-${number}`, kind: 2 }))],
    ['services, each called by the last', levels((number) => ({ service: `service-${number}`, kind: 2 }))],
    ['services that fail', below((number) => ({ service: `service-${number}`, kind: 2, failure: 'failed' }))],
    [
      'services that pass on a failure',
      levels((number) => ({ service: `service-${number >> 1}`, kind: 2 + (number % 2), failure: 'timeout' })),
    ],
    [
      'instances',
      below((number) => ({ resource: { 'service.instance.id': `i-${number}`, 'host.name': `h-${number}` } })),
    ],
    ['names of spans', below((number) => ({ name: `operation ${number}` }))],
    ['called hosts', below((number) => ({ kind: 3, attributes: { 'url.full': `http://host-${number}/x` } }))],
    ['keys of attributes on a span', onOne((numbers) => ({ attributes: keysOf(numbers) }))],
    ['keys of attributes on a resource', onOne((numbers) => ({ resource: keysOf(numbers) }))],
    ['keys of attributes, one a span', below((number) => ({ attributes: keysOf([number]) }))],
    ['values of an attribute', below((number) => ({ attributes: { 'user.id': `u-${number}` } }))],
    [
      'statements',
      below((number) => ({
        kind: 3,
        attributes: { 'db.system': 'postgresql', 'db.query.text': `SELECT c${number} FROM t${number}` },
      })),
    ],
    ['events on a span', onOne((numbers) => ({ events: numbers.map((number) => ({ name: `event ${number}` })) }))],
    [
      'exceptions on a span',
      onOne((numbers) => ({
        failure: 'failed',
        events: numbers.map((number) => ({ name: 'exception', attributes: { 'exception.message': `e ${number}` } })),
      })),
    ],
    [
      'keys of an event',
      onOne((numbers) => ({ failure: 'failed', events: [{ name: 'exception', attributes: keysOf(numbers) }] })),
    ],
    ['links of a span', onOne((numbers) => ({ kind: 5, links: numbers.map(() => ({ span: 1 })) }))],
    [
      'links of a span to other traces',
      onOne((numbers) => ({ kind: 5, links: numbers.map((span) => ({ span, traceId: foreignId(span) })) })),
    ],
    ['links, one a span', below((number) => ({ links: [{ span: number }] }))],
    ['links to other traces', below((span) => ({ kind: 5, links: [{ span, traceId: foreignId(span) }] }))],
    ['levels', levels(() => ({}))],
    ['levels with a failure', levels((number) => ({ failure: `failure ${number}` }))],
    ['calls at once', below((number) => ({ ...PAY, startMs: number / 1_000, endMs: 200_000 - number / 1_000 }))],
    ['lost parents', below((number) => ({ kind: 2, parent: 1_000_000 + number }))],
    ['roots', below((number) => ({ kind: 2, service: `service-${number}`, parent: -1 }))],
    [
      'messages',
      below((number) => ({
        kind: 4 + (number % 2),
        attributes: { 'messaging.destination.name': `topic-${number >> 1}` },
      })),
    ],
  ],
  3,
);
const IN_ONE_TRACE = `${OF_ONE_TRACE} %s in one trace`;
test.each(gate)(IN_ONE_TRACE, (_, draw) => growsAsItsNumber(draw, OF_ONE_TRACE / FOUR_TIMES));
test.each(deep)(IN_ONE_TRACE, { tags: ['deep'] }, (_, draw) => growsAsItsNumber(draw, OF_ONE_TRACE / FOUR_TIMES));

/** The bodies are encoded before, which is no part of the analysis. */
function analysed(drawn: Drawn): () => Promise<void> {
  const bodies = bodiesOf(drawn);
  return async () => expect(await textOf(drawn, bodies)).not.toBe('');
}
