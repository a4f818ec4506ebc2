import { expect, test } from 'vitest';
import type { Attributes } from '#model/trace/columns.ts';
import { isOfLine, runsOnDevice } from '#model/trace/views/device.ts';
import { call, server, traceOf } from '#test/trace.ts';

test.each<[Attributes, boolean]>([
  [{ 'os.name': 'Android' }, true],
  [{ 'os.name': 'iOS', 'device.model.identifier': 'iPhone17,1' }, true],
  [{ 'telemetry.sdk.language': 'webjs' }, true],
  [{ 'telemetry.sdk.language': 'swift' }, true],
  [{ 'telemetry.sdk.name': 'sentry.java.android.timber' }, true],
  [{ 'telemetry.sdk.name': 'sentry.javascript.react' }, true],
  [{ 'browser.platform': 'macOS' }, true],
  [{ 'os.name': 'Linux', 'telemetry.sdk.language': 'nodejs', 'telemetry.sdk.name': 'opentelemetry' }, false],
  [{ 'telemetry.sdk.name': 'sentry.java.spring' }, false],
  [{ 'telemetry.sdk.language': 'java' }, false],
  [{}, false],
])('%o runs with the person who waits: %s', (resource, expected) => {
  expect(runsOnDevice(resource)).toBe(expected);
});

test.each<[Attributes, number, boolean]>([
  [{ 'network.connection.type': 'cell' }, 640, true],
  [{ 'network.connection.effective_type': '3g' }, 900, true],
  [{ 'network.connection.type': 'cell' }, 12_000, false],
  [{ 'network.connection.type': 'wifi' }, 640, false],
  [{}, 640, false],
])('a call with %o that takes %i ms waits for its user’s line: %s', (attributes, ms, expected) => {
  const answer = server('feed', 'GET /feed', { at: ms - 30, ms: 20 });
  const trace = traceOf(call('app', 'feed', 'GET', { ms, attributes }, [answer]));
  expect(isOfLine(trace, { span: 0, startUs: 0, endUs: trace.startUs(1) })).toBe(expected);
});
