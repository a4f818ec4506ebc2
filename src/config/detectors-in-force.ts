/**
 * The configuration of the detectors in the form that an analysis takes. Needs no schema, because most often nothing is
 * configured.
 */
import type { Config } from '#config/schema.ts';

type Configured = Config['detectors'];

export type DetectorsInForce = Readonly<{
  /** By detector id, then by the threshold's name; a missing one has its default. */
  thresholds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Ids of detectors that are switched off. */
  off: readonly string[];
  /** By detector id: the configured severity of all its findings. */
  severities: Readonly<Record<string, NonNullable<Configured[string]['severity']>>>;
}>;

export function detectorsInForce(configured: Configured): DetectorsInForce {
  const all = Object.entries(configured);
  return {
    thresholds: Object.fromEntries(all.map(([id, { enabled, severity, ...thresholds }]) => [id, thresholds])),
    off: all.filter(([, { enabled }]) => !enabled).map(([id]) => id),
    severities: Object.fromEntries(
      all.flatMap(([id, { severity }]) => (severity === undefined ? [] : [[id, severity]])),
    ),
  };
}
