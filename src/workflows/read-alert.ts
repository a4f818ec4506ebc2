/** Reads an alert from a file: the body of a webhook or of an API response, or a case's manifest. */
import { UnreadableInputError } from '#core/errors.ts';
import type { Alert } from '#model/incident/alert.ts';

export type KnownAlerts = Readonly<{
  /** Each reads one format of one system; undefined if the body has another. */
  reads: readonly ((body: unknown) => Alert | undefined)[];
  /** The names of these formats: `a PagerDuty v3 webhook or …`. */
  bodies: string;
}>;

/** Throws UnreadableInputError if no known system writes this. */
export function alertIn(text: string, { reads, bodies }: KnownAlerts, name: string): Alert {
  const body = unwrapped(parsed(text, name));
  for (const read of reads) {
    const alert = read(body);
    if (alert !== undefined) return alert;
  }
  throw new UnreadableInputError(`${name} holds no alert`, `Give the JSON of ${bodies}.`);
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableInputError(`${name} cannot be read: it is not JSON`, 'Save the alert as JSON.', {
      cause: error,
    });
  }
}

/** `case.json` holds its alert next to other fields. */
function unwrapped(body: unknown): unknown {
  return isObject(body) && !('labels' in body) && isObject(body.alert) ? body.alert : body;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
