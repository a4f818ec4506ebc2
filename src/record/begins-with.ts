/** Finds rows by the beginning of a text. */
import { type Expression, expressionBuilder, type SqlBool } from 'kysely';

type Texts = Readonly<Record<'id' | 'key' | 'message_id' | 'name', string>>;

/** For `where`: an index on the column serves it, because texts compare by their bytes. */
export function beginsWith(column: keyof Texts, prefix: string): Expression<SqlBool> {
  const row = expressionBuilder<{ row: Texts }, 'row'>();
  return row.and([row(column, '>=', prefix), row(column, '<', `${prefix}\uffff`)]);
}
