/** The files of a message in a timeline: what Slack says of each, whether there is a copy, and what an entry says about it. */
import { sizeText } from '#model/text/size-text.ts';

/** A file as Slack names it in a message. */
export type SaidFile = Readonly<{
  /** Slack's id, such as `F0123ABC`; '' if Slack does not give one: then the file is only named. */
  id: string;
  name: string;
  /** The media type, such as `image/png`; '' if Slack does not say. */
  type: string;
  /** Size in bytes; undefined if Slack does not say. */
  bytes: number | undefined;
  /** Somebody deleted it in Slack. */
  isDeleted: boolean;
}>;

/**
 * `waiting`: nobody fetched it yet. `kept`: there is a copy. `left`: there is none, for the given reason. `expired`: the
 * copy was past its time. `forgotten`: somebody had it deleted.
 */
export type FileState = 'waiting' | 'kept' | 'left' | 'expired' | 'forgotten';

export type EntryFile = SaidFile &
  Readonly<{
    /** The id of its row in `entry_files`, and the name of its copy in the store of evidence. */
    copyId: string;
    state: FileState;
    /** Why there is no copy; '' otherwise. */
    reason: string;
    /** The SHA-256 of the bytes that Slack sent, as 64 hexadecimal digits; '' if nobody fetched them. */
    sha256: string;
    /** The SHA-256 of the copy. It differs from `sha256` if credentials were taken out. */
    keptSha256: string;
  }>;

/** Copies are whole or not at all: a screenshot or a log has less, a core dump has more. */
export const MOST_FILE_BYTES = 20_000_000;
/** All copies of one incident together: a disk should hold those of years. */
export const MOST_INCIDENT_BYTES = 200_000_000;
/** Slack takes ten files in a message. */
export const MOST_FILES = 10;

/** Reads the files of a message as Slack sends them; what is none is left out. */
export function saidFiles(files: unknown): readonly SaidFile[] {
  return Array.isArray(files) ? files.flatMap(saidFile) : [];
}

function saidFile(file: unknown): readonly SaidFile[] {
  if (typeof file !== 'object' || file === null) return [];
  const { id, mode, title, name, mimetype, size } = file as Readonly<Record<string, unknown>>;
  const type = textOf(mimetype);
  return [
    {
      id: SLACK_FILE.test(textOf(id)) ? textOf(id) : '',
      name: textOf(title) || textOf(name) || (type.startsWith('image/') ? 'a picture' : 'a file'),
      type,
      bytes: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : undefined,
      isDeleted: mode === 'tombstone',
    },
  ];
}

const SLACK_FILE = /^F[A-Z0-9]{2,30}$/;

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function isPicture({ type }: Pick<SaidFile, 'type'>): boolean {
  return type.startsWith('image/');
}

/** `graph.png, image/png, 12 kB, SHA-256 9f86…, deleted in Slack` */
function fileText(file: EntryFile): string {
  const { name, type, bytes, isDeleted } = file;
  const size = bytes === undefined ? '' : sizeText(bytes);
  return [name, type, size, copyText(file), isDeleted ? 'deleted in Slack' : '']
    .filter((part) => part !== '')
    .join(', ');
}

function copyText({ state, reason, sha256, keptSha256 }: EntryFile): string {
  const sum = `SHA-256 ${sha256}`;
  switch (state) {
    case 'waiting':
      return 'not kept yet';
    case 'left':
      return `not kept: ${reason}`;
    case 'expired':
      return `${sum}, copy past its time`;
    case 'forgotten':
      return 'copy deleted';
    case 'kept':
      return sha256 === keptSha256 ? sum : `${sum}, kept without credentials: SHA-256 ${keptSha256}`;
  }
}

/** An entry with its files: they stand at the end of its text. */
export function withFiles<Entry extends Readonly<{ text: string }>>(
  entry: Entry,
  files: readonly EntryFile[],
): Entry & Readonly<{ files?: readonly EntryFile[] }> {
  if (files.length === 0) return entry;
  const named = `[${files.map(fileText).join('; ')}]`;
  return { ...entry, text: [entry.text, named].filter((part) => part !== '').join(' '), files };
}
