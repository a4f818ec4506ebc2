import { expect, test } from 'vitest';
import { missedFieldText } from '#detect/signs/suspicion/missed-fields.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { changed } from '#test/changes.ts';

const textOf = (said: string, diff: string) =>
  missedFieldText({ complaint: { text: said.toLowerCase() } as ChangeSymptoms['complaint'] }, changed(-60, { diff }));

const SCHEMA = '@@ level.avsc @@\n-{"name": "cm", "type": "int"}\n+{"name": "m", "type": "double"}';
const PASSKEY = '@@ Login.kt @@\n+body.put("passkeyId", id)';

test('a field that the change takes away is missed, and one that it brings is unknown', () => {
  expect(textOf('missing required field cm', SCHEMA)).toMatch(/^it removes the field “cm”/);
  expect(textOf('unknown field "passkeyId" in login', PASSKEY)).toMatch(/^it adds the field “passkeyid”/);
});

test('not another field, one that stays, or a word of another sentence', () => {
  expect(textOf('missing required field mm', SCHEMA)).toBe('');
  expect(textOf('missing required field name', SCHEMA)).toBe('');
  expect(textOf('cm is a field', SCHEMA)).toBe('');
});
