/** A postmortem as the rules of structure read it: its sections, and the paragraphs, items and rows in them. */
export type Cell = Readonly<{ head: string; text: string }>;

/** `secondOfDay`: from 0. `dayUs`: the midnight of its date in UTC; undefined where it names none. */
export type RowTime = Readonly<{ dayUs: number | undefined; secondOfDay: number; hasZone: boolean }>;

export type Block = Readonly<{
  /** From 1. */
  line: number;
  kind: 'paragraph' | 'item' | 'row';
  /** As a reader sees it. Code is left out. */
  text: string;
  /** The cells of a table's row. A paragraph and an item have none. */
  cells: readonly Cell[];
  /** A link or code stands in it. */
  hasLink: boolean;
  /** Its first time; undefined where it has none. Only in the section of the timeline. */
  time: RowTime | undefined;
}>;

/** `level`: as the heading; 0 for what stands before the first one. */
export type DocumentSection = Readonly<{ title: string; level: number; line: number; blocks: readonly Block[] }>;

/** The section of that title with the sections below it, and their statements; undefined where there is none. */
export type Part = Readonly<{ line: number; title: string; blocks: readonly Block[]; text: string }>;

export function partOf(sections: readonly DocumentSection[], title: RegExp): Part | undefined {
  const at = sections.findIndex((one) => one.level > 0 && title.test(one.title));
  const found = sections[at];
  if (found === undefined) return undefined;
  const rest = sections.slice(at + 1);
  const end = rest.findIndex(({ level }) => level <= found.level);
  const whole = [found, ...(end === -1 ? rest : rest.slice(0, end))];
  const blocks = whole.flatMap((one) => one.blocks.filter(isStatement));
  return { line: found.line, title: found.title, blocks, text: said(blocks) };
}

/** A question tells nothing yet. */
function isStatement({ text }: Block): boolean {
  return !text.trimEnd().endsWith('?');
}

/** An alert's title quotes numbers of its own. */
function said(blocks: readonly Block[]): string {
  return blocks.map(({ text }) => withoutQuotations(text)).join('\n');
}

/** The text with “…” in place of each quotation. */
export function withoutQuotations(text: string): string {
  return text.replaceAll(/“[^“”\n]{1,200}”|"[^"\n]{1,200}"/g, '…');
}

/** Whether the words say that something is not known, or that there is nothing. A rule is content with that. */
export function admits(text: string): boolean {
  return ADMISSION.test(text);
}

const ADMISSION =
  /\b(?:unknown|unclear|not (?:yet )?(?:known|recorded|measured|counted|confirmed|noted|over)|nobody (?:entered|has entered|knows|noted|measured|counted)|no (?:entry|record|data) (?:says|of|on|for)|nothing (?:noted|known|to say)|none (?:noted|known|found)|n\/a|(?:the )?record (?:holds|names|shows|counts) (?:no|fewer)|(?:does|do) not (?:say|count|hold|show|know))\b/i;

/** `unitSeconds`: how long its smallest unit is. `1 h 5 min` is 3,900 seconds, and its smallest unit is 60. */
export type Duration = Readonly<{ seconds: number; unitSeconds: number }>;

/** `1 h 5 min`, `30 minutes`, `45 s`, in order. */
export function durationsIn(text: string): readonly Duration[] {
  return [...text.matchAll(DURATION)].map(([words]) => {
    const parts = [...words.matchAll(PART)].map(([, count = '', unit = '']) => ({
      count: Number(count),
      unitSeconds: UNIT_SECONDS[unit.charAt(0).toLowerCase()] ?? 1,
    }));
    return {
      seconds: parts.reduce((sum, { count, unitSeconds }) => sum + count * unitSeconds, 0),
      unitSeconds: Math.min(...parts.map((part) => part.unitSeconds)),
    };
  });
}

const UNIT = '(?:days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?![\\p{L}\\p{N}])';
const DURATION = new RegExp(
  `(?<![\\p{L}\\p{N}.,:])\\d{1,5}(?:\\.\\d{1,2})? ?-?${UNIT}(?:,? \\d{1,5} ?${UNIT}){0,3}`,
  'giu',
);
const PART = new RegExp(`(\\d{1,5}(?:\\.\\d{1,2})?) ?-?(${UNIT})`, 'giu');
const UNIT_SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };
