/**
 * Who is on call: how the settings write it, and the port of a system that knows it.
 *
 *   U012ABC, S012ABC            a person, a user group in Slack
 *   here                        all active members of the channel
 *   cause                       who is on call for the service that the newest answer blames, or for its owner
 *   pagerduty:schedule/PABC123  whoever a system outside has on call at that moment
 */

export type OnCallPerson = Readonly<{
  /** Both '' where the system does not say it. */
  name: string;
  email: string;
  /** Where the system knows the person's id in Slack, or '' . */
  slackId: string;
  /** The end of the shift; undefined where the system does not say it, or the shift has none. */
  untilUs: number | undefined;
}>;

export type OnCallAnswer =
  /** `place`: `PagerDuty’s schedule Payments`. `people`: in the order in which they are called; empty if nobody is on call. */
  | Readonly<{ kind: 'known'; place: string; people: readonly OnCallPerson[] }>
  /** `reason`: a sentence that says what to do. */
  | Readonly<{ kind: 'unknown'; reason: string }>;

/** A system outside that knows who is on call. */
export type OnCallSource = Readonly<{
  /** As targets begin: `pagerduty`. */
  id: string;
  title: string;
  /** `place`: the target behind the colon. `nowUs`: the instant that is asked about. */
  onCall(place: string, nowUs: number, signal: AbortSignal): Promise<OnCallAnswer>;
}>;

/** The person or the group of a target in Slack. */
const SLACK_ID = /^[SUW][A-Z0-9]{5,}$/;

export const CAUSE = 'cause';

export function isSlackId(target: string): boolean {
  return SLACK_ID.test(target);
}

/** Undefined for a target in Slack. */
export function outsideTarget(target: string): Readonly<{ system: string; place: string }> | undefined {
  const colon = target.indexOf(':');
  return colon === -1 ? undefined : { system: target.slice(0, colon), place: target.slice(colon + 1) };
}

/** Longer than any real one. */
const MOST_NAME_CHARS = 100;

/** A name of a system outside as one short line. */
export function personName(text: unknown): string {
  if (typeof text !== 'string') return '';
  const line = text
    .slice(0, 4 * MOST_NAME_CHARS)
    .toWellFormed()
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return line.slice(0, MOST_NAME_CHARS).toWellFormed();
}

/** RFC 5321 allows 254 characters. '' for what is no address: it is sent to Slack as it is. */
export function personEmail(text: unknown): string {
  if (typeof text !== 'string' || text.length > 254) return '';
  return /^[^\s@<>,;\p{C}]{1,64}@[^\s@<>,;\p{C}]{1,253}$/u.test(text) ? text.toLowerCase() : '';
}

/** The address before the `=` of an entry such as `kim@example.com=U012ABC`; undefined without one. */
export function mappedEmail(people: readonly string[], userId: string): string | undefined {
  const names = people.flatMap((entry) => {
    const equals = entry.lastIndexOf('=');
    return entry.slice(equals + 1) === userId ? [personEmail(entry.slice(0, equals))] : [];
  });
  return names.find((email) => email !== '');
}

/** The id behind the `=` of an entry such as `kim@example.com=U012ABC`; undefined without one. */
export function mappedId(people: readonly string[], { name, email }: Pick<OnCallPerson, 'name' | 'email'>) {
  const wanted = [email, name].filter((one) => one !== '').map((one) => one.toLowerCase());
  const found = people.find((entry) => wanted.includes(entry.slice(0, entry.lastIndexOf('=')).toLowerCase()));
  return found?.slice(found.lastIndexOf('=') + 1);
}
