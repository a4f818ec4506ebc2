/** Ids of alerts in Opsgenie and Jira Service Management. */

/** `9b251e07-73c9-4907-9996-8cb53a6a20d0-1704440650350`: older ones have no time in milliseconds at their end. */
export const ALERT_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?:-\d{13})?$/;

/** Some webhooks and links in Slack say the time, and others do not: an alert has one key. */
export function withoutTime(alertId: string): string {
  return alertId.replace(/^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})-\d{13}$/, '$1');
}

/** The API knows an alert by its whole id alone. Empty if the key is that id. */
export function wholeId(alertId: string): Readonly<Record<string, string>> {
  return withoutTime(alertId) === alertId ? {} : { alert_id: alertId };
}
