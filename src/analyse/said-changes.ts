/** Changes of services that the request does not show, where its failure names what they changed. */
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { isSaidOfAnybody } from '#model/changes/said-effects.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The services of these changes. */
export function saidServices(
  changes: readonly Change[],
  { complaint, said = '', ofRequest }: ChangeSymptoms,
  { trace, first }: Readonly<{ trace: Trace; first: Finding }>,
): ReadonlySet<string> {
  if (ofRequest === 'the slow spans and lines') return new Set();
  const failure = `${complaint?.text ?? ''}\n${said.toLowerCase()}`;
  const recorded = new Set<string>(trace.services);
  // Functions and silent services are called, and have no spans of their own.
  const called = new Set(`${first.operation} ${first.title}`.match(/[\w-]{4,80}/g));
  const isMeant = (change: Change) =>
    (called.has(change.service) && !recorded.has(change.service)) || isSaidOfAnybody(change, failure);
  return new Set(changes.filter((change) => change.service !== '' && isMeant(change)).map(({ service }) => service));
}
