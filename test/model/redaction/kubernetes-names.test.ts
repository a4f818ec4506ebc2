import { expect, test } from 'vitest';
import { CRASH_CAUSES } from '#detect/signs/containers/crash-causes.ts';
import { redact } from '#model/redaction/redaction.ts';

const NAMES = [
  'ts-station-food-mysql-2024',
  'db1-credentials-hf8k2dm49x',
  'wildcard-example-com-tls-9k2lp',
  'payments2-prod-eu-west-1-db',
];

test.each(NAMES)('the name %s stays in what a cluster and its findings say', (name) => {
  for (const text of [
    `Secret ${name} is missing`,
    `Error: secret "${name}" not found`,
    `MountVolume.SetUp failed for volume "creds" : secret "${name}" not found`,
    `couldn't find key PASS in Secret shop/${name}`,
    `Unable to retrieve some image pull secrets (${name}); attempting to pull the image may not succeed`,
    `error looking up service account shop/${name}: serviceaccount "${name}" not found`,
    `configmap "${name}" not found`,
    `Renew it (cmctl renew pay writes the Secret ${name}), then restart`,
    `pay: Secret ${name}, Ready False: Expired`,
  ])
    expect(redact(text)).toBe(text);
});

test('what a server says of a rejected login stays beside the words of the finding', () => {
  const text = `orders: ${CRASH_CAUSES.credentials('', 'orders').is}: “Access denied for user 'ts'@'172.20.1.3' (using password: YES)”`;
  expect(redact(text)).toBe(text);
});
