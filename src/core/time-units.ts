/** Units of time in microseconds, the unit of every instant. */
export const SECOND_US = 1_000_000;
export const MINUTE_US = 60 * SECOND_US;
export const HOUR_US = 60 * MINUTE_US;
export const DAY_US = 24 * HOUR_US;
export const WEEK_US = 7 * DAY_US;
