/** The course of a request's failure, in one sentence. */

import type { FailedService, RequestTimeline } from '#model/logs/request-timeline.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { momentText } from '#model/text/duration.ts';
import { listText } from '#model/text/list-text.ts';

/** The length of a quotation: a verdict is read at a glance. */
const QUOTED = 160;

/** `user-service failed first (after 155 ms: “…”), then order-worker and api-gateway`; empty where nothing failed. */
export function failureSentence(timeline: RequestTimeline): string {
  const [first, ...others] = timeline.failed;
  if (first === undefined) return '';
  const then = listText(others.map(({ service }) => named(service)));
  return `${named(first.service)} failed first${because(timeline, first)}${then === '' ? '' : `, then ${then}`}`;
}

function because(timeline: RequestTimeline, { service, entry, atUs }: FailedService): string {
  const line = entry === undefined ? undefined : timeline.entries[entry];
  if (line !== undefined) return ` (after ${momentText(atUs)}: “${quoted(line.text)}”)`;
  const caller = timeline.failed.find(({ calls }) => calls === service);
  const said = caller?.entry === undefined ? undefined : timeline.entries[caller.entry];
  return said === undefined ? '' : ` (${named(said.line.service)} says so: “${quoted(said.text)}”)`;
}

function named(service: string): string {
  return service || 'somebody';
}

function quoted(text: string): string {
  return cutLine(text, QUOTED);
}
