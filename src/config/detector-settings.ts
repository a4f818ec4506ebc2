/** The settings of a detector: whether it runs, the severity of its findings, and its thresholds. */
import { z } from 'zod';
import { settingFacts } from '#config/setting.ts';
import type { Detector, Threshold } from '#detect/detector.ts';

/** `detectors.slow-query.minMs`: keys, bounds and defaults come from the detector itself. */
export function settingsOfDetector({ id, thresholds }: Detector) {
  return z.strictObject({
    enabled: z
      .boolean('must be true or false')
      .register(settingFacts, { env: variableOf(id, 'enabled'), means: `Whether the detector ${id} runs.` })
      .prefault(true),
    severity: z
      .enum(SEVERITIES, `must be ${SEVERITIES.slice(0, -1).join(', ')} or ${SEVERITIES.at(-1)}`)
      .register(settingFacts, {
        env: variableOf(id, 'severity'),
        means: `The severity of every finding of ${id}.`,
      })
      .optional(),
    ...Object.fromEntries(Object.entries(thresholds).map(([name, threshold]) => [name, numberOf(id, name, threshold)])),
  });
}

/** The settings that are not thresholds: the same for every detector. */
export const COMMON_SETTINGS: readonly string[] = ['enabled', 'severity'];

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

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
  return `${DETECTORS_PREFIX}${words.replaceAll('-', '_').toUpperCase()}`;
}

export const DETECTORS_PREFIX = 'SPANHOUND_DETECTORS_';
