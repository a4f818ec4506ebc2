/** What servers report that they do by a setting, and what they do every day. */
import { describe, expect, test } from 'vitest';
import { toldActions } from '#detect/signs/metrics/told-actions.ts';
import { refusedByServer } from '#model/changes/said/grants.ts';
import { sharedTechniques } from '#model/changes/techniques/techniques.ts';
import { METRICS_WINDOW, series, seriesOf } from '#test/metrics.ts';

/** The minutes count from the begin of the window. */
const told = (name: string, labels: Record<string, string>, draw: (minute: number) => number) =>
  toldActions(seriesOf([series(name, labels, draw)]), METRICS_WINDOW).map(({ said, name: of }) => [said, of]);

const EJECTED = 'envoy_cluster_outlier_detection_ejections_active';
const MART = { envoy_cluster_name: 'outbound|80||mart.shop.svc.cluster.local' };
const RELOADED = 'nginx_ingress_controller_config_last_reload_successful';
const THROTTLED = 'kafka_producer_producer_metrics_produce_throttle_time_avg';
const DELETED = 'mongodb_ss_metrics_ttl_deletedDocuments';

describe('a server reports', () => {
  test('instances that a proxy puts out', () => {
    const ejected = told(EJECTED, MART, (minute) => (minute >= 8 ? 3 : 0));
    expect(ejected).toEqual([['outlier detection ejects hosts', 'mart']]);
  });

  test('a configuration that it cannot load', () => {
    const failed = told(RELOADED, { job: 'ingress' }, (minute) => (minute >= 8 ? 0 : 1));
    expect(failed).toEqual([['nginx could not load its configuration', 'ingress']]);
  });

  test('a client that the broker lets wait', () => {
    const waits = told(THROTTLED, { job: 'labels', client_id: 'labels-1' }, (minute) => (minute >= 8 ? 1_800 : 0));
    expect(waits).toEqual([['the broker throttles a client by its quota', 'labels']]);
  });

  test('a burst of documents that expire', () => {
    const burst = (minute: number) => 100 + 9_000 * Math.min(5, Math.max(0, minute - 8));
    expect(told(DELETED, { instance: 'store-0:9216' }, burst)).toEqual([['a ttl index deletes documents', 'store-0']]);
  });
});

describe('nothing is reported', () => {
  test.each<[string, string, Record<string, string>, (minute: number) => number]>([
    ['where an instance is out for a minute', EJECTED, MART, (minute) => (minute === 8 ? 1 : 0)],
    ['where one was out before', EJECTED, MART, (minute) => (minute % 9 === 0 || minute >= 8 ? 1 : 0)],
    ['where the next reload is well', RELOADED, { job: 'ingress' }, (minute) => (minute === 8 || minute === 9 ? 0 : 1)],
    ['where a reload failed before', RELOADED, { job: 'ingress' }, () => 0],
    ['where documents expire every day', DELETED, {}, (minute) => 90_000 + 900 * minute],
    ['where a client waits for less than people feel', THROTTLED, {}, (minute) => (minute >= 8 ? 40 : 0)],
    ['where a client waited before', THROTTLED, {}, () => 1_800],
    ['where few expire', DELETED, {}, (minute) => 90_000 + minute],
  ])('%s', (_, name, labels, draw) => {
    expect(told(name, labels, draw)).toEqual([]);
  });
});

describe('the change behind it', () => {
  test.each([
    ['outlierDetection: { consecutive5xxErrors: 1 }', 'outlier detection ejects hosts'],
    ['producerByteRate: 1024', 'the broker throttles a client by its quota'],
    ['createIndex({ at: 1 }, { expireAfterSeconds: 60 })', 'a ttl index deletes documents'],
  ])('%s', (changed, said) => {
    expect(sharedTechniques(changed, said)).toHaveLength(1);
    expect(sharedTechniques('button.color = "green"', said)).toEqual([]);
  });

  test('writes configuration of that server', () => {
    const snippet = '+    nginx.ingress.kubernetes.io/server-snippet: |\n+      add_headers X live';
    expect(refusedByServer(snippet, 'nginx could not load its configuration')).toContain('nginx');
    expect(refusedByServer(snippet, 'prometheus could not load its configuration')).toBe('');
    expect(refusedByServer('+replicas: 3', 'nginx could not load its configuration')).toBe('');
  });
});
