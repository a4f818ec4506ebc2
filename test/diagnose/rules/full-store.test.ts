import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { judgeLogs } from '#diagnose/judge-logs.ts';
import type { Facts, Finding } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logLine } from '#test/log-lines.ts';

const FULL = 'InnoDB: write failed: no space left on device';
const REFUSED =
  'The MySQL server is running with the --super-read-only option so it cannot execute this statement (1290)';
const REFUSED_BY_POSTGRES = 'ERROR: cannot execute INSERT in a read-only transaction';

function found(detector: string, service: string, lines: readonly number[], facts: Facts = {}): Finding {
  const words = { title: `${detector} of ${service}`, explanation: 'e.', remedy: 'r.', check: 'c.' };
  return {
    detector,
    runbook: `runbooks/${detector}.md`,
    service,
    operation: '',
    spans: [],
    wastedUs: 0,
    facts,
    lines,
    ...words,
  };
}

/** A store's one line about its disk, and twenty lines of each of two services, from so many seconds on. */
function judged(message: string, { fullAt = 0, from = 5 }: Readonly<{ fullAt?: number; from?: number }> = {}) {
  const line = (service: string, text: string, second: number) =>
    logLine(text, { service, level: 'error', timeNs: `${BigInt(1_700_000_000 + second) * 1_000_000_000n}` });
  const refusals = ['till', 'desk'].flatMap((service) =>
    Array.from({ length: 20 }, (_, place) => line(service, message, from + 40 * place)),
  );
  const logs: readonly LogLine[] = [line('ledger', FULL, fullAt), ...refusals];
  const places = (service: string) => logs.flatMap((one, at) => (one.service === service ? [at] : []));
  const findings = [
    found('resource-exhausted', 'ledger', [0], { resource: 'disk space' }),
    found('error-burst', 'till', places('till')),
    found('error-burst', 'desk', places('desk')),
  ];
  const facts = { ...knownDetectors(detectors), cleared: [], service: '' };
  const { diagnosis } = judgeLogs(logs, findings, facts);
  return `${diagnosis?.status} ${diagnosis?.service}`;
}

test('a store without room leads over those that it lets write no more', () => {
  expect(judged(REFUSED)).toBe('likely ledger');
  expect(judged(REFUSED_BY_POSTGRES)).toBe('likely ledger');
});

test('a store without room does not explain what began before, much later, or says something else', () => {
  expect(judged(REFUSED, { fullAt: 60 })).not.toBe('likely ledger');
  expect(judged(REFUSED, { from: 1200 })).not.toBe('likely ledger');
  expect(judged('upstream answered with status 500')).not.toBe('likely ledger');
});
