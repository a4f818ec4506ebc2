/**
 * Asks whether what a person set as the check of an action item is so now. Each question is bounded: the lists of alert
 * rules, up to 200 traces for an attribute; for a p99 a few queries to a store that counts requests, else up to 800 traces.
 */
import type { Session } from '#analyse/session.ts';
import { openDeadline } from '#core/deadline.ts';
import { SpanhoundError } from '#core/errors.ts';
import { HOUR_US } from '#core/time-units.ts';
import type { MetricSource, TraceSource } from '#gather/sources.ts';
import type { ItemCheck } from '#model/incident/item-check.ts';
import type { AttributeProbe, ItemProbe, PercentileProbe, RuleProbe } from '#model/incident/item-probe.ts';
import type { Percentile, SpanQuestion } from '#model/requests/seen-spans.ts';
import { nearestRank } from '#model/stats/nearest-rank.ts';
import { attributeCheck, percentileCheck, type RuleAnswer, ruleCheck } from '#present/words/probe-check.ts';
import type { DiagnoseTraceParts } from '#workflows/traces/diagnose-trace.ts';
import { feedSession } from '#workflows/traces/feed-session.ts';

export type ProbeParts = Pick<DiagnoseTraceParts, 'traceSources' | 'openSession' | 'settings' | 'clock'> &
  Readonly<{ metricSources: readonly MetricSource[]; deadlineMs: number }>;

/** `nowUs`: microseconds since the epoch. Throws if the signal is aborted. */
export type AskProbe = (
  probe: ItemProbe,
  asked: Readonly<{ nowUs: number; signal: AbortSignal }>,
) => Promise<ItemCheck>;

export function probeAsker(parts: ProbeParts): AskProbe {
  return async (probe, { nowUs, signal: caller }) => {
    const deadline = openDeadline(parts.clock, parts.deadlineMs, caller);
    const asking = { ...parts, nowUs, caller, signal: deadline.signal };
    try {
      if (probe.kind === 'rule') return await askRule(asking, probe);
      return await (probe.kind === 'attribute' ? askAttribute(asking, probe) : askPercentile(asking, probe));
    } finally {
      deadline.close();
    }
  };
}

/** `signal` ends at the deadline or with the caller's. */
type Asking = ProbeParts & Readonly<{ nowUs: number; caller: AbortSignal; signal: AbortSignal }>;

async function askRule({ metricSources, caller, signal }: Asking, probe: RuleProbe): Promise<ItemCheck> {
  const asked = metricSources.flatMap(({ name, alertRules }) =>
    alertRules === undefined ? [] : [{ name, alertRules }],
  );
  const answers = asked.map(async ({ name, alertRules }): Promise<RuleAnswer> => {
    const answer = await unlessItFails(() => alertRules(signal), caller);
    return 'problem' in answer ? { source: name, ...answer } : { source: name, found: answer.value };
  });
  return ruleCheck(probe, await Promise.all(answers));
}

/** A source that fails is a gap. */
async function unlessItFails<T>(
  ask: () => Promise<T>,
  caller: AbortSignal,
): Promise<Readonly<{ value: T } | { problem: string }>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (caller.aborted || !(error instanceof SpanhoundError)) throw error;
    return { problem: error.message };
  }
}

const DAY_HOURS = 24;
const TRACES = 100;
/** Requests since a change that somebody has just made; where there are none, a longer time. */
const ATTRIBUTE_HOURS = [1, 6] as const;
const MOST_PARTS = 8;

async function askAttribute(asking: Asking, probe: AttributeProbe): Promise<ItemCheck> {
  let answer = { spans: 0, carrying: 0, problems: NO_SOURCE as readonly string[], hours: 1 };
  for (const hours of ATTRIBUTE_HOURS) {
    const { durationsUs, ...read } = await readSpans(asking, { ...probe, hours, parts: 1 });
    answer = { ...read, spans: durationsUs.length, hours };
    if (answer.spans > 0 || answer.problems.length > 0) break;
  }
  return attributeCheck(probe, answer);
}

const NO_SOURCE = ['no trace source can search'] as const;
const P99 = 0.99;

