/** The fields that causes come from, and the categories of a fishbone that group them. */

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

/** By category name, in the order of display. A field outside of all categories is shown under `Other`. */
export type FishboneCategories = Readonly<Record<string, readonly CauseField[]>>;

/** The guide's four categories. */
export const USUAL_CATEGORIES: FishboneCategories = {
  People: ['people'],
  Process: ['change', 'configuration', 'instrumentation'],
  Technology: ['code', 'data', 'database', 'cache', 'messaging', 'dependency'],
  Environment: ['capacity', 'runtime', 'network', 'load', 'clock', 'security'],
};

/**
 * Checks `Equipment=capacity+network`: a category and its fields, as in the configuration. Returns the problem, or ''.
 */
export function categoryProblem(text: string): string {
  const { name, fields } = categoryIn(text);
  if (name === '' || fields.length === 0) return 'must be a name and its fields, such as Equipment=capacity+network';
  if (name.length > LONGEST_NAME) return `must have a name of at most ${LONGEST_NAME} characters`;
  const unknown = fields.find((field) => !isField(field));
  return unknown === undefined ? '' : `unknown field ${unknown}; the fields are ${CAUSE_FIELDS.join(', ')}`;
}

/** The default categories where none is configured. Categories with one name are merged. */
export function fishboneCategories(configured: readonly string[]): FishboneCategories {
  if (configured.length === 0) return USUAL_CATEGORIES;
  const categories = new Map<string, CauseField[]>();
  for (const { name, fields } of configured.map(categoryIn)) {
    categories.set(name, [...(categories.get(name) ?? []), ...fields.filter(isField)]);
  }
  return Object.fromEntries(categories);
}

const LONGEST_NAME = 40;

function categoryIn(text: string): Readonly<{ name: string; fields: readonly string[] }> {
  const [name = '', fields = ''] = text.split('=');
  const named = fields.split('+').map((field) => field.trim());
  return { name: name.trim(), fields: named.filter((field) => field !== '') };
}

function isField(text: string): text is CauseField {
  return CAUSE_FIELDS.some((field) => field === text);
}
