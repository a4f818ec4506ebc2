import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withLimitBehind } from '#diagnose/window/limit-behind.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logLine } from '#test/log-line.ts';
import { query, server, traceOf } from '#test/trace.ts';

const known = knownDetectors(detectors);

function found(detector: string, service: string, facts: JudgedFinding['facts'] = {}): JudgedFinding {
  const words = { title: `${detector} in ${service}`, explanation: '', remedy: `mend ${service}`, check: '' };
  const cost = { spans: [], wastedUs: 0, wonUs: 0, share: 1, confidence: 0, severity: 'low' } as const;
  return { detector, service, operation: '', runbook: '', facts, ...cost, ...words } as JudgedFinding;
}

/** The first finding leads. */
function judged(findings: readonly [JudgedFinding, ...JudgedFinding[]], more: object = {}): Judgement {
  const [first] = findings;
  const signals = { lead: 1, said: 1, seen: 1, answered: 0, intact: 1, shown: 1 };
  const empty = {
    operation: '',
    change: undefined,
    signals,
    ranking: [],
    chain: [],
    ruledOut: [],
    check: '',
    runbook: '',
  };
  const told = { verdict: first.title, remedy: first.remedy, statusReason: '', confidence: 0.9, share: 1 };
  const diagnosis = { ...told, ...empty, status: 'confirmed', kind: first.detector, service: first.service, ...more };
  return { symptom: { kind: 'failed', text: '' }, findings, seenShare: undefined, diagnosis } as unknown as Judgement;
}

const traces = [traceOf(server('shop', 'POST /buy', { ms: 40 }, [query('shop', 'INSERT INTO sales', { ms: 20 })]))];

const verdict = (judgement: Judgement, lines: readonly LogLine[] = [], healthyLogs: readonly LogLine[] = []) =>
  withLimitBehind(judgement, { traces, logs: lines, healthyLogs, detectors: known }).diagnosis;

const FULL = { resource: 'disk space' };
const refused = (message: string, callee = 'mariadb') => found('error-origin', 'shop', { message, callee });

test('the server’s own lines say why its callers fail', () => {
  const ofServer = found('resource-exhausted', 'mariadb', FULL);
  const ofCaller = found('resource-exhausted', 'shop', FULL);
  expect(verdict(judged([refused('Lost connection to server during query'), ofCaller, ofServer]))).toMatchObject({
    kind: 'resource-exhausted',
    service: 'mariadb',
    status: 'confirmed',
    remedy: 'mend mariadb',
  });
});

test('a store may have a longer name in spans than in its lines, a service has one name', () => {
  const lines = found('resource-exhausted', 'pg-main', FULL);
  expect(verdict(judged([refused('not writable', 'pg'), lines]))?.service).toBe('shop');
  expect(
    verdict(judged([refused('not writable', 'mongodb'), found('resource-exhausted', 'mongodb-main', FULL)])),
  ).toMatchObject({
    service: 'mongodb-main',
  });
  expect(
    verdict(judged([refused('reset by peer', 'shop'), found('resource-exhausted', 'shop-mail', FULL)]))?.service,
  ).toBe('shop');
});

test('failures that say that something else is wrong keep their verdict', () => {
  const full = found('resource-exhausted', 'mariadb', FULL);
  for (const message of ['permission denied for table sales', 'column "total" does not exist', 'invalid json'])
    expect(verdict(judged([refused(message), full]))).toMatchObject({ kind: 'error-origin', service: 'shop' });
});

test('without requests, the failing lines show who is below', () => {
  const lines = [
    logLine('shop', 1, 'POST /buy failed: stock answered 502', { level: 'warn' }),
    logLine('stock', 1, 'No space left on device', { level: 'error' }),
  ];
  const around = { traces: [], logs: lines, healthyLogs: [], detectors: known };
  const serviceWith = (limit: JudgedFinding) =>
    withLimitBehind(judged([found('exception', 'shop'), limit], { kind: 'exception' }), around).diagnosis?.service;
  expect(serviceWith(found('resource-exhausted', 'stock', FULL))).toBe('stock');
  expect(serviceWith(found('resource-exhausted', 'stock-db', { ...FULL, saidBy: 'stock' }))).toBe('stock-db');
  expect(serviceWith(found('resource-exhausted', 'mail', FULL))).toBe('shop');
});

