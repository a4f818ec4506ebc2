/**
 * Which sections a postmortem has, in which order and with which titles. A team has its own templates, by severity. The
 * built-in one is a template as well: `docs/postmortem-template.yaml` is the same as a file.
 */
import type { Severity } from '#model/incident/incident.ts';

/** The sections that Spanhound drafts, in the order of the built-in template. */
export const SECTION_IDS = [
  'summary',
  'times',
  'impact',
  'what-happened',
  'lead-up',
  'detection',
  'resolution',
  'messaging',
  'timeline',
  'why',
  'trigger',
  'contributing-factors',
  'ruled-out',
  'why-not-caught',
  'went-well',
  'luck',
  'could-improve',
  'difficulties',
  'lessons',
  'action-items',
  'responders',
  'similar-incidents',
  'links',
  'evidence',
  'open-questions',
] as const;
export type SectionId = (typeof SECTION_IDS)[number];

/** Sentences cite rows of these sections, so no template leaves them out. */
export const CITED_SECTIONS = ['timeline', 'action-items', 'evidence'] as const satisfies readonly SectionId[];

/** A section that Spanhound drafts, or one that a team adds with the text that says what people write there. */
export type TemplateSection = Readonly<
  ({ id: SectionId; title?: string | undefined } | { title: string; text: string }) & {
    /** 2 for a heading, 3 for a part of one. */
    level?: 2 | 3 | undefined;
  }
>;

export type PostmortemTemplate = Readonly<{
  /** Undefined for the incidents that no other template names. */
  severities?: readonly Severity[] | undefined;
  sections: readonly TemplateSection[];
}>;

const BUILT_IN: PostmortemTemplate = { sections: SECTION_IDS.map((id) => ({ id })) };

/** The template that names the severity, else the one without severities, else the built-in one. */
export function templateFor(templates: readonly PostmortemTemplate[], severity: Severity): PostmortemTemplate {
  return (
    templates.find(({ severities }) => severities?.includes(severity)) ??
    templates.find(({ severities }) => severities === undefined) ??
    BUILT_IN
  );
}
