/**
 * The settings of an analysis without backends. If none is configured, they are known without the schema: its library
 * takes longer to load than a trace takes to analyse.
 */
import { DEFAULTS } from '#config/defaults.ts';
import type { Environment } from '#config/load.ts';
import type { Config } from '#config/schema.ts';

export type AnalysisConfig = Pick<
  Config,
  'gather' | 'analysis' | 'clockSkew' | 'detectors' | 'runbooksUrl' | 'redaction' | 'dataFolder' | 'fishbone'
>;

/** `incidents`: the lint of a postmortem reads the templates. */
type LoadedAnalysisConfig = AnalysisConfig & Readonly<{ incidents: Pick<Config['incidents'], 'postmortemTemplates'> }>;

export async function loadAnalysisConfig(env: Environment, file?: string): Promise<LoadedAnalysisConfig> {
  if (file === undefined && !Object.keys(env).some((name) => env[name] && CONCERNS_ANALYSIS.test(name))) {
    const { gather, analysis, clockSkew, redaction } = DEFAULTS;
    const dataFolder = env.SPANHOUND_DATA || DEFAULTS.dataFolder;
    return {
      gather,
      analysis,
      clockSkew,
      detectors: {},
      redaction,
      dataFolder,
      fishbone: { categories: [] },
      incidents: {},
    };
  }
  const { loadConfig } = await import('#config/load.ts');
  const { gather, analysis, clockSkew, detectors, runbooksUrl, redaction, dataFolder, fishbone, incidents } =
    loadConfig(env, file);
  return { gather, analysis, clockSkew, detectors, runbooksUrl, redaction, dataFolder, fishbone, incidents };
}

/** The variables of these settings, and the variable that names the file. */
const CONCERNS_ANALYSIS =
  /^(SPANHOUND_(CONFIG$|CLOCK_SKEW_|ANALYSIS_|DETECTORS_|REDACTION_|FISHBONE_|POSTMORTEM_TEMPLATES$)|RUNBOOKS_URL$)/;
