/** The received alerts: one row each, however often and however they were delivered. */
import { DAY_US, MINUTE_US, WEEK_US } from '#core/time-units.ts';
import { ALERT_STATES, type Alert, type AlertState, QUIET_MINUTES } from '#model/incident/alert.ts';
import { latestRound, underOneKey } from '#record/alert-keys.ts';
import { redactedAlert } from '#record/redacted-alert.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

export type NewAlert = Readonly<{
  workspaceId: string;
  alert: Alert;
  /** Its place in Slack, or the place for its answer. */
  channelId?: string | undefined;
  /** Its own message, if it came as one. */
  messageTs?: string | undefined;
  /** It belongs to a group, which is the alert that gets an answer. */
  isMember?: boolean;
  /** How long nothing was received before the alert is new without a resolution. */
  quietMinutes?: number | undefined;
}>;

export type Noted = Readonly<{
  alertId: string;
  isNew: boolean;
  /** Its previous state; undefined for a new alert. */
  previousState: AlertState | undefined;
  /** The investigation that answers it. */
  investigationId: string | undefined;
}>;

export type NotedAlert = Readonly<
  Alert & {
    id: string;
    workspaceId: string;
    channelId: string | undefined;
    messageTs: string | undefined;
    /** The investigation that answers it. */
    investigationId: string | undefined;
    receivedUs: number;
    heardUs: number;
    /** How often it has fired again. */
    round: number;
  }
>;

/** A key that fires after a longer silence is a new alert; a redelivery never comes that late. */
const SILENCE_US = 2 * DAY_US;
/**
 * Slack truncates the time of an edit to the second, so the message and the webhook of one reopening differ by up to
 * that.
 */
const SAME_REOPENING_US = 1_000_000;

/**
 * Idempotent. Within a round the state only moves forward, so a late delivery of an earlier state changes nothing. An
 * alert that fires after its resolution starts a new round with its own answer; if the source reports a reopening, the
 * resolution need not have arrived. If the firing of an earlier round arrives last, it still gets its answer. A
 * message's place has priority over that of a webhook, which has none of its own. A later round is answered at the
 * alert's message.
 */
export async function noteAlert(
  tx: Tx,
  { workspaceId, alert: received, channelId, messageTs, isMember = false, quietMinutes = QUIET_MINUTES }: NewAlert,
): Promise<Noted> {
  const heard = redactedAlert(received);
  const isMessage = messageTs !== undefined;
  const alert = isMember ? heard : await underOneKey(tx, { workspaceId, alert: heard, isMessage });
  await tx.lock(`alert/${workspaceId}/${alert.source}/${alert.key}`);
  const known = await latestRound(tx, workspaceId, alert);
  if (known === undefined || firesAnew(known, alert, { nowUs: tx.nowUs, quietUs: quietMinutes * MINUTE_US })) {
    const alertId = tx.newId();
    const round = known === undefined ? firstRound(alert) : known.round + 1;
    const row = rowOf({ workspaceId, alert, channelId, messageTs, isMember }, tx.nowUs);
    await tx.db
      .insertInto('alerts')
      .values({ id: alertId, round, ...row, ...(known && laterRound(known, row)) })
      .execute();
    return { alertId, isNew: true, previousState: undefined, investigationId: undefined };
  }
  const isNews = !isOldNews(known, alert);
  const unanswered = isNews || alert.state !== 'triggered' ? undefined : await unansweredRound(tx, known, alert);
  const { id: alertId, state: previousState } = unanswered ?? known;
  if (unanswered !== undefined) return { alertId, isNew: false, previousState, investigationId: undefined };
  await heardAgain(tx, known, { alert, channelId, messageTs, isNews });
  return { alertId, isNew: false, previousState, investigationId: known.investigation_id ?? undefined };
}

type HeardAgain = Pick<NewAlert, 'alert' | 'channelId' | 'messageTs'> & Readonly<{ isNews: boolean }>;

