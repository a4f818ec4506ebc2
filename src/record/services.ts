/** What the record knows about services: people's answers, the facts of the sources, and the names in traces. */
import type { ServiceFact } from '#model/services/service-fact.ts';
import { audit } from '#record/audit.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

/** What somebody answered: the alert's name for the service, or its rule where it names none. */
export type Asked = Readonly<{ about: Schema['service_answers']['about']; said: string }>;

export type ServiceAnswer = Asked &
  Readonly<{
    workspaceId: string;
    /** Where it was answered. */
    channelId: string;
    service: string;
    saidBy: string;
    atUs: number;
  }>;

/** The last answer in a channel counts. `investigationId`: the answer under which it was asked. */
export async function rememberService(
  tx: Tx,
  {
    workspaceId,
    channelId,
    about,
    said,
    service,
    saidBy,
    investigationId,
  }: Omit<ServiceAnswer, 'atUs'> & Readonly<{ investigationId: string }>,
): Promise<void> {
  const answer = { service, said_by: saidBy, at_us: tx.nowUs };
  await tx.db
    .insertInto('service_answers')
    .values({ id: tx.newId(), workspace_id: workspaceId, channel_id: channelId, about, said, ...answer })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'channel_id', 'about', 'said']).doUpdateSet(answer))
    .execute();
  await audit(tx, {
    workspaceId,
    actor: saidBy,
    action: 'service.named',
    subject: investigationId,
    detail: { service },
  });
}

/** More names than this are not answered one by one. */
const MOST_ANSWERS = 5_000;

/** The newest first. Without a workspace: of all. */
export async function serviceAnswers({ db }: Reader, workspaceId?: string): Promise<readonly ServiceAnswer[]> {
  const rows = await db
    .selectFrom('service_answers')
    .selectAll()
    .$if(workspaceId !== undefined, (query) => query.where('workspace_id', '=', workspaceId ?? ''))
    .orderBy('at_us', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST_ANSWERS)
    .execute();
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    channelId: row.channel_id,
    about: row.about,
    said: row.said,
    service: row.service,
    saidBy: row.said_by,
    atUs: Number(row.at_us),
  }));
}

export type KeptFacts = Readonly<{
  source: string;
  facts: readonly ServiceFact[];
  warnings: readonly string[];
  readUs: number;
}>;

/** Replaces what the source said before. */
export async function keepFacts(tx: Tx, { source, facts, warnings }: Omit<KeptFacts, 'readUs'>): Promise<void> {
  const row = { facts: JSON.stringify(facts), warnings: JSON.stringify(warnings), read_us: tx.nowUs };
  await tx.db
    .insertInto('service_facts')
    .values({ source, ...row })
    .onConflict((conflict) => conflict.column('source').doUpdateSet(row))
    .execute();
}

/** When each source was read last. */
export async function factsRead({ db }: Reader): Promise<ReadonlyMap<string, number>> {
  const rows = await db.selectFrom('service_facts').select(['source', 'read_us']).execute();
  return new Map(rows.map(({ source, read_us }) => [source, Number(read_us)]));
}

export async function keptFacts({ db }: Reader): Promise<readonly KeptFacts[]> {
  const rows = await db.selectFrom('service_facts').selectAll().orderBy('source').execute();
  return rows.map(({ source, facts, warnings, read_us }) => ({
    source,
    facts: JSON.parse(facts),
    warnings: JSON.parse(warnings),
    readUs: Number(read_us),
  }));
}

export type SeenService = Readonly<{ service: string; seenUs: number }>;

/** A trace of more services than this has its own names for calls. */
const MOST_SEEN = 200;

/** In order of name, so that two transactions do not wait for each other. */
export async function noteServicesSeen(tx: Tx, workspaceId: string, services: readonly string[]): Promise<void> {
  const names = [...new Set(services)]
    .filter((name) => name !== '')
    .sort()
    .slice(0, MOST_SEEN);
  if (names.length === 0) return;
  const seen_us = tx.nowUs;
  await tx.db
    .insertInto('seen_services')
    .values(names.map((service) => ({ workspace_id: workspaceId, service, seen_us })))
    .onConflict((conflict) => conflict.columns(['workspace_id', 'service']).doUpdateSet({ seen_us }))
    .execute();
}

/** The workspaces in whose answers services were seen. */
export async function workspacesOfSeen({ db }: Reader): Promise<readonly string[]> {
  const rows = await db.selectFrom('seen_services').select('workspace_id').distinct().execute();
  return rows.map(({ workspace_id }) => workspace_id);
}

/** The names in traces since that instant, in order. Without workspaces: of all. */
export async function servicesSeen(
  { db }: Reader,
  sinceUs: number,
  workspaces?: readonly string[],
): Promise<readonly SeenService[]> {
  if (workspaces?.length === 0) return [];
  const rows = await db
    .selectFrom('seen_services')
    .select(['service', ({ fn }) => fn.max<number>('seen_us').as('seen_us')])
    .where('seen_us', '>=', sinceUs)
    .$if(workspaces !== undefined, (query) => query.where('workspace_id', 'in', workspaces ?? []))
    .groupBy('service')
    .orderBy('service')
    .limit(MOST_ANSWERS)
    .execute();
  return rows.map(({ service, seen_us }) => ({ service, seenUs: Number(seen_us) }));
}
