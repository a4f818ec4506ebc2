/** What the numbers of a server say of a change. */
import { expect, test } from 'vitest';
import { strainSymptoms } from '#detect/signs/servers/strain-symptoms.ts';
import type { StrainedServer } from '#detect/signs/servers/strained-servers.ts';

function kindsOf(what: string): readonly string[] {
  const number = { metric: 'm', what, how: 'risen', before: 0, now: 1, sinceUs: 0, size: 9 };
  return strainSymptoms([{ names: ['pets'], numbers: [number] } as unknown as StrainedServer]).kinds;
}

test.each([
  ['namespace stop writes', 'read-only'],
  ['index blocks read only allow delete', 'read-only'],
  ['host cpu load average', 'cpu'],
  ['locks waiting', 'lock'],
  ['queue messages', 'backlog'],
  ['channel messages redelivered', 'retries'],
])('%s: %s', (what, kind) => {
  expect(kindsOf(what)).toContain(kind);
});

test('a server that only has more keys is none of these', () => {
  expect(kindsOf('keys')).toEqual([]);
});
