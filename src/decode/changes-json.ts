/** A body of bytes that should hold changes: a case's `changes.json`, which every source of changes answers with, too. */
import { UnreadableInputError } from '#core/errors.ts';
import type { BodyDecoder } from '#decode/body-decoder.ts';
import { parsed, textIn } from '#decode/json-value.ts';
import { textBody } from '#decode/text-body.ts';
import { type Change, changeInstant, isChangeKind, LONGEST_DIFF } from '#model/changes/change.ts';
import { cutText } from '#model/text/cut-text.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

const ACCEPTED =
  'Spanhound reads a list of {"at": "ISO 8601", "kind": "deploy|commit|config|scale|flag|migration", "service", "id", "text", "url", "files": [], "diff"}.';

/** How much of a longer text is read; nobody writes that much by hand. */
const LONGEST_TEXT = 4_000;
const MOST_FILES = 1_000;

/** `unread`: entries of the list that are no changes, or say of no time that can be read when they were. */
export type DecodedChanges = Readonly<{ changes: readonly Change[]; unread: number }>;

export function changesBody(source: string): BodyDecoder<DecodedChanges> {
  return textBody(parsed, (value) => {
    const changes = Array.isArray(value) ? value.filter(isObject).flatMap(changeOf) : [];
    const unread = Array.isArray(value) ? value.length - changes.length : 0;
    if (!Array.isArray(value) || (changes.length === 0 && unread > 0)) {
      throw new UnreadableInputError(`${source} holds no readable change`, ACCEPTED);
    }
    return { changes, unread };
  });
}

function changeOf(one: JsonObject): Change[] {
  const atUs = changeInstant(textIn(one, 'at'));
  const kind = textIn(one, 'kind');
  if (atUs === undefined || !isChangeKind(kind)) return [];
  const files = Array.isArray(one.files) ? one.files.filter((file) => typeof file === 'string') : [];
  return [
    {
      atUs,
      kind,
      service: cutText(textIn(one, 'service'), LONGEST_TEXT),
      id: cutText(textIn(one, 'id'), LONGEST_TEXT),
      text: cutText(textIn(one, 'text'), LONGEST_TEXT),
      url: cutText(textIn(one, 'url'), LONGEST_TEXT),
      files: files.slice(0, MOST_FILES).map((file) => cutText(file, LONGEST_TEXT)),
      diff: cutText(textIn(one, 'diff'), LONGEST_DIFF),
    },
  ];
}
