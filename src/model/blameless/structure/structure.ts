/**
 * The structure of a postmortem in Markdown: sections, times, numbers, sources. Each rule names the guide it is after.
 * It reads only documents with several English sections of a postmortem, or with those of the team's template. Every
 * rule is content with the sentence that something is not known.
 */
import type { LintFinding } from '#model/blameless/lint.ts';
import { actionFindings } from '#model/blameless/structure/actions.ts';
import type { DocumentSection } from '#model/blameless/structure/document.ts';
import { emptySections, isPostmortem, missingSections, wantedIn } from '#model/blameless/structure/sections.ts';
import { statementFindings } from '#model/blameless/structure/statements.ts';
import { timelineFindings } from '#model/blameless/structure/timeline.ts';
import type { PostmortemTemplate } from '#model/incident/postmortem-template.ts';

/** `sections`: with the built-in titles in place of those of the template. */
export function structureFindings(
  sections: readonly DocumentSection[],
  template: PostmortemTemplate,
): readonly LintFinding[] {
  const wanted = wantedIn(template);
  if (!isPostmortem(sections, wanted)) return [];
  return [
    ...missingSections(sections, wanted),
    ...emptySections(sections, wanted),
    ...timelineFindings(sections),
    ...statementFindings(sections),
    ...actionFindings(sections),
  ];
}
