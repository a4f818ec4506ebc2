import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import PDFDocument from 'pdfkit';
import { describe, expect, test } from 'vitest';
import { linesIn, type Piece } from '#adapters/pdfkit/lines.ts';
import { type PdfOptions, writePdf } from '#adapters/pdfkit/write.ts';
import type { TargetDocument } from '#model/incident/target-document.ts';

const INTER = '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf';

const OPTIONS: PdfOptions = {
  title: 'Postmortem of INC-12: 注文が遅い',
  name: 'INC-12',
  paper: 'a4',
  atUs: 1_795_155_900_000_000,
  pictures: new Map(),
};

const long = 'The pool was full, because a deploy halved its limit. '.repeat(12);
const DOCUMENT: TargetDocument = [
  { kind: 'notice', lines: ['Draft', 'P1 · resolved'] },
  { kind: 'heading', level: 2, text: 'Summary' },
  {
    kind: 'list',
    items: [
      {
        runs: [{ text: 'Größer, déjà, ação, 数据库, データベース ' }, { text: 'T1', url: 'https://x.example/1' }],
        isTask: false,
      },
      { runs: [{ text: 'What broke?' }], isTask: true },
    ],
  },
  { kind: 'picture', name: 'away.png', alt: 'It is not there' },
  {
    kind: 'table',
    head: ['', 'What'],
    rows: Array.from({ length: 16 }, (_, at) => [[{ text: `T${at}`, isBold: true }], [{ text: long }, { text: '\n' }]]),
  },
  { kind: 'paragraph', runs: [{ text: 'x'.repeat(5_000) }] },
];

test('the same document gives the same bytes, on several pages, with links and its own fonts', async () => {
  const [one, two] = [await writePdf(DOCUMENT, OPTIONS), await writePdf(DOCUMENT, OPTIONS)];
  expect(Buffer.compare(one, two)).toBe(0);
  const text = Buffer.from(one).toString('latin1');
  expect(text).toContain('(https://x.example/1)');
  for (const font of ['Inter-Regular', 'Inter-Bold', 'NotoSansSC-Regular']) expect(text).toContain(font);
  expect(Number(/\/Count (\d+)/.exec(text)?.[1])).toBeGreaterThan(2);
});

test('a link stands where the text before it ends', async () => {
  const before = 'To avoid Yokohama, Tomás was away with Wally AVATAR, To. T. P. V. (';
  const runs = [{ text: before }, { text: 'T2', url: 'https://x.example/2' }, { text: ')' }];
  const text = Buffer.from(await writePdf([{ kind: 'paragraph', runs }], OPTIONS)).toString('latin1');
  const pdf = new PDFDocument({ font: createRequire(import.meta.url).resolve(INTER) });
  const end = 48 + pdf.fontSize(9.5).widthOfString(before);
  expect(Number(/\/Rect \[([\d.]+)/.exec(text)?.[1])).toBeCloseTo(end, 1);
});

test('each letter of a supported language has a glyph, and copied text says what was written', async () => {
  const words = 'größer ¿Qué pasó? Ação Œuvre 注文が失敗しました。订单失败';
  const bytes = Buffer.from(await writePdf([{ kind: 'paragraph', runs: [{ text: words }] }], OPTIONS));
  const codes = unicodesIn(bytes);
  for (const char of words.replaceAll(' ', ''))
    expect(codes).toContain(char.codePointAt(0)?.toString(16).padStart(4, '0'));
});

/** What the maps of its fonts give for glyphs. */
function unicodesIn(bytes: Buffer): ReadonlySet<string> {
  const codes = new Set<string>();
  for (let at = bytes.indexOf('stream\n'); at >= 0; at = bytes.indexOf('stream\n', at + 1)) {
    if (bytes.subarray(at - 3, at).toString() === 'end') continue;
    const end = bytes.indexOf('endstream', at);
    const text = inflated(bytes.subarray(at + 7, end));
    if (text.includes('begincmap')) for (const [, code = ''] of text.matchAll(/<([0-9a-f]{4})>/g)) codes.add(code);
  }
  return codes;
}

function inflated(bytes: Uint8Array): string {
  try {
    return inflateSync(bytes).toString('latin1');
  } catch {
    return '';
  }
}

describe('the lines of a column', () => {
  const style = { font: 'plain', size: 1, color: '#000' };
  const lines = (text: string, width = 10) =>
    linesIn([{ text, style, url: '' } satisfies Piece], width, (own) => own.length).map((line) =>
      line.map((piece) => piece.text).join(''),
    );

  test.each([
    ['break at spaces', 'one two three four', ['one two ', 'three four']],
    [
      'break between characters of Chinese and Japanese',
      '注文が失敗しました。订单失败',
      ['注文が失敗しました。', '订单失败'],
    ],
    ['break inside of a long word', 'abcdefghijklmnop', ['abcdefghij', 'klmnop']],
    ['end where the text says so', 'one\ntwo', ['one', 'two']],
    ['are one where there is nothing', '', ['']],
  ])('%s', (_, text, expected) => expect(lines(text)).toEqual(expected));
});
