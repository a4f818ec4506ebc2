/** A change removes a field, and the failure says that this field is missing; or it adds one that the failure calls unknown. */
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';

/** Avro, Protocol Buffers, serde, Jackson, Pydantic, JSON Schema: `missing required field cm`, `unknown field "passkeyId"`. */
const MISSED =
  /\b(?:missing|required|no such|without) (?:required )?(?:field|property|key|column|parameter|attribute|member|element)s?:? {0,2}["'`“‘(]{0,2}([a-z_][\w.-]{0,60})/g;
const UNKNOWN =
  /\b(?:unknown|unrecogni[sz]ed|unexpected|additional|extra|undefined) (?:field|property|key|column|parameter|attribute|member|element)s?:? {0,2}["'`“‘(]{0,2}([a-z_][\w.-]{0,60})/g;

/** Empty where it does neither. */
export function missedFieldText({ complaint }: Pick<ChangeSymptoms, 'complaint'>, { diff }: Change): string {
  const said = complaint?.text ?? '';
  if (diff === '' || said === '') return '';
  const lines = diffLines(diff);
  const [added, removed] = [namesIn(textOfMark(lines, '+')), namesIn(textOfMark(lines, '-'))];
  const missed = fieldsIn(said, MISSED).find((name) => removed.has(name) && !added.has(name));
  if (missed !== undefined) return `it removes the field “${missed}”, which the failure misses`;
  const unknown = fieldsIn(said, UNKNOWN).find((name) => added.has(name) && !removed.has(name));
  return unknown === undefined ? '' : `it adds the field “${unknown}”, which the failure does not know`;
}

function fieldsIn(said: string, form: RegExp): readonly string[] {
  return Array.from(said.matchAll(form), ([, name = '']) => name.toLowerCase());
}

function namesIn(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[a-z_][\w-]{0,60}/g));
}
