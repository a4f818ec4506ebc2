/**
 * A trace as one writes it down: a span is its steps, in order, and lasts as long as they do.
 *
 *   span(web, 'GET /cart', [2, query, { together: [[stock], [prices]] }, 1])
 *     2              two milliseconds of its own work
 *     query          a span inside, waited for
 *     together       lanes side by side, until the last has ended
 *     detached       a span that nobody waits for
 */
import type { Service } from './services.ts';

export type Kind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export type Value = string | number | boolean;
export type Attributes = Readonly<Record<string, Value>>;

/** An event at so many milliseconds from its span's start, or at its end. */
export type DrawnEvent = Readonly<{ at: number | 'end'; name: string; attributes: Attributes }>;

/** A line that the service logs meanwhile. */
export type DrawnLog = Readonly<{ at: number | 'end'; level: 'info' | 'warn' | 'error'; text: string }>;

export type Together = Readonly<{ together: readonly (readonly Step[])[] }>;
export type Detached = Readonly<{ detached: DrawnSpan; afterMs: number }>;
export type Step = number | DrawnSpan | Together | Detached;

export type DrawnSpan = Readonly<{
  service: Service;
  operation: string;
  kind: Kind;
  scope: string;
  attributes: Attributes;
  events: readonly DrawnEvent[];
  logs?: readonly DrawnLog[];
  /** The status is an error with this text, which may be empty. */
  failure?: string;
  steps: readonly Step[];
  /** Ends after so many milliseconds, whatever its steps do: a caller that stopped waiting. */
  cutMs?: number;
  /** Was recorded nowhere; what lies below names it as its parent all the same. */
  lost?: boolean;
  /** Follows from its parent, as a consumer does from a producer. */
  linked?: boolean;
  /** Names no parent: the context was not handed on, only the trace's id. */
  parentless?: boolean;
}>;

/** A span at its place. Microseconds from the trace's start, by a clock that is right. */
export type PlacedSpan = Readonly<{
  id: string;
  parentId: string | undefined;
  startUs: number;
  endUs: number;
  drawn: DrawnSpan;
}>;

/** Every span of the tree, parents first; ids come from `newId`. */
export function placed(root: DrawnSpan, newId: () => string): PlacedSpan[] {
  const spans: PlacedSpan[] = [];
  place(root, 0, undefined);
  return spans;

  function place(drawn: DrawnSpan, startUs: number, parentId: string | undefined): number {
    const id = newId();
    const index = spans.length;
    spans.push({ id, parentId, startUs, endUs: startUs, drawn });
    const stepsEndUs = follow(drawn.steps, startUs, id);
    const endUs = drawn.cutMs === undefined ? stepsEndUs : startUs + us(drawn.cutMs);
    spans[index] = { id, parentId, startUs, endUs, drawn };
    return endUs;
  }

  function follow(steps: readonly Step[], fromUs: number, parentId: string): number {
    let atUs = fromUs;
    for (const step of steps) {
      if (typeof step === 'number') atUs += us(step);
      else if ('together' in step) atUs = Math.max(atUs, ...step.together.map((lane) => follow(lane, atUs, parentId)));
      else if ('detached' in step) place(step.detached, atUs + us(step.afterMs), parentId);
      else atUs = place(step, atUs, parentId);
    }
    return atUs;
  }
}

/** How long the steps take, one after another, in milliseconds. */
export function lengthMs(steps: readonly Step[]): number {
  let ms = 0;
  for (const step of steps) {
    if (typeof step === 'number') ms += step;
    else if ('together' in step) ms += Math.max(0, ...step.together.map(lengthMs));
    else if (!('detached' in step)) ms += step.cutMs ?? lengthMs(step.steps);
  }
  return ms;
}

function us(ms: number): number {
  return Math.max(0, Math.round(ms * 1000));
}
