/** Limits whose names say nothing of a limit, and twins that change nothing or give more room. */
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

describe('when an autoscaler adds instances', () => {
  test.each([
    ['averageUtilization: 55', 'averageUtilization: 90', '90 instead of 55'],
    ['targetCPUUtilizationPercentage: 50', 'targetCPUUtilizationPercentage: 85', '85 instead of 50'],
    ['lagThreshold: "20"', 'lagThreshold: "2000"', '2000 instead of 20'],
    ['queueLength: "5"', 'queueLength: "400"', '400 instead of 5'],
  ])('%s becomes %s: too late', (removed, added, said) => {
    expect(textsOf('fewer-workers', removed, added)).toContain(`its autoscaler adds instances at ${said}`);
  });

  test.each([
    ['averageUtilization: 70', 'averageUtilization: 75'],
    ['averageUtilization: 80', 'averageUtilization: 50'],
  ])('%s becomes %s: as before, or earlier', (removed, added) => {
    expect(textsOf('fewer-workers', removed, added)).toEqual([]);
  });

  test('it is switched off', () => {
    const said = 'no autoscaler adds instances any more';
    expect(textsOf('fewer-workers', '  enabled: true', '  enabled: false', 'autoscaling:')).toContain(said);
    expect(textsOf('fewer-workers', 'enable_autoscaling = true', 'enable_autoscaling = false')).toContain(said);
    expect(textsOf('fewer-workers', '  enabled: true', '  enabled: false', 'banner:')).toEqual([]);
    expect(textsOf('fewer-workers', '  enabled: false', '  enabled: true', 'autoscaling:')).toEqual([]);
  });
});

describe('what a process gets', () => {
  test.each<[EffectKind, string, string]>([
    ['lower-limit', 'LimitNOFILE=32768', 'LimitNOFILE=512'],
    ['lower-limit', 'worker_rlimit_nofile 65535;', 'worker_rlimit_nofile 1024;'],
    ['fewer-workers', 'GOMAXPROCS: "6"', 'GOMAXPROCS: "1"'],
    ['fewer-workers', '-XX:ActiveProcessorCount=8', '-XX:ActiveProcessorCount=1'],
    ['fewer-workers', 'UV_THREADPOOL_SIZE=64', 'UV_THREADPOOL_SIZE=4'],
    ['smaller-pool', 'maxconn 9000', 'maxconn 90'],
    ['fewer-workers', 'desired_count = 12', 'desired_count = 2'],
    ['costlier-work', 'GOGC: "100"', 'GOGC: "8"'],
    ['less-memory', '-XX:MaxMetaspaceSize=512m', '-XX:MaxMetaspaceSize=40m'],
    ['less-memory', 'GOMEMLIMIT: 3GiB', 'GOMEMLIMIT: 300MiB'],
    ['less-memory', '-XX:MaxRAMPercentage=80', '-XX:MaxRAMPercentage=20'],
    ['fewer-workers', 'sem := make(chan struct{}, 80)', 'sem := make(chan struct{}, 2)'],
    ['fewer-workers', 'var gate = new SemaphoreSlim(40);', 'var gate = new SemaphoreSlim(1);'],
    ['fewer-workers', 'pool = Executors.newFixedThreadPool(n)', 'pool = Executors.newSingleThreadExecutor()'],
    ['fewer-workers', '#[tokio::main(flavor = "multi_thread")]', '#[tokio::main(flavor = "current_thread")]'],
  ])('%s: %s becomes %s', (kind, removed, added) => {
    expect(textsOf(kind, removed, added)).not.toEqual([]);
    expect(textsOf(kind, added, removed)).toEqual([]);
  });
});

describe('what stores and doors allow', () => {
  test.each<[EffectKind, string, string]>([
    ['shorter-lived-cache', '.maximumSize(50_000)', '.maximumSize(50)'],
    ['shorter-lived-cache', 'maxEntriesLocalHeap="9000"', 'maxEntriesLocalHeap="90"'],
    ['lower-limit', 'requests_per_unit: 800', 'requests_per_unit: 40'],
    ['lower-limit', 'limit_req_zone $ip zone=all:10m rate=80r/s;', 'limit_req_zone $ip zone=all:10m rate=4r/s;'],
    ['lower-limit', 'iops = 9000', 'iops = 600'],
    [
      'lower-limit',
      'cluster.routing.allocation.disk.watermark.flood_stage: 95%',
      'cluster.routing.allocation.disk.watermark.flood_stage: 40%',
    ],
    ['lower-limit', 'stop-writes-used-pct 80', 'stop-writes-used-pct 15'],
    ['lower-limit', 'disk_free_limit.absolute = 1GB', 'disk_free_limit.absolute = 90GB'],
    ['stricter-breaker', 'consecutiveGatewayErrors: 25', 'consecutiveGatewayErrors: 1'],
  ])('%s: %s becomes %s', (kind, removed, added) => {
    expect(textsOf(kind, removed, added)).not.toEqual([]);
  });

  test('a quota of a namespace', () => {
    const said = 'a quota of the namespace is 6 instead of 40';
    expect(textsOf('lower-limit', '    pods: "40"', '    pods: "6"', 'kind: ResourceQuota')).toContain(said);
    expect(textsOf('lower-limit', '    pods: "40"', '    pods: "6"', 'kind: Pets')).toEqual([]);
    expect(textsOf('lower-limit', '    pods: "6"', '    pods: "40"', 'kind: ResourceQuota')).toEqual([]);
  });
});

describe('a connection for each call', () => {
  const said = 'it opens a connection for each call';

  test.each([
    ['agent = new Agent({ keepAlive: true })', 'agent = new Agent()'],
    ['CONN_MAX_AGE = 300', 'CONN_MAX_AGE = 0'],
    ['create_engine(url)', 'create_engine(url, poolclass=NullPool)'],
    ['Server=pets;Pooling=true', 'Server=pets;Pooling=false'],
  ])('%s becomes %s', (removed, added) => {
    expect(textsOf('smaller-pool', removed, added)).toContain(said);
    expect(textsOf('smaller-pool', added, removed)).not.toContain(said);
  });
});

test.each<[EffectKind, string]>([
  ['fewer-workers', 'pets: averageUtilization 55 -> 92'],
  ['fewer-workers', 'pets GOMAXPROCS 8 to 1'],
  ['lower-limit', 'pets: nofile 65536 → 1024'],
  ['lower-limit', 'flood_stage 95% -> 50%'],
])('%s by its title: %s', (kind, text) => {
  const change = { kind: 'config', text, files: [], diff: '' } as const;
  expect(effectsOf(change, undefined).map((one) => one.kind)).toContain(kind);
});

describe('a time-out of 0', () => {
  test('is set: what took its time ends now', () => {
    expect(textsOf('shorter-timeout', 'statement_timeout = 0', 'statement_timeout = 800')).not.toEqual([]);
    expect(textsOf('longer-timeout', 'statement_timeout = 0', 'statement_timeout = 800')).toEqual([]);
  });

  test('is new: nothing ends any more', () => {
    expect(textsOf('longer-timeout', 'requestTimeout: 9000', 'requestTimeout: 0')).not.toEqual([]);
    expect(textsOf('shorter-timeout', 'requestTimeout: 9000', 'requestTimeout: 0')).toEqual([]);
  });
});

test('a time-out that is still set has no default', () => {
  expect(textsOf('longer-timeout', 'timeout: 20s', 'timeout: 1s')).toEqual([]);
  expect(textsOf('longer-timeout', 'timeout: 20s', 'host: pets')).not.toEqual([]);
});
