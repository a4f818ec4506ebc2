import { expect, test } from 'vitest';
import { calledStores, plainStore } from '#diagnose/window/called-stores.ts';
import { filledProcessors, headroomUsed } from '#diagnose/window/headroom.ts';
import type { Series } from '#model/metrics/series.ts';
import { query, server, traceOf } from '#test/trace.ts';

const WINDOW = { service: '', fromUs: 600e6, toUs: 1200e6 };

function rising(labels: Series['labels']): Series {
  const atUs = Float64Array.from({ length: 20 }, (_, at) => at * 60e6);
  const values = atUs.map((us) => (us < WINDOW.fromUs ? 0.2 : 0.97));
  return { name: labels.__name__ ?? '', labels, atUs, values };
}

const used = (labels: Series['labels'], stores: readonly string[] = []) =>
  headroomUsed([rising(labels)], WINDOW, new Set(stores))[0];

test('the stores that requests call, without those that send spans', () => {
  const address = { 'server.address': 'Orders-PG', 'db.system.name': 'postgresql' };
  const trace = traceOf(server('shop', 'GET /', { ms: 20 }, [query('shop', 'SELECT 1', { attributes: address })]));
  expect(calledStores([trace])).toContain('orders-pg');
  expect(calledStores([trace])).not.toContain('shop');
  expect(plainStore('Orders-PG:9187')).toBe('orders-pg');
});

test('the processor of a store that requests call', () => {
  const labels = { __name__: 'container_cpu_utilization', service: 'orders-pg', pod: 'orders-pg-0' };
  expect(used(labels, ['orders-pg'])).toMatchObject({ service: 'orders-pg', isOfStore: true });
  expect(used(labels)).toMatchObject({ isOfStore: false });
});

test('the processor of a store under the name of its service, by its instance or by the name of the metric', () => {
  const labels = { __name__: 'container_cpu_utilization', service: 'shop', instance: 'orders-pg:9187' };
  expect(used(labels, ['orders-pg'])).toMatchObject({ service: 'shop', isOfStore: true });
  expect(used({ __name__: 'mysql_cpu_utilization', service: 'shop', instance: '10.0.0.7:9104' })).toMatchObject({
    isOfStore: true,
  });
});

test('without a service, the machine', () => {
  expect(used({ __name__: 'rds_cpu_utilization', dbinstance_identifier: 'orders-pg' })).toMatchObject({
    service: 'orders-pg',
    instance: '',
    isOfStore: true,
  });
});

test('a database of Azure is full by what it counts', () => {
  const name = 'azure_microsoft_sql_servers_databases_dtu_consumption_percent_average_percent';
  expect(used({ __name__: name, resourceName: 'bills-sql' })).toMatchObject({
    service: 'bills-sql',
    isOfStore: true,
    unit: 'DTU',
  });
});

const HOUR_US = 3600e6;
/** Half past one to half past two, in the third night. */
const NIGHT = { service: '', fromUs: 49.5 * HOUR_US, toUs: 50.5 * HOUR_US };

/** Hourly points of three days, busy at these hours. */
function busyAt(hours: readonly number[]): Series {
  const atUs = Float64Array.from({ length: 60 }, (_, hour) => hour * HOUR_US);
  const values = atUs.map((_, hour) => (hours.includes(hour) ? 0.99 : 0.05));
  return { name: 'container_cpu_utilization', labels: { service: 'ledger', pod: 'ledger-0' }, atUs, values };
}

test('a job that is as busy at the same hour of earlier days uses no headroom', () => {
  const shareOf = (hours: readonly number[]) => headroomUsed([busyAt(hours)], NIGHT, new Set())[0]?.share ?? 0;
  expect(shareOf([2, 26, 50])).toBe(0);
  expect(shareOf([50])).toBeGreaterThan(0.4);
});

test('a processor that was at its limit before does the same work', () => {
  const one = rising({ __name__: 'container_cpu_utilization', service: 'encoder', pod: 'encoder-0' });
  const full = { ...one, values: one.values.map((value) => (value < 0.5 ? 0.98 : 1)) };
  expect(headroomUsed([full], WINDOW, new Set())[0]).toMatchObject({ share: 0 });
});

/** A pod from one minute on, with its use of the limit then. */
function pod(name: string, fromMinute: number, level: (minute: number) => number): Series {
  const minutes = Array.from({ length: 20 - fromMinute }, (_, at) => fromMinute + at);
  const labels = { service: 'quotes', pod: name };
  const atUs = Float64Array.from(minutes, (minute) => minute * 60e6);
  return { name: 'container_cpu_utilization_over_pod_limit', labels, atUs, values: Float64Array.from(minutes, level) };
}

test('new pods are compared with those that they replace', () => {
  const old = pod('quotes-a1', 0, () => 0.1);
  const full = (series: readonly Series[]) => [...filledProcessors(series, WINDOW)];
  expect(full([old, pod('quotes-b1', 10, () => 0.99)])).toEqual(['quotes']);
  // Each process works hard while it starts.
  expect(full([old, pod('quotes-b1', 10, (minute) => (minute < 12 ? 0.99 : 0.2))])).toEqual([]);
  // Always as busy.
  expect(full([pod('quotes-a1', 0, () => 0.9), pod('quotes-b1', 10, () => 0.99)])).toEqual([]);
  expect(full([pod('quotes-b1', 10, () => 0.99)])).toEqual([]);
});

test('new pods that are full of a lower limit use up the headroom of those that they replace', () => {
  const shares = (series: readonly Series[]) =>
    headroomUsed(series, WINDOW, new Set()).map(({ instance, share, before }) => ({
      instance,
      share: Number(share.toFixed(2)),
      before,
    }));
  const limit = (name: string, cores: number): Series => {
    const labels = { pod: name, container: 'quotes', resource: 'cpu' };
    const one = pod(name, 0, () => cores);
    return { ...one, name: 'kube_pod_container_resource_limits', labels };
  };
  const old = [pod('quotes-a1', 0, () => 0.1), limit('quotes-a1', 1)];
  const full = pod('quotes-b1', 10, () => 1);
  const lower = limit('quotes-b1', 0.1);
  expect(shares([...old, full, lower])).toEqual([{ instance: 'quotes-b1', share: 1, before: 0.1 }]);
  // Each process works hard while it starts, and a limit that stays was not the reason.
  const starting = pod('quotes-b1', 10, (minute) => (minute < 12 ? 1 : 0.1));
  for (const others of [[starting, lower], [full, limit('quotes-b1', 1)], [full]])
    expect(shares([...old, ...others])).toMatchObject([{ instance: 'quotes-a1', share: 0 }]);
});

test('a database of Azure whose processor has room is full of something else', () => {
  const name = (part: string) => `azure_microsoft_sql_servers_databases_${part}_percent_average_percent`;
  const dtus = rising({ __name__: name('dtu_consumption'), resourceName: 'bills-sql' });
  const percent = { ...dtus, values: dtus.values.map((value) => value * 100) };
  const cpu = (now: number, of = 'bills-sql') => ({
    ...{ name: name('cpu'), labels: { resourceName: of }, atUs: dtus.atUs },
    values: dtus.atUs.map((us) => (us < WINDOW.fromUs ? 20 : now)),
  });
  const isOther = (...others: readonly Series[]) => headroomUsed([percent, ...others], WINDOW, new Set())[0]?.isOther;
  expect(isOther(cpu(20))).toBe(true);
  expect(isOther(cpu(96))).toBe(false);
  expect(isOther(cpu(20, 'coins-sql'))).toBe(false);
  expect(isOther()).toBe(false);
});
