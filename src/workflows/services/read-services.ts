/**
 * Reads what every source says about services: the names in traces, files, labels. The bot keeps the result for its
 * answers, because an alert must not wait for it.
 */
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { errorRecord, UnreachableError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import { GATHER_DEADLINE_MS } from '#gather/plan.ts';
import type { FoundFacts, ServiceFactSource, TraceSource } from '#gather/sources.ts';
import { redact } from '#model/redaction/redaction.ts';
import { factValue, type ServiceFact } from '#model/services/service-fact.ts';
import { factsRead, keepFacts } from '#record/services.ts';
import type { Store } from '#record/store.ts';

export type ServiceSources = Readonly<{
  traceSources: readonly TraceSource[];
  serviceSources: readonly ServiceFactSource[];
}>;

/** `failed`: the source did not answer, and its facts are not known. */
export type ReadFacts = FoundFacts & Readonly<{ source: string; failed: boolean }>;

/** A source of more facts is a mistake in a setting, and every answer would wait for it. */
const MOST_FACTS = 20_000;

export async function readServices(
  { traceSources, serviceSources }: ServiceSources,
  signal: AbortSignal,
): Promise<readonly ReadFacts[]> {
  return await Promise.all(
    readersOf({ traceSources, serviceSources }).map(({ source, read }) => readOne(source, read, signal)),
  );
}

type FactReader = Readonly<{ source: string; read(signal: AbortSignal): Promise<FoundFacts> }>;

function readersOf({ traceSources, serviceSources }: ServiceSources): readonly FactReader[] {
  return [
    ...traceSources.flatMap(({ name, services }): FactReader[] =>
      services === undefined
        ? []
        : [{ source: `traces of ${name}`, read: async (signal) => namesIn(name, await services(signal)) }],
    ),
    ...serviceSources.map(({ name, readFacts }): FactReader => ({ source: name, read: readFacts })),
  ];
}

function namesIn(place: string, names: readonly string[]): FoundFacts {
  const facts = names.flatMap((name): ServiceFact[] =>
    factValue(name) === name ? [{ service: name, kind: 'name', value: name, origin: 'traces', place }] : [],
  );
  return { facts, warnings: [] };
}

async function readOne(source: string, read: FactReader['read'], signal: AbortSignal): Promise<ReadFacts> {
  try {
    const { facts, warnings } = await read(signal);
    const more =
      facts.length > MOST_FACTS ? [`${source} says more than ${MOST_FACTS} facts: the rest is left out`] : [];
    return { source, facts: facts.slice(0, MOST_FACTS).map(redacted), warnings: [...warnings, ...more], failed: false };
  } catch (error) {
    const { message, advice } = errorRecord(error);
    const remedy = error instanceof UnreachableError ? error.remedy : advice;
    return { source, facts: [], warnings: [`${source}: ${message}. ${remedy}`.trim()], failed: true };
  }
}

/** Names stay: they are compared with those of alerts and traces. */
function redacted(fact: ServiceFact): ServiceFact {
  return fact.kind === 'name' || fact.kind === 'alias' ? fact : { ...fact, value: redact(fact.value) };
}

/** Owners and files change rarely; a new service is asked for by name until then. */
const FRESH_US = 10 * 60_000_000;

/** Keeps what the sources say. A source that fails keeps its facts from before. Replicas share the work. */
export function serviceRefresher({
  store,
  clock,
  log,
  ...sources
}: ServiceSources & Readonly<{ store: Store; clock: Clock; log: Log }>): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const known = await factsRead(store);
    const dueUs = (await store.nowUs()) - FRESH_US;
    const due = readersOf(sources).filter(({ source }) => (known.get(source) ?? 0) <= dueUs);
    const deadline = openDeadline(clock, GATHER_DEADLINE_MS, signal);
    try {
      for (const { source, read } of due) {
        const { failed, ...found } = await readOne(source, read, deadline.signal);
        if (failed) log.info({ source, why: found.warnings[0] }, 'the facts about services could not be read');
        else await store.transaction((tx) => keepFacts(tx, found));
      }
    } finally {
      deadline.close();
    }
  };
}
