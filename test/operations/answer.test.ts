import { describe, expect, test } from 'vitest';
import { UsageError } from '#core/errors.ts';
import {
  DEFAULT_CHARS,
  digestIn,
  FEWEST_CHARS,
  NOTICE,
  type Page,
  pageOf,
  type ReadyAnswer,
  ready,
  type WholeAnswer,
} from '#operations/answer.ts';

const LISTS = ['findings', 'gaps'];

function answerWith(more: Partial<WholeAnswer> = {}): ReadyAnswer {
  const lines = Array.from({ length: 300 }, (_, at) => `> ${at} ${'x'.repeat(50)}`);
  const items = Array.from({ length: 80 }, (_, at) => ({
    list: at < 60 ? 'findings' : 'gaps',
    item: { number: at, text: 'y'.repeat(120) },
  }));
  return ready({ head: ['It is broken'], lines, facts: { headline: 'It is broken' }, items, ...more });
}

function allPages(answer: ReadyAnswer, maxCharacters: number): readonly Page[] {
  const pages: Page[] = [];
  let cursor: string | undefined;
  do {
    const page = pageOf(answer, LISTS, { maxCharacters, cursor });
    pages.push(page);
    cursor = page.structured.nextCursor as string | undefined;
  } while (cursor !== undefined);
  return pages;
}

function charsOf({ text, structured }: Page): number {
  return text.length + JSON.stringify(structured).length;
}

function linesIn({ text }: Page): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith('> '));
}

describe('the pages of an answer', () => {
  test.each([FEWEST_CHARS, 5_001, DEFAULT_CHARS, 100_000])(
    'of at most %i characters are never longer, and together have each line and each item once',
    (most) => {
      const answer = answerWith();
      const pages = allPages(answer, most);
      for (const page of pages) expect(charsOf(page)).toBeLessThanOrEqual(most);
      expect(pages.flatMap(linesIn)).toEqual(answer.lines);
      for (const list of LISTS) {
        const expected = answer.items.filter((item) => item.list === list).map(({ item }) => item);
        expect(pages.flatMap(({ structured }) => structured[list])).toEqual(expected);
      }
    },
  );

  test('each begin with the first line and the notice, and say what is left', () => {
    const pages = allPages(answerWith(), DEFAULT_CHARS);
    expect(pages.length).toBeGreaterThan(1);
    for (const { text } of pages) expect(text.split('\n').slice(0, 2)).toEqual(['It is broken', NOTICE]);
    const [{ text = '', structured = {} } = {}] = pages;
    const shown = linesIn({ text, structured }).length;
    expect(structured.leftOut).toMatchObject({ lines: 300 - shown });
    expect(text).toContain(
      `[${300 - shown} lines left out. For more, ask again with the same arguments and cursor "${structured.nextCursor}".]`,
    );
    expect(pages.at(-1)?.structured).toMatchObject({ leftOut: { lines: 0, findings: 0, gaps: 0 } });
  });

  test('are the same bytes for the same answer', () => {
    const bytes = () => JSON.stringify(allPages(answerWith(), DEFAULT_CHARS));
    expect(bytes()).toBe(bytes());
  });

  test('keep the background for those who ask further, and name its sections', () => {
    const answer = answerWith({ lines: ['> short'], background: ['> ## Looked for', '> - much'], items: [] });
    const [first, second, ...more] = allPages(answer, DEFAULT_CHARS);
    expect(first?.text).toContain('[2 lines (Looked for) left out.');
    expect(second && linesIn(second)).toEqual(answer.background);
    expect(more).toEqual([]);
  });

  test('cut a line, a fact and an item that are larger than a page, and say by how much', { tags: ['deep'] }, () => {
    const huge = 'z'.repeat(1_000_000);
    const item = { text: huge, seal: 'a'.repeat(64), list: Array.from({ length: 50 }, () => huge) };
    const answer = answerWith({
      head: [huge],
      lines: [`> ${huge}`],
      facts: { headline: huge, status: 'inconclusive', seal: 'b'.repeat(64) },
      items: [{ list: 'findings', item }],
    });
    const pages = allPages(answer, FEWEST_CHARS);
    for (const page of pages) expect(charsOf(page)).toBeLessThanOrEqual(FEWEST_CHARS);
    const [{ text = '', structured = {} } = {}] = pages;
    expect(text).toMatch(/^z+… \(\d+ more characters\)\n/);
    expect(structured).toMatchObject({ status: 'inconclusive', seal: 'b'.repeat(64) });
    expect(structured.findings).toMatchObject([{ seal: 'a'.repeat(64), listLeftOut: expect.any(Number) }]);
  });

  test('have no half of a secret where a text is cut', () => {
    const answer = answerWith({ lines: [`> ${'w '.repeat(741)}password=hunter2hunter2`], items: [] });
    const [page] = allPages(answer, DEFAULT_CHARS);
    expect(page?.text).not.toContain('hunter');
    expect(answer.lines.join()).toContain('[redacted:');
  });
});

describe('a cursor', () => {
  test('of another answer is refused with what to do', () => {
    const cursor = pageOf(answerWith(), LISTS, { maxCharacters: FEWEST_CHARS }).structured.nextCursor as string;
    const other = answerWith({ facts: { headline: 'It is fixed' } });
    expect(() => pageOf(other, LISTS, { maxCharacters: FEWEST_CHARS, cursor })).toThrow(
      'the answer is another one than the page before',
    );
  });

  test.each(['', 'x', '0123456789abcdef.1', '0123456789abcdef.-1.0', '0123456789abcdef.1.1e9'])(
    '%j is none',
    (cursor) => {
      expect(() => digestIn(cursor)).toThrow(UsageError);
    },
  );

  test('behind the end gives an empty page', () => {
    const answer = answerWith();
    const cursor = `${answer.digest.slice(0, 16)}.999999999.999999999`;
    const page = pageOf(answer, LISTS, { maxCharacters: FEWEST_CHARS, cursor });
    expect(linesIn(page)).toEqual([]);
    expect(page.structured.nextCursor).toBeUndefined();
  });
});
