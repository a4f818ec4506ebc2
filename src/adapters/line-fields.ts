/** The fields that a team set for the lines of a store: which one holds the trace id, and which the level. */
import { parsed } from '#adapters/http.ts';
import { textAt } from '#adapters/members.ts';
import type { LabelledLine } from '#adapters/rewritten-rows.ts';
import { isObject } from '#model/text/json-object.ts';

/** Without one, the store's usual names count. */
export type LineFields = Readonly<{ traceField?: string | undefined; levelField?: string | undefined }>;

/** The field that is set, else the usual ones. */
export function fieldOr(field: string | undefined, usual: readonly string[]): readonly string[] {
  return field === undefined ? usual : [field];
}

/**
 * The line with the labels that its set fields give, in place of those by usual names. `textOf`: a field that the store
 * keeps beside the line, '' without one. Then the line itself counts: a member of its JSON, or `name=value`.
 */
export function byFields(
  { traceField, levelField }: LineFields,
  labelled: LabelledLine,
  textOf: (field: string) => string = () => '',
): LabelledLine {
  const said = (field: string | undefined) =>
    field === undefined ? '' : textOf(field) || textIn(labelled.line, field);
  const [trace, level] = [said(traceField), said(levelField)];
  if (trace === '' && level === '') return labelled;
  const labels = { ...labelled.labels, ...(trace !== '' && { trace_id: trace }), ...(level !== '' && { level }) };
  return { ...labelled, labels };
}

function textIn(line: string, field: string): string {
  if (!/^\s*\{/.test(line)) return pairIn(line, field);
  const object = parsed(line);
  return isObject(object) ? textAt(object, field) : '';
}

/** `grade=warn`, `grade="very bad"`; an escaped quote ends the text. */
function pairIn(line: string, field: string): string {
  for (let at = line.indexOf(`${field}=`); at >= 0; at = line.indexOf(`${field}=`, at + 1)) {
    const isWhole = at === 0 || /[\s,;[({|]/.test(line.charAt(at - 1));
    const value = line.slice(at + field.length + 1, at + field.length + 1 + LONGEST);
    if (isWhole) return /^"([^"\\]*)|^([^\s"',;\])}|]*)/.exec(value)?.slice(1).find(Boolean) ?? '';
  }
  return '';
}

/** Characters: a trace id, or the name of a level. */
const LONGEST = 200;
