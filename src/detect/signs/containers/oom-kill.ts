/** When the kernel killed a container for its memory. */
import type { Container, Pod, Terminated } from '#model/platform/platform.ts';
import { mayBeWithin, type OwnContainer, REMEMBERED_US, type SeenTime } from '#model/platform/platform-pods.ts';

export const OOM = 'OOMKilled';

/** The container's last OOM kill, if it was in the time window. A container in a restart loop counts, too. */
export function oomKillIn(
  { pod, container: { name, state, last, isReady }, events }: OwnContainer,
  time: SeenTime,
): Terminated | undefined {
  const end = [state, last].find((one): one is Terminated => one?.is === 'terminated' && one.reason === OOM);
  if (end === undefined || isPast(pod, { state, isReady }, end, time)) return undefined;
  if (mayBeWithin(end.finishedUs, end.finishedUs, time)) return end;
  const isAgain = events.some(
    ({ reason, container, message }) =>
      reason === 'BackOff' && container === name && /restarting failed/i.test(message),
  );
  return isAgain && end.finishedUs > time.endUs ? end : undefined;
}

/**
 * Without a time window the question is the present state. A recovered or finished container counts for as long as the
 * kubelet remembers its end.
 */
function isPast(
  { phase }: Pod,
  { state, isReady }: Pick<Container, 'state' | 'isReady'>,
  { finishedUs }: Terminated,
  { fromUs, endUs }: SeenTime,
): boolean {
  const isOver = (state.is === 'running' && isReady) || phase === 'Succeeded' || phase === 'Failed';
  if (!isOver) return false;
  return Number.isFinite(fromUs) ? Number.isNaN(finishedUs) : !(endUs - finishedUs < REMEMBERED_US);
}