async function heardAgain(
  tx: Tx,
  known: Schema['alerts'],
  { alert, channelId, messageTs, isNews }: HeardAgain,
): Promise<void> {
  const isForward = isNews && ALERT_STATES.indexOf(alert.state) > ALERT_STATES.indexOf(known.state);
  const hasBetterPlace = known.message_ts === null && (messageTs !== undefined || known.channel_id === null);
  await tx.db
    .updateTable('alerts')
    .set({
      heard_us: tx.nowUs,
      ...(isForward ? { state: alert.state, said_us: alert.saidUs } : {}),
      ...(isNews && alert.state === known.state ? { said_us: saidTogether(known, alert) } : {}),
      ...(hasBetterPlace && channelId !== undefined ? { channel_id: channelId, message_ts: messageTs ?? null } : {}),
    })
    .where('id', '=', known.id)
    .execute();
}

/** The earlier round before `known` whose firing was never received, so it has no answer. */
async function unansweredRound(
  { db }: Reader,
  { workspace_id, source, key, round }: Schema['alerts'],
  { saidUs }: Alert,
): Promise<Schema['alerts'] | undefined> {
  const before = await db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', workspace_id)
    .where('source', '=', source)
    .where('key', '=', key)
    .where('round', '<', round)
    .where('at_us', '<=', saidUs)
    .orderBy('round', 'desc')
    .executeTakeFirst();
  return before?.investigation_id === null ? before : undefined;
}

/** A reopened alert fired before: a late delivery of that belongs to an earlier round. */
function firstRound({ reopened }: Alert): number {
  return reopened ? 1 : 0;
}

function firesAnew(
  known: Schema['alerts'],
  alert: Alert,
  { nowUs, quietUs }: Readonly<{ nowUs: number; quietUs: number }>,
): boolean {
  if (alert.state === 'resolved') return false;
  const silentUs = nowUs - known.heard_us;
  if (alert.state === 'triggered' && silentUs >= SILENCE_US) return true;
  const saidUs = known.said_us ?? known.heard_us;
  if (known.state === 'resolved') return alert.saidUs > saidUs || (alert.saidUs === saidUs && beginsAnew(known, alert));
  if (alert.reopened && isReopenedSince(known, alert)) return true;
  if (alert.reminder) return false;
  return alert.state === 'triggered' && silentUs >= quietUs && alert.atUs > saidUs;
}

/** It ended and fires in the same instant: a redelivery of the known round repeats that round's start. */
function beginsAnew(known: Schema['alerts'], { atUs, reopened }: Alert): boolean {
  return atUs > known.at_us || (reopened === true && known.round === 0);
}

/**
 * The resolution in between has not arrived. Later deliveries of the same firing may have arrived first, so the start
 * of the known round decides.
 */
function isReopenedSince(known: Schema['alerts'], { saidUs }: Alert): boolean {
  const isOther = saidUs > known.at_us + SAME_REOPENING_US;
  return isOther && (known.state === 'triggered' || saidUs > (known.said_us ?? known.heard_us));
}

/**
 * A delivery from before this round's start belongs to the round before. At the exact start, this applies to an earlier
 * beginning: an alert that ends and is reopened at once.
 */
function isOldNews(known: Schema['alerts'], { atUs, saidUs, state }: Alert): boolean {
  // It fired again since, which arrived first.
  const firedSince = state === 'resolved' && known.state !== 'resolved' && saidUs < (known.said_us ?? 0);
  if (firedSince && known.message_ts === null) return true;
  const isEarlier = saidUs < known.at_us || (saidUs === known.at_us && atUs < known.at_us);
  // A message is dated later than its event, and its webhook may report an earlier end.
  return isEarlier && (known.round > 0 || known.message_ts === null);
}

/** The end is its first report; a group fires as long as its last alert does. */
function saidTogether({ said_us }: Schema['alerts'], { state, saidUs }: Alert): number {
  if (said_us === null) return saidUs;
  return state === 'resolved' ? Math.min(said_us, saidUs) : Math.max(said_us, saidUs);
}

