/** Adds alerts and diagnoses to a timeline. */
import { changeWithoutText } from '#model/changes/change-words.ts';
import type { KnownBy } from '#model/finding/diagnosis.ts';
import { isOnset, ONSET } from '#model/incident/incident.ts';
import type { Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';

/** Adds an alert to the timeline, once, at the instant that it names. */
export async function addAlertEntry(
  tx: Tx,
  { incidentId, alertId }: Readonly<{ incidentId: string; alertId: string }>,
): Promise<boolean> {
  const alert = await tx.db.selectFrom('alerts').selectAll().where('id', '=', alertId).executeTakeFirstOrThrow();
  return await addEntry(tx, {
    incidentId,
    key: `alert:${alertId}`,
    atUs: alert.at_us,
    notedUs: alert.received_us,
    kind: 'alert',
    text: alert.title,
    source: alert.source,
    link: alert.url,
    value: 'triggered',
  });
}

/** Adds the verdict of a finished investigation to the timeline, once. Without a verdict yet, adds nothing. */
export async function addDiagnosisEntry(
  tx: Tx,
  { incidentId, investigationId, link = '' }: Readonly<{ incidentId: string; investigationId: string; link?: string }>,
): Promise<boolean> {
  const investigation = await tx.db
    .selectFrom('investigations')
    .selectAll()
    .where('id', '=', investigationId)
    .executeTakeFirstOrThrow();
  const { verdict, onset, change } = toldBy(investigation.report, await alertUs(tx, investigation.alert_id));
  if (verdict === undefined || investigation.finished_us === null) return false;
  const entry = { incidentId, notedUs: investigation.finished_us, source: 'spanhound', link };
  if (onset !== undefined) await addEntry(tx, onsetEntry(investigationId, onset, entry));
  if (change !== undefined) {
    // Whichever diagnosis suspects it, and for whatever reason, the change happened once.
    const { atUs, text, doubt } = change;
    const key = `change:${atUs} ${text}`;
    await addEntry(tx, { ...entry, key, kind: 'change', value: '', atUs, text: `${text}${doubt}` });
  }
  const key = `diagnosis:${investigationId}`;
  return await addEntry(tx, {
    ...entry,
    key,
    atUs: investigation.finished_us,
    kind: 'diagnosis',
    text: verdict,
    value: investigationId,
  });
}

/**
 * Adds the onset of an investigation whose verdict another answer gives, if it is earlier than each one in the timeline.
 * False if nothing was added.
 */
export async function addEarlierOnset(
  tx: Tx,
  { incidentId, investigationId }: Readonly<{ incidentId: string; investigationId: string }>,
): Promise<boolean> {
  const {
    report,
    finished_us: finishedUs,
    alert_id: alertId,
  } = await tx.db
    .selectFrom('investigations')
    .select(['report', 'finished_us', 'alert_id'])
    .where('id', '=', investigationId)
    .executeTakeFirstOrThrow();
  const { onset } = toldBy(report, await alertUs(tx, alertId));
  if (onset === undefined || finishedUs === null) return false;
  const known = (await timelineOf(tx, incidentId)).find(isOnset);
  if (known !== undefined && known.atUs <= onset.atUs) return false;
  const entry = { incidentId, notedUs: finishedUs, source: 'spanhound', link: '' };
  return await addEntry(tx, onsetEntry(investigationId, onset, entry));
}

type Told = Readonly<{ atUs: number; text: string }>;

function onsetEntry<Entry>(investigationId: string, { atUs, text }: Told, entry: Entry) {
  const key = `onset:${investigationId}`;
  return { ...entry, key, atUs, kind: 'finding', text, value: ONSET } as const;
}

async function alertUs({ db }: Tx, alertId: string | null): Promise<number | undefined> {
  const alert = await db.selectFrom('alerts').select('at_us').where('id', '=', alertId).executeTakeFirst();
  return alert?.at_us;
}

type Began = Readonly<{
  subject?: Readonly<{ kind?: string }>;
  onset?: Readonly<{ at: string; why: string }>;
  exemplars?: readonly Readonly<{ role: string; at?: string }>[];
}>;

/**
 * When the trouble began, as the requests show it. Where none were compared, the first failed request of those that were
 * examined, if it failed before the alert: then the trouble had begun by then.
 */
export function beganBefore(stored: unknown, alertAtUs: number | undefined): Told | undefined {
  const { subject, onset, exemplars = [] } = (stored ?? {}) as Began;
  if (onset !== undefined) return toldAt(onset.at, `Trouble began: ${onset.why}`);
  if (subject?.kind !== 'alert' || alertAtUs === undefined) return undefined;
  const failed = exemplars.flatMap(({ role, at }) => (role === 'failing' && at !== undefined ? [Date.parse(at)] : []));
  const firstUs = Math.min(...failed) * 1_000;
  return firstUs < alertAtUs ? { atUs: firstUs, text: FIRST_FAILURE } : undefined;
}

const FIRST_FAILURE = 'Trouble began at the latest with the first failed request that was examined';

/** The parts of a stored report for the timeline. */
function toldBy(
  report: string | null,
  alertAtUs: number | undefined,
): {
  verdict: string | undefined;
  onset: Told | undefined;
  change: (Told & Readonly<{ doubt: string }>) | undefined;
} {
  const stored = (report === null ? {} : JSON.parse(report)) as Began & {
    diagnosis?: {
      verdict?: string;
      change?: { id: string; kind: string; service: string; at: string; knownBy?: KnownBy } | null;
    } | null;
  };
  const { verdict, change } = stored.diagnosis ?? {};
  const told = change ? toldAt(change.at, changeText(change)) : undefined;
  return {
    verdict,
    onset: beganBefore(stored, alertAtUs),
    change: told && { ...told, doubt: change?.knownBy === 'nearness' ? ONLY_BY_TIME : '' },
  };
}

const ONLY_BY_TIME = '; only its time makes it suspect';

/** `deploy of stock: 7c41e0b29a, the suspected cause` */
function changeText(change: Parameters<typeof changeWithoutText>[0]): string {
  return `${changeWithoutText(change)}, the suspected cause`;
}

/** Undefined for an invalid time. */
function toldAt(iso: string, text: string): Told | undefined {
  const atUs = Date.parse(iso) * 1_000;
  return Number.isNaN(atUs) ? undefined : { atUs, text };
}
