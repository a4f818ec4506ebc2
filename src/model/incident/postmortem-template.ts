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

/** The titles that the draft gives them where no template does. */
export const SECTION_TITLES: Readonly<Record<SectionId, string>> = {
  summary: 'Summary',
  times: 'Times',
  impact: 'Impact',
  'what-happened': 'What happened',
  'lead-up': 'Lead-up',
  detection: 'Detection',
  resolution: 'Resolution',
  messaging: 'Messaging',
  timeline: 'Timeline',
  why: 'Why did it happen',
  trigger: 'Trigger',
  'contributing-factors': 'Contributing factors',
  'ruled-out': 'Ruled out',
  'why-not-caught': "Why wasn't it caught earlier",
  'went-well': 'What went well',
  luck: 'Where we got lucky',
  'could-improve': 'What could improve',
  difficulties: 'Difficulties',
  lessons: 'Lessons learned',
  'action-items': 'Action items',
  responders: 'Responders',
  'similar-incidents': 'Similar incidents',
  links: 'Links',
  evidence: 'Evidence',
  'open-questions': 'Open questions',
};

const BUILT_IN: PostmortemTemplate = { sections: SECTION_IDS.map((id) => ({ id })) };

/**
 * Gives the built-in title of a section that the template names in another way. Sections without content share a heading:
 * `Folgen, Lead-up`.
 */
export function builtInTitle({ sections }: PostmortemTemplate): (title: string) => string {
  const known = new Map(
    sections.flatMap((section): readonly (readonly [string, string])[] =>
      'id' in section && section.title !== undefined ? [[section.title, SECTION_TITLES[section.id]]] : [],
    ),
  );
  return (title) =>
    known.get(title) ??
    title
      .split(', ')
      .map((part) => known.get(part) ?? part)
      .join(', ');
}

/** The template that names the severity, else the one without severities, else the built-in one. */
export function templateFor(
  templates: readonly PostmortemTemplate[],
  severity: Severity | undefined,
): PostmortemTemplate {
  return (
    templates.find(({ severities }) => severity !== undefined && severities?.includes(severity)) ??
    templates.find(({ severities }) => severities === undefined) ??
    BUILT_IN
  );
}
