/**
 * The team's templates of the postmortem, from a YAML file that the configuration names. It is checked at start, so that
 * a mistake is found before an incident.
 */
import { z } from 'zod';
import { isTree, type Mistakes, mistakesText, type ReadYaml, readYaml } from '#config/yaml-file.ts';
import { ConfigError } from '#core/errors.ts';
import { nearestWord } from '#core/nearest-word.ts';
import { SEVERITIES } from '#model/incident/incident.ts';
import {
  CITED_SECTIONS,
  type PostmortemTemplate,
  SECTION_IDS,
  type TemplateSection,
} from '#model/incident/postmortem-template.ts';

const Title = z
  .string('must be text')
  .trim()
  .min(1, 'must not be empty')
  .max(80, 'must have at most 80 characters')
  .regex(/^[^\n\r]*$/, 'must be one line');
const Level = z.union([z.literal(2), z.literal(3)], 'must be 2 for a heading, or 3 for a part of one').optional();
const Built = z.strictObject({
  id: z.enum(SECTION_IDS, { error: ({ input }) => unknownSection(input) }),
  title: Title.optional(),
  level: Level,
});
const Own = z.strictObject({
  title: Title,
  text: z
    .string('needs a text: say what people should write there')
    .trim()
    .min(1, 'must not be empty: say what people should write there')
    .max(500, 'must have at most 500 characters'),
  level: Level,
});

/** `impact` for short, or with a title of its own, or a section of the team. */
const Section = z.unknown().transform((value, context): TemplateSection => {
  const asked = typeof value === 'string' ? { id: value } : value;
  if (!isTree(asked)) {
    const message = 'must be the name of a section, or have a title and a text';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  const read = ('id' in asked ? Built : Own).safeParse(asked);
  if (read.success) return read.data;
  for (const { message, path, ...issue } of read.error.issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : '';
    const allowed = 'id' in asked ? 'id, title and level' : 'title, text and level';
    const said = keys === '' ? message : `has no ${keys}: a section has ${allowed}`;
    context.addIssue({ code: 'custom', message: said, path: [...path] });
  }
  return z.NEVER;
});

const Template = z
  .strictObject({
    severities: z
      .array(z.enum(SEVERITIES, 'must be P0, P1, P2 or P3'), 'must be a list of severities')
      .min(1, 'must name a severity; leave it out for all others')
      .optional(),
    sections: z.array(Section, 'must be a list of sections').min(1, 'must have a section'),
  })
  .superRefine(({ sections }, context) => {
    const names = sections.map((section) => ('id' in section ? section.id : section.title));
    for (const [at, name] of names.entries()) {
      if (names.indexOf(name) === at) continue;
      context.addIssue({ code: 'custom', message: `has ${name} twice: take one out`, path: ['sections', at] });
    }
    for (const id of CITED_SECTIONS) {
      if (names.includes(id)) continue;
      const message = `must have ${id}, because sentences cite its rows: add it, at the end if you like`;
      context.addIssue({ code: 'custom', message, path: ['sections'] });
    }
  });

const Templates = z
  .strictObject({ templates: z.array(Template, 'must be a list of templates').min(1, 'must have a template') })
  .superRefine(({ templates }, context) => {
    const known = new Set<string>();
    for (const [at, { severities = ['the other severities'] }] of templates.entries()) {
      for (const severity of severities) {
        const message = `is a second template for ${severity}: name each severity in one template`;
        if (known.has(severity)) context.addIssue({ code: 'custom', message, path: ['templates', at] });
        known.add(severity);
      }
    }
  });

/** None without a file: the built-in structure. Throws with every mistake, its line, and what to do. */
export function loadPostmortemTemplates(path: string | undefined): readonly PostmortemTemplate[] {
  if (path === undefined) return [];
  const mistakes: Mistakes = [];
  const { tree, lineOf } = readYaml(path, 'the file with the templates of the postmortem', mistakes);
  const read = Templates.safeParse(tree);
  if (read.success && mistakes.length === 0) return read.data.templates;
  const found =
    mistakes.length > 0 ? mistakes : (read.error?.issues ?? []).map((issue) => mistakeText(path, issue, lineOf));
  throw new ConfigError(mistakesText('The templates of the postmortem are not valid:', found));
}

function mistakeText(path: string, issue: z.core.$ZodIssue, lineOf: ReadYaml['lineOf']): string {
  const line = lineOf(issue.path);
  const message = issue.code === 'unrecognized_keys' ? `has no ${issue.keys.join(', ')}` : issue.message;
  const where = issue.path.length === 0 ? '' : `, at ${issue.path.map(String).join('.')}`;
  return `${message} → ${path}${line === undefined ? '' : `, line ${line}`}${where}`;
}

function unknownSection(input: unknown): string {
  const near = typeof input === 'string' ? nearestWord(input, SECTION_IDS) : undefined;
  const meant = near === undefined ? `There are ${SECTION_IDS.join(', ')}` : `Did you mean ${near}?`;
  return `is no section of the draft. ${meant} A section of your own has a title and a text`;
}