/** The present is examined, not the time and the trace of the round before. People look at the alert's message. */
function laterRound(
  known: Schema['alerts'],
  row: Omit<Schema['alerts'], 'id' | 'round'>,
): Partial<Omit<Schema['alerts'], 'id' | 'round'>> {
  const { message_ts, channel_id, trace_id } = known;
  return {
    trace_id: row.trace_id === trace_id ? '' : row.trace_id,
    at_us: row.at_us > (known.said_us ?? 0) ? row.at_us : (row.said_us ?? row.at_us),
    ...(row.message_ts === null && message_ts !== null ? { message_ts, channel_id } : {}),
  };
}

/** The rounds of one alert by id, newest first: this one and those before it. */
export async function roundsOf(
  { db }: Reader,
  { workspaceId, source, key }: Pick<NotedAlert, 'workspaceId' | 'source' | 'key'>,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('alerts')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('source', '=', source)
    .where('key', '=', key)
    .orderBy('round', 'desc')
    .execute();
  return rows.map(({ id }) => id);
}

export type AlertKey = Readonly<{ workspaceId: string; source: string; key: string }>;

/** The alert under which the incident was declared, and the alerts in its timeline. */
export async function alertsOfIncident(
  { db }: Reader,
  { id, alertId }: Readonly<{ id: string; alertId?: string | undefined }>,
): Promise<readonly AlertKey[]> {
  const entries = await db
    .selectFrom('timeline_entries')
    .select('key')
    .where('incident_id', '=', id)
    .where('kind', '=', 'alert')
    .where('removed_us', 'is', null)
    .execute();
  const ids = new Set([alertId ?? '', ...entries.map(({ key }) => key.split(':')[1] ?? '')]);
  const rows = await db
    .selectFrom('alerts')
    .select(['workspace_id', 'source', 'key'])
    .where('id', 'in', [...ids])
    .execute();
  const keys = rows.map(({ workspace_id: workspaceId, source, key }) => ({ workspaceId, source, key }));
  return [...new Map(keys.map((one) => [JSON.stringify(one), one])).values()];
}

/** The labels of the alerts in its own timeline, with the ids of their entries; the oldest first. */
export async function alertLabelsOf(
  { db }: Reader,
  incidentId: string,
): Promise<readonly Readonly<{ entryId: string; labels: Alert['labels'] }>[]> {
  const entries = await db
    .selectFrom('timeline_entries')
    .select(['id', 'key'])
    .where('incident_id', '=', incidentId)
    .where('kind', '=', 'alert')
    .where('removed_us', 'is', null)
    .orderBy('at_us')
    .orderBy('id')
    .execute();
  const entryOf = new Map(entries.map(({ id, key }) => [key.split(':')[1] ?? '', id] as const));
  const rows = await db
    .selectFrom('alerts')
    .select(['id', 'labels'])
    .where('id', 'in', ['', ...entryOf.keys()])
    .orderBy('at_us')
    .execute();
  return rows.map(({ id, labels }) => ({ entryId: entryOf.get(id) ?? '', labels: JSON.parse(labels) }));
}

/** Those of them that began to fire since then and have not ended. */
export async function firingSince(
  { db }: Reader,
  { alerts, sinceUs }: Readonly<{ alerts: readonly AlertKey[]; sinceUs: number }>,
): Promise<readonly NotedAlert[]> {
  const found = await Promise.all(
    alerts.map(({ workspaceId, source, key }) =>
      db
        .selectFrom('alerts')
        .selectAll()
        .where('workspace_id', '=', workspaceId)
        .where('source', '=', source)
        .where('key', '=', key)
        .where('received_us', '>', sinceUs)
        .where('state', '!=', 'resolved')
        .execute(),
    ),
  );
  return found.flat().map(alertOf);
}

