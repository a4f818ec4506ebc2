/**
 * The index that a statement on one table may need, from its shape: the columns that must equal something, then the one
 * of a range or of the order.
 *
 *   select * from orders where user_id = ? and state in (?) order by created_at  →  orders (user_id, state, created_at)
 *
 * Joins, unions, alternatives (`or`) and selects inside of it need a plan and not a guess.
 */

/** As databases advise: more columns cost more than they save. */
const MOST_COLUMNS = 3;
const NEEDS_A_PLAN = /\b(?:join|union|intersect|except|or|exists|case)\b|\( ?select\b|…/;
const TABLE =
  /^(?:select .{1,500}? from|update|delete from) ([\w.]{1,100})(?: (?:as )?(?!where\b|set\b|order\b)(\w{1,60}))?(?: set .{1,500}?)? where (.{1,500})$/;
const CONDITION = /(?:^|\band |\( ?)([\w.]{1,120}) ?(=|in|<=?|>=?|between)(?= ?[?(])/g;
const ORDER = /\border by ([\w.]{1,120})(?: (?:asc|desc))?(?= ?(?:limit|offset|fetch|for|$))/;
/** The key of a table has its index: `id`, `user_id` of `users`. */
const KEYS: ReadonlySet<string> = new Set(['id', '_id', 'uuid', 'pk']);
const OF_TABLE = /^(.{1,60}?)_?(?:id|uuid|key)$/;

/** `users (email)`; undefined where the shape does not say. */
export function indexFor(shape: string): string | undefined {
  if (NEEDS_A_PLAN.test(shape)) return undefined;
  const [, table, alias, rest = ''] = TABLE.exec(shape) ?? [];
  if (table === undefined) return undefined;
  const own = new Set([table, table.split('.').at(-1), alias]);
  const nameOf = (column: string) => {
    const [name = '', of] = column.split('.').toReversed();
    return of === undefined || own.has(of) ? name : undefined;
  };
  const found = [...rest.matchAll(CONDITION)].map(([, column = '', operator]) => ({
    name: nameOf(column),
    isEqual: operator === '=' || operator === 'in',
  }));
  if (found.length === 0 || found.some(({ name }) => name === undefined || isKey(name, table))) return undefined;
  const ranges = found.filter(({ isEqual }) => !isEqual).map(({ name }) => name);
  const last = ranges[0] ?? nameOf(ORDER.exec(rest)?.[1] ?? '');
  const columns = new Set([...found.filter(({ isEqual }) => isEqual).map(({ name }) => name), last]);
  return `${table} (${[...columns].filter(Boolean).slice(0, MOST_COLUMNS).join(', ')})`;
}

function isKey(name: string, table: string): boolean {
  const one = OF_TABLE.exec(name)?.[1] ?? '';
  const many = [one, `${one}s`, `${one}es`, one.replace(/y$/, 'ies')];
  return KEYS.has(name) || many.includes(table.split('.').at(-1) ?? table);
}
