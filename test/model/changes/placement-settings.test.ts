/** Where something runs, listens and keeps its data. */
import { expect, test } from 'vitest';
import type { EffectKind } from '#model/changes/effect.ts';
import { placementSettings } from '#model/changes/placement-settings.ts';

const kinds = (removed: string, added: string) => placementSettings({ removed, added }).map(({ kind }) => kind);

test.each<[EffectKind, string, string]>([
  ['other-host', 'bind-address = 0.0.0.0', 'bind-address = 127.0.0.1'],
  ['other-host', 'app.listen(7001)', 'app.listen(7001, "127.0.0.1")'],
  ['route-gone', '        pathType: Prefix', '        pathType: Exact'],
  ['route-gone', '  ingressClassName: public', '  ingressClassName: inner'],
  ['route-gone', '  type: LoadBalancer', '  type: ClusterIP'],
  ['slower-disk', '  storageClassName: quick-ssd', '  storageClassName: bulk-hdd'],
  ['slower-disk', '  volume_type = "io2"', '  volume_type = "st1"'],
  ['instances-stopped', '  suspend: false', '  suspend: true'],
  ['instances-stopped', '  capacityType: ON_DEMAND', '  capacityType: SPOT'],
  ['uneven-calls', 'BARN: dns:///barn-headless:7000', 'BARN: barn:7000'],
  ['uneven-calls', '', '  config.linkerd.io/skip-outbound-ports: "7000"'],
  ['uneven-calls', '  sidecar.istio.io/inject: "true"', '  sidecar.istio.io/inject: "false"'],
  ['uneven-calls', 'policy: round_robin', 'policy: pick_first'],
  ['costlier-work', 'JAVA_OPTS: -XX:+UseZGC', 'JAVA_OPTS: -XX:+UseSerialGC'],
])('%s: “%s” becomes “%s”, and the way back is harmless', (kind, removed, added) => {
  expect(kinds(removed, added)).toContain(kind);
  if (kind !== 'route-gone' && kind !== 'costlier-work') expect(kinds(added, removed)).toEqual([]);
});

test.each([
  ['BARN: dns:///barn-headless:7000', 'BARN: dns:///barn-headless:7001'],
  ['bind-address = 10.2.0.4', 'bind-address = 10.2.0.5'],
  ['  storageClassName: quick-ssd', '  storageClassName: other-ssd'],
  ['JAVA_OPTS: -XX:+UseZGC -Xmx1g', 'JAVA_OPTS: -XX:+UseZGC -Xmx2g'],
])('nothing: “%s” becomes “%s”', (removed, added) => {
  expect(kinds(removed, added)).toEqual([]);
});
