/** The sections that guides ask for, and those that stand empty. */
import type { LintFinding } from '#model/blameless/lint.ts';
import type { DocumentSection } from '#model/blameless/structure/document.ts';

/**
 * `blocks`: a postmortem without it must not be published. `source`: all is PagerDuty's postmortem guide, Google's SRE
 * book, Atlassian's incident handbook, and incident.io's template.
 */
type Wanted = Readonly<{ title: string; pattern: RegExp; blocks: boolean; source: string }>;

const WANTED: readonly Wanted[] = [
  { title: 'Summary', pattern: /summary|overview|tl;?dr/i, blocks: true, source: 'all' },
  { title: 'Impact', pattern: /impact/i, blocks: true, source: 'all' },
  { title: 'Timeline', pattern: /timeline|chronology/i, blocks: true, source: 'all' },
  {
    title: 'Detection',
    pattern: /detect|how (?:we|it was) (?:found|noticed)|discover/i,
    blocks: true,
    source: 'Google, Atlassian',
  },
  {
    title: 'Contributing factors',
    pattern: /contribut|factors|why did it happen|causes?\b/i,
    blocks: true,
    source: 'PagerDuty, incident.io, Howie',
  },
  { title: 'Trigger', pattern: /trigger/i, blocks: false, source: 'Google' },
  {
    title: 'Resolution',
    pattern: /resol|recover|mitigat/i,
    blocks: true,
    source: 'PagerDuty, Atlassian, incident.io',
  },
  { title: 'What went well', pattern: /went well/i, blocks: true, source: 'Google, PagerDuty' },
  {
    title: 'What could improve',
    pattern: /went wrong|could (?:have gone|improve|be better)|difficult|go so well/i,
    blocks: true,
    source: 'Google, PagerDuty',
  },
  { title: 'Where we got lucky', pattern: /lucky|luck\b/i, blocks: true, source: 'Google' },
  { title: 'Action items', pattern: /action|follow-?ups?|follow ups|corrective/i, blocks: true, source: 'all' },
  { title: 'Lessons learned', pattern: /lessons|learning|risks/i, blocks: false, source: 'incident.io, Google' },
  { title: 'Responders', pattern: /responders|participants|roles|people/i, blocks: false, source: 'PagerDuty' },
  {
    title: 'Similar incidents',
    pattern: /(?:similar|related|past|previous) incidents|recurrence/i,
    blocks: false,
    source: 'PagerDuty, Atlassian',
  },
  {
    title: 'Open questions',
    pattern: /open questions|unknowns|do not know|don['’]t know/i,
    blocks: false,
    source: 'readers of drafts that machines wrote',
  },
  { title: 'Lead-up', pattern: /lead-?up|background/i, blocks: false, source: 'Atlassian' },
  {
    title: 'Messaging',
    pattern: /messag|communication|status (?:page|updates)/i,
    blocks: false,
    source: 'PagerDuty',
  },
];

/** A text with fewer English sections is no postmortem, or one in another language. */
const LEAST_SECTIONS = 3;

function isWanted({ pattern }: Wanted, { title }: DocumentSection): boolean {
  return pattern.test(title);
}

/** Whether the rules of structure read it. */
export function isPostmortem(sections: readonly DocumentSection[]): boolean {
  return WANTED.filter((wanted) => sections.some((one) => isWanted(wanted, one))).length >= LEAST_SECTIONS;
}

export function missingSections(sections: readonly DocumentSection[]): readonly LintFinding[] {
  return WANTED.filter((wanted) => !sections.some((one) => isWanted(wanted, one))).map(({ title, blocks, source }) => ({
    rule: 'section',
    blocks,
    line: 1,
    text: title,
    advice: `Add the section “${title}”${source === 'all' ? '' : `, as ${source} ask`}. Where there is nothing to say, write “Nothing noted.”`,
  }));
}

/** After Google's template: a reader cannot tell an empty section from a forgotten one. */
export function emptySections(sections: readonly DocumentSection[]): readonly LintFinding[] {
  return sections.flatMap((section, at): readonly LintFinding[] => {
    const wanted = WANTED.find((one) => isWanted(one, section));
    const isParent = (sections[at + 1]?.level ?? 0) > section.level;
    if (wanted === undefined || section.level < 2 || section.blocks.length > 0 || isParent) return [];
    return [
      {
        rule: 'empty',
        blocks: wanted.blocks,
        line: section.line,
        text: section.title,
        advice: 'Fill the section, or say that there is nothing: “Nothing noted.”',
      },
    ];
  });
}
