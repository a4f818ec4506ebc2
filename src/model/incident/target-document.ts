/** A document in parts, for places outside that have no Markdown: each writes them in its own form. */

/** A piece of a line. A piece `\n` is a line break. Each text is clean and redacted, and not escaped for any form. */
export type Run = Readonly<{
  text: string;
  url?: string;
  isBold?: true;
  /** Words of our own, in which no character has a meaning. */
  isOwn?: true;
}>;

export type Runs = readonly Run[];

export type DocumentPart =
  | Readonly<{ kind: 'heading'; level: 2 | 3; text: string }>
  /** The state of the draft. */
  | Readonly<{ kind: 'notice'; lines: readonly string[] }>
  | Readonly<{ kind: 'paragraph'; runs: Runs }>
  /** `isTask`: people tick it off. */
  | Readonly<{ kind: 'list'; items: readonly Readonly<{ runs: Runs; isTask: boolean }>[] }>
  | Readonly<{ kind: 'table'; head: readonly string[]; rows: readonly (readonly Runs[])[] }>
  /** `name`: of its file. */
  | Readonly<{ kind: 'picture'; name: string; alt: string }>;

export type TargetDocument = readonly DocumentPart[];
