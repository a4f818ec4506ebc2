/**
 * Where things lie in the memory of `assembly/follow-spans.ts`, in bytes, and what its numbers mean. Read by TypeScript
 * and AssemblyScript alike, so plain numbers only.
 *
 *   nodes │ edges │ texts │ steps │ records │ tags │ references │ window …
 */

/** The first of them stands for the begin of a span. */
export const NODES = 1024;
export const MOST_NODES = 4096;
/** Text, length, what follows, two numbers for that, members, first edge, length of the value in the text: four bytes each. */
export const NODE_BYTES = 32;

/** Which heads came behind a head: node, next edge. The first place stays empty, for 0 is none. */
export const EDGES = NODES + MOST_NODES * NODE_BYTES;
export const MOST_EDGES = 16384;
export const EDGE_BYTES = 8;

export const TEXTS = EDGES + MOST_EDGES * EDGE_BYTES;
export const MOST_TEXT = 524288;

/** Where a tag leads to from a place of `fact-steps.ts`: place, place behind. As many as nodes; see `learnStep`. */
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

/** The cursor's window, last, for it grows: on a page of its own. */
export const WINDOW = (REFERENCES + MOST_REFERENCES * REFERENCE_BYTES + 65535) & ~65535;

/** What follows a head: the end of the span. */
export const END = 0;
/** A value that nothing depends on. */
export const SKIPPED = 1;
/** A text without escapes, into the record at the first number. */
export const TEXT = 2;
/** A text, a number or one of the three words, into the record at the first number; it is to be looked up. */
export const LITERAL = 3;
/** The same, and it belongs to the head: the second number is the literal. */
export const KNOWN_LITERAL = 4;
/** A plain integer, into the record at the first number. */
export const INTEGER = 5;
/** Events, of which only is told whether there are any. */
export const EVENTS = 6;
/** The value of a tag: its key and its role are the numbers. */
export const TAG = 7;
/** The same, and it belongs to the head: the numbers are its key and its literal. */
export const KNOWN_TAG = 8;
/** A text of a reference: the first number says which, the second one the kind, once it is known, and `LAST` of the two. */
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
