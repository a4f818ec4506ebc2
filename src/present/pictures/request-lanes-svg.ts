/**
 * A request reconstructed from its log lines, as a picture: a lane for each service from its first line to its last, a
 * mark for each line, and the first failure. Colour is never the only sign.
 */

import { failureSentence } from '#model/logs/request-failure.ts';
import type { RequestTimeline } from '#model/logs/request-timeline.ts';
import { exactDuration, momentText } from '#model/text/duration.ts';
import { type Lane, lanesOf } from '#present/pictures/request-lanes.ts';
import { axisOf, gridLines, MARGIN, type Scale, xOf } from '#present/svg/axis.ts';
import { CAUSE_EDGE, CAUSE_GROUND, FAILURE_COLOUR, INK, PAPER, QUIET } from '#present/svg/colours.ts';
import { drawnLegend } from '#present/svg/legend.ts';
import { diamond, drawnMarks, ring } from '#present/svg/marks.ts';
import { type Paper, WIDTHS } from '#present/svg/paper.ts';
import { FOLDED, serviceColours } from '#present/svg/service-colours.ts';
import { at, BOLD, cutToWidth, REGULAR, SMALL_SIZE, TEXT_SIZE, text, textWidth } from '#present/svg/text.ts';
import { drawnTitle } from '#present/svg/title.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { shown } from '#present/words/plain-text.ts';

const LANE_HEIGHT = 42;
const SAID_HEIGHT = 20;
const LINE_HEIGHT = 6;
/** Keeps a service with one line visible. */
const LEAST_LINE = 3;

