/**
 * The settings of an analysis that asks no backend. Where none of them is configured they are known without the schema,
 * whose library takes longer to load than a trace to analyse.
 */
import { DEFAULTS } from '#config/defaults.ts';
import type { Environment } from '#config/load.ts';
import type { Config } from '#config/schema.ts';

export type AnalysisConfig = Pick<
  Config,
  'gather' | 'clockSkew' | 'detectors' | 'runbooksUrl' | 'redaction' | 'dataFolder'
>;

export async function loadAnalysisConfig(env: Environment, file?: string): Promise<AnalysisConfig> {
  if (file === undefined && !Object.keys(env).some((name) => env[name] && CONCERNS_ANALYSIS.test(name))) {
    const { gather, clockSkew, redaction } = DEFAULTS;
    return { gather, clockSkew, detectors: {}, redaction, dataFolder: env.SPANHOUND_DATA || DEFAULTS.dataFolder };
  }
  const { loadConfig } = await import('#config/load.ts');
  const { gather, clockSkew, detectors, runbooksUrl, redaction, dataFolder } = loadConfig(env, file);
  return { gather, clockSkew, detectors, runbooksUrl, redaction, dataFolder };
}

/** The variables of these settings, and the one that names the file. */
const CONCERNS_ANALYSIS = /^(SPANHOUND_(CONFIG$|CLOCK_SKEW_|DETECTORS_|REDACTION_)|RUNBOOKS_URL$)/;
