/**
 * The structure of a postmortem in Markdown: sections, times, numbers, sources. Each rule names the guide it is after.
 * It reads only documents with several English sections of a postmortem. Every rule is content with the sentence that
 * something is not known.
 */
import type { LintFinding } from '#model/blameless/lint.ts';
import { actionFindings } from '#model/blameless/structure/actions.ts';
import type { DocumentSection } from '#model/blameless/structure/document.ts';
import { emptySections, isPostmortem, missingSections } from '#model/blameless/structure/sections.ts';
import { statementFindings } from '#model/blameless/structure/statements.ts';
import { timelineFindings } from '#model/blameless/structure/timeline.ts';

export function structureFindings(sections: readonly DocumentSection[]): readonly LintFinding[] {
  if (!isPostmortem(sections)) return [];
  return [
    ...missingSections(sections),
    ...emptySections(sections),
    ...timelineFindings(sections),
    ...statementFindings(sections),
    ...actionFindings(sections),
  ];
}
