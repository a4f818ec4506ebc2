/** Real traces of a system whose faults are known: the verdict names them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { readTrace } from '#test/read-trace.ts';

const WIRE = 'test/fixtures/wire/jaeger/hotrod';
const recorded = JSON.parse(readFileSync(`${WIRE}/index.json`, 'utf8')) as readonly {
  file: string;
  scenario: string;
}[];

/** What is known of each recording, by scenario; the exceptions by file. */
const KNOWN: Readonly<Record<string, readonly [kind: string, service: string] | undefined>> = {
  serial: ['slow-query', 'mysql'],
  mutex12: ['lock-contention', 'mysql'],
  'mutex12-12.json': ['slow-query', 'mysql'], // the first of the twelve found the lock free
  routepool1: ['n-plus-one-calls', 'frontend'], // a list of drivers, then the route of each, one after another
  'fixed-01.json': ['error-origin', 'redis-manual'], // Redis timed out more often than the driver retries
  errors: ['error-origin', 'frontend'],
  'errors-02.json': ['error-origin', 'customer'], // an unknown customer, refused one service further down
};

describe.each(recorded.map(({ file, scenario }) => [file, scenario] as const))('%s', (file, scenario) => {
  const judgement = diagnosed(readTrace(`${WIRE}/${file}`));
  const known = KNOWN[file] ?? KNOWN[scenario];

  test.skipIf(known === undefined)('names what is known of it', () => {
    expect([judgement.diagnosis?.kind, judgement.diagnosis?.service]).toEqual(known);
  });

  test('has a ranking of every service, best first, and a chain within its findings', () => {
    const { findings, diagnosis } = judgement;
    if (diagnosis === undefined) return;
    const scores = diagnosis.ranking.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(diagnosis.ranking[0]).toMatchObject({ kind: diagnosis.kind, service: diagnosis.service });
    for (const { finding, because } of diagnosis.chain) {
      expect(findings[finding]).toBeDefined();
      expect(findings[because]).toBeDefined();
    }
  });
});

test('what was answered well gets no finding above medium', () => {
  const quiet = recorded.filter(({ file, scenario }) => scenario === 'fixed' && file !== 'fixed-01.json');
  for (const { file } of quiet) {
    for (const { severity } of diagnosed(readTrace(`${WIRE}/${file}`)).findings)
      expect(['medium', 'low']).toContain(severity);
  }
});
