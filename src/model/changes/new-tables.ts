/** Migrations that change nothing which older statements expect: a comment, a right to read more, a new table. */

/** `text` is the title, `statements` what it runs, '' where nobody recorded it. */
export function changesNothingOld(text: string, statements: string): boolean {
  return IS_COMMENT.test(text) || isGrant(`${statements}\n${text}`) || (statements === '' && isNewTable(text));
}

const IS_COMMENT = /(?:^|[\W_])comments?[_ -]on(?=[\W_])/i;

/**
 * The title says only that it creates something: `20280918_create_invoices`, `create_flights_table`. Rails and Laravel read a
 * new table from such a name, and no statement of before asks it. An index, a trigger or a rule changes an old table.
 * https://guides.rubyonrails.org/active_record_migrations.html#creating-a-standalone-migration
 */
function isNewTable(text: string): boolean {
  return /^[\d_.:\sV-]{0,24}create[\W_](?!.{0,200}(?:alter|drop|renam|remov|delet|replac|mov(?:e|ing)|split|index|idx|indices|trigger|unique|constraint|foreign|key|rule|policy))/i.test(
    text,
  );
}

/** It only lets somebody read or write more: `V141__grant_select_to_bi.sql`. */
function isGrant(said: string): boolean {
  return /(?:^|[\W_])grants?(?=[\W_])/i.test(said) && !/(?:revoke|alter|drop|create|rename|add)(?![a-z])/i.test(said);
}
