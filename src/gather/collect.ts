/** Queries every source in parallel and yields each answer as it arrives. */
import { SpanhoundError } from '#core/errors.ts';
import type { OpenBody, TraceSource } from '#gather/sources.ts';
import type { Gap } from '#model/finding/gap.ts';

export type TraceAnswer = Readonly<{ source: TraceSource } & ({ body: OpenBody } | { error: SpanhoundError })>;

/** In the order in which the sources answer. Leaving the loop cancels the others. */
export async function* askForTrace(
  sources: readonly TraceSource[],
  traceId: string,
  signal: AbortSignal,
): AsyncGenerator<TraceAnswer> {
  const rest = new AbortController();
  const either = AbortSignal.any([signal, rest.signal]);
  const pending = new Map(sources.map((source) => [source, answerOf(source, traceId, either)]));
  try {
    while (pending.size > 0) {
      const answer = await Promise.race(pending.values());
      pending.delete(answer.source);
      yield answer;
    }
  } finally {
    rest.abort(new Error('another source answered first'));
    for (const answer of pending.values()) answer.catch(() => {}); // nobody waits for these any longer
  }
}

async function answerOf(source: TraceSource, traceId: string, signal: AbortSignal): Promise<TraceAnswer> {
  try {
    return { source, body: await source.openTrace(traceId, signal) };
  } catch (error) {
    if (error instanceof SpanhoundError) return { source, error };
    throw error;
  }
}

/** A gap for a failed source, with the source named once. */
export function gapOf(source: string, error: SpanhoundError, consequence: string): Gap {
  const { message } = error;
  return {
    source,
    problem: message.startsWith(`${source} `) ? message.slice(source.length + 1) : message,
    consequence,
  };
}

/** `Jaeger or Tempo`: the titles of the sources with these names. */
export function spokenNames(names: readonly string[], sources: readonly TraceSource[]): string {
  const titles = new Map(sources.map(({ name, title }) => [name, title]));
  return [...new Set(names)].map((name) => titles.get(name) ?? name).join(' or ');
}
