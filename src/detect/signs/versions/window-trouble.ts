/** The symptoms of a window, with the releases that pods and callers show to be at fault. */

import { toldActions } from '#detect/signs/metrics/told-actions.ts';
import { windowSymptoms } from '#detect/signs/symptoms/window-symptoms.ts';
import { guiltyReleases } from '#detect/signs/versions/guilty-releases.ts';
import type { FailLimits } from '#detect/signs/versions/version-counts.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { Evidence } from '#model/finding/evidence.ts';

type Seen = Partial<Evidence> & Pick<Evidence, 'window' | 'changes'>;

export function windowTrouble(seen: Seen, limits: FailLimits): ChangeSymptoms | undefined {
  const shown = withActions(windowSymptoms(seen.window, seen.changes, seen), seen);
  return shown && { ...shown, guilty: guiltyReleases(seen, limits) };
}

/** What servers report that they do by a setting is a symptom of its own. */
function withActions(
  shown: ChangeSymptoms | undefined,
  { window, changes, metrics = [] }: Seen,
): ChangeSymptoms | undefined {
  const actions = changes.length === 0 ? [] : toldActions(metrics, window);
  const [first] = actions;
  if (first === undefined) return shown;
  const none = { complaint: undefined, suffering: NONE, metricWords: NONE, kinds: new Set<never>(), isLoad: false };
  const known = shown ?? { ...none, service: window.service, onsetUs: first.sinceUs };
  const names = actions.map(({ name }) => name).filter((name) => name !== '');
  return {
    ...known,
    servers: new Set([...(known.servers ?? []), ...names]),
    said: [known.said ?? '', ...actions.map(({ said }) => said)].join('\n'),
  };
}

const NONE: ReadonlySet<string> = new Set();
