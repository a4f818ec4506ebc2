/** Changes by which an index that is there no longer serves a statement. */
import { type Effect, effect, moreIn, type Sides, WEAK } from '#model/changes/effect.ts';

/**
 * A search by a regular expression that no `^` anchors. MongoDB: only a prefix expression uses the index well, and a
 * case-insensitive one does not use it well (docs.mongodb.com, $regex). MySQL's and PostgreSQL's operators read each row.
 */
const UNANCHORED =
  /\$regex["']?\s{0,3}[:=](?!\s{0,3}["'`/]\^)|\bnew RegExp\((?!\s{0,3}["'`]\^)|\bre\.compile\((?!\s{0,3}r?["']\^).{0,200}IGNORECASE|\b(?:REGEXP|RLIKE|SIMILAR\s{1,3}TO)\s{1,3}|\s!?~\*?\s{1,3}(?:["']|\$\d)/g;
/** What asks a database. */
const ASKS =
  /\$regex|\b(?:find\w{0,12}|where|aggregate|count\w{0,12}|query|filter|match|select|distinct)\b|\b(?:AND|OR|WHERE)\b/i;
/** MongoDB's option of an expression, and its collation, which an index without the same one does not serve. */
const ANY_CASE = /\$options["']?\s{0,3}[:=]\s{0,3}["'`]\w{0,4}i|\bILIKE\b/g;

/**
 * The character set or the collation of a table or a column: MySQL compares a column with one of another set only after
 * it converts it, and then uses no index (dev.mysql.com, “Column Character Set Conversion”, “How MySQL Uses Indexes”).
 */
const CHARACTERS =
  /\b(?:CONVERT\s{1,4}TO\s{1,4}CHARACTER\s{1,4}SET|CHARACTER\s{1,4}SET|CHARSET|COLLATE|collation\b|charset\b)\s{0,3}[:=]{0,2}>?\s{0,3}["'`]?([\w-]{3,40})/gi;
const OF_SCHEMA =
  /\b(?:ALTER|CREATE|MODIFY|CHANGE|CONVERT|change_column\w{0,12}|alter_column|execute|AlterField|modify_column)\b/i;
/** A column that is compared with one of another type needs a conversion, too. */
const OTHER_TYPE =
  /\bALTER\s{1,8}COLUMN\s{1,8}["`]?\w{1,80}["`]?\s{1,8}(?:SET\s{1,8}DATA\s{1,8})?TYPE\b|\bMODIFY\s{1,8}(?:COLUMN\s{1,8})?["`]?\w{1,80}["`]?\s{1,8}\w{3,20}|\bchange_column\b(?!_)|\balter_column\b.{0,200}\btype_\s{0,2}=/i;

export function slowerStatements({ added, removed }: Sides): Effect[] {
  const [asks, asked] = [asking(added), asking(removed)];
  const isOpen = moreIn(asks, asked, UNANCHORED).length > 0 || moreIn(asks, asked, ANY_CASE).length > 0;
  const characters = OF_SCHEMA.test(added) ? moreIn(added, removed, CHARACTERS).length > 0 : false;
  return [
    ...effect(
      'unindexed-statement',
      isOpen ? 'it searches by a pattern without a fixed beginning, which no plain index serves' : '',
    ),
    ...effect(
      'index-gone',
      characters ? 'it changes the character set or the collation, so a join with other columns uses no index' : '',
    ),
    ...effect(
      'unindexed-statement',
      OTHER_TYPE.test(added) && !OTHER_TYPE.test(removed)
        ? 'it changes the type of a column, and a comparison with another type uses no index'
        : '',
      WEAK,
    ),
  ];
}

function asking(text: string): string {
  return text
    .split('\n')
    .filter((line) => ASKS.test(line))
    .join('\n');
}
