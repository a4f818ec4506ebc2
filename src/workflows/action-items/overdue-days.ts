/** When an action item is overdue. */
import { DAY_US, HOUR_US, WEEK_US } from '#core/time-units.ts';
import type { ActionItem } from '#model/incident/incident.ts';

/** 9:00 UTC; the epoch began on a Thursday. */
const FIRST_MONDAY_US = 4 * DAY_US + 9 * HOUR_US;

/** The first Monday at 9:00 UTC from then on. */
export function mondayFrom(us: number): number {
  return FIRST_MONDAY_US + Math.ceil((us - FIRST_MONDAY_US) / WEEK_US) * WEEK_US;
}

export function isOverdue({ state, due }: ActionItem, nowUs: number): boolean {
  return state === 'open' && overUs(due) <= nowUs;
}

export function daysSince({ due }: Pick<ActionItem, 'due'>, nowUs: number): number {
  return Math.floor((nowUs - dayUs(due)) / DAY_US);
}

/** The end of its day in every time zone: the last one is twelve hours behind UTC. */
export function overUs(due: string): number {
  return dayUs(due) + DAY_US + DAY_US / 2;
}

function dayUs(due: string): number {
  return Date.parse(`${due}T00:00:00Z`) * 1_000;
}
