/** Changes of another service, or of nobody's, that do just what the service at fault suffers from; and their twins. */
import { describe, expect, test } from 'vitest';
import type { Change } from '#model/changes/change.ts';
import { type FoundCause, namedBehind, symptomsOf } from '#test/change-stories.ts';
import { changed } from '#test/changes.ts';

const failed = (said: string): FoundCause => {
  return { cause: 'error-origin', title: 'checkout POST /pay: 40 of 100 requests fail here', said, symptom: 'failed' };
};
const made = (diff: string, more: Partial<Change> = {}) =>
  changed(-60, { kind: 'deploy', id: 'made', text: 'A change', diff, ...more });

describe('a statement of who asks a store whose processor is full', () => {
  const full = (of: string) => {
    const cause = { cause: 'resource-saturation', title: `checkout: its ${of} rose from 28 % to 98 % of the limit` };
    return { ...symptomsOf(cause), near: new Set(['finder']) };
  };
  const prefix = 'PrefixQuery.of(q -> q.field("name").value(text))';
  const wildcard = 'WildcardQuery.of(q -> q.field("name").value("*" + text + "*"))';
  const of = (before: string, after: string) =>
    made(`@@ src/Find.java @@\n-    return ${before};\n+    return ${after};`, { service: 'finder' });

  test('reads every term since then', () => {
    expect(namedBehind(full('CPU usage'), [of(prefix, wildcard)])).toBe('made');
  });

  test('reads less than before', () => {
    expect(namedBehind(full('CPU usage'), [of(wildcard, prefix)])).toBeUndefined();
  });

  test('fills no disk', () => {
    expect(namedBehind(full('disk usage'), [of(prefix, wildcard)])).toBeUndefined();
  });
});

describe('a rule of a bucket that nobody owns', () => {
  const archives = made(
    '@@ bucket.tf @@\n+  transition {\n+    days          = 1\n+    storage_class = "GLACIER"\n+  }',
    {
      kind: 'config',
      service: '',
    },
  );

  test('moves objects to another class, and reads fail by that', () => {
    const cause = failed("InvalidObjectState: the operation is not valid for the object's storage class");
    expect(namedBehind({ ...symptomsOf(cause), isSure: true }, [archives])).toBe('made');
  });

  test('removes no object', () => {
    const cause = failed('NoSuchKey: the specified key does not exist');
    expect(namedBehind({ ...symptomsOf(cause), isSure: true }, [archives])).toBeUndefined();
  });
});
