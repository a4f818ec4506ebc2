/**
 * The store under strain behind a verdict that says only how long calls take: its own numbers left their past, and its
 * callers call it by a name of its own.
 *
 *   wheels         waits for one slow query of wheel-crdb
 *   crdb           5 live nodes → 3, unavailable ranges 0 → 24
 *   ──► crdb has lost servers
 *
 * The same holds for a cache that lost what it held: all wait for the store behind it.
 */
import { FOLLOWS_FROM_STRAIN } from '#diagnose/rules/follows-from-strain.ts';
import { saysWhyOfMany } from '#diagnose/rules/seen-by-many.ts';
import { plainStore } from '#diagnose/window/called-stores.ts';
import { ledByLimit } from '#diagnose/window/limit-behind.ts';
import { LOST_SERVER } from '#diagnose/window/seen-findings.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import { isSameService, nameLetters } from '#model/incident/alert-service.ts';
import { CACHE_SYSTEMS } from '#model/sql/cache-systems.ts';
import type { Trace } from '#model/trace/trace.ts';
import { serviceGraph } from '#model/trace/views/service-graph.ts';

/** More requests call the same stores. */
const MOST_READ = 100;
/** Shorter names are part of too many others. */
const SHORTEST_NAME = 4;

export function withStrainBehind(judgement: Judgement, traces: readonly Trace[]): Judgement {
  const { diagnosis, findings } = judgement;
  const [first] = findings;
  if (diagnosis === undefined || first === undefined || !FOLLOWS_FROM_STRAIN.has(diagnosis.kind)) return judgement;
  const others = findings.filter((one) => one !== first);
  const lost = diagnosis.status === 'inconclusive' ? others.find((one) => isLostCache(one, traces)) : undefined;
  if (lost !== undefined) return ledByLimit(judgement, first, lost, false);
  const strained = others.filter(({ facts }) => facts.form === 'strained');
  if (strained.length === 0) return judgement;
  const { service, change } = diagnosis;
  // Its own change asks the store for more, so the store is not at fault.
  if (change?.knownBy === 'evidence' && isSameService(change.service, service)) return judgement;
  const called = new Set(traces.slice(0, MOST_READ).flatMap((trace) => calledBy(service, trace)));
  const strain = strained.find((one) => isSameService(one.service, service) || isOfAny(one, called));
  if (strain === undefined) return judgement;
  const named = { ...strain, service: bucketHost(strain.service, called) ?? strain.service };
  const renamed = { ...judgement, findings: findings.map((one) => (one === strain ? named : one)) };
  const led = ledByLimit(renamed, first, named, false);
  if (strain.facts.isGone !== true || led.diagnosis === undefined) return led;
  return { ...led, diagnosis: { ...led.diagnosis, kind: LOST_SERVER } };
}

/**
 * Object stores have one host for each bucket: `BUCKET.s3.REGION.amazonaws.com`, `BUCKET.storage.googleapis.com`. Their
 * metrics name the bucket alone.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 * https://cloud.google.com/storage/docs/request-endpoints
 */
const OF_BUCKETS = /^(?:s3[.-]|storage\.googleapis\.com$)/;

/** The host of this bucket, if the service calls it. */
function bucketHost(bucket: string, called: ReadonlySet<string>): string | undefined {
  const start = `${bucket.toLowerCase()}.`;
  return [...called].find((callee) => {
    const host = plainStore(callee);
    return host.startsWith(start) && OF_BUCKETS.test(host.slice(start.length));
  });
}

/** As a share of the lookups: the store behind gets as many more reads as half of them. */
const MOST_MISSED = 0.5;

/** A cache that these requests ask no longer holds what it held, and everybody waits for the store behind it. */
function isLostCache(one: JudgedFinding, traces: readonly Trace[]): boolean {
  if (!saysWhyOfMany(one) || one.facts.metric === undefined || !(Number(one.facts.now) >= MOST_MISSED)) return false;
  const isIt = (callee: string) => CACHE_SYSTEMS.has(callee) || isSameService(callee, one.service);
  return traces.slice(0, MOST_READ).some((trace) => serviceGraph(trace).some(({ callee }) => isIt(callee)));
}

/** What the service calls that records no spans. */
function calledBy(service: string, trace: Trace): readonly string[] {
  const known = new Set(trace.services);
  return serviceGraph(trace).flatMap(({ caller, callee }) =>
    caller === service && !known.has(callee) ? [callee] : [],
  );
}

function isOfAny({ facts }: Finding, called: ReadonlySet<string>): boolean {
  const names = String(facts.names ?? '')
    .split('\n')
    .map(nameLetters);
  return names.some(
    (name) => name.length >= SHORTEST_NAME && [...called].some((callee) => nameLetters(callee).includes(name)),
  );
}
