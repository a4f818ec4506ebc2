import { z } from 'zod';
import { settingFacts } from '#config/setting.ts';
import type { Detector, Threshold } from '#detect/detector.ts';

/** `detectors.slow-query.minMs`: keys, bounds and defaults come from the detector itself. */
export function thresholdsOf({ id, thresholds }: Detector) {
  return z.strictObject(
    Object.fromEntries(Object.entries(thresholds).map(([name, threshold]) => [name, numberOf(id, name, threshold)])),
  );
}

function numberOf(detector: string, name: string, { min, max, unit, means, why, default: value }: Threshold) {
  let number = z.number();
  if (min !== undefined) number = number.min(min, `must be at least ${min}`);
  if (max !== undefined) number = number.max(max, `must be at most ${max}`);
  return number
    .register(settingFacts, { env: variableOf(detector, name), means: `${means} (${unit}). ${why}` })
    .prefault(value);
}

/** `slow-query`, `minMs` → `SPANHOUND_DETECTORS_SLOW_QUERY_MIN_MS` */
function variableOf(detector: string, name: string): string {
  const words = `${detector}-${name.replace(/[A-Z]/g, (letter) => `-${letter}`)}`;
  return `${THRESHOLD_PREFIX}${words.replaceAll('-', '_').toUpperCase()}`;
}

export const THRESHOLD_PREFIX = 'SPANHOUND_DETECTORS_';
