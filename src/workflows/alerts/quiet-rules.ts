/**
 * Which alerts get an answer: the first rule of the configuration that fits an alert decides. A rule with a time is a
 * maintenance window. Without a rule that fits, the alert is answered.
 */
import { SECOND_US } from '#core/time-units.ts';
import type { Alert } from '#model/incident/alert.ts';
import { isSameService, serviceLabelOf, serviceOfAlert } from '#model/incident/alert-service.ts';
import { readableMinute } from '#present/words/instant.ts';
import { instantOfWall, offsetAt, readZone, UTC } from '#utilities/time-zone.ts';

/** An empty list fits everything. */
export type QuietRule = Readonly<{
  name?: string | undefined;
  /** Ids of Slack. */
  channels: readonly string[];
  /** The `source` of alerts: `pagerduty`. */
  senders: readonly string[];
  /** A `*` at the beginning or end stands for any text. */
  services: readonly string[];
  /** In the sender's own words. */
  severities: readonly string[];
  /** Microseconds since the epoch. */
  from?: number | undefined;
  to?: number | undefined;
  /** `days`: 0 is Sunday. `from` and `to`: minutes of the day; a `to` that is not later is on the next day. */
  weekly?: Readonly<{ days: readonly number[]; from: number; to: number; zone?: string | undefined }> | undefined;
  /** `full`: the alert is answered. `line`: one line says that it is not. */
  answer: 'full' | 'line' | 'none';
}>;

/** What a rule looks at. */
export type RuledAlert = Pick<Alert, 'source' | 'title' | 'service' | 'labels' | 'severity'>;

/** Why an alert gets no answer: `rule 3 (maintenance of payments until 14:00 UTC)`. */
export type QuietReason = Readonly<{ answer: 'line' | 'none'; said: string }>;

export type RulingTime = Readonly<{ channelId: string | undefined; nowUs: number }>;

/** Undefined where the alert is answered. */
export function quietReason(
  rules: readonly QuietRule[],
  alert: RuledAlert,
  { channelId, nowUs }: RulingTime,
): QuietReason | undefined {
  for (const [at, rule] of rules.entries()) {
    const { channels } = rule;
    if (channels.length > 0 && !channels.some((channel) => channel === channelId)) continue;
    if (!fits(rule, alert)) continue;
    const endUs = endOf(rule, nowUs);
    if (endUs === undefined) continue;
    if (rule.answer === 'full') return undefined;
    return { answer: rule.answer, said: `rule ${at + 1} (${nameOf(rule)}${untilText(endUs)})` };
  }
  return undefined;
}

/** Whether an alert is about this service, by any of its names. Its title counts only where it names no service. */
function isAbout(alert: RuledAlert, service: string): boolean {
  const names = serviceNames(alert);
  if (names.length > 0) return names.some((name) => isNamed(name, service));
  return !service.includes('*') && serviceOfAlert({ ...alert, service: '', labels: {} }, [service]) !== undefined;
}

/** The service in the alert's own words, most reliable first. */
export function serviceNames({ service, labels }: Pick<Alert, 'service' | 'labels'>): readonly string[] {
  const label = serviceLabelOf(labels);
  return [service, label === undefined ? '' : (labels[label] ?? '')].filter((name) => name !== '');
}

/** Whether a rule of this sender, service and severity means the alert. */
export function fits(
  { senders, services, severities }: Pick<QuietRule, 'senders' | 'services' | 'severities'>,
  alert: RuledAlert,
): boolean {
  if (senders.length > 0 && !hasWord(senders, alert.source)) return false;
  if (severities.length > 0 && !hasWord(severities, alert.severity)) return false;
  return services.length === 0 || services.some((service) => isAbout(alert, service));
}

function hasWord(words: readonly string[], word: string): boolean {
  return words.some((known) => known.toLowerCase() === word.toLowerCase());
}

function isNamed(name: string, wanted: string): boolean {
  if (!wanted.includes('*')) return name === wanted || isSameService(name, wanted);
  const text = name.toLowerCase();
  const part = wanted.replaceAll('*', '').toLowerCase();
  if (!wanted.endsWith('*')) return text.endsWith(part);
  return wanted.startsWith('*') ? text.includes(part) : text.startsWith(part);
}

/** The end of the rule's time; Infinity if it has none, undefined if it is not that time. */
function endOf({ from = -Infinity, to = Infinity, weekly }: QuietRule, nowUs: number): number | undefined {
  if (weekly === undefined) return nowUs >= from && nowUs < to ? to : undefined;
  return endOfWeekly(weekly, nowUs);
}

const MINUTE_S = 60;
const DAY_S = 86_400;

function endOfWeekly(
  { days, from, to, zone: zoneName = 'UTC' }: NonNullable<QuietRule['weekly']>,
  nowUs: number,
): number | undefined {
  const zone = readZone(zoneName) ?? UTC;
  const nowS = Math.floor(nowUs / SECOND_US);
  const wallS = nowS + offsetAt(zone, nowS);
  const lastsS = (to > from ? to - from : to - from + DAY_S / MINUTE_S) * MINUTE_S;
  // It may have begun yesterday.
  for (const midnightS of [Math.floor(wallS / DAY_S) * DAY_S, (Math.floor(wallS / DAY_S) - 1) * DAY_S]) {
    const day = new Date(midnightS * 1_000).getUTCDay();
    const fromS = midnightS + from * MINUTE_S;
    if (!days.includes(day) || wallS < fromS || wallS >= fromS + lastsS) continue;
    return instantOfWall(zone, fromS + lastsS).epochSeconds * SECOND_US;
  }
  return undefined;
}

function nameOf({ name, channels, senders, services, severities, from, to, weekly }: QuietRule): string {
  if (name !== undefined) return name;
  const isMaintenance = weekly !== undefined || from !== undefined || to !== undefined;
  if (isMaintenance) return `maintenance of ${services.length === 0 ? 'everything' : services.join(', ')}`;
  const parts = [
    ...(channels.length > 0 ? [`channels ${channels.join(', ')}`] : []),
    ...(senders.length > 0 ? [`senders ${senders.join(', ')}`] : []),
    ...(services.length > 0 ? [`services ${services.join(', ')}`] : []),
    ...(severities.length > 0 ? [`severities ${severities.join(', ')}`] : []),
  ];
  return parts.length === 0 ? 'all alerts' : parts.join('; ');
}

/** ` until 2026-01-06 14:00 UTC`: a message shows it on the reader's own clock. */
export function untilText(endUs: number): string {
  return endUs === Infinity ? '' : ` until ${readableMinute(endUs)}`;
}
