/**
 * Grafana's own alert rules and their state, as its page Alert rules shows them. An alert's state may have a reason:
 *
 *   Alerting               fires
 *   Recovering             fires until the time that its rule keeps it firing is over
 *   Alerting (NoData)      fires, because the team wants so if there is no data
 *   Alerting (Error)       says nothing: the query failed
 *   Alerting (Error, KeepLast)   fired when the query last worked
 *   NoData, Error          say nothing
 *   Normal (NoData)        is quiet, because the team wants so if there is no data
 *
 * https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/state-and-health/
 */
import { z } from 'zod';

const Labels = z.record(z.string(), z.string()).catch({});

const RuledAlert = z.object({ labels: Labels, state: z.string(), activeAt: z.string().nullish().catch(undefined) });

const Rule = z.object({
  type: z.literal('alerting'),
  name: z.string(),
  labels: Labels,
  health: z.string().catch(''),
  lastError: z.string().catch(''),
  /** Since Grafana 11. An older one has no alerts for a rule that is paused. */
  isPaused: z.boolean().catch(false),
  /** Left out if there are none. */
  alerts: z.array(RuledAlert).nullish(),
  /** How many alerts are in each state, since Grafana 9.5. */
  totals: z.record(z.string(), z.number()).catch({}),
});

const Rules = z.object({
  status: z.literal('success'),
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.unknown()).nullish() })) }),
});

type RuledAlert = z.output<typeof RuledAlert>;

export type GrafanaRule = Readonly<{
  name: string;
  labels: Readonly<Record<string, string>>;
  isPaused: boolean;
  firing: readonly FiringAlert[];
  /** Undefined if its query works. */
  lack: RuleLack | undefined;
  /** Alerts that fire and that the answer leaves out. */
  leftOut: number;
}>;

export type FiringAlert = Readonly<{ labels: Readonly<Record<string, string>>; beganUs: number }>;

/** `sinceUs`: NaN if unknown. `error` is empty if there is no data. `labels`: of its alerts. */
export type RuleLack = Readonly<{
  error: string;
  sinceUs: number;
  labels: readonly Readonly<Record<string, string>>[];
}>;

/** Undefined for another server's answer, and for an alert that fires since no readable time. */
export function grafanaRulesIn(answer: unknown): readonly GrafanaRule[] | undefined {
  const groups = Rules.safeParse(answer).data?.data.groups;
  const all = groups?.flatMap(({ rules }) => (rules ?? []).flatMap((one) => Rule.safeParse(one).data ?? []));
  const read = all?.map(ruleOf);
  const isRead = read?.every(({ firing }) => firing.every(({ beganUs }) => Number.isFinite(beganUs)));
  return isRead ? read : undefined;
}

function ruleOf(rule: z.output<typeof Rule>): GrafanaRule {
  const { name, labels, isPaused } = rule;
  const alerts = isPaused ? [] : (rule.alerts ?? []);
  const firing = alerts.filter(isFiring).map((alert) => ({
    labels: { ...labels, alertname: name, ...alert.labels },
    beganUs: startOf(alert),
  }));
  const leftOut = isPaused ? 0 : Math.max(0, (rule.totals.alerting ?? 0) - firing.length);
  return { name, labels, isPaused, firing, lack: isPaused ? undefined : lackOf(rule, alerts), leftOut };
}

/** `Alerting (Error, KeepLast)` */
function partsOf({ state }: RuledAlert): Readonly<{ kind: string; reason: string }> {
  const [kind = '', reason = ''] = state.toLowerCase().split('(', 2);
  return { kind: kind.trim(), reason };
}

const FIRES: ReadonlySet<string> = new Set(['alerting', 'recovering', 'firing']);

function isFiring(alert: RuledAlert): boolean {
  const { kind, reason } = partsOf(alert);
  return FIRES.has(kind) && (!reason.includes('error') || reason.includes('keeplast'));
}

/** Whether the query of an alert that is not quiet gave nothing. */
function says(lack: 'error' | 'nodata', alert: RuledAlert): boolean {
  const { kind, reason } = partsOf(alert);
  return kind !== 'normal' && `${kind} ${reason}`.includes(lack);
}

/** Who made a rule quiet without data knows why. A query that fails is broken, whatever the rule makes of it. */
function lackOf({ health, lastError }: z.output<typeof Rule>, alerts: readonly RuledAlert[]): RuleLack | undefined {
  const failing = alerts.filter((alert) => says('error', alert));
  const empty = alerts.filter((alert) => says('nodata', alert));
  const isBroken = failing.length > 0 || /^err/i.test(health);
  const isEmpty = empty.length > 0 || (alerts.length === 0 && /^no ?data/i.test(health));
  if (!isBroken && !isEmpty) return undefined;
  const of = isBroken ? failing : empty;
  return {
    error: isBroken ? lastError || 'its query fails' : '',
    sinceUs: of.length === 0 ? Number.NaN : Math.min(...of.map(startOf)),
    labels: of.map(({ labels }) => labels),
  };
}

/** NaN if unreadable. */
function startOf({ activeAt }: RuledAlert): number {
  return Date.parse(activeAt ?? '') * 1_000;
}

const Silenced = z.array(
  z.object({ labels: Labels, status: z.object({ silencedBy: z.array(z.unknown()).nullish() }) }),
);

/** The alerts that somebody silenced, by `labelsKey`. Undefined for another server's answer. */
export function silencedIn(answer: unknown): ReadonlySet<string> | undefined {
  const alerts = Silenced.safeParse(answer).data;
  return (
    alerts && new Set(alerts.flatMap(({ labels, status }) => (status.silencedBy?.length ? labelsKey(labels) : [])))
  );
}

/** Grafana adds labels of its own, which begin with `__`, to what it hands to its Alertmanager. */
export function labelsKey(labels: Readonly<Record<string, string>>): string {
  const own = Object.entries(labels).filter(([name, value]) => !name.startsWith('__') && value !== '');
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}
