/**
 * Corrects clocks that differ between hosts, by the rule of Jaeger's own adjuster: a callee must lie inside its caller.
 *
 *   caller              [==================]
 *   callee, as recorded                 [=======]          ended after its caller: its clock is ahead
 *   callee, corrected         [=======]                    both network delays are assumed to be equal
 *
 * A shorter callee is centred in the caller; a longer one is only kept from starting before it (it may have outlived a
 * timeout, which is work and no skew). Everything below on the same host moves along.
 * It differs from Jaeger in three ways. It is on by default. A callee moves only to the nearest place inside where that
 * is more likely than the middle: where it sticks out by no more than synchronised clocks differ, where other calls
 * between the two hosts fit unchanged, and where the caller made other calls meanwhile. Several calls of one caller to
 * one host move together, so that their order stays.
 * Asynchronous work is never treated as skew: a consumer, work that a producer caused, a FOLLOWS_FROM child, and a late
 * call that no single clock difference explains together with the fitting calls between the two. An unknown host never
 * counts as a different one: spans of one service share a clock where the host of either is unknown. One microsecond
 * beyond the caller's end is rounding.
 */

import type { Attributes } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';

/** A larger shift is not applied: a start an hour outside its caller is more likely other work than a wrong clock. */
export const MAX_CLOCK_SKEW_US = 3_600_000_000;

/**
 * NTP keeps a host's clock within a millisecond of the true time on a local network (RFC 5905); two hosts may differ by
 * twice that.
 */
export const HOSTS_APART_US = 2_000;

export type SkewInput = Readonly<{
  /** Parents before children. */
  order(): Int32Array;
  /** −1 for a root. */
  parent: Int32Array;
  startUs: Float64Array;
  durationUs: Float64Array;
  /** Interned host of each span (see `hostOf`): equal numbers share a clock, 0 is unknown. */
  host: Int32Array;
  /** Interned service of each span. */
  service: Int32Array;
  /** 1 where the span handles a queued message, was caused by the producer of one, or only follows from its parent. */
  asynchronous: Uint8Array;
}>;

export type SkewCorrection = Readonly<{
  /** How far each span was moved; 0 for most, and empty where none was. */
  shiftUs: Float64Array;
  /** How many spans were moved. */
  moved: number;
  /** How many calls lie outside their caller by more than the maximum and stayed there. */
  tooLarge: number;
}>;

/**
 * Identifies a clock by the attributes of a resource; empty where nothing does. Containers of one node share its clock,
 * whatever their names.
 */
export function hostOf(resource: Attributes): string {
  return (
    canonicalText(resource, 'host.id') ||
    canonicalText(resource, 'k8s.node.name') ||
    firstOf(canonicalText(resource, 'host.ip') || canonicalText(resource, 'ip')) ||
    canonicalText(resource, 'host.name')
  );
}

/** Changes `startUs` in place. */
export function correctClockSkew(input: SkewInput, maxUs: number): SkewCorrection {
  const outside = callsOutside(input);
  // Where all calls lie inside their callers, none has to move.
  if (outside.late.length + outside.early.length === 0) return { shiftUs: new Float64Array(), moved: 0, tooLarge: 0 };
  return movedInside(input, outside, maxUs);
}

function movedInside(input: SkewInput, outside: Outside, maxUs: number): SkewCorrection {
  const { parent, startUs } = input;
  const order = input.order();
  const shiftUs = new Float64Array(startUs.length);
  const { isWork, known, together } = otherCalls(input, outside);
  let moved = 0;
  let tooLarge = 0;
  // By index, as in all loops over columns: until a loop is optimized, an iterator allocates an object per step.
  for (let at = 0; at < order.length; at += 1) {
    const span = order[at] ?? 0;
    const caller = parent[span] ?? -1;
    if (caller < 0) continue;
    // The clocks agree: they are the same, or their difference cannot explain the call.
    const agree = isWork[span] === 1 || sharesClock(input, span, caller);
    // The caller was corrected before: spans come parents first.
    const callerShiftUs = shiftUs[caller] ?? 0;
    const shift = agree ? callerShiftUs : shiftInto(input, span, caller, { known, together, callerShiftUs });
    if (!agree && Math.abs(shift) > maxUs) {
      tooLarge += 1;
      continue;
    }
    if (shift === 0) continue;
    shiftUs[span] = shift;
    startUs[span] = (startUs[span] ?? 0) + shift;
    moved += 1;
  }
  return { shiftUs: unlessAllZero(shiftUs, moved), moved, tooLarge };
}

function unlessAllZero(shiftUs: Float64Array, moved: number): Float64Array {
  return moved === 0 ? new Float64Array() : shiftUs;
}

