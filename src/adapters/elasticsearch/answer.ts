/** The answer to a search: its documents, and whether it is whole. */
import { isObject, type JsonObject } from '#model/text/json-object.ts';

export type Answered = Readonly<{
  hits: readonly Document[];
  /** How many indices' parts were asked: 0 where no index has such a name. */
  shards: number;
  /** Why the result is incomplete; '' if it is whole. */
  lacks: string;
  /** Undefined for a search that counts nothing. */
  aggregations: unknown;
}>;

export type Document = Readonly<{
  source: JsonObject;
  fields: JsonObject | undefined;
  /** The place of the hit in the order of the search, for the next page. */
  sort: readonly unknown[];
}>;

/** Undefined for a response that is none of a search. */
export function answerOf(answer: unknown): Answered | undefined {
  if (!isObject(answer) || !isObject(answer.hits) || !Array.isArray(answer.hits.hits)) return undefined;
  const shards = isObject(answer._shards) ? answer._shards : {};
  const clusters = isObject(answer._clusters) ? answer._clusters : {};
  const hits = answer.hits.hits.flatMap((hit: unknown) => {
    if (!isObject(hit) || !isObject(hit._source)) return [];
    const fields = isObject(hit.fields) ? hit.fields : undefined;
    return [{ source: hit._source, fields, sort: Array.isArray(hit.sort) ? hit.sort : [] }];
  });
  const bare = answer.hits.hits.length - hits.length;
  const lacks = lackOf(answer.timed_out, shards) || lackOfClusters(clusters) || lackOfSources(bare);
  return { hits, shards: Number(shards.total ?? 0), lacks, aggregations: answer.aggregations };
}

function lackOf(timedOut: unknown, { failed, total, failures }: JsonObject): string {
  if (timedOut === true) return 'the search timed out, so something may be missing';
  if (!(Number(failed) > 0)) return '';
  return `${Number(failed)} of ${Number(total)} shards failed${whyFailed(failures)}`;
}

/** `: all shards failed`; '' if no failure has a reason. */
function whyFailed(failures: unknown): string {
  const [first] = Array.isArray(failures) ? failures : [];
  const { reason, type } = isObject(first) && isObject(first.reason) ? first.reason : {};
  const why = [reason, type].find((one) => typeof one === 'string');
  return why === undefined ? '' : `: ${why}`;
}

/**
 * A search over several clusters (`europe:logs-*`) goes on without one that is away: only here it says so.
 *
 * https://www.elastic.co/docs/explore-analyze/cross-cluster-search#cross-cluster-search-failures
 */
function lackOfClusters({ total, skipped, partial, failed, details }: JsonObject): string {
  const away = [skipped, partial, failed].map((count) => Number(count ?? 0)).filter((count) => count > 0);
  if (away.length === 0) return '';
  const lacking = Object.entries(isObject(details) ? details : {}).flatMap(([name, one]) =>
    isObject(one) && /^(?:skipped|partial|failed)$/.test(`${one.status}`) ? [{ name, failures: one.failures }] : [],
  );
  const names = lacking.map(({ name }) => name).filter((name) => name !== '');
  const of = `${away.reduce((sum, count) => sum + count, 0)} of ${Number(total)} clusters gave no whole answer`;
  return `${of}${names.length === 0 ? '' : ` (${names.slice(0, 5).join(', ')})`}${whyFailed(lacking[0]?.failures)}`;
}

/** `bare`: how many hits have no document, because the mapping says `_source: { enabled: false }`. */
function lackOfSources(bare: number): string {
  return bare > 0 ? `${bare} hits have no _source, so nothing of them can be read` : '';
}
