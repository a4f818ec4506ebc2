/**
 * The strip of a window as text: the median duration and the share of failed requests in each time slot.
 *
 *   median  ▁▁▁▁ ▁▁▁▁▁▁▁▁▁▇▇▇▇▇▇▇▇   up to 278 ms
 *   failed                ▃▃▄▃▃▄▃▃   up to 39 %
 *           13:46:58      ▲ began 14:23:01 UTC
 */
import type { WindowAnalysis } from '#model/finding/analysis.ts';
import { exactDuration } from '#model/text/duration.ts';
import { PARTS, type Part, stripOf } from '#present/pictures/window-strip.ts';
import { shortClock } from '#present/words/instant.ts';

const HEIGHTS = '▁▂▃▄▅▆▇█';
const LABEL = 8;

/** Empty where no requests were compared, or too few for a median in any slot. */
export function windowText({ window, seen }: WindowAnalysis): string[] {
  if (seen === undefined) return [];
  const { parts, onset, stretches } = stripOf(window, seen);
  const mostUs = parts.reduce((us, { medianUs }) => Math.max(us, medianUs), 0);
  const mostFailed = parts.reduce((share, { failedShare }) => Math.max(share, failedShare), 0);
  if (mostUs === 0 && mostFailed === 0) return [];
  const took = row(parts, ({ medianUs }) => (mostUs === 0 ? 0 : medianUs / mostUs));
  const failed = row(parts, ({ failedShare }) => failedShare);
  const from = shortClock(stretches[0]?.fromUs ?? window.fromUs);
  const began = onset === undefined || window.onset === undefined ? '' : `▲ began ${shortClock(window.onset.atUs)}`;
  const column = Math.floor((onset ?? 0) * PARTS);
  const below = began === '' || column <= from.length ? '' : `${from.padEnd(column)}${began}`;
  return [
    ...(mostUs === 0 ? [] : [`${'median'.padEnd(LABEL)}${took}  up to ${exactDuration(mostUs)}`]),
    ...(mostFailed === 0 ? [] : [`${'failed'.padEnd(LABEL)}${failed}  up to ${Math.round(mostFailed * 100)} %`]),
    `${''.padEnd(LABEL)}${below || [from, began].filter((part) => part !== '').join(' ')} UTC`,
  ];
}

function row(parts: readonly Part[], heightOf: (part: Part) => number): string {
  const known = new Map(parts.map((part) => [Math.round(part.from * PARTS), heightOf(part)]));
  return Array.from({ length: PARTS }, (_, at) => {
    const height = known.get(at);
    return height === undefined
      ? ' '
      : (HEIGHTS[Math.min(HEIGHTS.length - 1, Math.floor(height * HEIGHTS.length))] ?? ' ');
  }).join('');
}
