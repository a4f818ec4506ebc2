import { expect, test } from 'vitest';
import { withStrainBehind } from '#diagnose/window/strain-behind.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import { call, query, server, traceOf } from '#test/trace.ts';

function found(detector: string, service: string, facts: JudgedFinding['facts'] = {}): JudgedFinding {
  const words = { title: `${detector} in ${service}`, explanation: '', remedy: `mend ${service}`, check: '' };
  const cost = { spans: [], wastedUs: 0, wonUs: 0, share: 1, confidence: 0, severity: 'low' } as const;
  return { detector, service, operation: '', runbook: '', facts, ...cost, ...words } as JudgedFinding;
}

function judged(kind: string, ...findings: readonly [JudgedFinding, ...JudgedFinding[]]): Judgement {
  const [first] = findings;
  const diagnosis = {
    ...{ verdict: first.title, remedy: first.remedy, kind, service: first.service, confidence: 0.4 },
    ...{ status: 'inconclusive', operation: '', ranking: [], chain: [], ruledOut: [], check: '', runbook: '' },
  };
  return { symptom: { kind: 'slow', text: '' }, findings, seenShare: undefined, diagnosis } as unknown as Judgement;
}

const traces = [traceOf(server('shop', 'GET /cart', { ms: 40 }, [query('shop', 'SELECT 1', { ms: 20 })]))];
const SLOW = found('slow-query', 'shop');
const strain = (facts: JudgedFinding['facts'] = {}, service = 'pg') =>
  found('resource-saturation', service, { form: 'strained', names: `${service}\npostgresql`, ...facts });
const verdict = (judgement: Judgement) => withStrainBehind(judgement, traces).diagnosis;

test('the store that the service calls leads, and the slow query follows', () => {
  expect(verdict(judged('slow-query', SLOW, strain()))).toMatchObject({
    kind: 'resource-saturation',
    service: 'pg',
    status: 'inconclusive',
  });
});

test('a store that lost servers is what others depend on', () => {
  expect(verdict(judged('slow-query', SLOW, strain({ isGone: true })))?.kind).toBe('dependency');
});

test('a service whose own change asks for more is at fault, and not its store', () => {
  const slow = judged('slow-query', SLOW, strain());
  const change = (service: string) => ({ ...slow.diagnosis, change: { service, knownBy: 'evidence' } });
  expect(verdict({ ...slow, diagnosis: change('shop') } as Judgement)?.service).toBe('shop');
  expect(verdict({ ...slow, diagnosis: change('pg') } as Judgement)?.service).toBe('pg');
});

test('pools of the service itself are its own', () => {
  const own = found('resource-saturation', 'shop', { form: 'strained', names: 'shop' });
  expect(verdict(judged('timeout-cascade', found('timeout-cascade', 'shop'), own))).toMatchObject({
    kind: 'resource-saturation',
    service: 'shop',
  });
});

test('a cache that lost what it held leads, and its store follows', () => {
  const cache = (now: number) => found('cache-stampede', 'postgresql', { metric: 'keyspace_misses', now });
  expect(verdict(judged('latency', found('latency', 'shop'), cache(0.9)))?.kind).toBe('cache-stampede');
  expect(verdict(judged('latency', found('latency', 'shop'), cache(0.3)))?.kind).toBe('latency');
});

test.each<[string, Judgement]>([
  ['another store is under strain', judged('slow-query', SLOW, strain({ names: 'kafka' }, 'kafka'))],
  ['the verdict names a reason', judged('lock-contention', SLOW, strain())],
  ['no store is', judged('slow-query', SLOW, found('resource-saturation', 'pg', { resource: 'CPU' }))],
])('the verdict stays where %s', (_, judgement) => {
  expect(verdict(judgement)?.service).toBe('shop');
});

test('a bucket has the name of the host that the service calls; another store keeps its own', () => {
  const calledAs = (host: string, bucket: string) => {
    const put = call('shop', host, 'S3.PutObject', { ms: 20 });
    const called = [traceOf(server('shop', 'POST /photos', { ms: 40 }, [put]))];
    return withStrainBehind(judged('dependency', found('latency', 'shop'), strain({}, bucket)), called).diagnosis
      ?.service;
  };
  expect(calledAs('shop-photos.s3.eu-west-1.amazonaws.com', 'shop-photos')).toBe(
    'shop-photos.s3.eu-west-1.amazonaws.com',
  );
  expect(calledAs('redis.shop.svc.cluster.local', 'redis')).toBe('redis');
});
