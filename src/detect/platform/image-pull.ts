/**
 * An image cannot be pulled, so the pods that need it never start.
 *
 *   14:30:12 Pulling    Pulling image "registry.example.com/payment:1.4.3"
 *   14:30:13 Failed     Failed to pull image …: manifest unknown               ← the reason
 *   14:30:28 BackOff    Back-off pulling image …                               ImagePullBackOff
 */
import { defineDetector } from '#detect/detector.ts';
import { type PullFailure, pullFailure, pullWords } from '#detect/signs/pull-failure.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Facts, Sighting } from '#model/finding/finding.ts';
import { type Container, type Platform, type PlatformEvent, revisionsOf } from '#model/platform/platform.ts';
import {
  byOwner,
  citedEvents,
  hasLasted,
  instantText,
  type OwnPod,
  podEvents,
  podsInQuestion,
  podsText,
  readyBeside,
  type SeenTime,
  seenTime,
  shortened,
  stateItem,
} from '#model/platform/platform-pods.ts';

export const imagePull = defineDetector({
  id: 'image-pull',
  title: 'Image cannot be pulled',
  why: 'The pods of the new revision never start. The old pods carry the load while they exist.',
  runbook: 'runbooks/image-pull.md',
  clear: 'every container had its image',
  silent: [
    'It ignores a pull that is still running, even a slow one.',
    'It ignores a pull that failed and then worked, because the container has its image now.',
    'The cluster reports its present state and keeps events for one hour. An earlier time may have no data.',
    'It looks only at pods of services that the alert or its requests name.',
  ],
  role: 'mechanism',
  field: 'configuration',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests'],
  thresholds: {
    minSeconds: {
      default: 30,
      min: 0,
      unit: 's',
      means: 'Time since the first failed pull, while the image is still missing',
      why: 'The kubelet tries again after 10 s and after 20 s, so two more attempts have failed by then.',
    },
  },

  detect(evidence, { minSeconds }) {
    const time = seenTime(evidence);
    const stuck = podsInQuestion(evidence).flatMap((own) => stuckIn(own, evidence.platform, time));
    const lasting = stuck.filter(({ sinceUs }) => hasLasted(sinceUs, minSeconds * 1e6, time));
    return byOwner(lasting, ({ failure, container }) => `${failure}\n${container.image}`).map((own) =>
      sightingOf(own, evidence.platform),
    );
  },

  say({ service, image, failure, words, pods, since, previous, serving }) {
    const { is, remedy, check } = SAID[failure as PullFailure](String(image));
    const before = previous === '' ? '' : ` The previous revision runs ${previous}.`;
    const said = words === '' ? '' : ` The registry or the node says: “${words}”.`;
    return {
      title: `Pods of ${service} cannot start: ${is}`,
      explanation: `The kubelet cannot pull ${image}${since === '' ? '' : ` since ${since}`}. Affected: ${pods}.${said}${before} ${serving}`,
      remedy: previous === '' ? remedy : `${remedy} Until then roll back to ${previous}, which exists.`,
      check,
    };
  },
});

type Stuck = OwnPod &
  Readonly<{
    container: Container;
    failure: PullFailure;
    words: string;
    sinceUs: number;
    events: readonly PlatformEvent[];
  }>;

const REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'ImageInspectError',
  'SignatureValidationFailed',
]);

const OF_PULLS: ReadonlySet<string> = new Set(['Failed', 'BackOff', 'InspectFailed', 'ErrImageNeverPull']);

