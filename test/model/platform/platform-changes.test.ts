import { expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import { changesWith } from '#model/platform/platform-changes.ts';
import { ASKED_US, cluster, event, pod, replicaSet } from '#test/platform.ts';

function changes(objects: Parameters<typeof cluster>[0], known: readonly string[] = []) {
  return (changesWith(undefined, cluster(objects), known) ?? []).map(({ atUs, kind, service, text }) => ({
    ago: (ASKED_US - atUs) / 1e6,
    kind,
    service,
    text,
  }));
}

const scaling = (message: string, seconds: number) =>
  event('ScalingReplicaSet', message, {
    about: ['Deployment', 'payment'],
    first: seconds,
    last: seconds,
    count: 1,
    type: 'Normal',
  });

test('a new image is a deploy, other differences are configuration, the oldest revision is none', () => {
  const objects = [
    replicaSet(5, { created: 90_000, containers: [{ image: 'payment:1.4.1' }] }),
    replicaSet(6, { created: 7200, containers: [{ image: 'payment:1.4.2' }] }),
    replicaSet(7, { created: 600, containers: [{ image: 'payment:1.4.2', limits: { memory: '256Mi' } }] }),
  ];
  expect(changes(objects)).toEqual([
    {
      ago: 7200,
      kind: 'deploy',
      service: 'payment',
      text: 'revision 6 of Deployment payment: image of payment from payment:1.4.1 to payment:1.4.2',
    },
    { ago: 600, kind: 'config', service: 'payment', text: 'revision 7 of Deployment payment: resources of payment' },
  ]);
});

test('its service is called as the evidence calls it', () => {
  const objects = [
    pod({ labels: { app: 'pay' }, owner: 'payment-7' }),
    replicaSet(6, { created: 7200, containers: [{ image: 'a' }] }),
    replicaSet(7, { created: 600 }),
  ];
  expect(changes(objects, ['cart', 'Pay Service'])[0]?.service).toBe('Pay Service');
  expect(changes(objects)[0]?.service).toBe('pay');
  expect(changes(objects, ['cart'])).toEqual([]);
});

test('what was gone back to began when it was scaled up again; where nothing says when, it is left out', () => {
  const back = replicaSet(8, { created: 90_000, containers: [{ image: 'payment:1.4.1' }] });
  const objects = [replicaSet(7, { created: 3600 }), back];
  expect(changes(objects)).toEqual([]);
  const again = scaling('Scaled up replica set payment-8 to 3 from 0', 300);
  expect(changes([...objects, again])).toMatchObject([{ ago: 300, kind: 'deploy' }]);
});

test('scaling is a change where no rollout did it', () => {
  const old = replicaSet(7, { created: 90_000 });
  expect(changes([old, scaling('Scaled down replica set payment-7 to 1 from 3', 400)])).toEqual([
    { ago: 400, kind: 'scale', service: 'payment', text: 'Deployment payment scaled down to 1' },
  ]);
  const rolling = [
    replicaSet(7, { created: 90_000, containers: [{ image: 'a' }] }),
    replicaSet(8, { created: 420 }),
    scaling('Scaled up replica set payment-8 to 1', 410),
    scaling('Scaled down replica set payment-7 to 2 from 3', 400),
  ];
  expect(changes(rolling).map(({ kind }) => kind)).toEqual(['deploy']);
});

test('of another Deployment, or without its ReplicaSet, nothing is told', () => {
  const other = {
    ...scaling('Scaled up replica set cart-1 to 3', 100),
    involvedObject: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
  };
  expect(changes([replicaSet(7, { created: 90_000 }), other])).toEqual([]);
  expect(changes([scaling('Scaled up replica set gone to 3', 100)])).toEqual([]);
});

test('beside what other sources told, a deploy is told once', () => {
  const told: Change = {
    ...{ atUs: ASKED_US - 700e6, kind: 'deploy', service: 'payment-service', id: 'a1b2c3d', text: 'deploy' },
    ...{ url: '', files: [], diff: '' },
  };
  const platform = cluster([
    replicaSet(5, { created: 90_000, containers: [{ image: 'payment:1.4.1' }] }),
    replicaSet(6, { created: 7200, containers: [{ image: 'payment:1.4.2' }] }),
    replicaSet(7, { created: 600 }),
  ]);
  expect(changesWith([told], platform, ['payment'])?.map(({ id }) => id)).toEqual([
    'shop/payment revision 6',
    'a1b2c3d',
  ]);
  expect(changesWith([{ ...told, kind: 'commit' }], platform, ['payment'])).toHaveLength(3);
  // The platform knows what its rollout changed; the spans only show the version.
  const seen = { ...told, atUs: ASKED_US - 540e6, id: 'v7', text: 'version v7 in place of v6' };
  const rollouts = changesWith(undefined, platform, ['payment'])?.map(({ id }) => id);
  expect(rollouts).toHaveLength(2);
  expect(changesWith(undefined, platform, ['payment'], [seen])?.map(({ id }) => id)).toEqual(rollouts);
  expect(changesWith(undefined, undefined, [], [seen])).toEqual([seen]);
  expect(changesWith([told], undefined, [])).toEqual([told]);
  expect(changesWith(undefined, undefined, [])).toBeUndefined();
  expect(changesWith(undefined, cluster([pod()]), [])).toBeUndefined();
});
