import { expect, test } from 'vitest';
import { familyOf, isOfInstance, versionOf } from '#model/platform/instance-version.ts';

test.each([
  ['the hash of a ReplicaSet in a pod’s name', { pod: 'checkout-7c5f94b75d-8gnvt' }, '7c5f94b75d'],
  ['a hash of digits alone', { pod: 'mail-58674729-8gnvt' }, '58674729'],
  ['the name of its deployment beside it', { pod: 'checkout-v2-7c5f94b75d-8gnvt' }, '7c5f94b75d v2'],
  ['labels of Kubernetes', { 'pod-template-hash': '68c9f7d6b8', version: 'v1' }, '68c9f7d6b8 v1'],
  ['labels of Argo Rollouts', { rollouts_pod_template_hash: '5d9c7b6f48' }, '5d9c7b6f48'],
  ['labels of a mesh', { destination_version: '1.9.0', source_version: '3.0.0' }, '1.9.0'],
  ['a resource of OpenTelemetry', { 'service.version': '2.4.0', 'telemetry.sdk.version': '1.25.0' }, '2.4.0'],
  ['a ReplicaSet', { 'k8s.replicaset.name': 'checkout-68c9f7d6b8' }, '68c9f7d6b8'],
  ['an image', { image: 'registry.example:5000/shop/checkout:sha-7c41e0b' }, 'sha-7c41e0b'],
  ['a list of tags', { 'container.image.tags': ['1.14.0'] }, '1.14.0'],
  ['a revision of Cloud Run', { revision_name: 'checkout-00116-hwh' }, 'checkout-00116-hwh'],
  ['a version of App Engine', { module_id: 'checkout', version_id: '20300402t1' }, '20300402t1'],
  ['a track', { role: 'canary' }, 'canary'],
])('the version is told by %s', (_, labels, names) => {
  expect(versionOf(labels, 'checkout')?.names.join(' ')).toBe(names);
});

test.each([
  ['a StatefulSet', { pod: 'kafka-0' }],
  ['a DaemonSet', { pod: 'fluentd-x7k2p' }],
  ['a run of a CronJob', { pod: 'cleanup-28671234-8gnvt' }],
  ['an image without a tag', { image: 'registry.example:5000/shop/checkout' }],
  ['a role of another kind', { role: 'writer' }],
  ['the version of a protocol', { 'network.protocol.version': '2' }],
])('no version is told by %s', (_, labels) => {
  expect(versionOf(labels, 'checkout')).toBeUndefined();
});

test('a canary and its primary deployment are one service', () => {
  expect(['checkout-canary', 'checkout-primary', 'checkout-v2', 'checkout'].map(familyOf)).toEqual(
    Array.from({ length: 4 }, () => 'checkout'),
  );
  expect(familyOf('search-service')).toBe('search-service');
});

test('what is measured is no name of an instance', () => {
  expect(['pod', 'k8s.pod.name', 'destination_version', 'image'].every(isOfInstance)).toBe(true);
  expect(['quantile', 'route', 'source', 'status'].some(isOfInstance)).toBe(false);
});
