/**
 * Alert rules and their state, for `doctor`. What fires in a time window comes from the series `ALERTS`.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/api/#rules
 */
import { z } from 'zod';
import { isoFromUs } from '#core/clock.ts';
import { counted } from '#model/text/count-text.ts';

const Rule = z.object({
  type: z.literal('alerting'),
  name: z.string(),
  health: z.string().catch(''),
  alerts: z.array(z.object({ state: z.string(), activeAt: z.string().catch('') })).catch([]),
});
const Rules = z.object({ groups: z.array(z.object({ rules: z.array(z.unknown()) })) });

export type AlertRules = Readonly<{
  count: number;
  firing: readonly Readonly<{ name: string; sinceUs: number }>[];
  /** Rules that Prometheus cannot evaluate. */
  broken: readonly string[];
}>;

/** Undefined if there is no alert rule, or the answer has another form. */
export function alertRulesIn(data: unknown, quoted: (text: string) => string): AlertRules | undefined {
  const groups = Rules.safeParse(data).data?.groups ?? [];
  const rules = groups.flatMap((group) => group.rules.flatMap((one) => Rule.safeParse(one).data ?? []));
  if (rules.length === 0) return undefined;
  const firing = rules.flatMap(({ name, alerts }) => {
    const times = alerts.filter(({ state }) => state === 'firing').map(({ activeAt }) => Date.parse(activeAt) * 1_000);
    return times.length === 0 ? [] : [{ name: quoted(name), sinceUs: Math.min(...times) }];
  });
  const broken = rules.filter(({ health }) => health === 'err').map(({ name }) => quoted(name));
  return { count: rules.length, firing: firing.toSorted((a, b) => b.sinceUs - a.sinceUs), broken };
}

/** So that the line fits a terminal. */
const NAMED = 3;

/** `12 alert rules, 1 fires: OrdersWait since 2026-11-28 12:20 UTC` */
export function rulesText({ count, firing }: AlertRules): string {
  const named = firing.slice(0, NAMED).map(({ name, sinceUs }) => `${name}${sinceText(sinceUs)}`);
  const more = firing.length > NAMED ? ', …' : '';
  const state =
    firing.length === 0
      ? 'none fires'
      : `${firing.length} ${firing.length === 1 ? 'fires' : 'fire'}: ${named.join(', ')}${more}`;
  return `${counted(count, 'alert rule')}, ${state}`;
}

function sinceText(us: number): string {
  return Number.isFinite(us) ? ` since ${isoFromUs(us).slice(0, 16).replace('T', ' ')} UTC` : '';
}

/** Empty if all rules can be evaluated. */
export function troubleOf({ broken }: AlertRules): string {
  if (broken.length === 0) return '';
  const named = broken.slice(0, NAMED).join(', ');
  return `Prometheus cannot evaluate ${counted(broken.length, 'alert rule')} (${named}${broken.length > NAMED ? ', …' : ''}): its page Status, Rules says why.`;
}
