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

/** Whether only addresses of people differ. */
export function changesContacts(changed: readonly DiffLine[]): boolean {
  const side = (wanted: DiffLine['mark']) => changed.flatMap(({ mark, text }) => (mark === wanted ? [text] : []));
  const [before, now] = [side('-'), side('+')];
  if (before.length === 0 || [...before, ...now].some((text) => OF_HOST.test(text))) return false;
  const without = (lines: readonly string[]) => lines.map((text) => text.replaceAll(CONTACTS, '@')).join('\n');
  return before.join('\n') !== now.join('\n') && without(before) === without(now);
}
