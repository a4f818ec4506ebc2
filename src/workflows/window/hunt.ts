/**
 * The state while the evidence of a time window is gathered into one session: its requests, those of a healthy window
 * before it, and the log lines of the services in both.
 *
 *   survey    a few requests of every part of the window, and of the window before    ──► when it began
 *   deepen    more around the beginning, since then, and before; rare operations; failed ones; slow ones
 *   beside    log lines of the services in question, in both windows; metrics, pods, databases, changes
 *
 * A backend returns the latest requests of a time window first. A single query on a busy service would return only its
 * last second, so every window is queried in parts.
 */
import type { Session } from '#analyse/session.ts';
import type { TraceSource } from '#gather/sources.ts';
import type { KnownTroubles, TroubleTime } from '#model/incident/trouble-time.ts';
import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import type { DiagnoseTraceParts } from '#workflows/traces/diagnose-trace.ts';
import type { InTurn } from '#workflows/window/in-turn.ts';

export type WindowHunt = DiagnoseTraceParts &
  Readonly<{
    signal: AbortSignal;
    session: Session;
    service: string;
    /** Sources that may have requests of the service, each with its own name for it. */
    searched: readonly Searched[];
    /** The original time window: an alert's window may begin before or after its problem. */
    asked: Time & Readonly<{ kind: 'alert' | 'window' }>;
    counts: { bodies: number };
    /** Limits parallel searches: a backend serves other alerts too, and queues only so many. */
    inTurn: InTurn;
    /** If the service receives no more requests, its callers: their requests show what happened to it. */
    callers: string[];
    /** Time windows with more requests than were read. */
    full: Time[];
    /** Time windows whose search failed. */
    unread: Time[];
    /** Knows the times of earlier problems; undefined if there is no record. */
    known: KnownTroubles | undefined;
    /** Problems that began before the time window. */
    troubles: TroubleTime[];
  }>;

export type Searched = Readonly<{ source: TraceSource; service: string }>;

/** Microseconds since the epoch. */
export type Time = Readonly<{ fromUs: number; toUs: number }>;

/** The minimum length of the window before, in which the service is examined. */
const BEFORE_US = 30 * 60 * 1_000_000;

/** All requests of the original window: those to examine. */
export async function askedRequests(hunt: WindowHunt): Promise<readonly SeenRequest[]> {
  const all = await hunt.session.requests(hunt.service);
  return all.filter((request) => isIn(request, hunt.asked) && isOfService(hunt, request));
}

/** The address at which this source opens a trace. */
export function traceLinks({ searched }: WindowHunt, name: string): TraceSource['links'] {
  return searched.find(({ source }) => source.name === name)?.source.links ?? { trace: '', span: '' };
}

/** The time before the window. */
export function timeBefore({ asked }: WindowHunt): Time {
  return { fromUs: asked.fromUs - Math.max(asked.toUs - asked.fromUs, BEFORE_US), toUs: asked.fromUs - 1 };
}

/** The requests of both windows, without those that were searched because they failed or were slow. */
export async function unchosen(hunt: WindowHunt): Promise<readonly SeenRequest[]> {
  const all = await hunt.session.requests(hunt.service);
  return all.filter((request) => isUnchosen(request.sample) && isOfService(hunt, request));
}

/** A file also holds other traces. */
function isOfService(hunt: WindowHunt, { services }: SeenRequest): boolean {
  const through = throughOf(hunt);
  return services.some((service) => through.includes(service));
}

export function throughOf({ searched, callers }: WindowHunt): readonly string[] {
  return [...new Set([...searched.map(({ service }) => service), ...callers])].sort();
}

export function isIn({ startUs, endUs }: SeenRequest, { fromUs, toUs }: Time): boolean {
  return startUs <= toUs && endUs >= fromUs;
}

/** Services with the most requests first: the service at fault may not appear in them. */
export async function passedBy(hunt: WindowHunt): Promise<readonly string[]> {
  const passing = Map.groupBy(
    (await unchosen(hunt)).flatMap(({ services }) => services),
    (service) => service,
  );
  return [...passing].sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1)).map(([service]) => service);
}
