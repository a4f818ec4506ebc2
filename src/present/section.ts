/** What every form that is read from top to bottom is made of. */

/** Plain text; an address where it can be checked; what belongs to it, one step in. */
export type Line = Readonly<{ text: string; url: string; below?: readonly LineBelow[] }>;

/** `code` is to be copied as it stands. */
export type LineBelow = Readonly<{ text: string; url: string; code?: string }>;

export type Section = Readonly<{
  title: string;
  lines: readonly Line[];
  /** The lines follow from one another. */
  ordered: boolean;
}>;
