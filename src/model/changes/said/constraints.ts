/**
 * Rules of a database that a change brings, where the failure says that a row breaks just this rule.
 *
 *   +  create unique index on desks (room)      duplicate key value violates unique constraint "desks_room_key"
 *   ▲── the change names the columns that the name of the constraint is made of
 */
import { type Sides, textOf } from '#model/changes/effect.ts';
import { isOfOtherTable } from '#model/changes/said/columns.ts';
import type { Touched } from '#model/changes/said/values.ts';

/**
 * How databases say that a row breaks a rule, in lower case: PostgreSQL (class 23, 22001), MySQL 1062, 1048, 1364, 1406,
 * 1452 and 3819, SQL Server 515, 547, 2601, 2627 and 2628, ORA-00001, ORA-01400, ORA-02290 and ORA-02291, SQLite 19,
 * MongoDB 121 and 11000, CockroachDB, Spanner.
 */
const SAYS_BROKEN =
  /\bduplicate (?:key|entry)\b|\bunique ?(?:constraint|violation|index)\b|\bviolates\b|\bconstraint (?:failed|violated|violation)\b|\bcannot be null\b|\bcannot insert (?:the value )?null\b|\bdoesn't have a default value\b|\bdata too long for column\b|\bstring or binary data would be truncated\b|\bfailed validation\b|\be11000\b|\bora-(?:00001|0140[07]|0229[01])\b/;

/** How a failure names the rule, its columns, or its keys. */
const SAID_RULE =
  /\b(?:constraint|index|key|column|field)s?(?: failed)?[ :=]{1,3}["'`(]{0,2}([a-z_][\w.$]{1,120})|\((?:[a-z_][\w.$]{0,60}\.)?([a-z_]\w{0,60})\)\s?=|\bdup key: \{ "?([a-z_][\w.]{1,80})/g;

/** SQL, Rails, Laravel, Django, Alembic, Entity Framework, Mongoose and MongoDB, Prisma, Ecto, TypeORM, JPA. */
const MAKES_RULE =
  /\bunique\w{0,12}|\bconstraints?\b|\bcheck\s{0,3}\(|\bnot\s{1,4}null\b|\bnull(?:able)?["']?\s{0,3}[:=]\s{0,3}false\b|\bforeign[\s_]?key\b|\breferences\b|\bvalidat(?:or|ion)\w{0,10}\b|\brequired\b|\bvarchar\b|\bchar(?:acter varying)?\s{0,3}\(|\bmax_?length\b|\blimit:|\bdrop\s{1,4}default\b/i;

/** Parts that tools add to the names of what they make, and that name nothing. */
const OF_TOOLS =
  /^(?:idx|index|ix|uq|uk|uniq|unique|key|pk|pkey|fk|fkey|ck|chk|check|constraint|not|null|on|and|by|of|the|id|dbo|public|\d{1,3})$/;
const WORDS = /[a-z][a-z\d]{0,60}|\d{1,3}/g;
const SHORTEST_PART = 2;

/** The rule that it brings and that a row breaks; empty where the failure names another one. */
export function constraintBroken(touched: Touched, failure: string): string {
  if (!SAYS_BROKEN.test(failure) || !MAKES_RULE.test(touched.added)) return '';
  if (isOfOtherTable(touched.added.toLowerCase(), failure)) return '';
  const [added, all] = [touched.added, touched.all].map((text) => new Set(partsOf(text))) as [Set<string>, Set<string>];
  const before = partsOf(`${touched.removed}\n${touched.context}`).join(' ');
  const isNew = MAKES_RULE.test(touched.removed) ? touched.added.toLowerCase() !== touched.removed.toLowerCase() : true;
  if (!isNew) return '';
  for (const [, ...names] of failure.matchAll(SAID_RULE)) {
    const name = names.find((one) => one !== undefined) ?? '';
    const parts = partsOf(name).filter((part) => part.length >= SHORTEST_PART && !OF_TOOLS.test(part));
    if (parts.length === 0 || !parts.every((part) => all.has(part)) || !parts.some((part) => added.has(part))) continue;
    // A rule that stands there with the same words before is none that it brings.
    if (MAKES_RULE.test(touched.context) && parts.every((part) => before.includes(part))) continue;
    return `it brings the rule ${name}, which the failure says is broken`;
  }
  return '';
}

/** `IX_Users_Email`, `one_car_per_plate`, `cars.one_car` and `roomId` in parts, in lower case. */
function partsOf(text: string): readonly string[] {
  return (
    text
      .replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '_')
      .toLowerCase()
      .match(WORDS) ?? []
  );
}

/**
 * Rules that no failure names by a word of its own. PostgreSQL's row security (42501) and partitions (23514), MongoDB's
 * validators (121), Elasticsearch's strict mappings.
 */
const UNNAMED: readonly Readonly<{ brings: RegExp; shows: RegExp; said: string }>[] = [
  {
    brings:
      /\brow\s{1,4}level\s{1,4}security\b|\bcreate\s{1,4}policy\b|\balter\s{1,4}policy\b|\bsecurity\s{1,4}policy\b/i,
    shows: /\brow-level security\b|\bquery would be affected by row-level security\b/,
    said: 'it brings a policy for rows, which the failure says is broken',
  },
  {
    brings: /\bpartition\s{1,4}(?:by|of)\b|\b(?:detach|drop)\s{1,4}partition\b|\bpartition_?by\b/i,
    shows: /\bno partition of relation\b|\btable has no partition for value\b|\bora-14400\b/,
    said: 'it divides the table, and no part takes the row',
  },
  {
    brings: /\bvalidat(?:or|ion\w{0,6})\b|\$jsonSchema\b/i,
    shows: /\bdocument failed validation\b|\bdocumentvalidationfailure\b/,
    said: 'it brings a rule for documents, which the failure says is broken',
  },
  {
    brings: /\b(?:create|alter)\s{1,4}(?:or\s{1,4}replace\s{1,4})?view\b|\binstead\s{1,4}of\b/i,
    shows: /\bcannot (?:insert into|update|delete from) view\b|\bis not (?:insertable-into|updatable)\b|\bora-01779\b/,
    said: 'it makes a view of what the statement writes to',
  },
  {
    brings: /\bcapped\b/i,
    shows: /\bcapped collection\b/,
    said: 'it limits the collection, which then takes no such write',
  },
];

export function unnamedRuleBroken({ added, removed }: Sides, failure: string): string {
  const changed = textOf({ added, removed });
  return UNNAMED.find(({ brings, shows }) => shows.test(failure) && brings.test(changed))?.said ?? '';
}
