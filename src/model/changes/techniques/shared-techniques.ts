/** Finds the technique that a change touches and that the words of a failure name, too: a lock, a limit, a schema. */
import type { Change } from '#model/changes/change.ts';
import { type CodeChange, codeChangeOf } from '#model/changes/code-change.ts';
import { isIdleExperiment } from '#model/changes/declared-faults.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import type { Effect } from '#model/changes/effect.ts';
import { isOfOtherLibrary } from '#model/changes/linked-libraries.ts';
import { sharedTechniques } from '#model/changes/techniques/techniques.ts';
import { isQuietTitle, titleLimits } from '#model/changes/title-effects.ts';

/** What the change and the failure have in common; the version of another library than that of the failure is nothing. */
export function techniquesOf(change: Change, code: CodeChange | undefined, failure: string): readonly Effect[] {
  if (code?.isInstrumented === true) return [];
  const shared = sharedTechniques(touchedBy(change), failure, raisesAll(change, code));
  return shared.filter(({ kind }) => kind !== 'other-version' || !isOfOtherLibrary(change, failure));
}

/** Whether the failure says what comes of such a change. `failure`: in lower case. */
export function sharesTechnique(change: Change, failure: string): boolean {
  return techniquesOf(change, codeChangeOf(change), failure).length > 0;
}

function raisesAll(change: Change, code: CodeChange | undefined): boolean {
  const limits = change.diff === '' ? titleLimits(change) : (code?.limits ?? []);
  return limits.length > 0 && limits.every(({ before, after }) => after > before);
}

/** Its changed lines and its title, with the names of its files. */
function touchedBy(change: Change): string {
  if (isIdleExperiment(change)) return '';
  const { text, diff, files } = change;
  const lines = diffLines(diff);
  return [textOfMark(lines, '+'), textOfMark(lines, '-'), isQuietTitle({ text }) ? '' : text, ...files].join('\n');
}
