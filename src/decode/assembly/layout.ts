/**
 * The memory layout of `assembly/follow-spans.ts`, in bytes, and the meaning of its numbers. TypeScript and
 * AssemblyScript both read it, so it has only plain numbers.
 *
 *  nodes │ edges │ texts │ steps │ records │ tags │ references │ window …
 */

/** The first node stands for the beginning of a span. */
export const NODES = 1024;
export const MOST_NODES = 4096;
/**
 * Text, length, kind of the next value, two numbers for that, members, first edge, length of the value in the text:
 * four bytes each.
 */
export const NODE_BYTES = 32;

/** The successors of a head: node, next edge. The first place stays empty, because 0 means none. */
export const EDGES = NODES + MOST_NODES * NODE_BYTES;
export const MOST_EDGES = 16384;
export const EDGE_BYTES = 8;

export const TEXTS = EDGES + MOST_EDGES * EDGE_BYTES;
export const MOST_TEXT = 524288;

/** The next place of a tag from a place of `fact-steps.ts`: place, next place. As many as nodes; see `learnStep`. */
export const STEPS = TEXTS + MOST_TEXT;
export const STEP_BYTES = 8;

/** The spans that were read; see `span-records.ts`. */
export const RECORDS = STEPS + MOST_NODES * STEP_BYTES;
export const MOST_RECORDS = 256;
export const RECORD_BYTES = 104;
export const TAGS = RECORDS + MOST_RECORDS * RECORD_BYTES;
export const MOST_TAGS = 4096;
export const TAG_BYTES = 24;
export const REFERENCES = TAGS + MOST_TAGS * TAG_BYTES;
export const MOST_REFERENCES = 1024;
export const REFERENCE_BYTES = 20;

/** The cursor's window is last, because it grows: on a page of its own. */
export const WINDOW = (REFERENCES + MOST_REFERENCES * REFERENCE_BYTES + 65535) & ~65535;

/** After the head comes the end of the span. */
export const END = 0;
/** A value that no column needs. */
export const SKIPPED = 1;
/** A text without escapes, into the record at the first number. */
export const TEXT = 2;
/** A text, a number or one of the three words, into the record at the first number; it must be looked up. */
export const LITERAL = 3;
/** The same as a part of the head: the second number is the literal. */
export const KNOWN_LITERAL = 4;
/** A plain integer, into the record at the first number. */
export const INTEGER = 5;
/** Events: only their presence is recorded. */
export const EVENTS = 6;
/** The value of a tag: the numbers are its key and its role. */
export const TAG = 7;
/** The same as a part of the head: the numbers are its key and its literal. */
export const KNOWN_TAG = 8;
/**
 * A text of a reference: the first number says which one, the second one holds the kind, once it is known, and `LAST`
 * of the two.
 */
export const REFERENCE = 9;
export const REFERENCE_TRACE = 0;
export const REFERENCE_SPAN = 1;
export const KIND_BITS = 3;
export const LAST = 4;

/** Roles of tags; see `attribute-roles.ts`. */
export const NO_ROLE = 0;
export const VALUE = 1;
export const STATEMENT = 2;
export const MAYBE_STATEMENT = 3;
