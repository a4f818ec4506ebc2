/**
 * Messages between traces. A consumer that begins its own trace links to the span that published its message:
 *
 *   trace 1   [ POST /events [ telemetry send ] ]
 *   trace 2                            ~~~ 185 s ~~~   [ telemetry process ]   links to `telemetry send`
 */

import type { Attributes } from '#model/trace/columns.ts';

export type PublishedMessage = Readonly<{
  /** The end of its publish span, in microseconds since the epoch. */
  sentUs: number;
  /** `POST /events of ingest`: the work that published it. */
  publisher: string;
  /** The publish span itself; its attributes are read on request. */
  operation: string;
  attributes(): Attributes;
  /** When a consumer first failed on it, in microseconds since the epoch; infinite where none did. */
  failedUs: number;
}>;

/** By the id of its publish span, a message of another trace. */
export type PublishedElsewhere = (spanId: string) => PublishedMessage | undefined;
