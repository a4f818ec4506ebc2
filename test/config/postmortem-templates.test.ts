/** A template changes the structure of a draft and nothing that the draft says; a mistake in it is found at start. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPostmortemTemplates } from '#config/postmortem-templates.ts';
import type { SEVERITIES } from '#model/incident/incident.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';
import { answerText, answerValue, ownQuestion } from '#model/incident/postmortem-questions.ts';
import { CITED_SECTIONS, SECTION_IDS, SECTION_TITLES } from '#model/incident/postmortem-template.ts';
import { postmortemHtml } from '#present/documents/postmortem-html.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import { guideRecord } from '#test/guide-record.ts';
import { lintPostmortem } from '#workflows/postmortem/lint-postmortem.ts';

const folder = mkdtempSync(join(tmpdir(), 'templates-'));

function templatesIn(text: string) {
  const path = join(folder, 'postmortem.yaml');
  writeFileSync(path, text);
  return loadPostmortemTemplates(path);
}

function mistakesIn(text: string): string {
  try {
    templatesIn(text);
  } catch (error) {
    return String(error);
  }
  return '';
}

const CITED = '[timeline, action-items, evidence]';

test('the file of the built-in structure gives the built-in structure', async () => {
  const record = await guideRecord();
  const templates = loadPostmortemTemplates('docs/postmortem-template.yaml');
  expect(postmortemOf({ ...record, templates })).toEqual(postmortemOf(record));
  expect(loadPostmortemTemplates(undefined)).toEqual([]);
});

describe('a template of the team', () => {
  const TEXT = `
templates:
  - severities: [P0, P1]
    sections:
      - action-items
      - id: impact
        title: Customer impact
      - title: Regulator
        text: What does the regulator have to know, and until when?
      - timeline
      - evidence
  - sections: ${CITED}
`;
  const drafted = async (severity: (typeof SEVERITIES)[number], text = TEXT) => {
    const record = await guideRecord();
    const templates = templatesIn(text);
    return postmortemOf({ ...record, incident: { ...record.incident, severity }, templates });
  };
  const titles = async (severity: (typeof SEVERITIES)[number]) =>
    (await drafted(severity)).sections.map(({ title }) => title);

  test('has its sections in its order, with its titles, by severity', async () => {
    expect(await titles('P1')).toEqual(['Action items', 'Customer impact', 'Regulator', 'Timeline', 'Evidence']);
    expect(await titles('P2')).toEqual(['Timeline', 'Action items', 'Evidence']);
    const markdown = postmortemMarkdown({ postmortem: await drafted('P1'), names: new Map() });
    expect(markdown.match(/^##+ .+$/gm)).toEqual([
      '## Action items',
      '## Customer impact',
      '## Regulator',
      '### Timeline',
      '## Evidence',
    ]);
  });

  test('asks first what the team wants to know, and shows the answer in its section', async () => {
    const asked = await drafted('P0');
    expect(asked.firstQuestions[0]).toBe('What does the regulator have to know, and until when?');
    expect(asked.firstAnswerable[0]).toMatchObject({ kind: 'words', id: ownQuestion('Regulator') });
    const record = await guideRecord();
    const [entry] = record.entries;
    if (entry === undefined) throw new Error('the incident has no entry');
    const id = ownQuestion('Regulator');
    const answer = { ...entry, id: 'own', kind: 'note', value: answerValue(id) } as const;
    const entries = [...record.entries, { ...answer, text: answerText(id, 'Nothing: no data was lost') }];
    const answered = postmortemOf({ ...record, entries, templates: templatesIn(TEXT) });
    const section = answered.sections.find(({ title }) => title === 'Regulator');
    expect(section?.statements[0]?.words.join('')).toBe('Regulator: Nothing: no data was lost.');
    expect(answered.firstQuestions).not.toContain('What does the regulator have to know, and until when?');
  });

  test('says in each kept section what the built-in one says, in any order and selection', async () => {
    const record = await guideRecord();
    const whole = postmortemOf(record);
    const property = fc.property(fc.shuffledSubarray([...SECTION_IDS]), (some) => {
      const ids = [...new Set([...some, ...CITED_SECTIONS])];
      const templates = templatesIn(`templates: [{ sections: [${ids.join(', ')}] }]`);
      const { sections } = postmortemOf({ ...record, templates });
      expect(sections).toEqual(ids.flatMap((id) => whole.sections.filter((section) => section.id === id)));
      const html = postmortemHtml({ postmortem: postmortemOf({ ...record, templates }), names: new Map() });
      const anchors = new Set([...html.matchAll(/ id="([TFEA]\d+)"/g)].map(([, id]) => id));
      for (const [, mark] of html.matchAll(/href="#([TFEA]\d+)"/g)) expect(anchors).toContain(mark);
    });
    fc.assert(property, { numRuns: 10 });
  });
});

describe('a mistake says what is wrong, where, and what to do', () => {
  const with_ = (section: string) =>
    `templates:\n  - sections:\n      - timeline\n      - action-items\n      - evidence\n      - ${section}\n`;
  test.each([
    [
      with_('impcat'),
      /is no section of the draft\. Did you mean impact\?.* → .*postmortem\.yaml, line 6, at templates\.0\.sections\.3/,
    ],
    [with_('{ title: Regulator }'), /needs a text: say what people should write there → .*line 6/],
    [with_('{ id: luck, heading: Luck }'), /has no heading: a section has id, title and level → .*line 6/],
    [with_('timeline'), /has timeline twice: take one out → .*line 6/],
    [with_('7'), /must be the name of a section, or have a title and a text → .*line 6/],
    [with_('{ id: luck, level: 1 }'), /must be 2 for a heading, or 3 for a part of one → .*line 6/],
    [
      'templates:\n  - sections: [summary, timeline, evidence]\n',
      /must have action-items, because sentences cite its rows.* line 2/,
    ],
    [`templates:\n  - severities: [P9]\n    sections: ${CITED}\n`, /must be P0, P1, P2 or P3 → .*line 2/],
    [
      `templates:\n  - severities: [P1]\n    sections: ${CITED}\n  - severities: [P1]\n    sections: ${CITED}\n`,
      /is a second template for P1: name each severity in one template → .*line 4/,
    ],
    ['sections: [summary]\n', /must be a list of templates[\s\S]*has no sections/],
    ['templates: [\n', /postmortem\.yaml, line \d/],
    ['- summary\n', /must hold settings by name → /],
  ])('%#', (text, said) => {
    expect(mistakesIn(text)).toMatch(said);
  });

  test('also where there is no file', () => {
    expect(() => loadPostmortemTemplates(join(folder, 'none.yaml'))).toThrow(
      /the file with the templates of the postmortem cannot be read: .* → .*none\.yaml/,
    );
  });
});

describe('the lint', () => {
  const TEXT = `
templates:
  - severities: [P0, P1]
    sections:
      - summary
      - id: impact
        title: Folgen
      - id: detection
        title: Wie wir es merkten
      - title: Regulator
        text: What does the regulator have to know?
      - timeline
      - action-items
      - evidence
  - sections: [timeline, action-items, evidence]
`;
  const found = (markdown: string, templates = templatesIn(TEXT)) =>
    lintPostmortem(markdown, [], templates).map(({ rule, text }) => `${rule}: ${text}`);
  const structure = (markdown: string) => found(markdown).filter((one) => /^(?:section|empty)/.test(one));

  test('wants the sections of the template for the severity in the head, and no others', async () => {
    const shown = {
      postmortem: postmortemOf({ ...(await guideRecord()), templates: templatesIn(TEXT) }),
      names: new Map(),
    };
    const draft = postmortemMarkdown(shown);
    expect(draft).toContain('## Folgen');
    expect(structure(draft)).toEqual([]);
    expect(structure(draft.replace('Regulator', 'Elsewhere'))).toEqual(['section: Regulator']);
    expect(structure(draft.replace('## Folgen', '## Elsewhere'))).toEqual(['section: Impact']);
    expect(found(draft, []).filter((one) => one.startsWith('section'))).toContain('section: What went well');
    expect(structure('> P3\n\n## Timeline\n\n## Action items\nNothing noted.\n')).toEqual(['empty: Timeline']);
  });

  test('reads a section by the title of the template', () => {
    const rest =
      '## Summary\nIt is over.\n## Regulator\nNothing.\n## Timeline\nNothing noted.\n## Action items\nNothing noted.';
    const [vague, counted] = ['Many users waited.', '40 users waited for 5 min.'];
    const read = (impact: string) =>
      found(`P1\n\n## Folgen\n${impact}\n## Wie wir es merkten\nAn alert fired after 2 min.\n${rest}`);
    expect(read(vague)).toEqual(
      expect.arrayContaining(['vague: Many users', 'impact: “Impact” has no number with its unit and no duration']),
    );
    expect(read(counted).filter((one) => /^(?:vague|impact|detection|section)/.test(one))).toEqual([]);
  });
});

test('the built-in titles are those of the draft', async () => {
  const { sections } = postmortemOf(await guideRecord());
  for (const { id, title } of sections) if (id !== 'own') expect(title).toBe(SECTION_TITLES[id]);
});