/** Those of this channel that fire and were heard within the quiet time of an alert; a group counts once. */
export async function firingIn(
  { db }: Reader,
  { workspaceId, channelId, nowUs }: Readonly<{ workspaceId: string; channelId: string; nowUs: number }>,
): Promise<readonly NotedAlert[]> {
  const rows = await db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('state', '!=', 'resolved')
    .where('is_member', '=', 0)
    .where('heard_us', '>=', nowUs - QUIET_MINUTES * MINUTE_US)
    .execute();
  return rows.map(alertOf);
}

/** The alerts that this message brought, newest first. */
export async function alertIdsAt(
  { db }: Reader,
  { workspaceId, channelId, messageTs }: Readonly<{ workspaceId: string; channelId: string; messageTs: string }>,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('alerts')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('message_ts', '=', messageTs)
    .orderBy('round', 'desc')
    .execute();
  return rows.map(({ id }) => id);
}

/** Whether an alert of the last two days belongs to this channel. */
export async function hasAlerts(
  { db, nowUs }: Tx,
  { workspaceId, channelId }: Readonly<{ workspaceId: string; channelId: string }>,
): Promise<boolean> {
  const row = await db
    .selectFrom('alerts')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('heard_us', '>=', nowUs - SILENCE_US)
    .executeTakeFirst();
  return row !== undefined;
}

/** `thisWeek`: how often the alert fired in the last seven days, this time included. `last`: the round before this one. */
export type EarlierRounds = Readonly<{ thisWeek: number; last: NotedAlert | undefined }>;

export async function earlierRounds(
  { db }: Reader,
  { workspaceId, source, key, round, receivedUs }: NotedAlert,
): Promise<EarlierRounds> {
  const rows = await db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('source', '=', source)
    .where('key', '=', key)
    .where('round', '<=', round)
    .orderBy('round', 'desc')
    .execute();
  const last = rows.find((row) => row.round < round);
  return {
    thisWeek: rows.filter(({ received_us }) => received_us > receivedUs - WEEK_US).length,
    last: last && alertOf(last),
  };
}

/** When an alert fired. Without a resolution, it counts until two days after its last delivery. */
export type AlertTime = Pick<Alert, 'title' | 'service' | 'labels'> &
  Readonly<{ channelId: string | undefined; fromUs: number; toUs: number }>;

/** Alerts that fired in this time window, in order. */
export async function alertTimes(
  { db }: Reader,
  { workspaceId, fromUs, toUs }: Readonly<{ workspaceId: string; fromUs: number; toUs: number }>,
): Promise<readonly AlertTime[]> {
  const rows = await db
    .selectFrom('alerts')
    .select(['state', 'at_us', 'heard_us', 'said_us', 'title', 'service', 'labels', 'channel_id'])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('alerts as later')
          .select('later.id')
          .whereRef('later.workspace_id', '=', 'alerts.workspace_id')
          .whereRef('later.source', '=', 'alerts.source')
          .whereRef('later.key', '=', 'alerts.key')
          .whereRef('later.round', '>', 'alerts.round'),
      ).as('firedAnew'),
    )
    .where('workspace_id', '=', workspaceId)
    .where('at_us', '<=', toUs)
    .where('heard_us', '>=', fromUs - SILENCE_US)
    .orderBy('at_us')
    .execute();
  return rows
    .map(({ title, service, labels, channel_id, firedAnew, ...row }) => ({
      title,
      service,
      labels: JSON.parse(labels) as Alert['labels'],
      channelId: channel_id ?? undefined,
      fromUs: Math.min(row.at_us, row.heard_us),
      toUs: endOf(row, Boolean(firedAnew)),
    }))
    .filter((time) => time.toUs >= fromUs);
}

/** An alert that fires again has ended before, even without a report. */
function endOf(
  { state, heard_us, said_us }: Pick<Schema['alerts'], 'state' | 'heard_us' | 'said_us'>,
  firedAnew: boolean,
): number {
  if (state === 'resolved') return Math.min(said_us ?? heard_us, heard_us);
  return firedAnew ? heard_us : heard_us + SILENCE_US;
}

