/**
 * The audit log of incidents and evidence: append-only, and each entry holds the hash of the one before.
 *
 *   entry 1 ◄──hash── entry 2 ◄──hash── entry 3 ◄── head
 *
 * A person who changes an entry must also change every later one and the head. A copy of the head's hash, stored
 * elsewhere, reveals even that.
 *
 * A person or a trace that must be forgotten is taken out of an entry, which keeps its hash. A later entry has the hash
 * of what is left (`audit.blanked`).
 */
import { sha256 } from '#core/sha256.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

export type AuditEntry = Readonly<{
  workspaceId: string;
  /** A Slack user id, or the system that did it: `spanhound`, `pagerduty`. */
  actor: string;
  /** The action, as noun and participle: `incident.declared`, `evidence.read`. */
  action: string;
  /** The object: `INC-4`, the id of an investigation. */
  subject: string;
  /** Further facts for an auditor; no text by people, because it may have to be deleted later. */
  detail: Readonly<Record<string, string | number | null>>;
}>;

export type AuditState =
  | Readonly<{ ok: true; entries: number; head: string }>
  | Readonly<{ ok: false; entries: number; firstTouched: number; problem: string }>;

/** Keeps one page of the log in memory, because it grows for years. */
const PAGE_ROWS = 1_000;
/** The previous hash in the first entry. */
const NO_HASH = '';
const THE_HEAD = 1;

/** Written in the transaction of its action, so that neither exists without the other. */
export async function audit(tx: Tx, { workspaceId, actor, action, subject, detail }: AuditEntry): Promise<void> {
  await tx.lock('audit');
  const head = await headOf(tx);
  const row = {
    seq: (head?.seq ?? 0) + 1,
    workspace_id: workspaceId,
    at_us: tx.nowUs,
    actor,
    action,
    subject,
    detail: JSON.stringify(detail),
    previous_hash: head?.hash ?? NO_HASH,
  };
  const hash = hashOf(row);
  await tx.db
    .insertInto('audit')
    .values({ ...row, hash })
    .execute();
  await tx.db
    .insertInto('audit_head')
    .values({ id: THE_HEAD, seq: row.seq, hash })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seq: row.seq, hash }))
    .execute();
}

/** The entry for an action on an incident. */
export async function auditIncident(
  tx: Tx,
  incident: Incident,
  actor: string,
  action: string,
  detail: AuditEntry['detail'],
): Promise<void> {
  await audit(tx, { workspaceId: incident.workspaceId, actor, action, subject: incidentName(incident), detail });
}

/**
 * Verifies the whole log and returns the first altered entry. `knownHead` is the head of an earlier day, stored
 * outside: the log must still contain it.
 */
export async function verifyAudit(reader: Reader, knownHead?: string): Promise<AuditState> {
  let entries = 0;
  let last: AuditRow | undefined;
  let knownHeadSeen = knownHead === undefined;
  const blanked = await blankedHashes(reader);
  for (;;) {
    // Others may write in the meantime: a head that was read before an empty page belongs to the end of this page.
    const head = await headOf(reader);
    const page = await pageAfter(reader, last?.seq ?? 0);
    for (const row of page) {
      const touched = touchedBetween(last, row, blanked);
      if (touched) return { ok: false, entries, ...touched };
      if (row.hash === knownHead) knownHeadSeen = true;
      last = row;
      entries++;
    }
    if (page.length > 0) continue;
    const touched = touchedAtTheEnd(last, head, knownHeadSeen);
    return touched ? { ok: false, entries, ...touched } : { ok: true, entries, head: last?.hash ?? NO_HASH };
  }
}

type AuditRow = Schema['audit'];
type Touched = Readonly<{ firstTouched: number; problem: string }>;

/** The order of the fields is part of the format: existing logs were hashed in it. */
export function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const { seq, workspace_id, at_us, actor, action, subject, detail, previous_hash } = row;
  return sha256(JSON.stringify([seq, workspace_id, at_us, actor, action, subject, detail, previous_hash]));
}

const BLANKED = 'audit.blanked';

/** By the number of the entry: the hash of what is left of it. */
async function blankedHashes({ db }: Reader): Promise<ReadonlyMap<number, string>> {
  const rows = await db.selectFrom('audit').select('detail').where('action', '=', BLANKED).orderBy('seq').execute();
  const pairs = rows.flatMap(({ detail }) => `${(JSON.parse(detail) as AuditEntry['detail']).entries}`.split(' '));
  return new Map(pairs.map((pair) => pair.split('=')).map(([seq, hash = '']) => [Number(seq), hash]));
}

async function headOf({ db }: Reader): Promise<Schema['audit_head'] | undefined> {
  return await db.selectFrom('audit_head').selectAll().where('id', '=', THE_HEAD).executeTakeFirst();
}

async function pageAfter({ db }: Reader, seq: number): Promise<readonly AuditRow[]> {
  return await db.selectFrom('audit').selectAll().where('seq', '>', seq).orderBy('seq').limit(PAGE_ROWS).execute();
}

function touchedBetween(
  before: AuditRow | undefined,
  row: AuditRow,
  blanked: ReadonlyMap<number, string>,
): Touched | undefined {
  const expected = (before?.seq ?? 0) + 1;
  if (row.seq !== expected) return { firstTouched: expected, problem: 'it is missing' };
  const hash = hashOf(row);
  if (hash !== row.hash && hash !== blanked.get(row.seq))
    return { firstTouched: row.seq, problem: 'its content does not match its hash' };
  if (row.previous_hash === (before?.hash ?? NO_HASH)) return undefined;
  if (before === undefined)
    return { firstTouched: row.seq, problem: 'it is the first entry, but refers to an earlier one' };
  return { firstTouched: before.seq, problem: 'its hash differs from the one in the next entry' };
}

function touchedAtTheEnd(
  last: AuditRow | undefined,
  head: Schema['audit_head'] | undefined,
  knownHeadSeen: boolean,
): Touched | undefined {
  const end = last?.seq ?? 0;
  if (head === undefined && last !== undefined)
    return { firstTouched: end, problem: 'the record of the last entry is missing' };
  if (head !== undefined && head.seq > end) return { firstTouched: end + 1, problem: 'it is missing' };
  if (head !== undefined && head.seq < end)
    return { firstTouched: head.seq + 1, problem: 'it was added outside Spanhound' };
  if (head?.hash !== last?.hash) return { firstTouched: end, problem: 'its hash differs from the head' };
  return knownHeadSeen ? undefined : { firstTouched: 1, problem: 'no entry has the given hash' };
}
