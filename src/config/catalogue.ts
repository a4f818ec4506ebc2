/** The detectors as configured: what each detects, and the values of its thresholds. */
import { type DetectorsInForce, detectorsInForce } from '#config/detectors-in-force.ts';
import type { Config } from '#config/schema.ts';
import { detectors } from '#detect/registry.ts';

export type CatalogueEntry = Readonly<{
  id: string;
  title: string;
  why: string;
  runbook: string;
  needs: readonly string[];
  uses: readonly string[];
  enabled: boolean;
  /** The configured severity of all its findings, if set. */
  severity?: DetectorsInForce['severities'][string];
  thresholds: readonly Readonly<{
    name: string;
    value: number;
    default: number;
    unit: string;
    means: string;
    why: string;
  }>[];
}>;

export function detectorCatalogue(configured: Config['detectors']): readonly CatalogueEntry[] {
  const inForce = detectorsInForce(configured);
  return detectors.map(({ id, title, why, runbook, needs, uses = [], thresholds }) => ({
    id,
    title,
    why,
    runbook,
    needs,
    uses,
    enabled: !inForce.off.includes(id),
    ...(inForce.severities[id] && { severity: inForce.severities[id] }),
    thresholds: Object.entries(thresholds).map(([name, { default: preset, unit, means, why }]) => ({
      name,
      value: inForce.thresholds[id]?.[name] ?? preset,
      default: preset,
      unit,
      means,
      why,
    })),
  }));
}
