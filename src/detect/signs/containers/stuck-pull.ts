/** A container that waits for its image: why the pull fails, and since when. */
import { type PullFailure, pullFailure, pullWords } from '#detect/signs/containers/pull-failure.ts';
import type { Container, PlatformEvent } from '#model/platform/platform.ts';
import { type OwnContainer, shortened } from '#model/platform/platform-pods.ts';

export type StuckPull = OwnContainer & Readonly<{ failure: PullFailure; words: string; sinceUs: number }>;

/** States of a container without its image. */
const STATES: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'ImageInspectError',
  'SignatureValidationFailed',
]);

const OF_PULLS: ReadonlySet<string> = new Set(['Failed', 'BackOff', 'InspectFailed', 'ErrImageNeverPull']);

/** Undefined where the container does not wait for its image. Its events are those about the failing pull. */
export function stuckPull(own: OwnContainer): StuckPull | undefined {
  const { pod, container, events } = own;
  const { state } = container;
  if (state.is !== 'waiting' || !STATES.has(state.reason)) return undefined;
  const isSecretMissing = events.some(isOfSecret);
  const about = events.filter((event) => isAbout(event, container));
  const hadItUs = lastWithImage(about, container);
  const mine = about.filter(({ reason, lastUs }) => OF_PULLS.has(reason) && !(lastUs <= hadItUs));
  const texts = [...mine.map(({ message }) => message), `${state.reason}: ${state.message}`];
  const failure = pullFailure(texts, isSecretMissing);
  const cited = isSecretMissing ? events.filter((event) => mine.includes(event) || isOfSecret(event)) : mine;
  const firstUs = Math.min(...mine.map((event) => Math.max(event.firstUs, hadItUs)));
  const sinceUs = Number.isFinite(firstUs) ? firstUs : Math.max(pod.createdUs, hadItUs);
  return { ...own, failure, words: shortened(pullWords(texts, failure)), sinceUs, events: cited };
}

/** When the image last existed on the node: earlier failures are over. -Infinity where it never did. */
function lastWithImage(events: readonly PlatformEvent[], { last }: Container): number {
  const pulledUs = events.findLast(({ reason }) => reason === 'Pulled')?.lastUs ?? Number.NEGATIVE_INFINITY;
  return Math.max(pulledUs, last?.finishedUs || Number.NEGATIVE_INFINITY);
}

function isOfSecret({ reason }: PlatformEvent): boolean {
  return reason === 'FailedToRetrieveImagePullSecret';
}

function isAbout({ container, message }: PlatformEvent, { name, image }: Container): boolean {
  return container === '' ? message.includes(image) : container === name;
}
