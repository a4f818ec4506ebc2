/** Changes of a trace that no verdict may depend on. Each is decided by the numbers that `random` gives. */

import type { SpanRow } from '#model/trace/build/span-rows.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { canonicalValue } from '#model/trace/semconv.ts';
import { OLDER_NAMES } from '#model/trace/semconv-names.ts';
import type { SpanKind } from '#model/trace/span-kinds.ts';
import type { Happening } from '#test/otlp.ts';
import type { Random } from '#test/random.ts';

export type Change = (happened: Happening, random: Random, isCited: (spanId: string) => boolean) => Happening;

export const TRACE_CHANGES = {
  'spans in another order': withRows((rows, random) => shuffled(rows, random)),
  'attributes in another order': withRows((rows, random) =>
    rows.map((row) =>
      withAttributes(row, (attributes) => Object.fromEntries(shuffled(Object.entries(attributes), random))),
    ),
  ),
  'attributes by older names': withRows((rows, random) =>
    rows.map((row) => withAttributes(row, (attributes, kind) => olderNames(attributes, kind, random))),
  ),
  'other ids': otherIds,
  'another time': anotherTime,
  'a healthy service beside': withRows(healthyBeside),
  'no healthy service beside': withoutHealthy,
} as const satisfies Readonly<Record<string, Change>>;

function withRows(change: (rows: readonly SpanRow[], random: Random) => readonly SpanRow[]): Change {
  return (happened, random) => ({ ...happened, rows: change(happened.rows, random) });
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

type ChangeAttributes = (attributes: Attributes, kind: SpanKind) => Attributes;

function withAttributes(row: SpanRow, change: ChangeAttributes): SpanRow {
  return {
    ...row,
    attributes: change(row.attributes, row.kind),
    events: (row.events ?? []).map((event) => ({ ...event, attributes: change(event.attributes, row.kind) })),
  };
}

/** Only names under which the value stays what it is: `net.peer.name` of a server span is somebody else. */
function olderNames(attributes: Attributes, kind: SpanKind, random: Random): Attributes {
  const renamed: Record<string, Attributes[string]> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const older = (OLDER_NAMES[name] ?? []).filter(
      (other) =>
        renamed[other] === undefined &&
        attributes[other] === undefined &&
        canonicalValue({ [other]: value }, name, kind) === canonicalValue({ [name]: value }, name, kind),
    );
    renamed[older[Math.floor(random() * older.length)] ?? name] = value;
  }
  return renamed;
}

function otherIds(happened: Happening, random: Random): Happening {
  const hex = (digits: number) =>
    Array.from({ length: digits / 8 }, () =>
      Math.floor(1 + random() * 0xffff_fffe)
        .toString(16)
        .padStart(8, '0'),
    ).join('');
  const ids = new Map(happened.rows.map(({ id }) => [id, hex(16)]));
  const idOf = (id: string) => ids.get(id) ?? id;
  return {
    ...happened,
    traceId: hex(32),
    rows: happened.rows.map((row) => ({
      ...row,
      id: idOf(row.id),
      parentId: row.parentId === undefined ? undefined : idOf(row.parentId),
      links: (row.links ?? []).map((link) => ({ ...link, spanId: idOf(link.spanId) })),
    })),
  };
}

const YEAR_US = 365 * 24 * 3600 * 1_000_000;

function anotherTime(happened: Happening, random: Random): Happening {
  const byUs = Math.floor((2 * random() - 1) * YEAR_US);
  return {
    ...happened,
    startUs: happened.startUs + byUs,
    rows: happened.rows.map((row) => ({
      ...row,
      startUs: row.startUs + byUs,
      events: (row.events ?? []).map((event) => ({ ...event, atUs: event.atUs + byUs })),
    })),
  };
}

/** A call that is answered while another, longer one runs: nobody waits for it. */
export function healthyBeside(rows: readonly SpanRow[], random: Random): readonly SpanRow[] {
  const root = rows.find(({ parentId }) => parentId === undefined);
  const [longest] = rows.filter(({ parentId }) => parentId === root?.id).sort((a, b) => b.durationUs - a.durationUs);
  if (root === undefined || longest === undefined) return rows;
  const fromUs = Math.max(root.startUs, longest.startUs);
  const untilUs = Math.min(root.startUs + root.durationUs, longest.startUs + longest.durationUs);
  const startUs = fromUs + Math.floor((untilUs - fromUs) * (0.2 + 0.2 * random()));
  const durationUs = Math.floor((untilUs - fromUs) * 0.2);
  if (durationUs <= 0) return rows;
  const number = Math.floor(random() * 1e9);
  const shared = { operation: 'POST /views', failed: undefined, scope: 'opentelemetry.instrumentation.http' };
  const id = (end: string) => `${end}${number.toString(16).padStart(15, '0')}`;
  const outgoing: SpanRow = {
    ...shared,
    id: id('a'),
    parentId: root.id,
    service: root.service,
    kind: 'client',
    startUs,
    durationUs,
    attributes: {
      'http.request.method': 'POST',
      'http.response.status_code': 202,
      'server.address': `views-${number}`,
    },
    ...(root.resource ? { resource: root.resource } : {}),
  };
  const answered: SpanRow = {
    ...shared,
    id: id('b'),
    parentId: outgoing.id,
    service: `views-${number}`,
    kind: 'server',
    startUs: startUs + Math.floor(durationUs / 10),
    durationUs: Math.floor(durationUs / 2),
    attributes: { 'http.request.method': 'POST', 'http.response.status_code': 202, 'http.route': '/views' },
  };
  return [...rows, outgoing, answered];
}

/** Takes a whole call away that ended well, that no finding speaks of, and for which nobody waited. */
function withoutHealthy(happened: Happening, random: Random, isCited: (spanId: string) => boolean): Happening {
  const { rows } = happened;
  const below = Map.groupBy(rows, ({ parentId }) => parentId);
  const allOf = (row: SpanRow): SpanRow[] => [row, ...(below.get(row.id) ?? []).flatMap(allOf)];
  const healthy = rows
    .filter(({ kind, parentId }) => parentId !== undefined && kind !== 'server' && kind !== 'consumer')
    .map((row) => allOf(row))
    .filter((all) => all.every(({ id, failed }) => !failed && !isCited(id)));
  const gone = new Set(healthy[Math.floor(random() * healthy.length)]?.map(({ id }) => id));
  return { ...happened, rows: rows.filter(({ id }) => !gone.has(id)) };
}
