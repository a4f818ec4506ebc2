/**
 * Writes a document in parts as PDF, where no Chromium is. The same document gives the same bytes: its time is an argument,
 * and the library takes its id from that time and the title. https://pdfkit.org
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import PDFDocument from 'pdfkit';
import type { DocumentPart, Runs, TargetDocument } from '#model/incident/target-document.ts';
import { linesIn, type Piece, type PlacedLine, type Style } from './lines.ts';

export type PdfOptions = Readonly<{
  title: string;
  /** Below each page, beside its number. */
  name: string;
  paper: 'a4' | 'letter';
  /** When the draft is of: microseconds since the epoch. */
  atUs: number;
  /** The pictures by the names of their files, as PNG. */
  pictures: ReadonlyMap<string, Uint8Array>;
}>;

const INTER = '@expo-google-fonts/inter';
const FONTS = {
  plain: `${INTER}/400Regular/Inter_400Regular.ttf`,
  bold: `${INTER}/700Bold/Inter_700Bold.ttf`,
} as const;
/** Chinese and Japanese: see `tools/light-fonts.sh`. */
const EAST_ASIAN = fileURLToPath(new URL('../../../fonts/NotoSansSC_400Regular.ttf', import.meta.url));
const EAST_ASIAN_TEXT = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+/gu;

const INK = '#1f2328';
const QUIET = '#59636e';
const LINK = '#0b57d0';
const EDGE = '#d1d9e0';
const GROUND = '#f6f8fa';

/** In points, 72 an inch. */
const MARGIN = 48;
const FOOT = 24;
const SIZE = 9.5;
const CELL_SIZE = 8;
const CELL_PAD = 4;
const HEADINGS = { 2: 14, 3: 11.5 } as const;
const TITLE_SIZE = 19;
const LEADING = 1.4;
const INDENT = 14;
/** A picture that is higher would leave no place for its heading. */
const PICTURE_HEIGHT = 0.6;

export async function writePdf(document: TargetDocument, options: PdfOptions): Promise<Uint8Array> {
  const page = openPage(options);
  page.paragraph([{ text: options.title, isBold: true }], { size: TITLE_SIZE, below: 8 });
  for (const [at, part] of document.entries()) writePart(page, part, document[at + 1]);
  return await page.end();
}

type Page = ReturnType<typeof openPage>;

function writePart(page: Page, part: DocumentPart, next: DocumentPart | undefined): void {
  if (part.kind === 'heading') page.heading(part, next?.kind === 'picture' ? page.pictureHeight(next.name) : 0);
  else if (part.kind === 'notice') page.notice(part.lines);
  else if (part.kind === 'paragraph') page.paragraph(part.runs, {});
  else if (part.kind === 'list') page.list(part.items);
  else if (part.kind === 'table') page.table(part.head, part.rows);
  else page.picture(part.name, part.alt);
}

type Written = Readonly<{ size?: number; color?: string; left?: number; below?: number }>;