/** No title is drawn where the surrounding page has it. */
export function requestLanesSvg(
  timeline: RequestTimeline,
  pictureTitle: string,
  { title = true, paper = 'page' }: { title?: boolean; paper?: Paper } = {},
): string {
  const { lanes, left } = lanesOf(timeline);
  const width = WIDTHS[paper];
  const scale = { durationUs: timeline.durationUs, width };
  const colours = serviceColours(lanes.map(({ service }) => service));
  const head = title ? drawnTitle(pictureTitle, width) : { svg: '', bottom: 0 };
  const axis = axisOf(scale, head.bottom + 26);
  const top = axis.bottom + 10;
  let bottom = top;
  const drawn = lanes.map((lane) => {
    const svg = drawnLane(lane, {
      top: bottom,
      scale,
      fill: colours.get(lane.service) ?? FOLDED,
    });
    bottom += heightOf(lane);
    return svg;
  });
  const legend = drawnLegend(signs(lanes), {
    count: left > 0 ? `${left} more services` : '',
    y: bottom + 26,
    width,
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${legend.bottom}" viewBox="0 0 ${width} ${legend.bottom}" role="img" aria-labelledby="lanes-title-${paper} lanes-desc-${paper}" font-family="Inter, system-ui, sans-serif">`,
    `<title id="lanes-title-${paper}">${escapeXml(pictureTitle)}</title>`,
    `<desc id="lanes-desc-${paper}">${escapeXml(requestLanesAlt(timeline))}</desc>`,
    `<rect width="${width}" height="${legend.bottom}" fill="${PAPER}"/>`,
    head.svg,
    gridLines(axis.ticks, top, bottom),
    axis.svg,
    ...drawn,
    legend.svg,
    '</svg>',
  ].join('\n');
}

/** The picture's alternative text. */
export function requestLanesAlt(timeline: RequestTimeline): string {
  const { lanes } = lanesOf(timeline);
  const services = lanes.map(({ service, firstUs, lastUs, isSilent }) =>
    isSilent ? `${service} without log lines` : `${service} from ${momentText(firstUs)} to ${exactDuration(lastUs)}`,
  );
  const failure = shown(failureSentence(timeline));
  const count = `${timeline.entries.length} log ${timeline.entries.length === 1 ? 'line' : 'lines'}`;
  return `Timeline of ${count} over ${exactDuration(timeline.durationUs)}: ${services.join(', ')}.${failure === '' ? '' : ` ${failure}.`}`;
}

function heightOf({ said }: Lane): number {
  return LANE_HEIGHT + (said === '' ? 0 : SAID_HEIGHT);
}

function drawnLane(lane: Lane, { top, scale, fill }: { top: number; scale: Scale; fill: string }): string {
  const height = heightOf(lane);
  const y = top + 30;
  const parts: string[] = [];
  if (lane.isOrigin) {
    parts.push(
      `<rect x="6" y="${top + 1}" width="${scale.width - 12}" height="${height - 2}" rx="4" fill="${CAUSE_GROUND}"/>`,
      `<rect x="6" y="${top + 1}" width="5" height="${height - 2}" fill="${CAUSE_EDGE}"/>`,
    );
  }
  parts.push(label(lane, top + 17, scale.width));
  const from = xOf(lane.firstUs, scale);
  if (lane.isSilent) parts.push(silentSign(Math.min(from, scale.width - MARGIN - SILENT_SIZE), y));
  else {
    const width = Math.max(LEAST_LINE, xOf(lane.lastUs, scale) - from);
    parts.push(
      `<rect x="${at(from)}" y="${y - LINE_HEIGHT / 2}" width="${at(width)}" height="${LINE_HEIGHT}" rx="2" fill="${fill}"/>`,
    );
  }
  const marks = lane.marks.map(({ atUs, failed }) => ({ x: xOf(atUs, scale), isFailure: failed }));
  parts.push(drawnMarks(marks, y));
  if (lane.said !== '') {
    const words = cutToWidth(lane.said, scale.width - 2 * MARGIN - 18, SMALL_SIZE, REGULAR);
    const baseline = top + LANE_HEIGHT + 11;
    parts.push(
      diamond(MARGIN + 6, baseline - 5),
      text(words, { x: MARGIN + 18, y: baseline, size: SMALL_SIZE, fill: FAILURE_COLOUR }),
    );
  }
  return `<g>${parts.join('')}</g>`;
}

/** `◀ failed first` behind the name, the time at the right. */
function label({ service, firstUs, lastUs, isOrigin, isSilent }: Lane, y: number, width: number): string {
  const time = timeOf(firstUs, lastUs, isSilent);
  const timeWidth = textWidth(time, TEXT_SIZE, REGULAR);
  const sign = isOrigin ? 'failed first' : '';
  const signWidth = sign === '' ? 0 : textWidth(sign, TEXT_SIZE, BOLD) + 32;
  const name = cutToWidth(service, width - 2 * MARGIN - timeWidth - signWidth - 12, TEXT_SIZE, BOLD);
  const behind = MARGIN + textWidth(name, TEXT_SIZE, BOLD) + 12;
  const origin =
    sign === ''
      ? ''
      : `<path d="M${at(behind)} ${y - 5.5} l9 -6 v12 z" fill="${CAUSE_EDGE}"/>${text(sign, { x: behind + 16, y, size: TEXT_SIZE, weight: 700, fill: CAUSE_EDGE })}`;
  return [
    text(name, { x: MARGIN, y, size: TEXT_SIZE, weight: 600 }),
    origin,
    text(time, { x: width - MARGIN, y, size: TEXT_SIZE, anchor: 'end', fill: isSilent ? QUIET : INK }),
  ].join('');
}

function timeOf(firstUs: number, lastUs: number, isSilent: boolean): string {
  if (isSilent) return 'no log lines';
  return firstUs === lastUs ? momentText(firstUs) : `${momentText(firstUs)} – ${exactDuration(lastUs)}`;
}

const SILENT_SIZE = 16;

/** A dashed box: the service took part, but it logged nothing. */
function silentSign(x: number, y: number): string {
  return `<rect x="${at(x)}" y="${y - 8}" width="${SILENT_SIZE}" height="${SILENT_SIZE}" rx="2" fill="${PAPER}" stroke="${FAILURE_COLOUR}" stroke-width="2" stroke-dasharray="4 3"/>`;
}

function signs(lanes: readonly Lane[]): Parameters<typeof drawnLegend>[0] {
  const failed = lanes.some(({ marks }) => marks.some((mark) => mark.failed));
  const silent = lanes.some(({ isSilent }) => isSilent);
  return [
    { sign: (x, y) => ring(x + 11, y - 5), words: 'log line' },
    ...(failed ? [{ sign: (x: number, y: number) => diamond(x + 11, y - 5), words: 'reports a failure' }] : []),
    ...(silent
      ? [{ sign: (x: number, y: number) => silentSign(x + 3, y - 5), words: 'its callers report a failure' }]
      : []),
  ];
}
