/** A device without a network is nobody's fault here; a server that cannot be reached is one. */
import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withinIntent } from '#diagnose/said-as-meant.ts';
import type { CorrelatedLine } from '#model/logs/log-correlation.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, type SpanNode, server, traceOf } from '#test/trace.ts';

const known = knownDetectors(detectors);

function verdictOf(roots: readonly SpanNode[], text = '', { service = 'app', level = 'info' } = {}) {
  const trace = traceOf(...roots);
  const lines: readonly CorrelatedLine[] =
    text === '' ? [] : [{ ...logLine(service, 50, text, { level }), rung: 'trace-id' }];
  return withinIntent(diagnosed(trace, lines), trace, lines, known).diagnosis?.kind;
}

describe('a call that a device sent again', () => {
  const get = (at: number, failed: boolean, type: string) =>
    call('app', 'api.boats.example', 'GET', {
      at,
      ms: failed ? 30_000 : 200,
      failed,
      statusText: failed ? 'Unable to resolve host' : '',
      attributes: { 'url.full': 'https://api.boats.example/b', ...(type && { 'network.connection.type': type }) },
    });
  const twice = (type = '') => [get(0, true, type), get(31_000, false, type === '' ? '' : 'cell')];

  test('is no headline where the device records that it had no network', () => {
    expect(verdictOf(twice('unavailable'))).toBeUndefined();
  });

  test.each([
    'app was in the background, network suspended by Doze',
    'phone went offline',
    'the handheld had no coverage in the hall',
    'no signal on the lift (NetworkCallback.onLost)',
    'no coverage under the bridge',
    'Gerät war ohne Netz',
    'téléphone hors ligne',
    'teléfono sin cobertura',
  ])('is no headline where a line of the device says so: %s', (text) => {
    expect(verdictOf(twice(), text)).toBeUndefined();
  });

  test('is one where the device had a network, or another service says so', () => {
    expect(verdictOf(twice('wifi'))).toBe('error-origin');
    expect(verdictOf(twice(), 'request sent')).toBe('error-origin');
    expect(verdictOf(twice(), 'phone went offline', { service: 'mail' })).toBe('error-origin');
  });
});

describe('a wait before the server begins', () => {
  const late = [
    call('app', 'boats', 'GET', { ms: 2400, attributes: { 'http.response.status_code': 200 } }, [
      server('boats', 'GET /b', { at: 2300, ms: 80 }),
    ]),
  ];

  test('is no headline where the device had no network, even as a warning', () => {
    expect(verdictOf(late, 'the phone was without a network for 2.2 s', { level: 'warn' })).toBeUndefined();
  });

  test.each([
    ['visit 9 uploaded, recorded offline in a cellar 2 s before', 'info', undefined],
    ['Besuch 9, offline erfasst', 'info', undefined],
    ['visit 9 uploaded', 'info', 'unexplained-gap'],
    ['visit 9 recorded offline, clock of the device is wrong', 'error', 'unexplained-gap'],
  ])('the line of its server, %s at level %s: %s', (text, level, kind) => {
    expect(verdictOf(late, text, { service: 'boats', level })).toBe(kind);
  });

  test('is a question without such a line', () => {
    expect(verdictOf(late, 'slow answer', { level: 'warn' })).toBe('unexplained-gap');
  });
});
