/**
 * An image cannot be pulled, so the pods that need it never start.
 *
 *   14:30:12 Pulling    Pulling image "registry.example.com/payment:1.4.3"
 *   14:30:13 Failed     Failed to pull image …: manifest unknown               ← the reason
 *   14:30:28 BackOff    Back-off pulling image …                               ImagePullBackOff
 */

import { defineDetector } from '#detect/detector.ts';
import type { PullFailure } from '#detect/signs/containers/pull-failure.ts';
import { PULL_FAILURE_WORDS } from '#detect/signs/containers/pull-failure-words.ts';
import { type StuckPull, stuckPull } from '#detect/signs/containers/stuck-pull.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { type Platform, revisionsOf } from '#model/platform/platform.ts';
import {
  byOwner,
  citedEvents,
  containersInQuestion,
  downFacts,
  hasLasted,
  seenTime,
  stateItem,
} from '#model/platform/platform-pods.ts';
import { inWords } from '#model/text/in-words.ts';

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
    const stuck = containersInQuestion(evidence, time).flatMap((own) => stuckPull(own) ?? []);
    const lasting = stuck.filter(({ sinceUs }) => hasLasted(sinceUs, minSeconds * 1e6, time));
    return byOwner(lasting, ({ failure, container }) => `${failure}\n${container.image}`).map((own) =>
      sightingOf(own, evidence.platform),
    );
  },

  say({ service, image, failure, words, pods, since, previous, serving }) {
    const { is, remedy, check } = PULL_FAILURE_WORDS[failure as PullFailure](String(image));
    const before = previous === '' ? '' : ` The previous revision runs ${previous}.`;
    const said = words === '' ? '' : ` The registry or the node says: “${words}”.`;
    return {
      title: `Pods of ${service} cannot start: ${is}`,
      headline: {
        what: `Pods of ${inWords(service)} cannot start`,
        why: PULL_FAILURE_WORDS[failure as PullFailure](inWords(String(image).split('/').at(-1))).is,
      },
      explanation: `The kubelet cannot pull ${image}${since === '' ? '' : ` since ${since}`}. Affected: ${pods}.${said}${before} ${serving}`,
      remedy: previous === '' ? remedy : `${remedy} Until then roll back to ${previous}, which exists.`,
      check,
    };
  },
});

function sightingOf(own: readonly [StuckPull, ...StuckPull[]], platform: Platform): Sighting {
  const [{ pod, service, container, failure, words, events }] = own;
  const { before } = revisionsOf(platform, pod);
  const previous = before?.containers.find(({ name }) => name === container.name)?.image ?? '';
  const state = container.state.is === 'waiting' ? container.state : undefined;
  return {
    service,
    facts: {
      image: container.image,
      failure,
      words,
      ...downFacts(own, platform, Math.min(...own.map(({ sinceUs }) => sinceUs))),
      missing: new Set(own.map(({ pod: { name } }) => name)).size,
      previous: previous === container.image ? '' : previous,
    },
    evidence: [
      ...citedEvents(events),
      stateItem(pod, `${pod.name}: ${container.name} waits: ${state?.reason} ${state?.message}`),
    ],
  };
}
