/** The latency of a service whose instances were replaced. */
import { expect, test } from 'vitest';
import { acrossInstances } from '#model/metrics/across-instances.ts';
import { measured } from '#model/metrics/measured.ts';
import { type DrawnSeries, series, seriesOf } from '#test/metrics.ts';

const latency = (pod: string, at: (minute: number) => number | undefined) =>
  series('service:latency', { service: 'feeds', pod }, at);

function wholeOf(drawn: readonly DrawnSeries[]) {
  return acrossInstances(measured(seriesOf(drawn))).map(({ service, instance, values }) => ({
    service,
    instance,
    first: values[0],
    last: values.at(-1),
  }));
}

const OLD = ['feeds-7c5f94b75d-8gnvt', 'feeds-7c5f94b75d-q2x4z'];
const NEW = ['feeds-6c9f7d6b8d-xx4kb', 'feeds-6c9f7d6b8d-zz5lc'];

test('a service whose pods were all replaced has one latency over both', () => {
  const old = OLD.map((pod, at) => latency(pod, (minute) => (minute < 1 + at ? 5 : undefined)));
  const fresh = NEW.map((pod, at) => latency(pod, (minute) => (minute < at ? undefined : 30 + 2 * at)));
  expect(wholeOf([...old, ...fresh])).toEqual([{ service: 'feeds', instance: '', first: 5, last: 31 }]);
});

test('pods that stay are compared with themselves', () => {
  const stays = OLD.map((pod) => latency(pod, () => 5));
  expect(wholeOf(stays)).toEqual([]);
  expect(wholeOf([...stays, latency(NEW[0] ?? '', (minute) => (minute < 0 ? undefined : 30))])).toEqual([]);
});

test('what waits for a thread in replaced pods is compared, too; a queue of messages is of no pod', () => {
  const waits = (name: string) => [
    ...OLD.map((pod) => series(name, { job: 'feeds', pod }, (minute) => (minute < 1 ? 0 : undefined))),
    ...NEW.map((pod) => series(name, { job: 'feeds', pod }, (minute) => (minute < 1 ? undefined : 300))),
  ];
  const whole = { service: 'feeds', instance: '', first: 0, last: 300 };
  expect(wholeOf(waits('dotnet_thread_pool_queue_length'))).toEqual([whole]);
  expect(wholeOf(waits('orders_queue_length'))).toEqual([]);
});
