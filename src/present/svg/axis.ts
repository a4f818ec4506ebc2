/** The time axis of a picture: ticks at round times over its whole width. */

import { exactDuration } from '#model/text/duration.ts';
import { GRID, QUIET } from '#present/svg/colours.ts';
import { at, SMALL_SIZE, text } from '#present/svg/text.ts';

export const MARGIN = 20;

export type Drawn = Readonly<{ svg: string; bottom: number }>;

export type Tick = Readonly<{ x: number; label: string }>;

/** The time from the left edge to the right one, and the picture's width. */
export type Scale = Readonly<{ durationUs: number; width: number }>;

export function axisOf(scale: Scale, baseline: number): Drawn & { ticks: readonly Tick[] } {
  const { durationUs, width } = scale;
  const stepUs = tickStep(durationUs, width / TICK_ROOM);
  const ticks: Tick[] = [];
  for (let atUs = 0; atUs <= durationUs * 1.0001; atUs += stepUs) {
    ticks.push({ x: xOf(atUs, scale), label: atUs === 0 ? '0' : exactDuration(atUs) });
  }
  const svg = ticks.map(({ x, label }) => {
    const anchor = x > width - 2 * MARGIN - 20 ? 'end' : x <= MARGIN ? 'start' : 'middle';
    return text(label, { x, y: baseline, size: SMALL_SIZE, fill: QUIET, anchor });
  });
  return { svg: svg.join('\n'), bottom: baseline, ticks };
}

/** For each tick and its label. */
const TICK_ROOM = 120;

/** The step of 1, 2 or 5 times a power of ten, or of a clock, that gives at most so many ticks after the first. */
function tickStep(durationUs: number, most: number): number {
  const least = Math.max(1, durationUs) / most;
  const ofClock = CLOCK_STEPS.find((stepUs) => stepUs >= least);
  if (least > LONGEST_DECIMAL_US && ofClock !== undefined) return ofClock;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least) ?? 10;
  return factor * power;
}

/** Longer steps would be 16 min 40 s. */
const LONGEST_DECIMAL_US = 20e6;
const CLOCK_STEPS = [30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1e6,
);

export function gridLines(ticks: readonly Tick[], top: number, bottom: number): string {
  return ticks
    .map(({ x }) => `<line x1="${at(x)}" y1="${top}" x2="${at(x)}" y2="${bottom}" stroke="${GRID}" stroke-width="1"/>`)
    .join('');
}

export function xOf(us: number, { durationUs, width }: Scale): number {
  return MARGIN + (durationUs === 0 ? 0 : (us / durationUs) * (width - 2 * MARGIN));
}
