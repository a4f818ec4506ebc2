/**
 * The parent of each span. An id usually names one span; where client and server share it, or several spans have it,
 * their kinds decide.
 */

import type { SpanIndex } from '#model/trace/columns.ts';
import { CLIENT, SERVER } from '#model/trace/span-kinds.ts';

/** The number of the empty text in every table. */
const NO_TEXT = 0;

/** Columns; `parentId` is −1 for a root. */
export type Family = Readonly<{ id: Int32Array; parentId: Int32Array; kind: Uint8Array }>;

export function parentsOf(
  family: Family,
  ids: number,
  repairs: { orphan: number; selfParent: number; sharedSpanId: number; repeatedSpanId: number },
): Int32Array {
  const { id } = family;
  const holder = onlyHolders(id, ids);
  if (holder !== undefined) return parentsByHolder(family, holder, repairs);
  // The id leads to the first of the spans that share it, and each of these to the next.
  const { first, next } = chains(id, ids, () => true);
  const { first: server, next: nextServer } = chains(id, ids, (i) => family.kind[i] === SERVER);
  const { first: client } = chains(id, ids, (i) => family.kind[i] === CLIENT);
  const holders = { first, next, server, nextServer, client };
  const parent = new Int32Array(id.length);
  let behindOther = 0;
  for (let i = 0; i < parent.length; i += 1) {
    parent[i] = parentOf(family, holders, i, repairs);
    if (id[i] !== NO_TEXT && first[id[i] ?? NO_TEXT] !== i) behindOther += 1;
  }
  repairs.repeatedSpanId = behindOther - repairs.sharedSpanId;
  return parent;
}

/** The one span of each id, −1 for none; undefined where an id has several. */
function onlyHolders(id: Int32Array, ids: number): Int32Array | undefined {
  const holder = new Int32Array(ids).fill(-1);
  for (let i = 0; i < id.length; i += 1) {
    const own = id[i] ?? NO_TEXT;
    if (own === NO_TEXT) continue;
    if ((holder[own] ?? -1) >= 0) return undefined;
    holder[own] = i;
  }
  return holder;
}

function parentsByHolder(
  { id, parentId }: Family,
  holder: Int32Array,
  repairs: { orphan: number; selfParent: number },
): Int32Array {
  const parent = new Int32Array(id.length).fill(-1);
  for (let i = 0; i < parent.length; i += 1) {
    const above = parentId[i] ?? -1;
    if (above < 0 || above === NO_TEXT) continue;
    if (above === id[i]) {
      repairs.selfParent += 1;
      continue;
    }
    const chosen = holder[above] ?? -1;
    if (chosen < 0) repairs.orphan += 1;
    parent[i] = chosen;
  }
  return parent;
}

function chains(id: Int32Array, ids: number, isLink: (i: SpanIndex) => boolean) {
  const first = new Int32Array(ids).fill(-1);
  const last = new Int32Array(ids).fill(-1);
  const next = new Int32Array(id.length).fill(-1);
  for (let i = 0; i < id.length; i += 1) {
    if (!isLink(i)) continue;
    const own = id[i] ?? 0;
    const before = last[own] ?? -1;
    if (before < 0) first[own] = i;
    else next[before] = i;
    last[own] = i;
  }
  return { first, next };
}

type Holders = Readonly<{
  first: Int32Array;
  next: Int32Array;
  server: Int32Array;
  nextServer: Int32Array;
  client: Int32Array;
}>;

function parentOf(
  { id, parentId, kind }: Family,
  holders: Holders,
  i: SpanIndex,
  repairs: { orphan: number; selfParent: number; sharedSpanId: number },
): SpanIndex {
  const own = id[i] ?? 0;
  const first = holders.first[own] ?? i;
  const client = holders.client[own] ?? -1;
  // A server whose clock is behind starts before its own client.
  const caller = client >= 0 ? client : first;
  if (own !== NO_TEXT && caller !== i && kind[i] === SERVER) {
    repairs.sharedSpanId += 1;
    return caller;
  }
  const above = parentId[i] ?? -1;
  if (above < 0 || above === NO_TEXT) return -1;
  const isShared = (holders.next[first] ?? -1) >= 0;
  if (above === own && !isShared) {
    repairs.selfParent += 1;
    return -1;
  }
  const chosen = holderOtherThan(i, above, holders);
  if (chosen < 0) repairs.orphan += 1;
  return chosen;
}

/** Where client and server share the id, what lies below was made by the server. */
function holderOtherThan(i: SpanIndex, id: number, { first, next, server, nextServer }: Holders): SpanIndex {
  const made = server[id] ?? -1;
  const otherServer = made === i ? (nextServer[i] ?? -1) : made;
  if (otherServer >= 0) return otherServer;
  const holder = first[id] ?? -1;
  return holder === i ? (next[i] ?? -1) : holder;
}
