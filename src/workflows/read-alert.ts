/**
 * An alert as it lies in a file: what PagerDuty or Alertmanager posts to a webhook, an alert or a list of them as
 * Alertmanager's API gives them, or a case's manifest.
 */
import { UnreadableInputError } from '#core/errors.ts';
import type { Alert } from '#model/incident/alert.ts';

/** What one system's webhook says; undefined where it is not that system's. */
export type ReadAlertBody = (body: unknown) => Alert | undefined;

/** Throws UnreadableInputError where no system that we know says such a thing. */
export function alertIn(text: string, readers: readonly ReadAlertBody[], name: string): Alert {
  const body = unwrapped(parsed(text, name));
  for (const read of readers) {
    const alert = read(body) ?? read(asGroup(body));
    if (alert !== undefined) return alert;
  }
  throw new UnreadableInputError(
    `${name} holds no alert`,
    'Give the JSON of a PagerDuty v3 webhook, of an Alertmanager webhook, or of an alert as Alertmanager’s API has it.',
  );
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableInputError(`${name} cannot be read: it is no JSON`, 'Save the alert as JSON.', {
      cause: error,
    });
  }
}

/** `case.json` holds its alert beside other things. */
function unwrapped(body: unknown): unknown {
  return isObject(body) && !('labels' in body) && isObject(body.alert) ? body.alert : body;
}

/** Alerts by themselves as Alertmanager would post them: with a group around them. */
function asGroup(body: unknown): unknown {
  const alerts = (Array.isArray(body) ? body : [body]).filter((alert) => isObject(alert) && 'labels' in alert);
  const named = alerts.map((alert) => ({ fingerprint: 'file', ...alert, status: 'firing' }));
  return { version: '4', groupKey: 'file', status: 'firing', alerts: named };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
