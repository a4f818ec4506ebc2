/** A section of a report. */

/** Plain text, the address of its evidence, and indented lines below it. */
export type Line = Readonly<{ text: string; url: string; below?: readonly LineBelow[] }>;

/** `code` is for copying. */
export type LineBelow = Readonly<{ text: string; url: string; code?: string }>;

export type Section = Readonly<{
  title: string;
  lines: readonly Line[];
  /** The order of the lines matters: they are numbered. */
  ordered: boolean;
}>;