/** A list of addresses is one text, as JSON or with commas: its first names the host. */
function firstOf(addresses: string): string {
  return /[^\s"',[\]]+/.exec(addresses)?.[0] ?? '';
}

function sharesClock(input: SkewInput, span: number, caller: number): boolean {
  const { host, service } = input;
  if (host[span] === 0 || host[caller] === 0) return service[span] === service[caller];
  return host[span] === host[caller] && !deniesHost(input, span, caller);
}

/**
 * Nothing runs before it was called. A callee of another service that began a second before its caller, and could have
 * fitted, has another clock, whatever name its machine has: agents and images give many machines one name.
 */
function deniesHost(input: SkewInput, span: number, caller: number): boolean {
  if (input.service[span] === input.service[caller] || input.asynchronous[span] === 1) return false;
  return beginsUs(input, span, caller) <= -NO_ROUNDING_US && wasShorter(input, span, caller);
}

const NO_ROUNDING_US = 1_000_000;

/** NTP keeps the clocks of a network within a few milliseconds of each other: a smaller difference is normal. */
const KEPT_IN_TIME_US = 5_000;

/** Start and duration are rounded separately, so that a computed end may be one microsecond late. */
const ROUNDING_US = 1;

type Known = ReadonlyMap<number, Ahead>;
/** By caller: whether it does nothing but the call, and by how much the callees of each clock move if one shift brings all of them inside. */
type Together = ReadonlyMap<number, Readonly<{ isAlone: boolean; shifts: ReadonlyMap<number, number> }>>;

/** By how much the span must move to lie inside its caller. */
function shiftInto(
  input: SkewInput,
  span: number,
  caller: number,
  { known, together, callerShiftUs }: Readonly<{ known: Known; together: Together; callerShiftUs: number }>,
): number {
  const { startUs, durationUs, asynchronous } = input;
  if (asynchronous[span] === 1) return 0;
  const start = startUs[span] ?? 0;
  const duration = durationUs[span] ?? 0;
  const callerStart = startUs[caller] ?? 0;
  const roomUs = (durationUs[caller] ?? 0) - duration;
  if (roomUs < 0) return Math.max(0, callerStart - start);
  const lastUs = callerStart + roomUs + ROUNDING_US;
  const { isAlone = true, shifts } = together.get(caller) ?? {};
  const shift = shifts?.get(clockOf(input, span));
  if (shift !== undefined) return callerShiftUs + shift;
  // Other calls of the two clocks fit as they came: they nearly agree, so that the least correction is the likeliest.
  if (known.has(clocksOf(input, span, caller))) return nearest(start, callerStart, roomUs, callerShiftUs);
  if (start >= callerStart && start <= lastUs) return 0;
  const leastUs = nearest(start, callerStart, roomUs, 0);
  const centred = callerStart + Math.floor(roomUs / 2) - start;
  const isCentre = Math.abs(leastUs) > KEPT_IN_TIME_US || (isAlone && Math.abs(centred) <= KEPT_IN_TIME_US);
  return isCentre ? centred : leastUs;
}

/** The smallest shift that brings the start into the caller, in addition to the caller's own shift. */
function nearest(start: number, callerStart: number, roomUs: number, callerShiftUs: number): number {
  const along = start + callerShiftUs;
  if (along < callerStart) return callerStart - start;
  return along > callerStart + roomUs + ROUNDING_US ? callerStart + roomUs - start : callerShiftUs;
}

/** How far ahead the callee's clock may be: a range, because one call leaves both delays open. */
type Ahead = { leastUs: number; mostUs: number };

/**
 * Uses the calls that fit to judge the others. A fitting call limits how far its callee's clock can be ahead of its
 * caller's; a late call between the same two clocks shows how far it would have to be. Where the two exclude each
 * other, the late call simply ran after its caller had ended: it is work (1) and no skew. An early call stays skew:
 * nothing runs before it was called.
 */
function otherCalls(
  input: SkewInput,
  { late, early }: Outside,
): Readonly<{ isWork: Uint8Array; known: Known; together: Together }> {
  const isWork = new Uint8Array(input.parent.length);
  const known = aheadByClocks(input);
  for (const span of late) {
    const caller = input.parent[span] ?? -1;
    const needed = aheadOf(input, span, caller);
    const open = known.get(clocksOf(input, span, caller));
    if (open !== undefined && (needed.leastUs > open.mostUs || needed.mostUs < open.leastUs)) isWork[span] = 1;
  }
  const outside = new Set([...late, ...early].map((span) => input.parent[span] ?? -1));
  return { isWork, known, together: movedTogether(input, isWork, outside) };
}

/** The common shift of all calls of one caller to one clock; a single call says nothing about others. */
function movedTogether(input: SkewInput, isWork: Uint8Array, callers: ReadonlySet<number>): Together {
  const byCaller = new Map<number, { children: number; open: Map<number, Ahead & { calls: number }> }>();
  input.parent.forEach((caller, span) => {
    if (!callers.has(caller)) return;
    const all = byCaller.get(caller) ?? { children: 0, open: new Map<number, Ahead & { calls: number }>() };
    byCaller.set(caller, all);
    all.children += 1;
    if (input.asynchronous[span] === 1 || isWork[span] === 1) return;
    if (sharesClock(input, span, caller) || !wasShorter(input, span, caller)) return;
    const { leastUs, mostUs } = aheadOf(input, span, caller);
    const so = all.open.get(clockOf(input, span)) ?? { leastUs, mostUs, calls: 0 };
    so.leastUs = Math.max(so.leastUs, leastUs);
    so.mostUs = Math.min(so.mostUs, mostUs);
    so.calls += 1;
    all.open.set(clockOf(input, span), so);
  });
  return new Map(
    [...byCaller].map(([caller, { children, open }]) => {
      const agreeing = [...open].filter(([, { calls, leastUs, mostUs }]) => calls > 1 && leastUs <= mostUs);
      const shifts = new Map(agreeing.map(([clock, ahead]) => [clock, -leastAhead(ahead)]));
      return [caller, { isAlone: children === 1, shifts }];
    }),
  );
}

/** The difference of two clocks that is nearest to none. */
function leastAhead({ leastUs, mostUs }: Ahead): number {
  if (leastUs <= 0 && mostUs >= 0) return 0;
  return leastUs > 0 ? leastUs : mostUs;
}

/** Calls that ended after their callers and could have fitted, and those that began before them. */
type Outside = Readonly<{ late: readonly number[]; early: readonly number[] }>;

function callsOutside(input: SkewInput): Outside {
  const { parent, asynchronous } = input;
  const late: number[] = [];
  const early: number[] = [];
  for (let span = 0; span < parent.length; span += 1) {
    const caller = parent[span] ?? -1;
    if (caller < 0 || asynchronous[span] === 1 || sharesClock(input, span, caller)) continue;
    if (beginsUs(input, span, caller) < 0) early.push(span);
    if (outlastsUs(input, span, caller) > 0 && wasShorter(input, span, caller)) late.push(span);
  }
  return { late, early };
}

/** The common limits of all fitting calls for each pair of clocks. */
function aheadByClocks(input: SkewInput): ReadonlyMap<number, Ahead> {
  const known = new Map<number, Ahead>();
  input.parent.forEach((caller, span) => {
    if (caller < 0 || input.asynchronous[span] === 1 || sharesClock(input, span, caller)) return;
    const { leastUs, mostUs } = aheadOf(input, span, caller);
    if (leastUs > 0 || mostUs < 0) return;
    const clocks = clocksOf(input, span, caller);
    const so = known.get(clocks);
    if (so === undefined) known.set(clocks, { leastUs, mostUs });
    else {
      so.leastUs = Math.max(so.leastUs, leastUs);
      so.mostUs = Math.min(so.mostUs, mostUs);
    }
  });
  return known;
}

function aheadOf(input: SkewInput, span: number, caller: number): Ahead {
  return { leastUs: outlastsUs(input, span, caller), mostUs: beginsUs(input, span, caller) };
}

/** After its caller. */
function beginsUs({ startUs }: SkewInput, span: number, caller: number): number {
  return (startUs[span] ?? 0) - (startUs[caller] ?? 0);
}

/** Beyond its caller's end by more than rounding explains. */
function outlastsUs({ startUs, durationUs }: SkewInput, span: number, caller: number): number {
  return (
    (startUs[span] ?? 0) - (startUs[caller] ?? 0) + (durationUs[span] ?? 0) - (durationUs[caller] ?? 0) - ROUNDING_US
  );
}

function wasShorter({ durationUs }: SkewInput, span: number, caller: number): boolean {
  return (durationUs[span] ?? 0) <= (durationUs[caller] ?? 0);
}

/** The two clocks of a call as one number. A clock is its host, or its service where the host is unknown. */
function clocksOf(input: SkewInput, span: number, caller: number): number {
  return clockOf(input, caller) * MAX_CLOCKS + clockOf(input, span);
}

function clockOf({ host, service }: SkewInput, span: number): number {
  return host[span] === 0 ? 2 * (service[span] ?? 0) : 2 * (host[span] ?? 0) + 1;
}

/** More than the names of any trace; its square is still an exact number. */
const MAX_CLOCKS = 2 ** 26;
