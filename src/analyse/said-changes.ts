/** Changes of services that the evidence does not show, where the failure names what they changed. */
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { changedName } from '#model/changes/quoted-names.ts';
import { isSaidOfAnybody } from '#model/changes/said-effects.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The services of changes that the failure names by what they do, or by a name of their code. */
export function saidServices(
  changes: readonly Change[],
  { complaint, said = '', ofRequest }: ChangeSymptoms,
): readonly string[] {
  if (ofRequest === 'the slow spans and lines') return [];
  const failure = `${complaint?.text ?? ''}\n${said.toLowerCase()}`;
  return changes.flatMap((change) =>
    change.service !== '' && (isSaidOfAnybody(change, failure) || changedName(change, complaint) !== '')
      ? [change.service]
      : [],
  );
}

/** Changed functions and silent services that the finding names as called: they have no spans of their own. */
export function silentCallees(
  changes: readonly Change[],
  { operation, title }: Finding,
  { services }: Pick<Trace, 'services'>,
): readonly string[] {
  const named = new Set(`${operation} ${title}`.match(/[\w-]{4,80}/g));
  return changes.flatMap(({ service }) => (named.has(service) && !services.includes(service) ? [service] : []));
}
