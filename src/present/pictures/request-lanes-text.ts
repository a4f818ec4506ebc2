/**
 * The lanes of a request's services as text, each from its first line to its last:
 *
 *   order-worker   •────•────!────!────!          50 to 350 ms
 *   user-service            •!                    142 to 155 ms  ◀ failed first
 */

import type { RequestTimeline } from '#model/logs/request-timeline.ts';
import { exactDuration, momentText } from '#model/text/duration.ts';
import { type Lane, lanesOf } from '#present/pictures/request-lanes.ts';
import type { Paint } from '#present/waterfall/text.ts';
import { displayWidth, fitted } from '#present/words/display-width.ts';

const LONGEST_LABEL = 32;
const LABEL_SHARE = 0.3;
const ORIGIN = ' ◀ failed first';

export function requestLanesText(timeline: RequestTimeline, width: number, paint: Paint): string[] {
  const { lanes, left } = lanesOf(timeline);
  const longest = lanes.reduce((most, { service }) => Math.max(most, displayWidth(service)), 0);
  const labels = Math.min(longest, LONGEST_LABEL, Math.floor(width * LABEL_SHARE));
  const times = lanes.map(timeText);
  const timeWidth = times.reduce((most, time) => Math.max(most, time.length), 0);
  const origin = lanes.some(({ isOrigin }) => isOrigin) ? ORIGIN.length : 0;
  const cells = Math.max(10, width - labels - timeWidth - origin - 2);
  const rows = lanes.map((lane, at) => {
    const line = `${fitted(lane.service, labels)} ${laneText(lane, timeline.durationUs, cells)} ${times[at]?.padEnd(timeWidth)}`;
    return lane.isOrigin ? paint.yellow(`${line}${ORIGIN}`) : line.trimEnd();
  });
  return [...rows, ...(left > 0 ? [paint.dim(`+ ${left} more services`)] : []), paint.dim(legendOf(lanes))];
}

function timeText({ firstUs, lastUs, isSilent }: Lane): string {
  if (isSilent) return 'no lines';
  return firstUs === lastUs ? momentText(firstUs) : `${momentText(firstUs)} to ${exactDuration(lastUs)}`;
}

function laneText({ firstUs, lastUs, marks, isSilent }: Lane, durationUs: number, cells: number): string {
  const cellOf = (us: number) => (durationUs === 0 ? 0 : Math.min(cells - 1, Math.floor((us / durationUs) * cells)));
  const drawn: string[] = Array.from({ length: cells }, (_, cell) =>
    cell > cellOf(firstUs) && cell < cellOf(lastUs) ? '─' : ' ',
  );
  if (isSilent) drawn[cellOf(firstUs)] = '?';
  for (const { atUs, failed } of marks) {
    const cell = cellOf(atUs);
    if (drawn[cell] !== '!') drawn[cell] = failed ? '!' : '•';
  }
  return drawn.join('');
}

function legendOf(lanes: readonly Lane[]): string {
  const entries = [
    '• log line',
    lanes.some(({ said }) => said !== '') ? '! reports a failure' : '',
    lanes.some(({ isSilent }) => isSilent) ? '? its callers report a failure' : '',
  ];
  return entries.filter((entry) => entry !== '').join('   ');
}
