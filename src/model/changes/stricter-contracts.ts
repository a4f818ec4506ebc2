/**
 * Contracts that take less than before: fields nobody knows, fields that may be missing, and fields that have another
 * number on the wire.
 *
 *   +  mapper.configure(FAIL_ON_UNKNOWN_PROPERTIES, true)      Unrecognized field "tone"
 *   -  note: str | None = None       +  note: str              field required
 *   -  string sku = 3;               +  string sku = 4;        each reader of before finds something else there
 */
import { type Effect, effect, moreIn, type Sides } from '#model/changes/effect.ts';

/** Jackson, Gson and Moshi, System.Text.Json and Json.NET, Go, Zod, Joi, Ajv, class-validator, Pydantic, Serde, JSON Schema. */
const REFUSES_UNKNOWN =
  /\bFAIL_ON_UNKNOWN_PROPERTIES\b\W{1,4}true|\bfail[-_]on[-_]unknown[-_]properties["']?\s{0,3}[:=]\s{0,3}true|\bMissingMemberHandling\.Error\b|\bJsonUnmappedMemberHandling\.Disallow\b|\bDisallowUnknownFields\(\)|\.strict\(\)|\bstrictObject\(|\badditionalProperties["']?\s{0,3}:\s{0,3}false|\bextra\s{0,2}=\s{0,2}["']forbid["']|\bforbidNonWhitelisted\s{0,3}:\s{0,3}true|\bdeny_unknown_fields\b|\bFAIL_ON_NULL_FOR_PRIMITIVES\b\W{1,4}true|\bignoreUnknown\s{0,2}=\s{0,2}false/g;

/** A field with the mark that it may be missing: Python, TypeScript, Zod, Kotlin, Java, Go, Rust. */
const MAY_BE_MISSING = [
  /\b(\w{2,60})\s{0,2}:\s{0,2}(?:Optional\[|[\w.[\]]{1,60}\s{0,2}\|\s{0,2}None\b)/g,
  /\b(\w{2,60})\?\s{0,2}:/g,
  /\b(\w{2,60})\s{0,2}:\s{0,2}\w[\w.()]{0,60}\.(?:optional|nullish|nullable)\(\)/g,
  /\b(\w{2,60})\s{0,2}:\s{0,2}(?:Option<|[A-Z]\w{0,40}\?)/g,
];
const FIELD = /\b(\w{2,60})\s{0,2}\??:/g;
const REQUIRES = /@(?:NotNull|NotBlank|NotEmpty|IsNotEmpty|IsDefined|Required)\b|\[Required\]|\bvalidate:"required/g;

export function stricterContracts({ added, removed }: Sides): Effect[] {
  const [fields, open] = [new Set(namesIn(added, [FIELD])), new Set(namesIn(added, MAY_BE_MISSING))];
  const field = namesIn(removed, MAY_BE_MISSING).find((name) => fields.has(name) && !open.has(name)) ?? '';
  const now = numbersIn(added);
  const [moved = ''] = [...numbersIn(removed)].flatMap(([name, number]) => {
    return (now.get(name) ?? number) === number ? [] : [name];
  });
  return [
    ...effect(
      'stricter-input',
      moreIn(added, removed, REFUSES_UNKNOWN).length > 0 ? 'it refuses fields it does not know' : '',
    ),
    ...effect('stricter-input', field && `its field ${field} may no longer be missing`),
    ...effect('stricter-input', moreIn(added, removed, REQUIRES).length > 0 ? 'it requires one more field' : ''),
    ...effect('other-format', moved && `it changes the number of the field ${moved} on the wire`),
  ];
}

function namesIn(text: string, forms: readonly RegExp[]): readonly string[] {
  return forms.flatMap((form) => Array.from(text.matchAll(form), ([, name = '']) => name));
}

/** Protocol Buffers: `string sku = 3;`. */
const NUMBERED =
  /^\s{0,20}(?:(?:optional|repeated|required)\s{1,4})?[\w.]{1,60}(?:<[^>\n]{1,60}>)?\s{1,4}(\w{1,60})\s{0,2}=\s{0,2}(\d{1,5})\s{0,2}(?:\[[^\]\n]{0,100}\])?;/gm;
const OF_CODE = /\b(?:int|long|double|float|var|let|const|auto|final|static|short)\s{1,4}\w{1,60}\s{0,2}=/;

function numbersIn(text: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(text.matchAll(NUMBERED)).flatMap(([line, name = '', number = '']): [string, string][] =>
      OF_CODE.test(line) ? [] : [[name, number]],
    ),
  );
}
