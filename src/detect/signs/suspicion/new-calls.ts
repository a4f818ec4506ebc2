/** Changes that name what the service at fault calls since then, and called in no healthy request. */
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';

/** A shorter name is a word of many texts. */
const SHORTEST = 4;

/** Empty where it names none of them. */
export function newCallText({ service, newlyCalled = [] }: ChangeSymptoms, change: Change): string {
  if (change.service !== service && change.service !== '') return '';
  const said = `${change.id}\n${change.text}\n${textOfMark(diffLines(change.diff), '+')}`.toLowerCase();
  const named = newlyCalled.find((callee) => callee.length >= SHORTEST && isNamedIn(said, callee.toLowerCase()));
  return named === undefined ? '' : `it names ${named}, which ${service} calls now and never called before`;
}

/** As a name of its own: `maps` is no part of `mapserver` and none of `sitemaps`. */
function isNamedIn(said: string, name: string): boolean {
  for (let at = said.indexOf(name); at >= 0; at = said.indexOf(name, at + 1))
    if (!OF_WORD.test(said[at - 1] ?? ' ') && !OF_WORD.test(said[at + name.length] ?? ' ')) return true;
  return false;
}

const OF_WORD = /[a-z\d]/;
