/** Requests of a small shop, many at a time: healthy ones, and ones in which something is wrong. */
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { call, rowsOf, type SpanNode, server } from '#test/trace.ts';

export type ShopFault = Readonly<{
  /** Added to the way to a service, to the way back from it, and to its own time; milliseconds. */
  request?: Readonly<Record<string, number>>;
  response?: Readonly<Record<string, number>>;
  own?: Readonly<Record<string, number>>;
  /** Every so many requests; 1 without it. */
  every?: number;
  /** After this callee answers, its caller makes no further call. */
  stopsAfter?: string;
  /** The callee fails. */
  fails?: string;
}>;

const CALLEES = ['cart', 'product', 'price', 'shipping'] as const;

/** `GET /basket` on `web`, which asks four services; one request a second. The same every time: what jitters does so by rule. */
export function shopRequests(count: number, fault: ShopFault = {}, { from = 0 } = {}): Trace[] {
  return shopRows(count, fault, { from }).map(({ id, rows }) => traceFrom(rows, id));
}

function shopRows(
  count: number,
  { every = 1, ...fault }: ShopFault = {},
  { from = 0 } = {},
): Readonly<{ id: string; rows: SpanRow[] }>[] {
  return Array.from({ length: count }, (_, number) => {
    const at = from + number;
    const rows = rowsOf(basket(at, number % every === 0 ? fault : {}));
    const id = (at + 1).toString(16).padStart(32, '0');
    const shifted = rows.map((row) => ({
      ...row,
      id: (BigInt(at + 1) * 4096n + BigInt(rows.indexOf(row))).toString(16).padStart(16, '0'),
      parentId:
        row.parentId === undefined
          ? undefined
          : (BigInt(at + 1) * 4096n + BigInt(rows.findIndex(({ id: other }) => other === row.parentId)))
              .toString(16)
              .padStart(16, '0'),
      startUs: row.startUs + at * 1_000_000,
    }));
    return { id, rows: shifted };
  });
}

function basket(at: number, { request, response, own, stopsAfter, fails }: ShopFault): SpanNode {
  const children: SpanNode[] = [];
  let cursor = 1;
  for (const [place, callee] of CALLEES.entries()) {
    const there = 0.4 + jitter(at, place) + (request?.[callee] ?? 0);
    const work = 8 + 4 * jitter(at, place + 5) + (own?.[callee] ?? 0);
    const back = 0.3 + jitter(at, place + 11) + (response?.[callee] ?? 0);
    const failed = fails === callee;
    const answered = server(callee, `GET /${callee}`, { at: cursor + there, ms: work, failed });
    children.push(call('web', callee, `GET /${callee}`, { at: cursor, ms: there + work + back, failed }, [answered]));
    cursor += there + work + back + 0.5;
    if (stopsAfter === callee) break;
  }
  return server(
    'web',
    'GET /basket',
    { at: 0, ms: cursor + 2 + (own?.web ?? 0), failed: fails !== undefined },
    children,
  );
}

/** From 0 to 1. */
function jitter(at: number, salt: number): number {
  const mixed = Math.imul(at * 2654435761 + salt * 40503, 2246822519) >>> 0;
  return (mixed % 1000) / 1000;
}