/** An answer, for finding what shares it. All of that was heard since: the index by time serves it. */
type Answer = Readonly<{ id: string; workspaceId: string; createdUs: number }>;

function answeredBy({ db }: Reader, { id, workspaceId, createdUs }: Answer) {
  return db
    .selectFrom('alerts')
    .where('workspace_id', '=', workspaceId)
    .where('heard_us', '>=', createdUs)
    .where('investigation_id', '=', id);
}

/** The alerts of this answer's groups have ended, whatever group said so. */
export async function areOver(reader: Reader, answer: Answer): Promise<boolean> {
  const rows = await answeredBy(reader, answer).select('state').distinct().where('is_member', '=', 1).execute();
  return rows.length > 0 && rows.every(({ state }) => state === 'resolved');
}

/** Whether an alert of a group has this answer. A message in a channel begins an answer without naming its alerts. */
export async function hasAnsweredMembers(reader: Reader, answer: Answer): Promise<boolean> {
  const row = await answeredBy(reader, answer).select('id').where('is_member', '=', 1).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** The groups that share this answer because they share an alert, the first included; not those folded into it. */
export async function groupsAnsweredBy(reader: Reader, answer: Answer): Promise<readonly string[]> {
  const rows = await answeredBy(reader, answer)
    .select('id')
    .where('is_member', '=', 0)
    .where('id', 'not in', (row) =>
      row.selectFrom('folds').select('alert_id').where('folds.investigation_id', '=', answer.id),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/** Records which investigation answers the alert; the alerts of one group may share one. */
export async function answerAlertWith(
  tx: Tx,
  { alertId, investigationId }: Readonly<{ alertId: string; investigationId: string }>,
): Promise<void> {
  await tx.db.updateTable('alerts').set({ investigation_id: investigationId }).where('id', '=', alertId).execute();
}

export async function findAlert(
  { db }: Reader,
  { workspaceId, id }: Readonly<{ workspaceId: string; id: string }>,
): Promise<NotedAlert | undefined> {
  const row = await db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && alertOf(row);
}

/** The alert with this message. */
export async function alertAt(
  { db }: Reader,
  { workspaceId, channelId, messageTs }: Readonly<{ workspaceId: string; channelId: string; messageTs: string }>,
): Promise<NotedAlert | undefined> {
  const row = await db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('message_ts', '=', messageTs)
    .orderBy('received_us', 'desc')
    .executeTakeFirst();
  return row && alertOf(row);
}

function rowOf(
  { workspaceId, alert, channelId, messageTs, isMember = false }: NewAlert,
  nowUs: number,
): Omit<Schema['alerts'], 'id' | 'round'> {
  return {
    workspace_id: workspaceId,
    source: alert.source,
    key: alert.key,
    title: alert.title,
    service: alert.service,
    severity: alert.severity,
    state: alert.state,
    at_us: alert.atUs,
    url: alert.url,
    trace_id: alert.traceId,
    labels: JSON.stringify(alert.labels),
    links: JSON.stringify(alert.links ?? {}),
    is_member: isMember ? 1 : 0,
    channel_id: channelId ?? null,
    message_ts: messageTs ?? null,
    investigation_id: null,
    received_us: nowUs,
    heard_us: nowUs,
    said_us: alert.saidUs,
  };
}

function alertOf(row: Schema['alerts']): NotedAlert {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    source: row.source,
    key: row.key,
    title: row.title,
    service: row.service,
    severity: row.severity,
    state: row.state,
    atUs: row.at_us,
    saidUs: row.said_us ?? row.at_us,
    round: row.round,
    url: row.url,
    traceId: row.trace_id,
    labels: JSON.parse(row.labels),
    channelId: row.channel_id ?? undefined,
    messageTs: row.message_ts ?? undefined,
    investigationId: row.investigation_id ?? undefined,
    receivedUs: row.received_us,
    heardUs: row.heard_us,
    ...(row.links !== '{}' && { links: JSON.parse(row.links) as Readonly<Record<string, string>> }),
  };
}
