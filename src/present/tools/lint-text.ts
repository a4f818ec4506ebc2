/** What the lint of a postmortem found, as text: the line, the words, what to write instead. */
import type { LintFinding } from '#model/blameless/lint.ts';
import { shown } from '#present/words/plain-text.ts';
import { withoutRepeats } from '#present/words/without-repeats.ts';

export function lintText(file: string, findings: readonly LintFinding[]): string {
  if (findings.length === 0) return `${shown(file)}: nothing found\n`;
  const blocking = findings.filter(({ blocks }) => blocks).length;
  const advices = withoutRepeats(findings.map(({ advice }) => advice));
  const rows = findings.flatMap(({ line, rule, blocks, text }, at) => [
    `line ${line}: ${rule}${blocks ? ', to mend' : ''}: ${shown(text)}`,
    ...(advices[at] === '' ? [] : [`  ${advices[at]}`]),
  ]);
  return [`${shown(file)}: ${blocking} to mend, ${findings.length - blocking} to look at`, '', ...rows, ''].join('\n');
}
