/** The prose linter finds what docs/writing.md forbids, in pages and in the strings of sources. */
import { describe, expect, test } from 'vitest';
import { exceptionsFor, notAllowed, proseOfPage, proseOfSource } from '../../tools/prose.ts';

describe('a page', () => {
  test.each([
    ['Of an answer above 256 MB the spans are read.', 'opening “Of …”'],
    ['**Of an answer** the spans are read.', 'opening “Of …”'],
    ['Whether it is new is told here.', '“told”'],
    ['Nobody knows for whom it waits.', '“whom”'],
    ['What it has stored stays.', '“what … has”'],
    ['It stays silent, for no line shows it.', 'in the sense of “because”'],
    ['Into it go the alerts.', 'inverted sentence'],
    ['The alert is in it. Nor is the end.', 'inverted sentence'],
    ['The request took 3.018 s.', 'too many digits'],
    ['All of them show pool-exhaustion.', 'id of a detector'],
    ['It asks what failed when the service that the caller which waits needs was gone.', 'subordinate clauses'],
    ['The request is stored and the answer is sent.', '2 passives'],
    ['The request is stored by the bot.', 'passive with “by”'],
    ['A grafana link.', '“Grafana”'],
    [`It ${'reads the next line and '.repeat(9)}stops.`, 'split the sentence'],
  ])('%s', async (text, message) => {
    expect(await proseOfPage('docs/x.md', `${text}\n`)).toEqual([
      { file: 'docs/x.md', line: 1, message: expect.stringContaining(message), sentence: expect.any(String) },
    ]);
  });

  test('may use code, links, one passive and two clauses, and names the line of a table’s cell', async () => {
    const fine = [
      'The request is stored. Set `detectors.pool-exhaustion.enabled` or read [the runbook](../runbooks/pool-exhaustion.md).',
      'Of course it shows what failed when the pool was full.',
      '```\nOf whom is it told\n```',
      'The service is reachable 99.99 % of the time.',
    ];
    expect(await proseOfPage('docs/x.md', fine.join('\n\n'))).toEqual([]);
    const table = '| a | b |\n|---|---|\n| pool-exhaustion | 14.7 % is told here |\n';
    expect(await proseOfPage('docs/x.md', table)).toMatchObject([{ line: 3 }]);
  });
});

describe('a source', () => {
  test('is read by its strings and templates of four words or more, each at its line', async () => {
    const source = [
      "import { a } from './of-whom-is-it-told.ts';",
      '// Of a comment nothing is told.',
      "const short = 'is told';",
      "const said = 'the length is told in the header';",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template
      'const filled = `of ${count} lines ${name} is told here`;',
      "const sql = 'SELECT whom, it, is, told FROM a table where it is told';",
    ].join('\n');
    expect(await proseOfSource('src/x.ts', source)).toMatchObject([
      { file: 'src/x.ts', line: 4, message: expect.stringContaining('told') },
      { file: 'src/x.ts', line: 5, message: expect.stringContaining('told') },
    ]);
  });
});

describe('an exception', () => {
  const first = 'The request is stored and the answer is sent.';
  const second = 'The log is cut and the rest is dropped.';

  test('allows its sentence in any file, on any line and in a source, as often as it is listed', async () => {
    const allowed = exceptionsFor(await proseOfPage('docs/x.md', `Fine. ${first}\n\nFine.\n`));
    expect(allowed).toEqual({ 'passives: say who does it': { [first]: 1 } });
    const wrapped = `A title\n\nMore text here.\n${first.replace(' and', '\nand')} The end.\n`;
    expect(notAllowed(await proseOfPage('docs/y.md', wrapped), allowed)).toEqual([]);
    expect(notAllowed(await proseOfSource('src/x.ts', `const said = '${first} Fine.';`), allowed)).toEqual([]);
    const twice = await proseOfPage('docs/x.md', `${first} ${first}\n`);
    expect(notAllowed(twice, allowed)).toHaveLength(1);
  });

  test('allows no other sentence of the same file, and no other fault of the same sentence', async () => {
    const allowed = exceptionsFor(await proseOfPage('docs/x.md', `${first}\n`));
    const places = await proseOfPage('docs/x.md', `${first} ${second}\n`);
    expect(notAllowed(places, allowed)).toMatchObject([{ sentence: second }]);
    expect(notAllowed(places, { 'words: split the sentence': { [first]: 1, [second]: 1 } })).toHaveLength(2);
  });

  test('quotes one cell of a table', async () => {
    const [place] = await proseOfPage('docs/x.md', `| a | b |\n|---|---|\n| c | ${first} |\n`);
    expect(place).toMatchObject({ line: 3, sentence: first });
  });
});
