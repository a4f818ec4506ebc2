/**
 * The indexes that a migration drops and does not make again, as databases and tools for migrations write it.
 *
 *   DROP INDEX CONCURRENTLY orders_by_day;                          the index orders_by_day
 *   migrationBuilder.DropIndex(name: "IX_Day", table: "Orders");    the index IX_Day of Orders
 *   remove_index :orders, :day                                      an index of orders
 */

/** `name`: empty where only the table is known; `table`: empty where only the index is. */
export type DroppedIndex = Readonly<{ name: string; table: string }>;

type Form = Readonly<{ words: RegExp; of: (found: readonly string[]) => DroppedIndex }>;

const NAME = String.raw`["'\`[]{0,2}((?:\w{1,80}["'\`\]]?\.["'\`[]?){0,2}[\w$]{1,80})["'\`\]]?`;
const named = (name = '', table = ''): DroppedIndex => ({ name: lastPart(name), table: lastPart(table) });

/** PostgreSQL, MySQL, SQL Server, Oracle, SQLite, CockroachDB, Cassandra. */
const SQL_DROPS: readonly Form[] = [
  {
    // CockroachDB writes `orders@by_day`.
    words: new RegExp(
      String.raw`\bDROP\s{1,8}(?:SEARCH\s{1,8})?INDEX(?:\s{1,8}CONCURRENTLY)?(?:\s{1,8}IF\s{1,8}EXISTS)?\s{1,8}(?:(\w{1,80})@)?${NAME}(?:\s{1,8}ON\s{1,8}${NAME})?`,
      'gi',
    ),
    of: ([at, name, on]) => named(name, on ?? at),
  },
  {
    words: new RegExp(
      String.raw`\bALTER\s{1,8}TABLE\s{1,8}(?:IF\s{1,8}EXISTS\s{1,8})?(?:ONLY\s{1,8})?${NAME}[^;]{0,200}?\bDROP\s{1,8}(?:INDEX|KEY)\s{1,8}(?:IF\s{1,8}EXISTS\s{1,8})?${NAME}`,
      'gi',
    ),
    of: ([table, name]) => named(name, table),
  },
];

