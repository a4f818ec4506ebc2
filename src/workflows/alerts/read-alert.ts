/** Reads an alert from a file: the body of a webhook or of an API response, a message of Slack, or a case's manifest. */
import { UnreadableInputError } from '#core/errors.ts';
import { formIn } from '#core/form-body.ts';
import { notificationIn } from '#core/notification-text.ts';
import type { Alert, AlertNote } from '#model/incident/alert.ts';

/** What a system's reader says about a body. */
export type ReadOutcome =
  | Readonly<{ kind: 'alert'; alert: Alert; members: number }>
  | Readonly<{ kind: 'note'; note: AlertNote }>
  | Readonly<{ kind: 'other'; why: string }>
  | Readonly<{ kind: 'unreadable'; why: string }>;

export type AlertFileReader = Readonly<{
  /** The system's id, and its title for people. */
  id: string;
  title: string;
  /** Whether the body has a form of this system. */
  isOwn(body: unknown): boolean;
  read(body: unknown): ReadOutcome;
  /** It reads forms that no other reader knows. */
  isLast?: boolean;
}>;

export type KnownAlerts = Readonly<{
  readers: readonly AlertFileReader[];
  /** The names of their forms: `a PagerDuty v3 webhook or …`. */
  bodies: string;
}>;

/** Throws UnreadableInputError if no known system writes this. */
export function alertIn(text: string, { readers, bodies }: KnownAlerts, name: string): Alert {
  const found = firstRead(bodiesIn(parsed(text, name)), readers);
  if (found?.outcome.kind === 'alert') return found.outcome.alert;
  throw new UnreadableInputError(`${name} holds no alert`, `Give the JSON of ${bodies}.`);
}

export type FoundAlert = Readonly<{ reader: AlertFileReader; outcome: ReadOutcome }>;

/**
 * The first reader that finds an alert; else the first that knows the body and says why it is none; else the reader of
 * unknown forms; else the first that says what is missing. Undefined where no reader knows it.
 */
export function firstRead(bodies: readonly unknown[], readers: readonly AlertFileReader[]): FoundAlert | undefined {
  const triedBy = (some: readonly AlertFileReader[]) =>
    bodies.flatMap((body) =>
      some.filter(({ isOwn }) => isOwn(body)).map((reader) => ({ reader, outcome: reader.read(body) })),
    );
  const tried = triedBy(readers.filter(({ isLast }) => !isLast));
  const known = bestOf(tried);
  const byLast = triedBy(readers.filter(({ isLast }) => isLast));
  // The body knows better than its part that it is none: the event is in the body, and the alert is its part.
  return known ?? byLast.find(({ outcome }) => outcome.kind !== 'unreadable') ?? tried[0];
}

function bestOf(tried: readonly FoundAlert[]): FoundAlert | undefined {
  return (
    tried.find(({ outcome }) => outcome.kind === 'alert') ??
    tried.find(({ outcome }) => outcome.kind === 'note' || outcome.kind === 'other')
  );
}

/** Throws UnreadableInputError if it is neither JSON nor a form nor a notification in plain text. */
export function parsed(text: string, name: string): unknown {
  if (text.trim() === '') throw new UnreadableInputError(`${name} is empty`, 'Save the body of the alert in it.');
  try {
    return JSON.parse(text);
  } catch (error) {
    const form = formIn(text) ?? notificationIn(text);
    if (form !== undefined) return form;
    throw new UnreadableInputError(`${name} cannot be read: it is not JSON`, 'Save the alert as JSON.', {
      cause: error,
    });
  }
}

/** Where receivers and tests keep the body that they got. */
const HELD_IN = ['event', 'alert', 'payload', 'body', 'raw_body'] as const;

/**
 * The body, and what it holds: `case.json` has its alert next to other fields, Slack's request its event, a log line of
 * a receiver the body as text.
 */
export function bodiesIn(body: unknown): readonly unknown[] {
  if (!isObject(body)) return [body];
  return [body, ...HELD_IN.flatMap((name) => heldIn(body[name]))];
}

function heldIn(value: unknown): readonly unknown[] {
  if (isObject(value)) return [value];
  if (typeof value !== 'string' || !/^\s*\{/.test(value)) return [];
  try {
    return [JSON.parse(value)];
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
