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
  const hits = answer.hits.hits.flatMap((hit: unknown) => {
    if (!isObject(hit) || !isObject(hit._source)) return [];
    const fields = isObject(hit.fields) ? hit.fields : undefined;
    return [{ source: hit._source, fields, sort: Array.isArray(hit.sort) ? hit.sort : [] }];
  });
  const lacks = lackOf(answer.timed_out, shards);
  return { hits, shards: Number(shards.total ?? 0), lacks, aggregations: answer.aggregations };
}

function lackOf(timedOut: unknown, { failed, total, failures }: JsonObject): string {
  if (timedOut === true) return 'the search timed out, so something may be missing';
  if (!(Number(failed) > 0)) return '';
  const [first] = Array.isArray(failures) ? failures : [];
  const { reason, type } = isObject(first) && isObject(first.reason) ? first.reason : {};
  const why = [reason, type].find((one) => typeof one === 'string');
  return `${Number(failed)} of ${Number(total)} shards failed${why === undefined ? '' : `: ${why}`}`;
}
