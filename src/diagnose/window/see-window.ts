/**
 * What to show of the requests of a window and its baseline: when the problem began, which requests to open, the path
 * to the cause.
 */
import { shownChanges } from '#diagnose/change-role.ts';
import { HARDLY } from '#diagnose/status.ts';
import { windowExemplars } from '#diagnose/window/exemplars.ts';
import { onsetOf } from '#diagnose/window/onset.ts';
import { wayToCause } from '#diagnose/window/way-to-cause.ts';
import type { Change } from '#model/changes/change.ts';
import type { DiagnosedWindow, SeenWindow, WindowSubject } from '#model/finding/analysis.ts';
import type { Diagnosis } from '#model/finding/diagnosis.ts';
import { requestCounts } from '#model/requests/request-counts.ts';
import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import type { Trace } from '#model/trace/trace.ts';

type Both = Readonly<{
  requests: readonly Trace[];
  healthyRequests: readonly Trace[];
  seen: readonly SeenRequest[];
  healthySeen: readonly SeenRequest[];
  changes: readonly Change[] | undefined;
}>;

export function seeWindow(
  window: WindowSubject,
  { seen, healthySeen, changes = [], ...traces }: Both,
  diagnosis: Pick<Diagnosis, 'service' | 'confidence' | 'status' | 'change'> | undefined,
): Pick<DiagnosedWindow, 'window'> & Readonly<{ seen: SeenWindow }> {
  const requests = seen.filter(({ sample }) => isUnchosen(sample));
  // A window without a known onset may contain it.
  const onset = window.healthy === undefined ? onsetOf(requests) : window.onset;
  const cause = diagnosis !== undefined && diagnosis.confidence >= HARDLY ? diagnosis.service : undefined;
  return {
    window: { ...window, onset },
    seen: {
      exemplars: windowExemplars(seen, healthySeen, onset?.atUs ?? window.fromUs),
      requests,
      healthy: healthySeen.filter(({ sample }) => isUnchosen(sample)),
      affected: requestCounts(seen, healthySeen),
      way: wayToCause(traces, { asked: window.service, cause }),
      changes: marked(changes, onset?.atUs ?? window.fromUs, diagnosis),
    },
  };
}

/** The named change, and the nearest changes before the onset. */
function marked(
  changes: readonly Change[],
  beganUs: number,
  diagnosis: Pick<Diagnosis, 'status' | 'change'> | undefined,
): SeenWindow['changes'] {
  return shownChanges(changes, diagnosis, beganUs).map(({ change: { atUs, kind, service, id, text }, role }) => {
    return { atUs, kind, service, id, text: text || id, role };
  });
}
