/**
 * Where the time of the diagnosed request went, by operation on its critical path. A healthy request and one after the fix
 * are lanes of the same rows, on the same axis:
 *
 *   user-service acquire connection      1 ms → 4.62 s → 2 ms
 *   ▒                                                     healthy: hatched
 *   ████████████████████████████                          diagnosed: solid
 *   ▯                                                     after the fix: a frame
 */
import type { PathOperation, PostmortemEvidence } from '#model/incident/postmortem.ts';
import { exactDuration } from '#model/text/duration.ts';
import { type BarRow, barRows, type Lane } from '#present/pictures/bar-rows.ts';
import { INK, PAPER } from '#present/svg/colours.ts';
import { hatchPattern } from '#present/svg/hatch.ts';
import type { LegendEntry } from '#present/svg/legend.ts';
import type { Paper } from '#present/svg/paper.ts';
import { FOLDED, serviceColours } from '#present/svg/service-colours.ts';
import { at } from '#present/svg/text.ts';
import { readableSecond } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

/** More rows than of the diagnosed request: what only the others do. */
const MOST_ROWS = 10;

type Diagnosed = Pick<PostmortemEvidence, 'mark' | 'request' | 'path' | 'healthy' | 'fixed'>;

/** One of the compared requests. `fillOf`: by the service of the row. */
type Side = Readonly<{
  name: string;
  startUs: number;
  durationUs: number;
  path: readonly PathOperation[];
  edge?: string;
  fillOf(service: string): string;
}>;

/** Empty where the diagnosis has no path. */
export function pathSvg(diagnosed: Diagnosed, paper: Paper): string {
  const { mark, request, path = [] } = diagnosed;
  if (request === undefined || path.length === 0) return '';
  const id = `path-${mark}`;
  const pattern = `${id}-healthy-${paper}`;
  const sides = sidesOf({ ...diagnosed, request, path }, pattern);
  const rows = operationsOf(sides, path).map((operation) => rowOf(operation, sides));
  const durationUs = Math.max(...sides.map(longestUs));
  const isCompared = sides.length > 1;
  return barRows(
    {
      id,
      title: pathTitle(diagnosed),
      rows,
      durationUs,
      legend: isCompared ? sides.map(legendOf) : [],
      patterns: diagnosed.healthy === undefined ? '' : hatchPattern(pattern),
    },
    paper,
  );
}

export function pathTitle({ mark, request, healthy, fixed }: Omit<Diagnosed, 'path'>): string {
  const beside = [
    ...(healthy === undefined ? [] : ['a healthy one']),
    ...(fixed === undefined ? [] : ['one after the fix']),
  ];
  const than = beside.length === 0 ? '' : `, beside ${beside.join(' and ')}`;
  return `Where the time of ${shown(request?.operation ?? 'the request')} went, by operation on its critical path${than} (${mark})`;
}

function sidesOf(
  { request, path, healthy, fixed }: Diagnosed & Required<Pick<Diagnosed, 'request' | 'path'>>,
  pattern: string,
): readonly Side[] {
  const colours = serviceColours((path ?? []).map(({ service }) => service));
  return [
    ...(healthy === undefined ? [] : [{ ...healthy, name: 'healthy', fillOf: () => `url(#${pattern})` }]),
    ...(request === undefined
      ? []
      : [
          {
            ...request,
            path: path ?? [],
            name: 'diagnosed',
            fillOf: (service: string) => colours.get(service) ?? FOLDED,
          },
        ]),
    ...(fixed === undefined ? [] : [{ ...fixed, name: 'after the fix', edge: INK, fillOf: () => PAPER }]),
  ];
}

type Operation = Pick<PathOperation, 'service' | 'operation'>;

/** Those of the diagnosed request, then what only another one does. */
function operationsOf(sides: readonly Side[], path: readonly PathOperation[]): readonly Operation[] {
  const all = [...path, ...sides.flatMap((side) => side.path)];
  return all.filter((one, at) => all.findIndex((other) => isSame(one, other)) === at).slice(0, MOST_ROWS);
}

function isSame(one: Operation, other: Operation): boolean {
  return one.service === other.service && one.operation === other.operation;
}

function rowOf(operation: Operation, sides: readonly Side[]): BarRow {
  const { service } = operation;
  const lanes = sides.map(({ path, edge, fillOf }): Lane => {
    const bars = path.find((one) => isSame(one, operation))?.bars ?? [];
    return { fill: fillOf(service), bars, ...(edge !== undefined && { edge }) };
  });
  return { label: shown(`${service} ${operation.operation}`.trim()), value: lanes.map(spentText).join(' → '), lanes };
}

function spentText({ bars }: Lane): string {
  if (bars.length === 0) return '–';
  return exactDuration(bars.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0));
}

function longestUs({ durationUs, path }: Side): number {
  return Math.max(durationUs, ...path.flatMap(({ bars }) => bars.map(({ endUs }) => endUs)));
}

/** `healthy: 2025-01-06 14:20:03 UTC, 28 ms` */
function legendOf({ name, startUs, durationUs, edge, fillOf }: Side): LegendEntry {
  const line = ` stroke="${edge ?? INK}" stroke-width="${edge === undefined ? 0.5 : 1.5}"`;
  return {
    sign: (x, y) => `<rect x="${at(x)}" y="${at(y - 10)}" width="22" height="9" fill="${fillOf('')}"${line}/>`,
    words: `${name}: ${readableSecond(startUs)}, ${exactDuration(durationUs)}`,
  };
}
