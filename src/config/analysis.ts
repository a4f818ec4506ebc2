/**
 * The settings of an analysis that asks no backend. Where none of them is configured they are known without the schema,
 * whose library takes longer to load than a trace to analyse.
 */
import { DEFAULTS } from '#config/defaults.ts';
import type { Environment } from '#config/load.ts';
import type { Config } from '#config/schema.ts';

export type AnalysisConfig = Pick<Config, 'gather' | 'clockSkew' | 'detectors' | 'runbooksUrl'>;

export async function loadAnalysisConfig(env: Environment, file?: string): Promise<AnalysisConfig> {
  if (file === undefined && !Object.keys(env).some((name) => env[name] && CONCERNS_ANALYSIS.test(name))) {
    return { gather: DEFAULTS.gather, clockSkew: DEFAULTS.clockSkew, detectors: {} };
  }
  const { loadConfig } = await import('#config/load.ts');
  const { gather, clockSkew, detectors, runbooksUrl } = loadConfig(env, file);
  return { gather, clockSkew, detectors, runbooksUrl };
}

/** The variables of these settings, and the one that names the file. */
const CONCERNS_ANALYSIS = /^(SPANHOUND_(CONFIG$|CLOCK_SKEW_|DETECTORS_)|RUNBOOKS_URL$)/;
