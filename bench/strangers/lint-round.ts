/** Judges a round of sentences by the lint of postmortems. */
import { readFileSync } from 'node:fs';
import { lintPostmortem } from '#workflows/postmortem/lint-postmortem.ts';

export type Sentence = Readonly<{
  id: string;
  language: string;
  text: string;
  names: readonly string[];
  section: string;
  expected: readonly string[];
}>;

export type JudgedSentence = Sentence & Readonly<{ missed: readonly string[]; extra: readonly string[] }>;

/** What the authors were asked for. The lint has other rules besides. */
const RULES = new Set(['blame', 'hindsight', 'vague', 'single-cause']);

export function judgedRound(file: string): readonly JudgedSentence[] {
  const sentences: readonly Sentence[] = JSON.parse(readFileSync(file, 'utf8'));
  return sentences.map((sentence) => {
    const { text, names, section, expected } = sentence;
    const findings = lintPostmortem(`## ${section}\n${text}\n`, names).map(({ rule }) => rule as string);
    const found = [...new Set(findings)].filter((rule) => RULES.has(rule));
    const missed = expected.filter((rule) => !found.includes(rule));
    return { ...sentence, missed, extra: found.filter((rule) => !expected.includes(rule)) };
  });
}

/** `due`: the expected findings; `flagged`: innocent sentences with a finding. */
export function scoreOf(judged: readonly JudgedSentence[]) {
  const innocent = judged.filter(({ expected }) => expected.length === 0);
  const due = judged.flatMap(({ expected }) => expected).length;
  return {
    due,
    found: due - judged.flatMap(({ missed }) => missed).length,
    innocent: innocent.length,
    flagged: innocent.filter(({ extra }) => extra.length > 0).length,
  };
}
