/** The column values of a parsed span's attributes, computed once for each combination (`fact-steps.ts`). */
import { NO_ROLE, STATEMENT } from '#decode/assembly/layout.ts';
import { attributeRole } from '#decode/attribute-roles.ts';
import { factSteps } from '#decode/fact-steps.ts';
import { queryShape } from '#model/sql/query-shape.ts';
import type { TextTable } from '#model/text/text-table.ts';
import { type AttributeFields, attributeFields, databaseSystemOf, type SpanRow } from '#model/trace/build/span-rows.ts';
import type { AttributeValue } from '#model/trace/columns.ts';
import { kindNumber } from '#model/trace/span-kinds.ts';

type Said = Pick<SpanRow, 'attributes' | 'kind' | 'failed'>;

/** Without the scope, and without flaws of the span outside of its attributes. `names` are those of its columns. */
export function knownFields(names: TextTable): (said: Said) => AttributeFields {
  const { step } = factSteps();
  const keys = new Map<string, Readonly<{ number: number; role: number }>>();
  const values = new Map<AttributeValue, number>();
  const shapes = new Map<string, number>();
  const fields: AttributeFields[] = [];

  const keyOf = (name: string) => {
    const known = keys.get(name);
    if (known !== undefined) return known;
    const key = { number: keys.size + 1, role: attributeRole(name) };
    keys.set(name, key);
    return key;
  };
  /** A statement by its shape, which its system decides; one of comments alone has none, and is a statement. */
  const valueNumber = ({ attributes, kind }: Said, role: number, value: AttributeValue): number => {
    if (role < STATEMENT) return numberIn(values, value);
    if (value === '') return 0;
    const statement = String(value);
    return numberIn(shapes, queryShape(statement, databaseSystemOf(attributes, kind, statement))) + 1;
  };
  /** Undefined where no place tells: two statements may contradict each other, as their shapes do not show. */
  const placeOf = (said: Said): number | undefined => {
    const { attributes, kind, failed } = said;
    let place = step(0, OF_SPAN, kindNumber(kind) * 3 + (failed === undefined ? 2 : Number(failed)));
    let statements = 0;
    for (const name of Object.keys(attributes)) {
      const { number, role } = keyOf(name);
      if (role === NO_ROLE) continue;
      place = step(place, number, valueNumber(said, role, attributes[name] ?? ''));
      if (role >= STATEMENT) statements += 1;
    }
    return statements > 1 ? undefined : place;
  };
  return (said) => {
    const { attributes, kind, failed } = said; // whatever else it says is no part of what is known
    const place = placeOf(said);
    const known = place === undefined ? undefined : fields[place];
    if (known !== undefined) return known;
    const made = attributeFields({ attributes, kind, failed }, { names });
    if (place !== undefined) fields[place] = made;
    return made;
  };
}

/** The key of what the span says beside its attributes. */
const OF_SPAN = 0;

function numberIn<T>(numbers: Map<T, number>, value: T): number {
  const known = numbers.get(value);
  if (known !== undefined) return known;
  numbers.set(value, numbers.size);
  return numbers.size - 1;
}
