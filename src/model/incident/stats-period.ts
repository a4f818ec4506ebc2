/** The time that the numbers of incidents are asked for: `30d`, `90d`, `month`. */

/** `days`: the last so many days. `month`: this calendar month, in UTC. */
export type StatsPeriod = Readonly<{ days: number } | { month: true }>;

export const USUAL_PERIOD: StatsPeriod = { days: 30 };
/** Within a month, hardly any cause comes back. */
export const REVIEW_PERIOD: StatsPeriod = { days: 90 };
const MOST_DAYS = 3_650;

/** Undefined for what is no period, such as the name of a service. */
export function readStatsPeriod(word: string): StatsPeriod | undefined {
  const plain = word.toLowerCase();
  if (plain === 'month') return { month: true };
  const digits = /^(\d{1,4})d(?:ays?)?$/.exec(plain)?.[1];
  const days = Number(digits);
  return digits !== undefined && days >= 1 && days <= MOST_DAYS ? { days } : undefined;
}

/** `in the last 30 days` */
export function periodText(period: StatsPeriod): string {
  if ('month' in period) return 'this month (UTC)';
  return period.days === 1 ? 'in the last 24 hours' : `in the last ${period.days} days`;
}
