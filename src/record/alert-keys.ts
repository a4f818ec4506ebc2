/**
 * One alert that comes two ways. The messages of Alertmanager and Grafana in Slack name no key of their webhooks, so
 * the first message and the first webhook of one alert are paired by what they say. From then on both are one alert.
 */
import { sha256 } from '#core/sha256.ts';
import type { Alert } from '#model/incident/alert.ts';
import { isSameService, mayBeOneService } from '#model/incident/alert-service.ts';
import { beginsWith } from '#record/begins-with.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Tx } from '#record/store.ts';

/** Systems whose messages have other keys than their webhooks. */
const TWO_KEYS: ReadonlySet<string> = new Set(['alertmanager', 'grafana']);

/**
 * Both ways leave the sender together. Slack may hold a message back for a while, and a group waits up to
 * Alertmanager's `group_interval` of 5 minutes: https://prometheus.io/docs/alerting/latest/configuration/#route
 */
const TOGETHER_US = 10 * 60_000_000;

export type HeardAlert = Readonly<{ workspaceId: string; alert: Alert; isMessage: boolean }>;

/** The alert under the key of the one that it is. Waits for the other way, if that is just being stored. */
export async function underOneKey(tx: Tx, heard: HeardAlert): Promise<Alert> {
  const { workspaceId, alert } = heard;
  if (!TWO_KEYS.has(alert.source)) return alert;
  await tx.lock(`alert-ways/${workspaceId}/${alert.source}`);
  const other = (await pairedWith(tx, heard)) ?? (await pairNow(tx, heard));
  if (other === undefined) return alert;
  const { key } = other;
  // A message has no time of the alert's begin: it cannot tell a new round from a reminder. The webhook can.
  const isReminder = heard.isMessage && alert.state === 'triggered' && other.state === 'triggered';
  return { ...alert, key, ...(isReminder && { reminder: true }) };
}

/**
 * Two Prometheus with the same rules start an alert at different instants, at most one evaluation apart. Alertmanager
 * keeps the earlier start, so a later delivery may move it. The interval is a minute by default:
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file
 */
const SAME_START_US = 60_000_000;

/** An alert of a group, under the key of the one that it is: the same fingerprint, and almost the same start. */
export async function underFirstStart(tx: Tx, workspaceId: string, alert: Alert): Promise<Alert> {
  const { source, key, atUs } = alert;
  const fingerprint = fingerprintOf(alert);
  if (fingerprint === undefined) return alert;
  const same = await tx.db
    .selectFrom('alerts')
    .select('key')
    .where('workspace_id', '=', workspaceId)
    .where('source', '=', source)
    .where(beginsWith('key', fingerprint))
    .where('is_member', '=', 1)
    .where('at_us', '>=', atUs - SAME_START_US)
    .where('at_us', '<=', atUs + SAME_START_US)
    // One that had ended before is an earlier outage.
    .where((row) => row.or([row('state', '!=', 'resolved'), row('said_us', '>', atUs)]))
    .orderBy('received_us')
    .orderBy('id')
    .execute();
  const [first] = same;
  return first === undefined || same.some((one) => one.key === key) ? alert : { ...alert, key: first.key };
}

/**
 * Ends the earlier outages of an alert that begins. A fingerprint fires once at a time, so their ends were lost:
 * `send_resolved` is off, or Alertmanager restarted without its notification log while they ended.
 */
export async function endEarlierStarts(tx: Tx, workspaceId: string, alert: Alert): Promise<void> {
  const fingerprint = fingerprintOf(alert);
  if (fingerprint === undefined) return;
  const { atUs } = alert;
  await tx.db
    .updateTable('alerts')
    .set({ state: 'resolved', said_us: atUs })
    .where('workspace_id', '=', workspaceId)
    .where('source', '=', alert.source)
    .where(beginsWith('key', fingerprint))
    .where('is_member', '=', 1)
    .where('state', '!=', 'resolved')
    .where('at_us', '<', atUs - SAME_START_US)
    .execute();
}

