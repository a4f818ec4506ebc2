/**
 * Comments of people on a section of a postmortem, and who resolved them. All are entries of the timeline: a new draft keeps
 * them, and every store, deletion and signature treats them as it treats other words of people. They are about the draft and
 * not about the incident, so no section tells of them.
 */
import type { TimelineEntry } from '#model/incident/incident.ts';

export type Comment = Readonly<{
  /** The id of its entry. */
  id: string;
  /** As `sectionKey` names it. */
  section: string;
  /** The title that the section had then. */
  title: string;
  text: string;
  /** The id of the person. */
  by: string;
  atUs: number;
  /** Undefined while it is open. */
  resolved: Readonly<{ by: string; atUs: number }> | undefined;
}>;

/** A section as people name it: `impact`, or a section of the team's template by its title. */
export type CommentedSection = Readonly<{ key: string; title: string }>;

/** Slack's options take no longer text. */
const KEY_CHARS = 70;

export function commentedSection({ id, title }: Readonly<{ id: string; title: string }>): CommentedSection {
  return { key: (id === 'own' ? `own:${title}` : id).slice(0, KEY_CHARS), title: title.slice(0, KEY_CHARS) };
}

/** The same by its key alone: `what-happened` is “What happened”. */
export function sectionByKey(key: string): CommentedSection {
  if (key.startsWith('own:')) return { key, title: key.slice('own:'.length) };
  const title = key.replaceAll('-', ' ');
  return { key, title: `${title.charAt(0).toUpperCase()}${title.slice(1)}` };
}

const COMMENT = 'comment=';
const RESOLVED = 'comment-resolved=';

export function commentValue({ key }: CommentedSection): string {
  return `${COMMENT}${key}`;
}

export function resolvedValue(commentId: string): string {
  return `${RESOLVED}${commentId}`;
}

type Valued = Pick<TimelineEntry, 'kind' | 'value' | 'from'>;

export function isOfComment(entry: Valued): boolean {
  return isComment(entry) || isResolution(entry);
}

function isComment({ kind, value, from }: Valued): boolean {
  return kind === 'message' && value.startsWith(COMMENT) && from === undefined;
}

function isResolution({ kind, value, from }: Valued): boolean {
  return kind === 'message' && value.startsWith(RESOLVED) && from === undefined;
}

const START = 'Comment on the postmortem (';
const END = '): ';

/** The text of the entry, as the timeline shows it. */
export function commentText({ title }: CommentedSection, words: string): string {
  return `${START}${title.replaceAll(END, ') ')}${END}${words}`;
}

/** In order of time. */
export function commentsOf(entries: readonly TimelineEntry[]): readonly Comment[] {
  const ends = entries.filter(isResolution);
  return entries
    .filter(isComment)
    .toSorted((a, b) => a.atUs - b.atUs)
    .map(({ id, value, text, source: by, atUs }) => {
      const end = ends.find((one) => one.value === resolvedValue(id));
      const at = text.startsWith(START) ? text.indexOf(END) : -1;
      const [title, words] = at < 0 ? ['', text] : [text.slice(START.length, at), text.slice(at + END.length)];
      const resolved = end && { by: end.source, atUs: end.atUs };
      return { id, section: value.slice(COMMENT.length), title, text: words, by, atUs, resolved };
    });
}
