/**
 * When it began: the share of failed requests and the median duration over time, a line at the onset, and a numbered line
 * for each change. The slots come from the stored report, and the changes from the timeline.
 *
 *        ①        ▼ began 14:28
 *   60 % ┊        ┊   ▆▆▆
 *        ┊        ┊▃▃▃███
 *   14:00                   14:45
 *   ① T2 14:21:07 deploy of payment
 */

import type { TimeStretch } from '#model/requests/requests-over-time.ts';
import { exactDuration } from '#model/text/duration.ts';
import { percent } from '#model/text/percent.ts';
import {
  began,
  changeLines,
  clock,
  LEADING,
  medianLine,
  numbered,
  type Place,
  scale,
  scaleLabels,
  since,
  xAt,
} from '#present/pictures/strip-parts.ts';
import { type Part, placeIn, type Strip, stretchesOf } from '#present/pictures/window-strip.ts';
import { type Drawn, MARGIN } from '#present/svg/axis.ts';
import { FAILURE_COLOUR, PAPER, QUIET } from '#present/svg/colours.ts';
import { type Paper, WIDTHS } from '#present/svg/paper.ts';
import { at, cutToWidth, REGULAR, SMALL_SIZE, text, textWidth, wrappedTo } from '#present/svg/text.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { shortClock } from '#present/words/instant.ts';

/** Microseconds since the epoch. */
export type OnsetPicture = Readonly<{
  /** For readers who do not see the picture. */
  title: string;
  overTime: readonly TimeStretch[];
  /** Undefined where nobody knows when it began. */
  onsetUs: number | undefined;
  /** In order of time. `words`: beside its number, below the picture. */
  changes: readonly Readonly<{ atUs: number; words: string }>[];
}>;

const TITLE_BASELINE = 26;
/** Between the names and the first panel: room for the onset's label. */
const ABOVE = 32;
const SHARES = 110;
const DURATIONS = 80;
const BETWEEN_PANELS = 26;
const CHANGE_LINES = 2;
const CHANGE_LEADING = 22;
/** One request in a slot says little about the others. */
const FEWEST_OF_SLOT = 2;

