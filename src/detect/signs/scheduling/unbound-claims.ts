/** Volume claims without a volume: what they ask for, and why no volume fits. */
import type { Volume } from '#model/platform/cluster-objects.ts';
import {
  eventsAbout,
  type Platform,
  type PlatformEvent,
  type Pod,
  type VolumeClaim,
} from '#model/platform/platform.ts';

/** `data (storage class none, 10Gi, ReadWriteOnce): volume pv-1 has 5Gi`; empty for none. */
export function unboundClaims(platform: Platform, pod: Pick<Pod, 'namespace'>): string {
  return unboundIn(platform, pod)
    .map((claim) => {
      const misfit = misfitOf(claim, platform.volumes);
      return `${claim.name} (${claimTraits(claim).join(', ')})${misfit === '' ? '' : `: ${misfit}`}`;
    })
    .join(', ');
}

/** What the controller says of these claims. */
export function claimEvents(platform: Platform, pod: Pick<Pod, 'namespace'>): readonly PlatformEvent[] {
  return unboundIn(platform, pod)
    .flatMap((claim) => eventsAbout(platform, { ...claim, kind: 'PersistentVolumeClaim' }))
    .filter(({ isWarning, reason }) => isWarning || reason === 'FailedBinding');
}

function unboundIn({ claims }: Platform, { namespace }: Pick<Pod, 'namespace'>): readonly VolumeClaim[] {
  return claims.filter((claim) => claim.namespace === namespace && claim.phase === 'Pending');
}

/** What a volume must fit. */
function claimTraits({ storageClass, size, accessModes, volume, selector }: VolumeClaim): readonly string[] {
  return [
    `storage class ${storageClass || 'none'}`,
    ...(size === '' ? [] : [size]),
    ...accessModes,
    ...Object.entries(selector).map(([label, value]) => `label ${label}=${value}`),
    ...(volume === '' ? [] : [`volume ${volume}`]),
  ];
}

/**
 * Why the volume that comes nearest does not fit. Empty where nobody listed the volumes, or where a provisioner makes
 * one for each claim.
 */
function misfitOf(claim: VolumeClaim, volumes: readonly Volume[] | undefined): string {
  if (volumes === undefined) return '';
  if (claim.volume !== '') {
    const named = volumes.find(({ name }) => name === claim.volume);
    return named === undefined ? `the volume ${claim.volume} does not exist` : misfitText(claim, named);
  }
  const isStatic = claim.storageClass === '' || volumes.some((one) => one.storageClass === claim.storageClass);
  if (!isStatic && volumes.every(({ claim: holder }) => holder !== '')) return '';
  const nearest = volumes
    .map((volume) => ({ volume, reasons: misfits(claim, volume).length }))
    .sort((a, b) => a.reasons - b.reasons || (a.volume.name < b.volume.name ? -1 : 1))[0]?.volume;
  return nearest === undefined ? 'the cluster has no volume' : misfitText(claim, nearest);
}

function misfitText(claim: VolumeClaim, volume: Volume): string {
  const reasons = misfits(claim, volume);
  return reasons.length === 0 ? '' : `volume ${volume.name} ${reasons.join(' and ')}`;
}

/** The conditions of a binding (Kubernetes, Persistent Volumes: Binding). */
function misfits(claim: VolumeClaim, volume: Volume): readonly string[] {
  const modes = claim.accessModes.filter((mode) => !volume.accessModes.includes(mode));
  const labels = Object.entries(claim.selector).filter(([label, value]) => volume.labels[label] !== value);
  const isHeld = volume.claim !== '' && volume.claim !== `${claim.namespace}/${claim.name}`;
  return [
    ...(isHeld ? [`is bound to the claim ${volume.claim}`] : []),
    ...(volume.storageClass === claim.storageClass ? [] : [`has the storage class ${volume.storageClass || 'none'}`]),
    ...(volume.capacity < claim.bytes ? [`is smaller than ${claim.size}`] : []),
    ...modes.map((mode) => `lacks the access mode ${mode}`),
    ...labels.map(([label, value]) => `lacks the label ${label}=${value}`),
  ];
}
