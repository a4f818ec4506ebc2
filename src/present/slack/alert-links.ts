/** The addresses that an alert brings along, as links in a message. */
import type { RichTextElement } from '@slack/types';
import { link, words } from '#present/slack/rich-text.ts';
import { truncate } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';

/** What a responder opens first; other names follow in the order of the alert. */
const FIRST = ['runbook', 'dashboard', 'panel', 'silence', 'source'];
/** More do not help in a hurry. */
const MOST = 6;
const NAME_CHARS = 40;

/** `runbook · dashboard`; an address that no browser opens is left out. */
export function alertLinks(links: Readonly<Record<string, string>>): RichTextElement[] {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const shownLinks = Object.entries(links)
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .map(([name, address]) => link(address, truncate(shown(name), NAME_CHARS)))
    .filter(({ type }) => type === 'link')
    .slice(0, MOST);
  return shownLinks.flatMap((one, at) => (at === 0 ? [one] : [words(' · '), one]));
}
