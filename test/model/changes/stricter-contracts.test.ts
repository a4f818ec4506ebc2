/** Contracts that take less than before, and those that take as much or more. */
import { describe, expect, test } from 'vitest';
import { stricterContracts } from '#model/changes/stricter-contracts.ts';

const texts = (removed: string, added: string) => stricterContracts({ removed, added }).map(({ text }) => text);

test.each([
  ['Jackson', 'mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, true);'],
  ['Go', '\tdec.DisallowUnknownFields()'],
  ['Zod', '  const Pet = z.object({ id: z.string() }).strict();'],
  ['Pydantic', '    model_config = ConfigDict(extra="forbid")'],
  ['JSON Schema', '  "additionalProperties": false'],
  ['Serde', '#[serde(deny_unknown_fields)]'],
])('%s refuses fields it does not know', (_, added) => {
  expect(texts('', added)).toEqual(['it refuses fields it does not know']);
  expect(texts(added, '')).toEqual([]);
});

test.each([
  ['Python', '    tone: str | None = None', '    tone: str'],
  ['TypeScript', '  tone?: string;', '  tone: string;'],
  ['Zod', '  tone: z.string().optional(),', '  tone: z.string(),'],
  ['Rust', '    tone: Option<String>,', '    tone: String,'],
])('%s: a field may no longer be missing', (_, removed, added) => {
  expect(texts(removed, added)).toEqual(['its field tone may no longer be missing']);
  expect(texts(added, removed)).toEqual([]);
});

test('a field is required', () => {
  expect(texts('  String tone;', '  @NotNull String tone;')).toEqual(['it requires one more field']);
});

describe('the number of a field', () => {
  test('is another one', () => {
    expect(texts('  string tone = 3;', '  string tone = 5;')).toEqual([
      'it changes the number of the field tone on the wire',
    ]);
  });

  test.each([
    ['a new field', '', '  string tone = 5;'],
    ['another name', '  string tone = 3;', '  string tint = 3;'],
    ['a variable of code', '  int tone = 3;', '  int tone = 5;'],
  ])('not %s', (_, removed, added) => {
    expect(texts(removed, added)).toEqual([]);
  });
});
