/**
 * A body of bytes that should hold readings of databases: one JSON object a line as an adapter answers, or a list of
 * them (a case's `database.json`). Statements lose their literals here, before anybody sees or keeps them.
 */
import { UnreadableInputError } from '#core/errors.ts';
import type { BodyDecoder } from '#decode/body-decoder.ts';
import { objectsIn, parsed, textIn } from '#decode/json-value.ts';
import { textBody } from '#decode/text-body.ts';
import { queryShape } from '#model/sql/query-shape.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

/** A database's responses at one time, under the names of `database-rows.ts`. */
export type DatabaseReading = JsonObject;

const ACCEPTED =
  'Spanhound reads its own readings: {"reading": "postgresql", "source": "…", "at": "ISO 8601", "statements": […], "sessions": […]}, in a list or one per line.';

const SYSTEMS: ReadonlySet<string> = new Set(['postgresql', 'mysql', 'mariadb']);
/** The placeholder for a text that the user may not see. */
const HIDDEN = '<insufficient privilege>';
/** More of anything than is asked for. */
const MOST_ROWS = 5_000;

export function databaseBody(source: string): BodyDecoder<readonly DatabaseReading[]> {
  return textBody(valuesIn, (values) => {
    const readings = values.filter(isObject).filter((one) => SYSTEMS.has(textIn(one, 'reading')));
    if (readings.length === 0 && values.length > 0) {
      throw new UnreadableInputError(`${source} holds no readable reading of a database`, ACCEPTED);
    }
    return readings.map(withoutLiterals);
  });
}

/** All of it is one value; otherwise each line is one, and the last one may be truncated. */
function valuesIn(text: string): readonly unknown[] {
  const whole = parsed(text);
  if (Array.isArray(whole)) return whole;
  if (whole !== undefined) return [whole];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(parsed).filter((value) => value !== undefined);
  return values.length === 0 && lines.length > 0 ? [text] : values;
}

/** Repeating it changes nothing. */
function withoutLiterals(reading: DatabaseReading): DatabaseReading {
  return Object.fromEntries(
    Object.entries(reading).map(([name, value]) => [
      name,
      Array.isArray(value) ? objectsIn(reading, name).slice(0, MOST_ROWS).flatMap(shaped) : value,
    ]),
  );
}

function shaped(row: JsonObject): JsonObject[] {
  if (typeof row.query !== 'string') return [row];
  return row.query === HIDDEN ? [] : [{ ...row, query: queryShape(row.query) }];
}

/** The unreadable parts and the reasons, in the client's words. */
export function refusalsIn(reading: DatabaseReading): readonly Readonly<{ what: string; problem: string }>[] {
  return objectsIn(reading, 'refused').map((one) => ({ what: textIn(one, 'what'), problem: textIn(one, 'problem') }));
}
