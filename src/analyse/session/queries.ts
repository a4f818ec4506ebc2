/** The queries of a session, for the report. */
import type { BodyHead } from '#analyse/session.ts';
import type { Analysis } from '#model/finding/analysis.ts';

type Query = Analysis['queries'][number];

export type SessionQueries = Readonly<{
  add(head: BodyHead): void;
  /** Grows. */
  all: readonly Query[];
  forget(sources: ReadonlySet<string>): void;
}>;

export function sessionQueries(): SessionQueries {
  const queries: Query[] = [];
  /** By kind, source and sample: a time window that is searched in parts is shown by its first part. */
  const shown = new Set<string>();
  return {
    add({ kind, source, sample, query: { text, url } }) {
      if (text === '') return;
      const key = `${kind}\n${source}\n${sample}`;
      const isShown = sample !== undefined && shown.has(key);
      shown.add(key);
      if (!isShown) queries.push({ source, query: text, url });
    },
    all: queries,
    forget(sources) {
      queries.splice(0, queries.length, ...queries.filter(({ source }) => !sources.has(source)));
    },
  };
}
