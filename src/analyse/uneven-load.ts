/**
 * One pod of a service has nearly all of its work since then, and had as much as the others before.
 *
 *   orders-…-a   25 % of the requests ─► 96 %
 *   orders-…-b   25 %                 ─►  1 %
 */
import { HOUR_US } from '#core/time-units.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { type Series, valuesOver } from '#model/metrics/series.ts';
import { podIn } from '#model/metrics/series-labels.ts';
import { medianOf } from '#model/stats/robust.ts';

/** The share of the service's work that one pod has at least. Of four pods, two with all of it have half each. */
const MOST = 0.6;
/** So many times its equal share: more is no balance. */
const EQUAL = 1.7;

type Times = Pick<WindowSubject, 'toUs'> & Readonly<{ onsetUs: number }>;

/** Requests say it, else the processors: an idle pod uses some as well. */
export function isUneven(series: readonly Series[], service: string, { toUs, onsetUs }: Times): boolean {
  const key = serviceKey(service);
  const own = measured(series).filter((one) => serviceKey(one.service) === key);
  const [requests, processors] = [
    own.filter(({ concept }) => concept === 'requests'),
    own.filter(({ concept }) => concept === 'cpu_used' || concept === 'cpu_share'),
  ].map((all) => Map.groupBy(all, podOf));
  const isConcentrated = (byPod: ReadonlyMap<string, readonly Measured[]> = new Map(), least: number) => {
    if (byPod.size < 2 || byPod.has('')) return false;
    const [before, now] = [mostShare(byPod, onsetUs - HOUR_US, onsetUs), mostShare(byPod, onsetUs, toUs)];
    return now >= Math.max(least, EQUAL / byPod.size) && before <= EQUAL / byPod.size;
  };
  return isConcentrated(requests, MOST) || isConcentrated(processors, MOST_OF_PROCESSORS);
}

/** A pod without requests still has its runtime, its probes and its metrics. */
const MOST_OF_PROCESSORS = 0.5;

function podOf({ labels, instance }: Measured): string {
  return podIn(labels) || instance;
}

function mostShare(byPod: ReadonlyMap<string, readonly Measured[]>, fromUs: number, toUs: number): number {
  const levels = [...byPod.values()].map((own) => own.reduce((sum, one) => sum + levelOf(one, fromUs, toUs), 0));
  const all = levels.reduce((sum, level) => sum + level, 0);
  return all > 0 ? Math.max(...levels) / all : 0;
}

function levelOf(one: Measured, fromUs: number, toUs: number): number {
  const values = valuesOver(one, fromUs, toUs);
  return values.length === 0 ? 0 : medianOf(values);
}