/** Empty without a stretch of requests in which some failed or were slow. */
export function onsetSvg({ title, overTime, onsetUs, changes }: OnsetPicture, paper: Paper): string {
  const strip = stripOf(overTime);
  if (strip.parts.length < 2) return '';
  const width = WIDTHS[paper];
  const hasFailed = strip.parts.some(({ failedShare }) => failedShare > 0);
  const first = panel(hasFailed ? 'shares' : 'durations', strip, TITLE_BASELINE, ABOVE, width);
  const second = hasFailed ? panel('durations', strip, first.place.bottom + BETWEEN_PANELS, 12, width) : undefined;
  const whole: Place = { top: first.place.top, bottom: (second ?? first).place.bottom, width };
  const onset = onsetUs === undefined || !isOnAxis(strip, onsetUs) ? undefined : placeIn(strip.stretches, onsetUs);
  const shown = changes.filter(({ atUs }) => isOnAxis(strip, atUs));
  const times = clock(strip, whole.bottom + 20, width);
  const rows = changeRows(shown, times.bottom, width);
  const height = rows.bottom + 14;
  const lines = shown.map(({ atUs }, index) => ({ at: placeIn(strip.stretches, atUs), index }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="onset-title-${paper} onset-desc-${paper}" font-family="Inter, system-ui, sans-serif">`,
    `<title id="onset-title-${paper}">${escapeXml(title)}</title>`,
    `<desc id="onset-desc-${paper}">${escapeXml(described(strip, onset === undefined ? undefined : onsetUs, shown))}</desc>`,
    `<rect width="${width}" height="${height}" fill="${PAPER}"/>`,
    onset === undefined ? '' : since(onset, whole),
    first.drawn,
    second?.drawn ?? '',
    onset === undefined || onsetUs === undefined ? '' : began(onset, `began ${shortClock(onsetUs)}`, whole),
    changeLines(lines, whole),
    first.words,
    second?.words ?? '',
    times.svg,
    rows.svg,
    '</svg>',
  ].join('\n');
}

type Slots = Pick<Strip, 'stretches' | 'parts' | 'topUs'>;

function stripOf(overTime: readonly TimeStretch[]): Slots {
  const now = overTime.find(({ isHealthy }) => !isHealthy);
  if (now === undefined) return { stretches: [], parts: [], topUs: 0 };
  const healthy = overTime.find(({ isHealthy }) => isHealthy);
  const stretches =
    healthy === undefined
      ? [{ fromUs: now.fromUs, toUs: now.toUs, from: 0, to: 1, name: '' }]
      : stretchesOf(healthy, now);
  const parts = overTime.flatMap((stretch) => partsOf(stretch, stretches));
  return { stretches, parts, topUs: 1.15 * Math.max(0, ...parts.map(({ medianUs }) => medianUs)) };
}

function partsOf({ fromUs, toUs, slots }: TimeStretch, stretches: Strip['stretches']): readonly Part[] {
  const startUs = (slot: number) => fromUs + (slot / slots.length) * (toUs - fromUs);
  return slots.flatMap(({ requests, failed, medianUs }, slot) => {
    if (requests < FEWEST_OF_SLOT) return [];
    const [from, to] = [placeIn(stretches, startUs(slot)), placeIn(stretches, startUs(slot + 1))];
    return [{ from, to, failedShare: failed / requests, medianUs }];
  });
}

function isOnAxis({ stretches }: Slots, us: number): boolean {
  return stretches.some(({ fromUs, toUs }) => us >= fromUs && us <= toUs);
}

/** The words lie above the lines of changes. */
type Panel = Readonly<{ drawn: string; words: string; place: Place }>;

/** `above`: from its name to its upper edge. */
function panel(what: 'shares' | 'durations', strip: Slots, baseline: number, above: number, width: number): Panel {
  const isShares = what === 'shares';
  const name = isShares ? 'Share of the requests that failed' : 'Median duration';
  const top = baseline + above;
  const place = { top, bottom: top + (isShares ? SHARES : DURATIONS), width };
  const most = topShare(strip.parts);
  const drawn = isShares ? shareBars(strip.parts, most, place) : medianLine(strip.parts, strip.topUs, place);
  const wordsOf = (share: number) =>
    isShares ? percent(share * most) : strip.topUs === 0 ? '' : exactDuration(share * strip.topUs);
  return {
    drawn: [scale(strip, place), drawn].join('\n'),
    words: [
      `<rect x="${MARGIN - 2}" y="${at(baseline - 13)}" width="${at(textWidth(name, SMALL_SIZE, REGULAR) + 4)}" height="17" fill="${PAPER}"/>`,
      text(name, { x: MARGIN, y: baseline, size: SMALL_SIZE, fill: QUIET }),
      scaleLabels(wordsOf, top, place.bottom),
    ].join(''),
    place,
  };
}

/** The scale ends at a round share. */
function topShare(parts: readonly Part[]): number {
  const most = parts.reduce((share, { failedShare }) => Math.max(share, failedShare), 0);
  return [0.02, 0.1, 0.2, 0.5, 1].find((share) => share >= most) ?? 1;
}

function shareBars(parts: readonly Part[], most: number, { top, bottom, width: whole }: Place): string {
  const bars = parts.map(({ from, to, failedShare }) => {
    const height = (failedShare / most) * (bottom - top);
    const width = Math.max(2, xAt(to, whole) - xAt(from, whole) - 1);
    return `<rect x="${at(xAt(from, whole))}" y="${at(bottom - height)}" width="${at(width)}" height="${at(height)}" fill="${FAILURE_COLOUR}"/>`;
  });
  return bars.join('');
}

function changeRows(changes: OnsetPicture['changes'], above: number, width: number): Drawn {
  const room = width - 2 * MARGIN - 26;
  let bottom = above;
  const rows = changes.map(({ words }, index) => {
    const all = wrappedTo(words, room, SMALL_SIZE, REGULAR);
    const rest = all.slice(CHANGE_LINES - 1).join(' ');
    const lines =
      all.length <= CHANGE_LINES
        ? all
        : [...all.slice(0, CHANGE_LINES - 1), cutToWidth(rest, room, SMALL_SIZE, REGULAR)];
    const y = bottom + CHANGE_LEADING + (index === 0 ? 4 : 0);
    bottom = y + (lines.length - 1) * LEADING;
    const said = lines.map((line, row) => text(line, { x: MARGIN + 26, y: y + row * LEADING, size: SMALL_SIZE }));
    return `${numbered(index, MARGIN + 9, y - 5)}${said.join('')}`;
  });
  return { svg: rows.join('\n'), bottom };
}

function described({ parts }: Slots, onsetUs: number | undefined, changes: OnsetPicture['changes']): string {
  const most = parts.reduce((share, { failedShare }) => Math.max(share, failedShare), 0);
  const longestUs = parts.reduce((us, { medianUs }) => Math.max(us, medianUs), 0);
  return [
    most === 0 ? '' : `At most ${percent(most)} of the requests of a time slot failed.`,
    `The longest median duration is ${exactDuration(longestUs)}.`,
    onsetUs === undefined ? '' : `It began at ${shortClock(onsetUs)} UTC.`,
    changes.length === 0 ? '' : `Changes: ${changes.map(({ words }) => words).join('; ')}.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
