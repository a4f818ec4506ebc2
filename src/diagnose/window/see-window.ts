/** What there is to see of the requests of a window and of health: when it began, which ones to open, the way to the cause. */
import { HARDLY } from '#diagnose/status.ts';
import { windowExemplars } from '#diagnose/window/exemplars.ts';
import { onsetOf } from '#diagnose/window/onset.ts';
import { wayToCause } from '#diagnose/window/way-to-cause.ts';
import type { DiagnosedWindow, SeenWindow, WindowSubject } from '#model/analysis.ts';
import type { Diagnosis } from '#model/diagnosis.ts';
import { isUnchosen, type SeenRequest } from '#model/seen-request.ts';
import type { Trace } from '#model/trace.ts';

type Both = Readonly<{
  requests: readonly Trace[];
  healthyRequests: readonly Trace[];
  seen: readonly SeenRequest[];
  healthySeen: readonly SeenRequest[];
}>;

export function seeWindow(
  window: WindowSubject,
  { seen, healthySeen, ...traces }: Both,
  diagnosis: Pick<Diagnosis, 'service' | 'confidence'> | undefined,
): Pick<DiagnosedWindow, 'window'> & Readonly<{ seen: SeenWindow }> {
  const requests = seen.filter(({ sample }) => isUnchosen(sample));
  // A window whose beginning nobody has looked for may hold it.
  const onset = window.healthy === undefined ? onsetOf(requests) : window.onset;
  const cause = diagnosis !== undefined && diagnosis.confidence >= HARDLY ? diagnosis.service : undefined;
  return {
    window: { ...window, onset },
    seen: {
      exemplars: windowExemplars(seen, healthySeen, onset?.atUs ?? window.fromUs),
      requests,
      healthy: healthySeen.filter(({ sample }) => isUnchosen(sample)),
      way: wayToCause(traces, { asked: window.service, cause }),
    },
  };
}