function openPage({ title, name, paper, atUs, pictures }: PdfOptions) {
  const { resolve } = createRequire(import.meta.url);
  const at = new Date(Math.floor(atUs / 1_000));
  const pdf = new PDFDocument({
    size: paper === 'a4' ? 'A4' : 'LETTER',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOT },
    bufferPages: true,
    // The library would read a default font again for each text in it.
    font: '',
    info: { Title: title, Creator: 'Spanhound', Producer: 'Spanhound', CreationDate: at, ModDate: at },
  });
  pdf.registerFont('plain', resolve(FONTS.plain));
  pdf.registerFont('bold', resolve(FONTS.bold));
  pdf.registerFont('east', EAST_ASIAN);
  const chunks: Uint8Array[] = [];
  pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const done = new Promise<void>((resolve) => pdf.on('end', resolve));

  const width = pdf.page.width - 2 * MARGIN;
  const bottom = pdf.page.height - MARGIN - FOOT;
  /** By the character, because the library lays out each text that it measures: a kerned line is a little shorter. */
  const widths = new Map<string, number>();
  const widthOf = (char: string, font: string) => {
    const known = widths.get(font + char) ?? pdf.font(font).fontSize(1).widthOfString(char);
    widths.set(font + char, known);
    return known;
  };
  const measure = (text: string, { font, size }: Style) =>
    size * [...text].reduce((sum, char) => sum + widthOf(char, font), 0);
  let y = MARGIN;

  /** Begins a page if the current one has less room, unless it is empty. */
  const need = (height: number) => {
    if (y + height <= bottom || y === MARGIN) return;
    pdf.addPage();
    y = MARGIN;
  };

  const draw = (line: PlacedLine, left: number, top: number) => {
    let x = left + (line[0]?.x ?? 0);
    for (const { text, style, url } of line) {
      pdf.font(style.font).fontSize(style.size).fillColor(style.color);
      // Fonts of several scripts stand on one line.
      pdf.text(text, x, top + style.size, { lineBreak: false, baseline: 'alphabetic' });
      // As it is drawn: by the measure of its characters, a blank would stand before the next piece.
      const own = pdf.widthOfString(text);
      if (url !== '') pdf.link(x, top, own, style.size * LEADING, url);
      x += own;
    }
  };

  const lines = (runs: Runs, { size = SIZE, color = INK, left = 0 }: Written) =>
    linesIn(piecesOf(runs, { size, color }), width - left, measure);

  const paragraph = (runs: Runs, written: Written) => {
    const { size = SIZE, left = 0, below = 5 } = written;
    for (const line of lines(runs, written)) {
      need(size * LEADING);
      draw(line, MARGIN + left, y);
      y += size * LEADING;
    }
    y += below;
  };

  const heading = ({ level, text }: Extract<DocumentPart, { kind: 'heading' }>, follows: number) => {
    const size = HEADINGS[level];
    y += y === MARGIN ? 0 : size * 0.8;
    need(size * LEADING + SIZE * LEADING * 2 + follows);
    paragraph([{ text, isBold: true }], { size, below: 3 });
  };

  const notice = (said: readonly string[]) => {
    const pad = 8;
    const own = said.flatMap((text) => lines([{ text }], { left: 2 * pad }));
    const height = own.length * SIZE * LEADING + 2 * pad;
    need(height);
    pdf.rect(MARGIN, y, width, height).fill(GROUND);
    pdf.rect(MARGIN, y, 3, height).fill(LINK);
    for (const [at, line] of own.entries()) draw(line, MARGIN + 2 * pad - 3, y + pad + at * SIZE * LEADING);
    y += height + 8;
  };

  const item = (runs: Runs, isTask: boolean) => {
    need(SIZE * LEADING);
    if (isTask)
      pdf
        .rect(MARGIN + 2, y + 2, 7, 7)
        .lineWidth(0.8)
        .stroke(QUIET);
    else pdf.circle(MARGIN + 5, y + SIZE * 0.62, 1.5).fill(INK);
    paragraph(runs, { left: INDENT, below: 2 });
  };

  const list = (items: Extract<DocumentPart, { kind: 'list' }>['items']) => {
    for (const { runs, isTask } of items) item(runs, isTask);
    y += 4;
  };

  const pictureHeight = (file: string) => {
    const png = pictures.get(file);
    if (png === undefined) return 0;
    const { width: wide, height: high } = sizeOf(png);
    return Math.min((width * high) / wide, (bottom - MARGIN) * PICTURE_HEIGHT);
  };

  const picture = (file: string, alt: string) => {
    const png = pictures.get(file);
    if (png === undefined) return;
    const height = pictureHeight(file);
    need(height + SIZE * LEADING);
    pdf.image(Buffer.from(png), MARGIN, y, { fit: [width, height] });
    y += height + 2;
    paragraph([{ text: alt }], { size: CELL_SIZE, color: QUIET, below: 8 });
  };

  const table = (head: readonly string[], rows: readonly (readonly Runs[])[]) => {
    const cells = rows.map((row) => row.map((runs) => piecesOf(runs, { size: CELL_SIZE, color: INK })));
    const title = head.map((text) => piecesOf([{ text, isBold: true }], { size: CELL_SIZE, color: QUIET }));
    const columns = columnWidths([title, ...cells], width, (piece) => measure(piece.text, piece.style));
    const laidOut = (all: readonly (readonly Piece[])[]) =>
      all.map((pieces, at) => linesIn(pieces, (columns[at] ?? 0) - 2 * CELL_PAD, measure));
    const drawRow = (laid: readonly (readonly PlacedLine[])[], from: number, until: number) => {
      let left = MARGIN;
      for (const [at, own] of laid.entries()) {
        for (const [line, placed] of own.slice(from, until).entries())
          draw(placed, left + CELL_PAD, y + CELL_PAD + line * CELL_LINE);
        left += columns[at] ?? 0;
      }
      y += (until - from) * CELL_LINE + 2 * CELL_PAD;
      pdf
        .moveTo(MARGIN, y)
        .lineTo(MARGIN + width, y)
        .lineWidth(0.5)
        .stroke(EDGE);
    };
    const drawHead = () => {
      const laid = laidOut(title);
      const most = mostLines(laid);
      pdf.rect(MARGIN, y, width, most * CELL_LINE + 2 * CELL_PAD).fill(GROUND);
      drawRow(laid, 0, most);
    };
    const nextPage = () => {
      pdf.addPage();
      y = MARGIN;
      drawHead();
    };
    const room = () => Math.floor((bottom - y - 2 * CELL_PAD) / CELL_LINE);
    need(CELL_LINE * 6);
    drawHead();
    for (const laid of cells.map(laidOut)) {
      const most = mostLines(laid);
      if (room() < Math.min(most, PAGE_LINES)) nextPage();
      // A row that is higher than a page goes on over the next ones.
      for (let from = 0; from < most; ) {
        if (room() < 1) nextPage();
        const until = Math.min(most, from + Math.max(1, room()));
        drawRow(laid, from, until);
        from = until;
      }
    }
    y += 8;
  };

  const end = async () => {
    const { start, count } = pdf.bufferedPageRange();
    for (let at = start; at < start + count; at += 1) {
      pdf.switchToPage(at);
      // Below the margin, a text would begin a page of its own.
      pdf.page.margins.bottom = 0;
      const foot: Style = { font: 'plain', size: CELL_SIZE, color: QUIET };
      const text = `${name} · ${at + 1} of ${count}`;
      draw([{ text, style: foot, url: '', x: 0, width: 0 }], MARGIN, pdf.page.height - MARGIN);
    }
    pdf.end();
    await done;
    return new Uint8Array(Buffer.concat(chunks));
  };

  return { paragraph, heading, notice, list, picture, pictureHeight, table, end };
}

