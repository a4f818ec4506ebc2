import { expect, test } from 'vitest';
import { runsOnDevice } from '#detect/signs/device.ts';
import type { Attributes } from '#model/trace/columns.ts';

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
