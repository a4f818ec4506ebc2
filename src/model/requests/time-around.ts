/** The times around one request in which changes, metrics and pods may be behind its problem. Microseconds. */

/** Older changes have shown their effect long before, or show it by steady growth. */
export const CHANGES_BEFORE_US = 2 * 60 * 60e6;

/** One request does not show when its problem began: a change may have been there for longer. */
export const CHANGES_BEFORE_REQUEST_US = 3 * 60 * 60e6;

/** Much work runs once a day, so it meets a change up to a day later. Such a change has to be what the failure names. */
export const NAMED_BEFORE_REQUEST_US = 25 * 60 * 60e6;

/** The metrics right around a request: stores keep a point every 15 to 60 seconds, and one point proves nothing. */
export const METRICS_AROUND_US = 2 * 60e6;

/** What was usual: two hours show a leak, half an hour a level. */
export const METRICS_BEFORE_US = 30 * 60e6;
