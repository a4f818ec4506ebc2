/**
 * What a service reported while none of its spans showed what it did: an event of the span, or a log line of this
 * request.
 *
 *  [ GET /report                                        ]
 *    [ SELECT ]   · “rendering 240 pages”     · “done”    the gap is explained: it rendered
 *                                               [ UPDATE ]
 */

import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { isOfRequest } from '#model/logs/log-correlation.ts';
import { epochUsOf, type LogLine, namesSpan } from '#model/logs/log-line.ts';
import { eventText } from '#model/trace/event-text.ts';
import type { Trace } from '#model/trace/trace.ts';

export type SaidMeanwhile = Readonly<{ atUs: number; item: EvidenceItem }>;

/** In order of time. */
export function saidMeanwhile(
  trace: Trace,
  { span, startUs, endUs }: Stretch,
  logs: readonly LogLine[],
): SaidMeanwhile[] {
  const ref = trace.spanId(span);
  const service = trace.service(span);
  // A line that may be another request's, or names another span, says nothing of this one.
  const isItsOwn = (line: LogLine) =>
    line.service === service &&
    (line.spanId === '' || line.isPlaced === true || namesSpan(line, ref)) &&
    isOfRequest(line);
  const said: SaidMeanwhile[] = [
    ...(trace.hasEvents(span) ? trace.events(span) : []).map((event): SaidMeanwhile => {
      return { atUs: event.atUs, item: { kind: 'event', ref, text: eventText(event) } };
    }),
    ...logs.filter(isItsOwn).map((line): SaidMeanwhile => {
      const atUs = epochUsOf(line) - trace.startEpochUs;
      return { atUs, item: { kind: 'log', ref: line.timeNs, text: line.line } };
    }),
  ];
  return said
    .filter(({ atUs, item }) => atUs > startUs && atUs < endUs && item.text !== '')
    .sort((a, b) => a.atUs - b.atUs);
}
