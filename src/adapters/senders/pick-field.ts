/** Chooses among the fields of a body that have a fitting name: the outermost, then the first. */
import type { Field } from './payload-fields.ts';

export type Wanted = Readonly<{
  names: RegExp;
  /** The field may also be the name (`severity.name`) of an object with one of these names. */
  inside?: RegExp;
  /** Objects whose fields do not count. */
  notIn?: RegExp;
  /** @default both kinds, those of a field of their own first */
  isWritten?: boolean;
  fits(field: Field): boolean;
}>;

export function pickText(fields: readonly Field[], wanted: Wanted): Field | undefined {
  return fieldsLike(fields, wanted)[0];
}

/** Best first. */
export function fieldsLike(
  fields: readonly Field[],
  { names, inside, notIn, isWritten, fits }: Wanted,
): readonly Field[] {
  const found = fields.filter(
    (field) =>
      field.kind !== 'null' &&
      (isWritten === undefined || field.isWritten === isWritten) &&
      (names.test(field.name) || isNameOf(field, inside)) &&
      !field.holders.some((holder) => notIn?.test(holder) && !inside?.test(holder)) &&
      fits(field),
  );
  return found.toSorted((a, b) => Number(a.isWritten) - Number(b.isWritten) || a.holders.length - b.holders.length);
}

/** Fields in which an object has its name. */
const NAMES = /^(?:name|displayname|label|title|summary|value|slug|text|friendlyname|code)$/;

function isNameOf({ name, holders }: Field, inside: RegExp | undefined): boolean {
  return inside !== undefined && NAMES.test(name) && inside.test(holders.at(-1) ?? '');
}