test('a caller that quotes its server shows who is below, where failing requests are all that is known', () => {
  const lines = [
    logLine('shop', 1, 'POST /buy failed: sales answered 500', { level: 'warn' }),
    logLine('sales', 1, 'Error: 08P01: cached error: the database system is in recovery mode (retry)', {
      level: 'error',
    }),
    logLine('pg-main', 1, 'app@shop FATAL:  the database system is in recovery mode', { level: 'error' }),
  ];
  const around = { traces: [], logs: lines, healthyLogs: [], detectors: known };
  const unsure = { kind: 'error-rate', status: 'inconclusive' };
  const told = (limit: JudgedFinding, seen: readonly LogLine[] = lines) =>
    withLimitBehind(judged([found('error-rate', 'shop'), limit], unsure), { ...around, logs: seen }).diagnosis;
  expect(told(found('resource-exhausted', 'pg-main', FULL))).toMatchObject({
    kind: 'resource-exhausted',
    service: 'pg-main',
    status: 'inconclusive',
    statusReason: expect.stringMatching(/log lines lead/),
  });
  expect(told(found('resource-exhausted', 'mail', FULL))?.service).toBe('shop');
  expect(told(found('resource-exhausted', 'pg-main', FULL), lines.slice(0, 2))?.service).toBe('shop');
  const other = judged([found('exception', 'shop'), found('resource-exhausted', 'pg-main', FULL)], {
    ...unsure,
    kind: 'exception',
  });
  expect(withLimitBehind(other, around).diagnosis?.service).toBe('shop');
});

test('a complaint of every day is no news', () => {
  const line = logLine('mariadb', 1, 'write error: No space left on device');
  const full = found('resource-exhausted', 'mariadb', FULL);
  expect(verdict(judged([refused('gone away'), full]), [], [line])).toMatchObject({ kind: 'error-origin' });
});

test('a limit that is reached long after calls began to fail is an effect', () => {
  const failing = [
    traceOf(server('shop', 'POST /buy', { ms: 40, failed: true }, [query('shop', 'INSERT INTO sales', { ms: 20 })])),
  ];
  const began = failing[0]?.startEpochUs ?? 0;
  const late = (us: number) => ({
    ...found('resource-saturation', 'shop', { resource: 'open files', critical: true, sinceUs: began + us }),
  });
  const timedOut = found('timeout-cascade', 'shop');
  const around = { traces: failing, logs: [], healthyLogs: [], detectors: known };
  const kindAfter = (us: number) => withLimitBehind(judged([timedOut, late(us)]), around).diagnosis?.kind;
  expect(kindAfter(0)).toBe('resource-saturation');
  expect(kindAfter(600e6)).toBe('timeout-cascade');
});

test('the way to a callee that has no thread left is its queue, and no slow network', () => {
  const slow = found('latency', 'shop', { toCallee: 'stock' });
  const busy = found('resource-saturation', 'stock', { resource: 'threads', critical: true });
  const near = found('resource-saturation', 'stock', { resource: 'threads', critical: false });
  const other = found('resource-saturation', 'mail', { resource: 'threads', critical: true });
  const delayed = { kind: 'network-delay' };
  expect(verdict(judged([slow, busy], delayed))).toMatchObject({
    kind: 'resource-saturation',
    service: 'stock',
    // A number, and no words.
    status: 'likely',
    verdict: 'resource-saturation in stock; latency in shop',
  });
  expect(verdict(judged([slow, near], delayed))).toMatchObject({ kind: 'network-delay' });
  expect(verdict(judged([slow, other], delayed))).toMatchObject({ kind: 'network-delay' });
});

test.each(['burst credits', 'cache', 'garbage collection'])('a callee without %s lets its callers wait', (resource) => {
  const slow = found('latency', 'shop', { toCallee: 'stock' });
  const full = (service: string) => found('resource-saturation', service, { resource, critical: true });
  const service = (limit: JudgedFinding) => verdict(judged([slow, limit], { kind: 'latency' }))?.service;
  expect(service(full('stock'))).toBe('stock');
  expect(service(full('mail'))).toBe('shop');
});

test('a verdict that names a mechanism, and an open one, stay', () => {
  const full = found('resource-exhausted', 'shop', FULL);
  expect(verdict(judged([found('slow-query', 'shop'), full]))).toMatchObject({ kind: 'slow-query' });
  expect(verdict(judged([refused('reset by peer'), full], { status: 'inconclusive' }))).toMatchObject({
    kind: 'error-origin',
  });
});
