/** The guides' requests without a trace: what their lines alone tell. */
import { describe, expect, test } from 'vitest';
import { requestTimeline } from '#model/logs/request-timeline.ts';
import { cascadeFromLogs, cascadeWithItsCause, latencyFromLogs, REQUEST_ID } from '#test/guide-timelines.ts';

const inMs = (us: number) => us / 1000;

describe('latency from the times of log lines', () => {
  const timeline = requestTimeline(REQUEST_ID, latencyFromLogs.toReversed());

  test('50 ms to authenticate, 69 ms of waiting, 630 ms of query, 350 ms to answer', () => {
    expect(timeline.entries.map(({ deltaUs }) => inMs(deltaUs))).toEqual([0, 50, 1, 69, 630, 350]);
    expect(inMs(timeline.durationUs)).toBe(1100);
  });

  test('each service from its first line to its last', () => {
    expect(timeline.services.map(({ service, firstUs, lastUs }) => [service, inMs(firstUs), inMs(lastUs)])).toEqual([
      ['api-gateway', 0, 1100],
      ['auth-service', 50, 50],
      ['user-service', 51, 750],
    ]);
  });

  test('the hops in order', () => {
    expect(timeline.hops.map(({ from, to, deltaUs }) => [from, to, inMs(deltaUs)])).toEqual([
      ['api-gateway', 'auth-service', 50],
      ['auth-service', 'user-service', 1],
      ['user-service', 'api-gateway', 350],
    ]);
  });

  test('nobody failed', () => {
    expect(timeline.failed).toEqual([]);
  });
});

describe('a failure that travels', () => {
  test('began in the service that is called and says nothing, and went from caller to caller', () => {
    const { failed } = requestTimeline(REQUEST_ID, cascadeFromLogs);
    expect(failed.map(({ service, atUs }) => [service, inMs(atUs)])).toEqual([
      ['user-service', 150],
      ['order-worker', 150],
      ['order-service', 400],
      ['api-gateway', 500],
    ]);
    expect(failed[0]?.entry).toBeUndefined();
  });

  test('began where the lines of the called service say so, though they came later than the caller’s', () => {
    const { failed, entries } = requestTimeline(REQUEST_ID, cascadeWithItsCause);
    expect(failed.map(({ service }) => service)).toEqual([
      'user-service',
      'order-worker',
      'order-service',
      'api-gateway',
    ]);
    expect(entries[failed[0]?.entry ?? -1]?.text).toContain('100 of 100 connections');
  });
});
