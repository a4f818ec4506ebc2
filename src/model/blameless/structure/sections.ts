/** The sections that guides and the team's template ask for, and those that stand empty. */
import type { LintFinding } from '#model/blameless/lint.ts';
import type { DocumentSection } from '#model/blameless/structure/document.ts';
import { type PostmortemTemplate, SECTION_TITLES } from '#model/incident/postmortem-template.ts';

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
    source: 'readers of postmortems',
  },
  { title: 'Lead-up', pattern: /lead-?up|background/i, blocks: false, source: 'Atlassian' },
  {
    title: 'Messaging',
    pattern: /messag|communication|status (?:page|updates)/i,
    blocks: false,
    source: 'PagerDuty',
  },
];

/** What a team leaves out of its template, it does not miss. What it adds, it wants. */
export function wantedIn({ sections }: PostmortemTemplate): readonly Wanted[] {
  const titles = sections.map((section) => ('id' in section ? SECTION_TITLES[section.id] : section.title));
  const asked = WANTED.filter(({ pattern }) => titles.some((title) => pattern.test(title)));
  const own = sections.flatMap((section) => ('id' in section ? [] : section.title));
  return [...asked, ...own.filter((title) => !asked.some(({ pattern }) => pattern.test(title))).map(ownSection)];
}

/** Empty sections share a heading: `Regulator, Lessons learned`. */
function ownSection(title: string): Wanted {
  const pattern = new RegExp(`(?:^|, )${RegExp.escape(title)}(?:$|, )`, 'iu');
  return { title, pattern, blocks: true, source: 'your templates' };
}

/** A text with fewer English sections is no postmortem, or one in another language. A team may have fewer of its own. */
const LEAST_SECTIONS = 3;

function isWanted({ pattern }: Wanted, { title }: DocumentSection): boolean {
  return pattern.test(title);
}

/** Whether the rules of structure read it. */
export function isPostmortem(sections: readonly DocumentSection[], all: readonly Wanted[]): boolean {
  const there = all.filter((wanted) => sections.some((one) => isWanted(wanted, one)));
  return there.length >= Math.min(LEAST_SECTIONS, all.length);
}

export function missingSections(sections: readonly DocumentSection[], all: readonly Wanted[]): readonly LintFinding[] {
  return all
    .filter((wanted) => !sections.some((one) => isWanted(wanted, one)))
    .map(({ title, blocks, source }) => ({
      rule: 'section',
      blocks,
      line: 1,
      text: title,
      advice: `Add the section “${title}”${source === 'all' ? '' : `, after ${source}`}. Where there is nothing to say, write “Nothing noted.”`,
    }));
}

/** After Google's template: a reader cannot tell an empty section from a forgotten one. */
export function emptySections(sections: readonly DocumentSection[], all: readonly Wanted[]): readonly LintFinding[] {
  return sections.flatMap((section, at): readonly LintFinding[] => {
    const wanted = all.find((one) => isWanted(one, section));
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
