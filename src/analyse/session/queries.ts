/** The queries of a session, for the report. */
import { bySource } from '#analyse/session/by-source.ts';
import type { BodyHead } from '#analyse/session.ts';
import type { Analysis } from '#model/finding/analysis.ts';

type Query = Analysis['queries'][number];

export type SessionQueries = Readonly<{
  add(head: BodyHead): void;
  /** In one order, because parallel queries are answered in any. */
  all(): readonly Query[];
  /** As `all`, with the queries for traces first. */
  ofTrace(): readonly Query[];
  forget(sources: ReadonlySet<string>): void;
}>;

export function sessionQueries(): SessionQueries {
  const queries: (Query & Readonly<{ kind: BodyHead['kind'] }>)[] = [];
  /** By kind, source and sample: a time window that is searched in parts is shown by its first part. */
  const shown = new Set<string>();
  return {
    add({ kind, source, sample, query: { text, url } }) {
      if (text === '') return;
      const key = `${kind}\n${source}\n${sample}`;
      const isShown = sample !== undefined && shown.has(key);
      shown.add(key);
      if (!isShown) queries.push({ kind, source, query: text, url });
    },
    all: () => queries.toSorted(bySource).map(withoutKind),
    ofTrace: () => queries.toSorted((a, b) => rank(a.kind) - rank(b.kind) || bySource(a, b)).map(withoutKind),
    forget(sources) {
      queries.splice(0, queries.length, ...queries.filter(({ source }) => !sources.has(source)));
    },
  };
}

function rank(kind: BodyHead['kind']): number {
  return kind === 'trace' ? 0 : 1;
}

function withoutKind({ source, query, url }: Query): Query {
  return { source, query, url };
}
