/** A title for a system outside: one line in which nothing mentions anybody, closes an issue or becomes a link. */
import { truncate } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';

/** GitHub and GitLab take 255. */
const TITLE_CHARS = 200;

/** GitLab reads `#1`, `!1`, `~label`, `%milestone`, `&1`, `$1` and `@name`; a title becomes the message of a commit. */
export function inertTitle(text: string): string {
  return truncate(shown(text), TITLE_CHARS)
    .replace(/[@#!~%&$](?=[\w"])/g, '$&\u2060')
    .replace(/\b(https?|ftp):\/\//gi, '$1:\u2060//')
    .replace(/\bwww\./gi, 'www\u2060.');
}