function mostLines(laid: readonly (readonly PlacedLine[])[]): number {
  return Math.max(...laid.map(({ length }) => length));
}

const CELL_LINE = CELL_SIZE * LEADING;
/** A row of more lines begins where the last one ended, and goes on over pages. */
const PAGE_LINES = 40;

function piecesOf(runs: Runs, { size, color }: Readonly<{ size: number; color: string }>): readonly Piece[] {
  return runs.flatMap(({ text, url = '', isBold }) => {
    const own = { size, color: url === '' ? color : LINK };
    return inScripts(text).map((part) => {
      const font = part.isEastAsian ? 'east' : isBold ? 'bold' : 'plain';
      return { text: part.text, url, style: styleOf(font, own) };
    });
  });
}

const STYLES = new Map<string, Style>();

/** One object for equal styles: neighbours are compared. */
function styleOf(font: string, { size, color }: Readonly<{ size: number; color: string }>): Style {
  const key = `${font} ${size} ${color}`;
  const style = STYLES.get(key) ?? { font, size, color };
  STYLES.set(key, style);
  return style;
}

function inScripts(text: string): readonly Readonly<{ text: string; isEastAsian: boolean }>[] {
  const parts: { text: string; isEastAsian: boolean }[] = [];
  let from = 0;
  for (const match of text.matchAll(EAST_ASIAN_TEXT)) {
    parts.push({ text: text.slice(from, match.index), isEastAsian: false }, { text: match[0], isEastAsian: true });
    from = match.index + match[0].length;
  }
  return [...parts, { text: text.slice(from), isEastAsian: false }].filter((part) => part.text !== '');
}

/** A column that needs little keeps it; the others share the rest by what they need. */
function columnWidths(
  rows: readonly (readonly (readonly Piece[])[])[],
  width: number,
  measure: (piece: Piece) => number,
): readonly number[] {
  const count = Math.max(...rows.map(({ length }) => length));
  const wanted = Array.from({ length: count }, (_, at) =>
    Math.max(12, ...rows.map((row) => (row[at] ?? []).reduce((sum, piece) => sum + measure(piece), 0) + 2 * CELL_PAD)),
  );
  const fair = width / count;
  const small = wanted.map((own) => (own <= fair ? own : 0));
  const left = width - small.reduce((sum, own) => sum + own, 0);
  // A long text needs less than its length says: it breaks.
  const shares = wanted.map((own) => (own <= fair ? 0 : Math.sqrt(own)));
  const all = shares.reduce((sum, own) => sum + own, 0);
  return all === 0
    ? small.map((own) => (own * width) / (width - left))
    : small.map((own, at) => (own > 0 ? own : (left * (shares[at] ?? 0)) / all));
}

/** In pixels, as its header says. https://www.w3.org/TR/png-3/#11IHDR */
function sizeOf(png: Uint8Array): Readonly<{ width: number; height: number }> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16) || 1, height: view.getUint32(20) };
}