/** A key is a fingerprint and a start: what stands before the start, with the slash. */
function fingerprintOf({ source, key }: Alert): string | undefined {
  const fingerprint = key.slice(0, key.lastIndexOf('/') + 1);
  return TWO_KEYS.has(source) && fingerprint !== '' ? fingerprint : undefined;
}

function idOf({ workspaceId, alert: { source, key } }: HeardAlert): string {
  return sha256(JSON.stringify([workspaceId, source, key]));
}

/** The newest round of the alert that this key was paired with before. */
async function pairedWith({ db }: Tx, heard: HeardAlert): Promise<Schema['alerts'] | undefined> {
  const pair = await db.selectFrom('alert_keys').select('alert_id').where('id', '=', idOf(heard)).executeTakeFirst();
  if (pair === undefined) return undefined;
  const first = await db.selectFrom('alerts').selectAll().where('id', '=', pair.alert_id).executeTakeFirst();
  return first && (await latestRound({ db }, first.workspace_id, first));
}

/** The row of an alert's latest round; undefined where it was never heard. */
export async function latestRound(
  { db }: Reader,
  workspaceId: string,
  { source, key }: Pick<Alert, 'source' | 'key'>,
): Promise<Schema['alerts'] | undefined> {
  return await db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('source', '=', source)
    .where('key', '=', key)
    .orderBy('round', 'desc')
    .executeTakeFirst();
}

/** Only a key that was never heard can be the other way of an alert. */
async function pairNow(tx: Tx, heard: HeardAlert): Promise<Schema['alerts'] | undefined> {
  const { workspaceId, alert } = heard;
  const known = await latestRound(tx, workspaceId, alert);
  if (known !== undefined) return undefined;
  const candidates = await candidatesFor(tx, heard);
  const named = candidates.filter((row) => isSameService(row.service, alert.service));
  // Without a service on one side, only one alert may fit.
  const open = candidates.filter((row) => row.service === '' || alert.service === '');
  const found = named[0] ?? (open.length === 1 ? open[0] : undefined);
  if (found === undefined) return undefined;
  await tx.db
    .insertInto('alert_keys')
    .values({ id: idOf(heard), workspace_id: workspaceId, alert_id: found.id, paired_us: tx.nowUs })
    .execute();
  return found;
}

/** Alerts that came the other way, at the same time, by the same rule, and that have no second way yet. */
async function candidatesFor(
  tx: Tx,
  { workspaceId, alert, isMessage }: HeardAlert,
): Promise<readonly Schema['alerts'][]> {
  const rows = await tx.db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('source', '=', alert.source)
    .where('message_ts', isMessage ? 'is' : 'is not', null)
    .where('state', '!=', 'resolved')
    .where((row) =>
      row.or([
        row.and([row('received_us', '>=', tx.nowUs - TOGETHER_US), row('received_us', '<=', tx.nowUs + TOGETHER_US)]),
        row.and([row('at_us', '>=', alert.atUs - TOGETHER_US), row('at_us', '<=', alert.atUs + TOGETHER_US)]),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('alert_keys').select('id').whereRef('alert_keys.alert_id', '=', 'alerts.id'))),
    )
    .orderBy('received_us', 'desc')
    .orderBy('id')
    .execute();
  return rows.filter((row) => isSameRule(row, alert) && !row.is_member);
}

function isSameRule(row: Schema['alerts'], alert: Alert): boolean {
  const labels = JSON.parse(row.labels) as Alert['labels'];
  const rule = ruleName(row.title, labels);
  if (rule === '' || rule !== ruleName(alert.title, alert.labels)) return false;
  const shared = Object.keys(labels).filter((name) => name !== 'alertname' && (alert.labels[name] ?? '') !== '');
  if (shared.some((name) => labels[name] !== alert.labels[name])) return false;
  return mayBeOneService({ service: row.service, labels }, alert);
}

function ruleName(title: string, labels: Alert['labels']): string {
  return labels.alertname ?? /^[^:(]{1,200}/.exec(title)?.[0].trim() ?? '';
}
