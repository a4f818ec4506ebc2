/** A clock that is wrong by the words of its own host is the verdict where nothing else is. */
import { describe, expect, test } from 'vitest';
import { linesOfTrace } from '#model/logs/log-correlation.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, traceOf } from '#test/trace.ts';

const on = (host: string) => ({ resource: { 'host.name': host } });

function askedWith(text: string, { service = 'sluice', calleeAt = 9030, status = 200, level = 'warn' } = {}) {
  const failed = status >= 500;
  const attributes = { 'http.response.status_code': status };
  const trace = traceOf(
    server('lock-keeper', 'POST /gate', { ms: 260, failed, attributes, ...on('a') }, [
      call('lock-keeper', 'sluice', 'POST /move', { at: 10, ms: 240, failed, attributes, ...on('a') }, [
        server('sluice', 'POST /move', { at: calleeAt, ms: 190, failed, attributes, ...on('b') }),
      ]),
    ]),
  );
  return diagnosed(trace, [logLine(service, 60, text, { level })]).diagnosis;
}

describe('a clock that its host calls wrong', () => {
  test('is likely where the line gives about the time that the spans show', () => {
    expect(askedWith('System clock wrong by -9.012345 seconds')).toMatchObject({
      kind: 'clock-skew',
      service: 'sluice',
      status: 'likely',
    });
  });

  test('is read at the time of that wrong clock, where the line has no id', () => {
    const attributes = { 'http.response.status_code': 401 };
    const trace = traceOf(
      server('mills', 'GET /cert', { ms: 50, attributes, ...on('a') }, [
        call('mills', 'sites', 'GET', { at: 4, ms: 40, attributes, ...on('a') }, [
          server('sites', 'GET /cert', { at: 97_010, ms: 29, attributes, ...on('b') }),
        ]),
      ]),
    );
    const line = (service: string) =>
      logLine(service, 97_020, 'chronyd[412]: System clock wrong by -97.004 seconds', { level: '' });
    const rungs = (service: string) => linesOfTrace(trace, [line(service)], { several: false }).map(({ rung }) => rung);
    expect([rungs('sites'), rungs('mills')]).toEqual([['time'], []]);
    expect(diagnosed(trace, linesOfTrace(trace, [line('sites')], { several: false })).diagnosis).toMatchObject({
      kind: 'clock-skew',
      service: 'sites',
      status: 'likely',
    });
  });

  test('is none where the service only notes the clock of a phone', () => {
    const noted = 'client clock differs by 9 s (header x-client-time), offset noted';
    expect(askedWith(noted, { level: 'info' })?.status ?? 'inconclusive').toBe('inconclusive');
    expect(askedWith(noted)?.status).toBe('likely');
  });

  test('stays unsure where the line says only that nothing sets it', () => {
    expect(askedWith("Can't synchronise: no selectable sources")).toMatchObject({
      kind: 'clock-skew',
      status: 'inconclusive',
    });
  });

  test.each([
    ['the line is of another host', 'System clock wrong by -9.012345 seconds', { service: 'weir' }],
    ['the amount does not fit', 'System clock wrong by -0.412345 seconds', {}],
    ['the line says that all is well', 'Selected source 10.0.0.1', {}],
  ])('is no sure verdict where %s', (_, text, options) => {
    expect(askedWith(text, options)?.status ?? 'inconclusive').toBe('inconclusive');
  });

  test('is nothing where the spans show no shift', () => {
    expect(askedWith('System clock wrong by -9.012345 seconds', { calleeAt: 30 })?.kind).not.toBe('clock-skew');
  });

  test('comes after a failure', () => {
    expect(askedWith('System clock wrong by -9.012345 seconds', { status: 500 })?.kind).toBe('error-origin');
  });
});

test.each([
  ['token refused, own clock is 9.1 s behind the hub', 'likely'],
  ['w32time: local time 9 seconds slow', 'likely'],
  ['local time is 9.1 s', undefined],
  ['star time differs by 9.1 s from GPS, pointing refused', 'likely'],
])('a service that compares its clock: %s', (text, status) => {
  const { kind, status: found } = askedWith(text, { status: 400 }) ?? {};
  expect(kind === 'clock-skew' ? found : undefined).toBe(status);
});
