/** What the lint of a postmortem found, as text: the line, the words, what to write instead. */
import type { LintFinding } from '#model/blameless/lint.ts';
import { shown } from '#present/words/plain-text.ts';
import { withoutRepeats } from '#present/words/without-repeats.ts';

/** What harms people comes first, and what lies in one sentence before what is missing. */
const WEIGHT: readonly LintFinding['rule'][] = ['secret', 'blame', 'left-over'];

/** `knowsNames`: whether somebody named the people of the incident. */
export function lintText(file: string, all: readonly LintFinding[], knowsNames = true): string {
  const note = knowsNames ? '' : `\n${NO_NAMES}\n`;
  if (all.length === 0) return `${shown(file)}: nothing found\n${note}`;
  const findings = all.toSorted((a, b) => weightOf(a) - weightOf(b));
  const blocking = findings.filter(({ blocks }) => blocks).length;
  const advices = withoutRepeats(findings.map(({ advice }) => advice));
  const rows = findings.flatMap(({ line, rule, blocks, text }, at) => [
    `line ${line}: ${rule}${blocks ? ', to mend' : ''}: ${shown(text)}`,
    ...(advices[at] === '' ? [] : [`  ${advices[at]}`]),
  ]);
  return (
    [`${shown(file)}: ${blocking} to mend, ${findings.length - blocking} to look at`, '', ...rows, ''].join('\n') + note
  );
}

const NO_NAMES = 'It knows only common first names, and those under Responders. Give the others: --names "Kim Lee" Bob';

/** Smaller is more urgent. */
function weightOf({ rule, blocks }: LintFinding): number {
  const at = WEIGHT.indexOf(rule);
  if (at >= 0) return at;
  const isMissing = rule === 'section' ? 1 : 0;
  return WEIGHT.length + (blocks ? 0 : 2) + isMissing;
}
