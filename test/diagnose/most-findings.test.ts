/** Of thousands of one kind, those that say most. */
import { expect, test } from 'vitest';
import { mostFindings } from '#diagnose/most-findings.ts';
import type { Finding } from '#model/finding/finding.ts';

function found(detector: string, number: number, more: Partial<Finding> = {}): Finding {
  return {
    detector,
    runbook: `runbooks/${detector}.md`,
    service: `service-${number}`,
    operation: '',
    spans: [],
    wastedUs: number,
    facts: {},
    title: detector,
    explanation: 'e.',
    remedy: 'r.',
    check: 'c.',
    ...more,
  };
}

const many = (detector: string, count: number) => Array.from({ length: count }, (_, number) => found(detector, number));

test('as many as a report can show stay as they are', () => {
  const all = many('oom-killed', 100);
  expect(mostFindings(all, '')).toEqual({ findings: all, cut: [] });
});

test('of more, those that cost most stay, in their order, and it is said how many there were', () => {
  const all = [found('slow-query', 1), ...many('clock-skew', 50_000)];
  const { findings, cut } = mostFindings(all, '');
  expect(findings).toEqual([found('slow-query', 1), ...all.slice(-100)]);
  expect(cut).toEqual([{ detector: 'clock-skew', found: 50_000, kept: 100 }]);
});

test('what is of the service in question stays, and what made the request fail, however little it cost', () => {
  const asked = found('crash-loop', -1, { service: 'cart' });
  const failed = found('crash-loop', -2, { facts: { reachedRoot: true } });
  const { findings } = mostFindings([...many('crash-loop', 1_000), asked, failed], 'cart');
  expect(findings).toContain(asked);
  expect(findings).toContain(failed);
  expect(findings).toHaveLength(100);
});
