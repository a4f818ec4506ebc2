/** What decides whether a container starts and how it ends, and twins that change nothing of it. */
import { describe, expect, test } from 'vitest';
import { effectsOf } from '#model/changes/change-effects.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import type { EffectKind } from '#model/changes/effect.ts';

function textsOf(kind: EffectKind, removed: string, added: string, context = ''): readonly string[] {
  const marked = (text: string, mark: string) => text.split('\n').flatMap((line) => (line === '' ? [] : [mark + line]));
  const diff = ['@@ ops/all.yaml @@', ...marked(context, ' '), ...marked(removed, '-'), ...marked(added, '+')];
  const change = { kind: 'config', text: '', files: ['ops/all.yaml'], diff: diff.join('\n') } as const;
  return effectsOf(change, codeChangeOf(change)).flatMap((one) => (one.kind === kind ? [one.text] : []));
}

describe('rights', () => {
  const said = 'it takes rights from its processes';

  test.each([
    '  readOnlyRootFilesystem: true',
    '  runAsNonRoot: true',
    '    drop: ["ALL"]',
    'USER 10042',
    'ProtectSystem=strict',
    'pod-security.kubernetes.io/enforce: restricted',
  ])('%s', (added) => {
    expect(textsOf('other-credentials', '', added)).toContain(said);
    expect(textsOf('other-credentials', added, '')).not.toContain(said);
  });

  test('root keeps its rights', () => {
    expect(textsOf('other-credentials', 'USER pet', 'USER root')).not.toContain(said);
  });
});

test.each([
  ['ssl_protocols TLSv1.2 TLSv1.3;', 'ssl_protocols TLSv1.3;'],
  ['MinVersion: tls.VersionTLS12,', 'MinVersion: tls.VersionTLS13,'],
  ['ssl_ciphers HIGH;', 'ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256;'],
])('versions and ciphers of TLS: %s becomes %s', (removed, added) => {
  const said = 'it changes which versions and ciphers of TLS are allowed';
  expect(textsOf('other-trust', removed, added)).toContain(said);
  expect(textsOf('other-trust', removed, removed)).not.toContain(said);
});

test('files are mounted at another place', () => {
  const said = 'it mounts files at another place';
  expect(textsOf('other-settings', '- mountPath: /etc/pets', '- mountPath: /pets/etc')).toContain(said);
  expect(
    textsOf('other-settings', '- mountPath: /etc/pets', '- mountPath: /etc/pets\n- mountPath: /tmp'),
  ).not.toContain(said);
});

test('a container starts by another command', () => {
  const said = 'it starts its container by another command';
  expect(textsOf('other-settings', 'command: ["./pets"]', 'command: ["./pet", "serve"]')).toContain(said);
  expect(textsOf('other-settings', 'args: ["--workers=4"]', 'args: ["--workers=8"]')).not.toContain(said);
});

describe('pods that end before their requests', () => {
  const said = 'its pods end before their requests do';

  test.each([
    ['preStop:\n  exec:\n    command: [sleep, "20"]', ''],
    ['terminationGracePeriodSeconds: 90', 'terminationGracePeriodSeconds: 3'],
    ['type: RollingUpdate', 'type: Recreate'],
    ['maxUnavailable: 1', 'maxUnavailable: 100%'],
    ['server.shutdown=graceful', 'server.shutdown=immediate'],
  ])('“%s” becomes “%s”', (removed, added) => {
    expect(textsOf('instances-stopped', removed, added)).toContain(said);
    expect(textsOf('instances-stopped', added, removed)).not.toContain(said);
  });
});

describe('an image that nobody pushed', () => {
  const said = 'its pipeline does not push each image any more';

  test.each([
    ['- docker push $CI_REGISTRY_IMAGE:$TAG', '', '- docker build -t $CI_REGISTRY_IMAGE:$TAG .'],
    ['push: true', 'push: false', 'uses: docker/build-push-action@v5'],
    ['  docker buildx build --push -t pets .', '  docker buildx build --load -t pets .', ''],
    ['/kaniko/executor --destination=$REGISTRY/pets', '/kaniko/executor --no-push', ''],
  ])('“%s” becomes “%s”', (removed, added, context) => {
    expect(textsOf('other-image', removed, added, context)).toContain(said);
  });

  test('a push of something else', () => {
    expect(textsOf('other-image', 'push: true', 'push: false', 'notifications:')).not.toContain(said);
  });
});

test('no probe waits for a slow start', () => {
  const said = 'no probe waits for a slow start any more';
  expect(textsOf('stricter-probe', 'startupProbe:\n  failureThreshold: 40', '')).toContain(said);
  expect(textsOf('stricter-probe', '', 'startupProbe:\n  failureThreshold: 40')).not.toContain(said);
});