function stuckIn(own: OwnPod, platform: Platform, time: SeenTime): Stuck[] {
  const events = podEvents(platform, own.pod, time);
  const isSecretMissing = events.some(({ reason }) => reason === 'FailedToRetrieveImagePullSecret');
  return own.pod.containers.flatMap((container): Stuck[] => {
    const { state } = container;
    if (state.is !== 'waiting' || !REASONS.has(state.reason)) return [];
    const about = events.filter((event) => isAbout(event, container));
    const hadItUs = lastWithImage(about, container);
    const mine = about.filter(({ reason, lastUs }) => OF_PULLS.has(reason) && !(lastUs <= hadItUs));
    const texts = [...mine.map(({ message }) => message), `${state.reason}: ${state.message}`];
    const failure = pullFailure(texts, isSecretMissing);
    const cited = isSecretMissing ? events.filter((event) => mine.includes(event) || isOfSecret(event)) : mine;
    const firstUs = Math.min(...mine.map((event) => Math.max(event.firstUs, hadItUs)));
    const sinceUs = Number.isFinite(firstUs) ? firstUs : Math.max(own.pod.createdUs, hadItUs);
    return [{ ...own, container, failure, words: shortened(pullWords(texts, failure)), sinceUs, events: cited }];
  });
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

function sightingOf(own: readonly [Stuck, ...Stuck[]], platform: Platform): Sighting {
  const [first] = own;
  const { pod, service, container, failure, words, events } = first;
  const { before } = revisionsOf(platform, pod);
  const previous = before?.containers.find(({ name }) => name === container.name)?.image ?? '';
  const sinceUs = Math.min(...own.map((one) => one.sinceUs));
  const state = container.state.is === 'waiting' ? container.state : undefined;
  return {
    service,
    facts: {
      image: container.image,
      failure,
      words,
      pods: podsText(own, platform),
      ...readyBeside(own, platform),
      since: instantText(sinceUs),
      sinceUs,
      previous: previous === container.image ? '' : previous,
    } satisfies Facts,
    evidence: [
      ...citedEvents(events),
      stateItem(pod, `${pod.name}: ${container.name} waits: ${state?.reason} ${state?.message}`),
    ],
  };
}

type Said = Readonly<{ is: string; remedy: string; check: string }>;

const SAID: Readonly<Record<PullFailure, (image: string) => Said>> = {
  'rate-limit': (image) => ({
    is: `the registry of ${image} limits the rate of pulls`,
    remedy: 'Pull with an account or through your own registry cache, or wait until the rate limit resets.',
    check: 'Another node pulls the same image now without an account.',
  }),
  'never-pulled': (image) => ({
    is: `${image} is not on the node and its pull policy forbids pulling`,
    remedy: 'Set imagePullPolicy to IfNotPresent, or put the image on the node.',
    check: 'The image is on the node (crictl images) under exactly this name.',
  }),
  'invalid-name': (image) => ({
    is: `${image} is not a valid image name`,
    remedy: 'Correct the name in the manifest: no spaces, no capital letters, one tag.',
    check: 'Another cluster runs a pod with exactly this image name.',
  }),
  'missing-secret': (image) => ({
    is: `the pull secret for ${image} is missing`,
    remedy:
      'Create the secret in this namespace, or correct its name in imagePullSecrets of the pod or its service account.',
    check: 'The secret exists (kubectl get secret) and has the type kubernetes.io/dockerconfigjson.',
  }),
  'not-allowed': (image) => ({
    is: `the registry rejects the credentials for ${image}`,
    remedy: 'Renew the credentials in the pull secret, or give its account read access to this repository.',
    check: 'The same credentials pull the same image elsewhere.',
  }),
  'unknown-host': (image) => ({
    is: `the DNS of the node cannot resolve the registry of ${image}`,
    remedy: 'Correct the host in the image’s name. If it is right, look at the DNS of the node.',
    check: 'The node resolves the registry’s name (nslookup on the node).',
  }),
  certificate: (image) => ({
    is: `the node does not trust the certificate of the registry of ${image}`,
    remedy: 'Install the registry’s certificate authority on the nodes, or renew the registry’s certificate.',
    check: 'The same node can pull other images of this registry now.',
  }),
  unreachable: (image) => ({
    is: `the registry of ${image} does not answer`,
    remedy:
      'Look at the registry’s health and at the network to it: firewall, proxy. Images that are already on the node still start.',
    check: 'The same node can pull other images of this registry now.',
  }),
  'other-platform': (image) => ({
    is: `${image} is not built for the CPU architecture of the node`,
    remedy: 'Build the image for this architecture, or use a node selector for nodes that fit.',
    check: 'The image’s manifest lists the architecture of the node.',
  }),
  'no-space': (image) => ({
    is: `the disk of the node is too full for ${image}`,
    remedy: 'Free the node’s disk (unused images, logs). Then find out what filled it.',
    check: 'The node has free space (df) where it stores images.',
  }),
  'not-found': (image) => ({
    is: `${image} does not exist in its registry`,
    remedy: 'Correct the tag in the manifest, or push the missing image.',
    check: 'The registry lists this tag (crane manifest, docker manifest inspect).',
  }),
  'not-found-or-not-allowed': (image) => ({
    is: `${image} does not exist or needs credentials`,
    remedy:
      'The registry does not say which. Check whether the name and the tag exist, then whether a pull secret is set.',
    check: 'Another machine can pull the image with the same credentials.',
  }),
  unknown: (image) => ({
    is: `${image} cannot be pulled`,
    remedy:
      'The evidence does not show why. Read the events of the pod (kubectl describe pod) and the log of the kubelet.',
    check: 'You can pull the image on that node by hand (crictl pull).',
  }),
};
