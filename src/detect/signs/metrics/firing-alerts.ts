/**
 * Alerts that fired in the time window, and since when. A store has points of an alert only while it fires.
 *
 *   ALERTS{alertname="OrdersWait"}        ·  ·  · │ ▇▇▇▇▇▇▇▇
 *                                                 └ since
 */

import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { nameLetters, serviceKey } from '#model/incident/alert-service.ts';
import { isHeartbeat } from '#model/incident/heartbeat.ts';
import type { Measured } from '#model/metrics/measured.ts';
import { medianOf } from '#model/stats/robust.ts';

export type FiringAlert = Readonly<{
  one: Measured;
  sinceUs: number;
  /** It fired before the first point that was read. */
  isOlder: boolean;
  /** Undefined while it fires. */
  untilUs: number | undefined;
  /** Somebody silenced it: it is known. */
  isSilenced: boolean;
}>;

/** A store leaves out a point of a scrape that failed. */
const STEPS_OF_A_GAP = 3;

/**
 * The latest first: it began with the trouble. Those that are silenced come last. An alert of several instances counts
 * once, and so does one that several stores know: Prometheus, Alertmanager, Grafana.
 */
export function firingAlerts(all: readonly Measured[], window: TimeWindow): readonly FiringAlert[] {
  const alerts = all.filter(
    ({ concept, part, service, labels }) =>
      concept === 'alerts' && part !== '' && service !== '' && !isHeartbeat(labels),
  );
  const found = alerts.flatMap((one) => firingIn(one, window));
  const each = Map.groupBy(found, ({ one }) => `${serviceKey(one.service)}\n${nameLetters(one.part) || one.part}`);
  return [...each.values()]
    .flatMap(asOne)
    .sort(
      (a, b) =>
        Number(a.isSilenced) - Number(b.isSilenced) || b.sinceUs - a.sinceUs || (a.one.part < b.one.part ? -1 : 1),
    );
}

/**
 * The instance that fires longest. It is over when all are. A store without silences does not say that an alert is not
 * silenced.
 */
function asOne(own: readonly FiringAlert[]): readonly FiringAlert[] {
  const [first] = own.toSorted((a, b) => a.sinceUs - b.sinceUs);
  if (first === undefined) return [];
  const told = own.filter(({ one }) => one.labels.silenced !== undefined);
  const ends = own.map(({ untilUs }) => untilUs ?? Number.POSITIVE_INFINITY);
  const lastUs = Math.max(...ends);
  const untilUs = Number.isFinite(lastUs) ? lastUs : undefined;
  return [{ ...first, untilUs, isSilenced: told.length > 0 && told.every(({ isSilenced }) => isSilenced) }];
}

function firingIn(one: Measured, { fromUs, toUs }: TimeWindow): FiringAlert[] {
  const times = [...one.atUs].filter((us, at) => (one.values[at] ?? 0) > 0 && us <= toUs);
  const last = times.at(-1);
  if (last === undefined || !(last >= fromUs)) return [];
  const gaps = times.slice(1).map((us, at) => us - (times[at] ?? us));
  const stepUs = gaps.length === 0 ? MINUTE_US : medianOf(gaps);
  const longestUs = STEPS_OF_A_GAP * stepUs;
  const begins = times.findLastIndex((us, at) => us - (times[at - 1] ?? Number.NEGATIVE_INFINITY) > longestUs);
  const sinceUs = times[begins] ?? last;
  // A source that knows the start gives it, however long ago it was.
  const isOlder = Math.abs(sinceUs - (fromUs - HOUR_US)) <= longestUs;
  const untilUs = toUs - last > longestUs ? last : undefined;
  return [{ one, sinceUs, isOlder, untilUs, isSilenced: one.labels.silenced === 'true' }];
}
