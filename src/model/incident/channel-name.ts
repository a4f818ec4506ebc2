/**
 * The name of the channel that an incident has for itself. The number makes it unique in a workspace; the title is what
 * people typed, so only plain letters and digits of it are used.
 */
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';

/** Slack's limit. */
const NAME_CHARS = 80;
/** Room for `-2` behind the name, where somebody else has it. */
const SUFFIX_CHARS = 2;

/** `template` has `{number}`, and may have `{title}` behind it: `inc-{number}-{title}` is `inc-7-logins-fail`. */
export function channelName(template: string, { number, title }: Pick<Incident, 'number' | 'title'>): string {
  const plain = template
    .replaceAll('{number}', String(number))
    // A function, because `$&` in a title is text.
    .replaceAll('{title}', () => title)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-');
  return withoutDashes(plain.slice(0, NAME_CHARS - SUFFIX_CHARS));
}

export function channelValue(channelId: string): string {
  return `channel=${channelId}`;
}

/** Whether this entry says that the incident got a channel of its own. */
export function isOfChannel({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'message' && value.startsWith('channel=');
}

/** The same name for another try: `inc-7-logins-fail-2`. */
export function otherName(name: string, attempt: number): string {
  return attempt === 1 ? name : `${name}-${attempt}`;
}

function withoutDashes(name: string): string {
  return name.replace(/^-/, '').replace(/-$/, '');
}
