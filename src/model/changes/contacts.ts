/**
 * Addresses of people and of departments: no host and no name of code. A redacted one is read by its mark.
 *
 *   -SUPPORT_EMAIL=help@acme.example       -SUPPORT_EMAIL=[redacted:email:k7x2qa]
 *   +SUPPORT_EMAIL=care@acme.example       +SUPPORT_EMAIL=[redacted:email:p02mzz]
 */
import type { DiffLine } from '#model/changes/diff-lines.ts';

const CONTACT = String.raw`\[?redacted:(?:email|phone)[a-z0-9:-]{0,40}\]?|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}`;
const CONTACTS = new RegExp(CONTACT, 'gi');
/** A name that a diff replaces may be only the part of a mark inside of its brackets. */
const ONE_CONTACT = new RegExp(`^(?:${CONTACT})$`, 'i');
/** `amqp://app@mq.acme.example`, `git@git.acme.example:app`: who logs in at a host. */
const OF_HOST = /:\/\/|\bgit@/i;

export function isContact(name: string): boolean {
  return ONE_CONTACT.test(name);
}

/** A label or a setting that says only whose something is: no program reads it. */
const OF_OWNERS = /^\W{0,6}(?:owner|owned[-_]by|team|squad|tribe|maintainers?|cost[-_]?cent(?:er|re))["']?\s{0,3}[:=]/i;

/** One name took the place of another, and either is a contact, or the line says only who owns something. */
export function isOfPeople({ before, after, line }: Readonly<Record<'before' | 'after' | 'line', string>>): boolean {
  return isContact(before) || isContact(after) || OF_OWNERS.test(line);
}

/** Whether only addresses of people differ. */
export function changesContacts(changed: readonly DiffLine[]): boolean {
  const side = (wanted: DiffLine['mark']) => changed.flatMap(({ mark, text }) => (mark === wanted ? [text] : []));
  const [before, now] = [side('-'), side('+')];
  if (before.length === 0 || [...before, ...now].some((text) => OF_HOST.test(text))) return false;
  const without = (lines: readonly string[]) => lines.map((text) => text.replaceAll(CONTACTS, '@')).join('\n');
  return before.join('\n') !== now.join('\n') && without(before) === without(now);
}
