/** What the proofs by the audit log have in common: they read its entries in order, and say what they found. */
import type { AuditEntry } from '#record/audit.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader } from '#record/store.ts';

export type RowProof = Readonly<{
  ok: boolean;
  /** How many rows were compared. */
  rows: number;
  /** Rows of an earlier version, which the log does not cover yet. */
  withoutDigest: number;
  /** The first ones. */
  problems: readonly string[];
}>;

export type LogEntry = Readonly<
  Pick<Schema['audit'], 'seq' | 'workspace_id' | 'at_us' | 'action' | 'subject'> & { detail: AuditEntry['detail'] }
>;

/** A person reads the first ones; a wrong store would list thousands. */
const MAX_PROBLEMS = 20;

export function firstProblems(problems: readonly string[]): readonly string[] {
  return problems.slice(0, MAX_PROBLEMS);
}

const PAGE_ROWS = 5_000;

/** The entries with an action such as `timeline.added` for the prefix `timeline.`, and those with one of `others`. */
export async function* loggedEntries(
  { db }: Reader,
  prefix: `${string}.`,
  others: readonly string[] = [],
): AsyncGenerator<LogEntry> {
  /** The character after the dot. */
  const end = `${prefix.slice(0, -1)}/`;
  let last = 0;
  for (;;) {
    const page = await db
      .selectFrom('audit')
      .select(['seq', 'workspace_id', 'at_us', 'action', 'subject', 'detail'])
      .where('seq', '>', last)
      .where((row) =>
        row.or([
          row.and([row('action', '>=', prefix), row('action', '<', end)]),
          ...others.map((action) => row('action', '=', action)),
        ]),
      )
      .orderBy('seq')
      .limit(PAGE_ROWS)
      .execute();
    for (const row of page) yield { ...row, detail: JSON.parse(row.detail) as AuditEntry['detail'] };
    if (page.length < PAGE_ROWS) return;
    last = page.at(-1)?.seq ?? last;
  }
}