/** A store counts all requests; where none does, a sample of them is read, and the answer says so. */
async function askPercentile(asking: Asking, probe: PercentileProbe): Promise<ItemCheck> {
  const { traceSources, nowUs, caller, signal } = asking;
  const { service, operation, belowUs } = probe;
  const query = { service, operation, belowUs, fromUs: nowUs - DAY_HOURS * HOUR_US, toUs: nowUs };
  const computing = traceSources.flatMap(({ name, statistics }) =>
    statistics?.percentile === undefined ? [] : [{ name, percentile: statistics.percentile }],
  );
  const uncounted: string[] = [];
  for (const { name, percentile } of computing) {
    const answer = await unlessItFails(() => percentile(query, signal), caller);
    if ('problem' in answer) uncounted.push(`${name}: ${answer.problem}`);
    else if (answer.value.requests > 0)
      return percentileCheck(probe, { ...answer.value, isSample: false, problems: [] });
  }
  const read = await readSpans(asking, { ...probe, attribute: '', hours: DAY_HOURS, parts: MOST_PARTS });
  const { requests, ...sample } = percentileOf(read.durationsUs, belowUs);
  const problems = requests === 0 ? [...new Set([...uncounted, ...read.problems])] : read.problems;
  return percentileCheck(probe, { requests, ...sample, isSample: true, problems });
}

function percentileOf(durationsUs: readonly number[], belowUs: number): Percentile {
  const sorted = durationsUs.toSorted((a, b) => a - b);
  const slower = sorted.filter((us) => us >= belowUs).length;
  return { requests: sorted.length, slower, us: nearestRank(sorted, P99) };
}

type Reading = Pick<SpanQuestion, 'service' | 'operation' | 'attribute'> & Readonly<{ hours: number; parts: number }>;
type Read = Readonly<{ durationsUs: readonly number[]; carrying: number; problems: readonly string[] }>;

/** The spans of the last hours, from so many equal parts of that time. */
async function readSpans(asking: Asking, { hours, parts, ...question }: Reading): Promise<Read> {
  const { traceSources, nowUs, openSession, settings, signal } = asking;
  const searched = traceSources.filter(({ search }) => search !== undefined);
  if (searched.length === 0) return { durationsUs: [], carrying: 0, problems: NO_SOURCE };
  const session = openSession(settings);
  const found: Read[] = [];
  const stepUs = (hours * HOUR_US) / parts;
  try {
    for (let part = 0; part < parts && !signal.aborted; part += 1) {
      const fromUs = nowUs - (part + 1) * stepUs;
      const asked = { ...question, fromUs, toUs: fromUs + stepUs - 1 };
      const said = searched
        .filter(({ mostParts = parts }) => part < mostParts)
        .map((source) => searchInto(asking, session, { source, asked, part }));
      const problems = (await Promise.all(said)).flat();
      found.push({ ...(await session.spans(asked)), problems });
      await session.next();
    }
  } finally {
    await session.close();
  }
  return {
    durationsUs: found.flatMap(({ durationsUs }) => durationsUs),
    carrying: found.reduce((sum, { carrying }) => sum + carrying, 0),
    problems: [...new Set(found.flatMap(({ problems }) => problems))],
  };
}

/** Feeds what the source finds, and returns why it could not be read. */
async function searchInto(
  { caller, signal }: Asking,
  session: Session,
  { source, asked, part }: Readonly<{ source: TraceSource; asked: SpanQuestion; part: number }>,
): Promise<readonly string[]> {
  const { service, operation, fromUs, toUs } = asked;
  const query = { service, operation, fromUs, toUs, limit: TRACES };
  const feed = async () => {
    const bodies = (await source.search?.(query, signal)) ?? [];
    const problems: string[] = [];
    for (const [at, { format, query: shown, chunks }] of bodies.entries()) {
      const head = { kind: 'trace', format, source: source.name, file: '', query: shown, sample: 'all' } as const;
      const { failure } = await feedSession(session, `probe ${part} ${source.name} ${at}`, head, chunks, LACK);
      if (failure !== undefined) problems.push(`${source.name}: ${failure.message}`);
    }
    return problems;
  };
  const answer = await unlessItFails(feed, caller);
  return 'problem' in answer ? [`${source.name}: ${answer.problem}`] : answer.value;
}

const LACK = 'not all requests were read';
