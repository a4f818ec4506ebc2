/** The lines of a unified diff, without their comments. */

export type Mark = '+' | '-' | ' ' | 'place' | 'file';
export type DiffLine = Readonly<{ mark: Mark; text: string; indent: number }>;

/** The lines without their comments. The statements of a migration may stand there without marks: all of them are new. */
export function diffLines(diff: string): DiffLine[] {
  const plain = isOfStatements(diff) ? '+' : ' ';
  return diff.split('\n').flatMap((line): DiffLine[] => {
    const file = /^(?:\+\+\+ b\/|--- a\/)(\S{1,300})/.exec(line)?.[1];
    if (file !== undefined) return [{ mark: 'file', text: file, indent: 0 }];
    if (/^(?:\+\+\+ |--- |diff |index |similarity |rename |new file|deleted file|\\ No newline)/.test(line)) return [];
    if (line.startsWith('@@')) return [{ mark: 'place', text: line, indent: 0 }];
    if (plain === '+' && SQL_COMMENT.test(line)) return [];
    const mark = MARKS.find((one) => line.startsWith(one)) ?? plain;
    const code = withoutComment(line.slice(line.startsWith(mark) ? 1 : 0).slice(0, LONGEST_LINE));
    return [{ mark, text: code.trim(), indent: code.length - code.trimStart().length }];
  });
}

const MARKS = ['+', '-'] as const;

/**
 * How the statement of a migration begins: SQL and CQL, ActiveRecord, Alembic, Django, Ecto, Knex and TypeORM, Entity
 * Framework, MongoDB's shell.
 */
const STATEMENT =
  /^\s{0,40}(?:(?:CREATE|ALTER|DROP|RENAME|TRUNCATE|REINDEX|COMMENT ON|INSERT INTO|DELETE FROM|UPDATE|MERGE INTO|GRANT|REVOKE)\s{1,8}["'`[\w]|(?:add|remove|drop|rename|change|create|alter)_(?:index|column|table|reference|foreign_key|check_constraint)\w{0,10}[\s(]|op\.\w{3,40}\(|migrations\.\w{3,40}\(|(?:await\s)?(?:queryRunner|queryInterface|knex|migrationBuilder|schema)\.\w{3,40}\(|db\.[\w.]{1,80}\.(?:createIndex|dropIndex|dropIndexes|renameCollection|updateMany|drop)\()/im;
const MARKED = /^(?:\+|-(?!-\s)|@@|diff )/m;
const SQL_COMMENT = /^--(?:\s|$)/;

function isOfStatements(diff: string): boolean {
  return !MARKED.test(diff) && STATEMENT.test(diff);
}

/** Longer ones are generated. */
const LONGEST_LINE = 2_000;

function withoutComment(line: string): string {
  if (
    /^\s*(?:\/\/|#(?!!?\[|(?:define|undef|ifn?def|pragma)\b|include\s{0,3}[<"]|\w+\s*[({:])|--\s|\/\*|\*\s|\*\/|<!--)/.test(
      line,
    )
  )
    return '';
  return line
    .replace(/(?<=^|[\s;,(){}])\/\/.*$/s, '')
    .replace(/\s#\s.*$/s, '')
    .replace(/\s--\s.*$/s, '');
}

export function textOfMark(lines: readonly DiffLine[], mark: Mark): string {
  return lines
    .filter((line) => line.mark === mark && line.text !== '')
    .map(({ text }) => text)
    .join('\n');
}
