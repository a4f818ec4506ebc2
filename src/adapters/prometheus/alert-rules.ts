/**
 * Alert rules and their state, for `doctor`. What fires in a time window comes from the series `ALERTS`.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/api/#rules
 */
import { z } from 'zod';
import { type AlertRules, rulesNamed } from '#adapters/alert-rules.ts';
import type { FoundRules } from '#model/incident/alert-rule.ts';

const Rule = z.object({
  type: z.literal('alerting'),
  name: z.string(),
  health: z.string().catch(''),
  alerts: z.array(z.object({ state: z.string(), activeAt: z.string().catch('') })).catch([]),
});
const Rules = z.object({ groups: z.array(z.object({ rules: z.array(z.unknown()) })) });

function rulesIn(data: unknown) {
  const groups = Rules.safeParse(data).data?.groups ?? [];
  return groups.flatMap((group) => group.rules.flatMap((one) => Rule.safeParse(one).data ?? []));
}

/** VictoriaMetrics and Thanos answer with no rule, and may keep them elsewhere: then nobody knows. */
export function foundRulesIn(data: unknown): FoundRules {
  const rules = rulesIn(data).map(
    ({ name, health }) => ({ name, state: health === BROKEN ? 'broken' : 'active' }) as const,
  );
  return { rules, isAll: rules.length > 0 };
}

/** A rule with this health cannot be evaluated. */
const BROKEN = 'err';

/** Undefined if there is no alert rule, or the answer has another form. */
export function alertRulesIn(data: unknown, quoted: (text: string) => string): AlertRules | undefined {
  const rules = rulesIn(data);
  if (rules.length === 0) return undefined;
  const firing = rules.flatMap(({ name, alerts }) => {
    const times = alerts.filter(({ state }) => state === 'firing').map(({ activeAt }) => Date.parse(activeAt) * 1_000);
    return times.length === 0 ? [] : [{ name: quoted(name), sinceUs: Math.min(...times) }];
  });
  const broken = rules.filter(({ health }) => health === BROKEN).map(({ name }) => quoted(name));
  return { count: rules.length, firing, broken };
}

/** Empty if all rules can be evaluated. */
export function troubleOf({ broken }: AlertRules): string {
  if (broken.length === 0) return '';
  return `Prometheus cannot evaluate ${rulesNamed(broken)}: its page Status, Rules says why.`;
}
