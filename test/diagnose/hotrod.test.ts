/** Real traces of a system whose faults are known: the verdict names them. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { readTrace } from '#test/read-trace.ts';
import { recorded } from '#test/recorded-verdicts.ts';

describe.each(recorded)('$file', ({ path, known }) => {
  const judgement = diagnosed(readTrace(path));

  if (known !== undefined) {
    test('names what is known of it', () => {
      expect([judgement.diagnosis?.kind, judgement.diagnosis?.service]).toEqual(known);
    });
  }

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
  for (const { path } of quiet) {
    for (const { severity } of diagnosed(readTrace(path)).findings) expect(['medium', 'low']).toContain(severity);
  }
});
