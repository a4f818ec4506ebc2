/** The symptoms of a window, with the releases that pods and callers show to be at fault. */

import { windowSymptoms } from '#detect/signs/symptoms/window-symptoms.ts';
import type { FailLimits } from '#detect/signs/version-counts.ts';
import { guiltyReleases } from '#detect/signs/versions/guilty-releases.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { Evidence } from '#model/finding/evidence.ts';

type Seen = Partial<Evidence> & Pick<Evidence, 'window' | 'changes'>;

export function windowTrouble(seen: Seen, limits: FailLimits): ChangeSymptoms | undefined {
  const shown = windowSymptoms(seen.window, seen.changes, seen);
  return shown && { ...shown, guilty: guiltyReleases(seen, limits) };
}
