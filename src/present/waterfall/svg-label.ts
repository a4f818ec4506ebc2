/** The label of a row in the waterfall's picture, on two lines where one has no room for the whole name. */

import { countText } from '#model/text/count-text.ts';
import { type Drawn, MARGIN } from '#present/svg/axis.ts';
import { CAUSE_EDGE, FAILURE_COLOUR, INK, QUIET } from '#present/svg/colours.ts';
import { at, BOLD, cutToWidth, REGULAR, TEXT_SIZE, textWidth } from '#present/svg/text.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import type { WaterfallRow } from '#present/waterfall/waterfall.ts';

/** Between the cause and its duration. */
const GAP = '   ';
/** So much that the words do not touch the arrowhead in a font that is wider than the picture's own. */
const ARROW_GAP = 22;
/** A page has no Inter where the reader has none: Verdana and DejaVu Sans are wider by about this. */
const WIDER = 1.12;
const LEADING = 20;
/** The width of the cross, and the space behind it. */
const CROSS = 16;

/** The left end, the first baseline, and the width of the picture. */
type Place = Readonly<{ x: number; y: number; width: number; causeWord: string }>;

/** `✗ 503  order-service  GET /orders            ◀ cause  412 ms`. `bottom` is the last baseline. */
export function drawnLabel(row: WaterfallRow, { x, y, width, causeWord }: Place): Drawn {
  const right = rightOf(row, { y, causeWord, width });
  const from = row.failed ? x + CROSS : x;
  const status = row.status === '' ? '' : `${row.status} `;
  const note = noteOf(row);
  const room = right.edge - from - textWidth(status, TEXT_SIZE, BOLD);
  const owner = row.service === '' ? '' : `${row.service} `;
  const ownerWidth = textWidth(owner, TEXT_SIZE, BOLD);
  const behind = ownerWidth + textWidth(`${row.label}${note}`, TEXT_SIZE, REGULAR);
  const cross = row.failed
    ? `<path d="M${at(x)} ${y - 11} l10 11 m0 -11 l-10 11" stroke="${FAILURE_COLOUR}" stroke-width="3" fill="none"/>`
    : '';
  const first = (...words: readonly string[]) => `${cross}${line([statusSpan(status), ...words], from, y)}${right.svg}`;

  if (behind * WIDER <= room || owner === '') {
    const name = cutToWidth(row.label, room - ownerWidth - textWidth(note, TEXT_SIZE, REGULAR), TEXT_SIZE, REGULAR);
    return { svg: first(ownerSpan(owner), nameSpan(name, row.service), noteSpan(note)), bottom: y };
  }
  const below = y + LEADING;
  // Beside the cause a long service has no room either.
  const [above, beside] = ownerWidth <= room ? [owner, ''] : ['', owner];
  const besideWidth = textWidth(beside, TEXT_SIZE, BOLD);
  const nameRoom = width - MARGIN - x - besideWidth - textWidth(note, TEXT_SIZE, REGULAR);
  const name = cutToWidth(row.label, nameRoom, TEXT_SIZE, REGULAR);
  const second = line([ownerSpan(beside), nameSpan(name, row.service), noteSpan(note)], x, below);
  return { svg: `${first(ownerSpan(above))}${second}`, bottom: below };
}

function line(spans: readonly string[], x: number, y: number): string {
  return `<text x="${at(x)}" y="${at(y)}" font-size="${TEXT_SIZE}" fill="${INK}" xml:space="preserve">${spans.join('')}</text>`;
}

function statusSpan(status: string): string {
  return status === '' ? '' : `<tspan font-weight="700" fill="${FAILURE_COLOUR}">${escapeXml(status)} </tspan>`;
}

function ownerSpan(service: string): string {
  return service === '' ? '' : `<tspan font-weight="600">${escapeXml(service)} </tspan>`;
}

function nameSpan(name: string, service: string): string {
  return `<tspan fill="${service === '' ? QUIET : INK}">${escapeXml(name)}</tspan>`;
}

function noteSpan(note: string): string {
  return note === '' ? '' : `<tspan fill="${QUIET}">${escapeXml(note)}</tspan>`;
}

type Right = Readonly<{ svg: string; edge: number }>;

/** The cause and the duration as one text, so that they keep apart in any font, and an arrowhead to the left. */
function rightOf(row: WaterfallRow, { y, causeWord, width }: Omit<Place, 'x'>): Right {
  const words = row.kind === 'siblings' && row.duration !== '' ? `${row.duration} together` : row.duration;
  const edge = width - MARGIN;
  const attributes = `x="${at(edge)}" y="${at(y)}" font-size="${TEXT_SIZE}" fill="${INK}" text-anchor="end"`;
  const svg = `<text ${attributes} xml:space="preserve">${row.cause ? `<tspan font-weight="700" fill="${CAUSE_EDGE}">${escapeXml(causeWord)}</tspan>` : ''}<tspan font-weight="${row.cause ? 700 : 400}">${escapeXml(row.cause && words !== '' ? `${GAP}${words}` : words)}</tspan></text>`;
  if (!row.cause)
    return words === '' ? { svg: '', edge } : { svg, edge: edge - textWidth(words, TEXT_SIZE, REGULAR) - 12 };
  const arrow = edge - textWidth(`${causeWord}${GAP}${words}`, TEXT_SIZE, BOLD) - ARROW_GAP;
  return {
    svg: `${svg}<path d="M${at(arrow - 9)} ${y - 5.5} l9 -6 v12 z" fill="${CAUSE_EDGE}"/>`,
    edge: arrow - 20,
  };
}

/** The spans and errors folded into the row: `  45 below, 3 errors`. */
function noteOf({ hidden, errors }: WaterfallRow): string {
  const parts = [
    hidden > 0 ? `${countText(hidden)} below` : '',
    errors > 0 ? `${countText(errors)} ${errors === 1 ? 'error' : 'errors'}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `  ${parts.join(', ')}`;
}
