/**
 * Chooses the few requests of a window that a person opens: failing ones by where they fail, slow ones by operation,
 * rare paths, and a typical healthy one. The order of the input does not matter.
 */

import type { SeenWindow } from '#model/finding/analysis.ts';
import { quantileUs } from '#model/requests/request-durations.ts';
import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';

type WindowExemplar = SeenWindow['exemplars'][number];

/** How many of each kind: one could be an accident, and a person reads no more. */
const EACH = 3;
const RARE = 2;
/** A path that one request in twenty takes is rarely among the first ones by chance. */
const RARE_SHARE = 0.05;
/** Slow means slower than this share of the healthy requests. */
const USUAL = 0.95;
/** Fewer requests of one operation do not show its usual duration. */
const FEWEST_OF_OPERATION = 5;

/** Both lists in any order; `atUs`: when it began, or was noticed. */
export function windowExemplars(
  requests: readonly SeenRequest[],
  healthy: readonly SeenRequest[],
  atUs: number,
): readonly WindowExemplar[] {
  const usual = usualOf(healthy);
  const judged = requests.map((request): Judged => ({ request, role: roleOf(request, usual) }));
  const chosen = new Map<string, WindowExemplar>();
  const take = (all: readonly WindowExemplar[]) => {
    for (const one of all) if (!chosen.has(one.traceId)) chosen.set(one.traceId, one);
  };
  take(failing(requests, atUs));
  take(
    slow(
      judged.filter(({ role }) => role === 'slow').map(({ request }) => request),
      healthy,
    ),
  );
  take(rare(judged, requests));
  take(asUsual(healthy));
  return [...chosen.values()];
}

/** The nearest to the beginning first: later ones may fail from the consequences of the first. */
function failing(requests: readonly SeenRequest[], atUs: number): readonly WindowExemplar[] {
  const failed = requests.filter((request) => request.failed);
  const unchosen = requests.filter(({ sample }) => isUnchosen(sample));
  const groups = [...Map.groupBy(failed, ({ operation }) => operation)].sort(byCount);
  return roundRobin(
    groups.map(([, own]) => own.toSorted((a, b) => distance(a, atUs) - distance(b, atUs) || byId(a, b))),
  )
    .slice(0, EACH)
    .map((request) => {
      const alike = unchosen.filter(({ operation, failed }) => failed && operation === request.operation).length;
      return {
        traceId: request.traceId,
        role: 'failing',
        startUs: request.startUs,
        why: `${request.operation} failed, ${whenText(request, atUs)}; so did ${alike} of ${counted(unchosen.length, 'request')}`,
      };
    });
}

function slow(requests: readonly SeenRequest[], healthy: readonly SeenRequest[]): readonly WindowExemplar[] {
  const groups = [...Map.groupBy(requests, ({ operation }) => operation)].sort(byCount);
  return roundRobin(groups.map(([, own]) => own.toSorted((a, b) => b.durationUs - a.durationUs || byId(a, b))))
    .slice(0, EACH)
    .map((request) => {
      const usual = healthy.filter(({ operation }) => operation === request.operation);
      const health = usual.length === 0 ? '' : `, ${durationText(medianUs(usual))} in the baseline`;
      const why = `among the slowest ${request.operation}: ${durationText(request.durationUs)}${health}`;
      return { traceId: request.traceId, role: 'slow', why };
    });
}

type Judged = Readonly<{ request: SeenRequest; role: WindowExemplar['role'] }>;

/** A problem on a rare path is easily missed. */
function rare(judged: readonly Judged[], requests: readonly SeenRequest[]): readonly WindowExemplar[] {
  const unchosen = requests.filter(({ sample }) => isUnchosen(sample));
  const passing = new Map(requests.flatMap(({ services }) => services).map((name) => [name, 0]));
  for (const { services } of unchosen) for (const name of services) passing.set(name, (passing.get(name) ?? 0) + 1);
  const few = [...passing].filter(([, count]) => count <= RARE_SHARE * unchosen.length);
  return few
    .sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1))
    .slice(0, RARE)
    .flatMap(([service, count]) => {
      const ofIt = judged.filter(({ request }) => request.services.includes(service));
      const [worst] = ofIt.toSorted(
        (a, b) =>
          WORST.indexOf(a.role) - WORST.indexOf(b.role) ||
          b.request.durationUs - a.request.durationUs ||
          byId(a.request, b.request),
      );
      if (worst === undefined) return [];
      const why = `few requests go through ${service}: ${count} of ${unchosen.length}`;
      return [{ traceId: worst.request.traceId, role: worst.role, why }];
    });
}

const WORST: readonly WindowExemplar['role'][] = ['failing', 'slow', 'healthy'];

/** A typical request, to compare with the others. */
function asUsual(healthy: readonly SeenRequest[]): readonly WindowExemplar[] {
  const [most] = [
    ...Map.groupBy(
      healthy.filter(({ failed }) => !failed),
      ({ operation }) => operation,
    ),
  ].sort(byCount);
  if (most === undefined) return [];
  const [operation, own] = most;
  const us = medianUs(own);
  const [typical] = own.toSorted((a, b) => Math.abs(a.durationUs - us) - Math.abs(b.durationUs - us) || byId(a, b));
  if (typical === undefined) return [];
  const why = `a typical ${operation} in the baseline: ${durationText(typical.durationUs)}`;
  return [{ traceId: typical.traceId, role: 'healthy', why }];
}

/** By operation, the duration that healthy requests hardly ever exceed. */
function usualOf(healthy: readonly SeenRequest[]): ReadonlyMap<string, number> {
  const usual = new Map<string, number>();
  for (const [operation, own] of Map.groupBy(healthy, (request) => request.operation)) {
    if (own.length >= FEWEST_OF_OPERATION) usual.set(operation, quantileUs(own, USUAL));
  }
  return usual;
}

function roleOf({ failed, durationUs, operation }: SeenRequest, usual: ReadonlyMap<string, number>): Judged['role'] {
  if (failed) return 'failing';
  return durationUs > (usual.get(operation) ?? Number.POSITIVE_INFINITY) ? 'slow' : 'healthy';
}

/** The first of each, then the second of each. */
function roundRobin<T>(groups: readonly (readonly T[])[]): readonly T[] {
  const longest = groups.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: Math.min(longest, EACH) }, (_, at) =>
    groups.flatMap((group) => group.slice(at, at + 1)),
  ).flat();
}

function byCount(
  [a, one]: readonly [string, readonly unknown[]],
  [b, other]: readonly [string, readonly unknown[]],
): number {
  return other.length - one.length || (a < b ? -1 : 1);
}

function byId(a: SeenRequest, b: SeenRequest): number {
  if (a.traceId === b.traceId) return 0;
  return a.traceId < b.traceId ? -1 : 1;
}

function distance({ startUs }: SeenRequest, atUs: number): number {
  return Math.abs(startUs - atUs);
}

/** Whole seconds, because clocks differ. */
function whenText({ startUs }: SeenRequest, atUs: number): string {
  const seconds = Math.round((startUs - atUs) / 1e6);
  if (seconds === 0) return 'when it began';
  return `${durationText(Math.abs(seconds) * 1e6)} ${seconds < 0 ? 'before' : 'after'} it began`;
}

function medianUs(requests: readonly SeenRequest[]): number {
  return quantileUs(requests, 0.5);
}
