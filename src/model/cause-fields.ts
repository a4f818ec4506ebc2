/** The fields from which causes come, and the categories of a fishbone that they are sorted into. */

export const CAUSE_FIELDS = [
  'people',
  'change',
  'configuration',
  'instrumentation',
  'code',
  'data',
  'database',
  'cache',
  'messaging',
  'dependency',
  'capacity',
  'runtime',
  'network',
  'load',
  'clock',
  'security',
] as const;
export type CauseField = (typeof CAUSE_FIELDS)[number];

/** By the name of a category, in the order in which they are shown. A field that stands in none of them is shown under `Other`. */
export type FishboneCategories = Readonly<Record<string, readonly CauseField[]>>;

/** The four of the guide. */
export const USUAL_CATEGORIES: FishboneCategories = {
  People: ['people'],
  Process: ['change', 'configuration', 'instrumentation'],
  Technology: ['code', 'data', 'database', 'cache', 'messaging', 'dependency'],
  Environment: ['capacity', 'runtime', 'network', 'load', 'clock', 'security'],
};
