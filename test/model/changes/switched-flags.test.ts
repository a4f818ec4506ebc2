import { expect, test } from 'vitest';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { switchedText } from '#model/changes/switched-flags.ts';
import { changed, usAt } from '#test/changes.ts';

/** A flag of nobody, switched so many seconds before the processor of a service is full with this work. */
function switched(
  text: string,
  work: string,
  { seconds = 20, kinds = ['cpu'] as readonly ChangeSymptom[] } = {},
): string {
  const complaint = { text: work } as ChangeSymptoms['complaint'];
  const none = { suffering: new Set<string>(), metricWords: new Set<string>(), isLoad: false };
  const dated = { isDated: true, isSure: true, onsetUs: usAt(0), kinds: new Set(kinds) };
  const [id = ''] = text.split(':');
  const flag = changed(-seconds, { kind: 'flag', service: '', id, text });
  return switchedText({ ...none, ...dated, service: 'seeds', complaint }, flag, [flag]);
}

const SWAPS = 'swap-suggestions: ranking of all offers, 0 % -> 100 %';

test('a flag with the name of the operation that needs all of the processor', () => {
  expect(switched(SWAPS, 'get /swaps\nselect plotvine')).toBe(
    'it is a flag of “swap”, which the busy calls of seeds name, and this began within a minute',
  );
  expect(switched('hd-previews: previews in rooms, staff -> everyone', 'calls.v1.rooms/join')).toContain('“room”');
  expect(switched('fancy-branches: on', 'post /branch/open')).toContain('“branch”');
});

test('not of another operation, by a word of many flags, later, or where something else is wrong', () => {
  expect(switched(SWAPS, 'get /offerings')).toBe('');
  expect(switched('new-search-page: on for all users', 'get /users/search')).toBe('');
  expect(switched('swap-suggestions: 100 % -> 0 %', 'get /swaps')).toBe('');
  expect(switched(SWAPS, 'get /swaps', { seconds: 200 })).toBe('');
  expect(switched(SWAPS, 'get /swaps', { kinds: ['slow'] })).toBe('');
});
