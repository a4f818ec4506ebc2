/** What reads one span after another into places in the window, whatever the format. */
import type { SpanLesson } from '#decode/span-lesson.ts';
import type { SpanRecords } from '#decode/span-records.ts';

/** The span that was read last. */
export type ReadSpan = {
  /** Holds an escape in a name or an id, or another type than servers send: it has to be parsed. */
  isOdd: boolean;
  /** Of this one span. */
  records: SpanRecords;
  lesson: SpanLesson;
};

/** `read` goes from the span's opening brace to behind its closing one, or throws as the cursor does. */
export type SpanReader = Readonly<{ span: Readonly<ReadSpan>; read(): void }>;