/** Arguments by name: Entity Framework, Django, Alembic, Ecto and Rails, Liquibase in XML and in YAML, Flyway's Java. */
const NAME_KEY = /\b(?:index_?name|name)["']?\s{0,3}[:=]>?\s{0,3}["':`]{0,2}([\w$.]{1,80})/i;
const TABLE_KEY = /\b(?:table_?name|table|model_?name|collection)["']?\s{0,3}[:=]>?\s{0,3}["':`]{0,2}([\w$.]{1,80})/i;
/** What stands between the parentheses of a call, over several lines. */
const CALL =
  /(?:\b(?:drop|remove)_?(?:unique_?)?index(?:es)?|\bindexes(?:\(\))?\.drop_?(?:one|all)(?:async)?)\b["']?[(\s]{0,3}([^;)>]{0,300})/gi;
const QUOTED = /["'`:]([A-Za-z_$][\w$.]{0,80})["'`]?/g;
/** MongoDB's `db.orders.dropIndex("day_1")`, and its drivers': Java, Node.js, Python, Go, Rust, PHP, Ruby, C#. */
const COLLECTION =
  /\b(?:db|collection)(?:\.|->)(\w{1,80})(?:\.|->)$|\b(?:get|select)?collection(?:::?<[\w:]{1,60}>|<[\w.]{1,60}>)?\(["']([\w.]{1,80})["']\)(?:\.|->)$|\w\[[:"']([\w.]{1,80})["']?\]\.$/i;
/** The name of the only argument is that of an index; of several ones the first is the table: Rails, TypeORM, Sequelize. */
const ONLY_NAME = /\b(?:op|table|t|t\w{0,10}|schema)\.$|\$table->$/i;

function ofCalls(text: string): readonly DroppedIndex[] {
  return Array.from(text.matchAll(CALL)).map((found) => {
    const [, inside = ''] = found;
    const before = text.slice(Math.max(0, found.index - LONGEST_BEFORE), found.index);
    const [, ofDb, ofCall, ofKey] = COLLECTION.exec(before) ?? [];
    const collection = ofDb ?? ofCall ?? ofKey;
    const told = ofArguments(inside, ONLY_NAME.test(before) || collection !== undefined);
    return collection === undefined ? told : named(told.name, collection);
  });
}

function ofArguments(inside: string, isOnlyName: boolean): DroppedIndex {
  const [first = '', second = ''] = Array.from(inside.matchAll(QUOTED), ([, one = '']) => one);
  const name = NAME_KEY.exec(inside)?.[1] ?? '';
  const table = TABLE_KEY.exec(inside)?.[1] ?? '';
  if (name !== '') return named(name, table || (first === name ? '' : first));
  if (table !== '') return named(isOnlyName ? first : '', table);
  return second === '' || isOnlyName ? named(first) : named(second, first);
}

const LONGEST_BEFORE = 120;

/** Ecto's `drop index(:items, [:slug], name: :items_slug_idx)`. */
const ECTO =
  /\b(drop|create)(?:_if_(?:not_)?exists)?\s{1,3}\(?(?:unique_)?index\(\s{0,2}:(\w{1,80})(?:[^\n]{0,160}?\bname:\s{0,2}[:"]{0,2}(\w{1,80}))?/g;

const SQL_MAKES = new RegExp(
  String.raw`\bCREATE\s{1,8}(?:UNIQUE\s{1,8}|(?:NON)?CLUSTERED\s{1,8}|FULLTEXT\s{1,8}|SPATIAL\s{1,8}){0,2}INDEX(?:\s{1,8}CONCURRENTLY)?(?:\s{1,8}IF\s{1,8}NOT\s{1,8}EXISTS)?\s{1,8}${NAME}(?:\s{1,8}ON\s{1,8}(?:ONLY\s{1,8})?${NAME})?`,
  'gi',
);
const CALL_MAKES = /\b(?:create|add)_?index\b[^"'`:\n]{0,80}["'`:]([\w.$]{1,80})/gi;

function ofEcto(text: string, what: string): readonly DroppedIndex[] {
  return Array.from(text.matchAll(ECTO)).flatMap(([, does, table = '', name = '']) =>
    does === what ? [named(name, table)] : [],
  );
}

function dropsIn(text: string): readonly DroppedIndex[] {
  const ofSql = SQL_DROPS.flatMap(({ words, of }) =>
    Array.from(text.matchAll(words), ([, ...found]) => of(found as readonly string[])),
  );
  return [...ofSql, ...ofEcto(text, 'drop'), ...ofCalls(text)];
}

function madeIn(text: string): readonly DroppedIndex[] {
  const ofSql = Array.from(text.matchAll(SQL_MAKES), ([, name, table]) => named(name, table));
  return [...ofSql, ...ofEcto(text, 'create'), ...Array.from(text.matchAll(CALL_MAKES), ([, name]) => named(name))];
}

/** `removed` and `added`: the lines of the diff without their marks. Each index once. */
export function droppedIndexes(removed: string, added: string): readonly DroppedIndex[] {
  const made = new Set(madeIn(added).map(keyOf));
  const gone = new Map([...dropsIn(added), ...madeIn(removed)].map((one) => [keyOf(one), one]));
  return [...gone].flatMap(([key, one]) => (key === '' || made.has(key) ? [] : [one]));
}

function keyOf({ name, table }: DroppedIndex): string {
  return (name || (table === '' ? '' : `of ${table}`)).toLowerCase();
}

/** `public.orders` is `orders`. */
function lastPart(name: string): string {
  return (
    name
      .split('.')
      .at(-1)
      ?.replaceAll(/["'`[\]]/g, '') ?? ''
  );
}
