import { describe, expect, test } from 'vitest';
import { featureText } from '#detect/signs/suspicion/own-code.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { isSwitchedThen, switchedText } from '#model/changes/switched-flags.ts';
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

test('a flag with the name of a service that asks its store for values in another form', () => {
  const asks = (id: string, text: string, said: string) => {
    const flag = changed(-10, { kind: 'flag', service: '', id, text });
    const trouble = {
      ...{ suffering: new Set<string>(), metricWords: new Set<string>(), isLoad: false, isDated: true, isSure: true },
      ...{ service: 'seeds', onsetUs: usAt(0), kinds: new Set<ChangeSymptom>() },
      complaint: { text: said } as ChangeSymptoms['complaint'],
    };
    return switchedText(trouble, flag, [flag]);
  };
  const WRONG_TYPE = 'wrongtype operation against a key holding the wrong kind of value';
  expect(asks('seed-fields', 'seed-fields: off -> on', WRONG_TYPE)).toContain('it is a flag of “seed”');
  expect(asks('barn-fields', 'barn-fields: off -> on', WRONG_TYPE)).toBe('');
  expect(asks('seed-fields', 'seed-fields: on -> off', WRONG_TYPE)).toBe('');
  expect(asks('seed-fields', 'seed-fields: off -> on', 'connection reset by peer')).toBe('');
});

test('a flag with the name of the table at which the statements of a service conflict', () => {
  const said = (table: string, failure: string) => `${failure}\nupdate ${table} set dozen = dozen + ? where year = ?`;
  const kinds = [] as const;
  expect(switched('season-total: off -> on', said('seasons', 'write conflict, txnstartts=4'), { kinds })).toBe(
    'it is a flag of “season”, and within a minute the statements of seeds on that table are in each other’s way',
  );
  expect(switched('season-total: off -> on', said('seasons', 'deadlock found'), { kinds })).toContain('“season”');
  expect(switched('season-total: off -> on', said('fields', 'write conflict'), { kinds })).toBe('');
  expect(switched('season-total: off -> on', said('seasons', 'connection reset by peer'), { kinds })).toBe('');
  expect(switched('season-total: on -> off', said('seasons', 'write conflict'), { kinds })).toBe('');
  expect(switched('season-total: off -> on', said('seasons', 'write conflict'), { kinds, seconds: 200 })).toBe('');
});

describe('a flag that was switched on right before it began', () => {
  const trouble = {
    ...{ suffering: new Set<string>(), metricWords: new Set<string>(), isLoad: false, complaint: undefined },
    ...{ service: 'seeds', isDated: true, onsetUs: usAt(0), kinds: new Set<ChangeSymptom>(['cpu']) },
  };
  const flag = (seconds: number, text = 'round-stamps: pilot farms -> everyone') =>
    changed(-seconds, { kind: 'flag', service: '', id: 'round-stamps', text });
  const release = changed(-40, { id: 'seeds-2', service: 'seeds', text: 'seeds 2.0' });
  const isMeant = (one: Change, ...others: readonly Change[]) => isSwitchedThen(trouble, one, [one, ...others]);

  test('is meant, also beside new texts', () => {
    expect(isMeant(flag(20))).toBe(true);
    expect(isMeant(flag(-15))).toBe(true);
    expect(isMeant(flag(20), changed(-30, { id: 'texts', text: 'docs: wording', files: ['docs/a.md'] }))).toBe(true);
  });

  test('is not meant where the service itself was changed minutes before', () => {
    const own = changed(-200, { id: 'seeds-2', service: 'seeds', text: 'seeds 2.0' });
    const other = changed(-200, { id: 'herbs-2', service: 'herbs', text: 'herbs 2.0' });
    expect(isMeant(flag(20), own)).toBe(false);
    expect(isMeant(flag(20), other)).toBe(true);
  });

  test('is not meant beside a release of that minute, two minutes before, afterwards, or off', () => {
    expect(isMeant(flag(20), release)).toBe(false);
    expect(isMeant(flag(130))).toBe(false);
    expect(isMeant(flag(-30))).toBe(false);
    expect(isMeant(flag(20, 'round-stamps: off'))).toBe(false);
  });

  test('is not meant where the service waits for what it calls', () => {
    expect(isSwitchedThen({ ...trouble, kinds: new Set(['slow', 'waiting']) }, flag(20), [flag(20)])).toBe(false);
  });

  test('is not meant where nobody knows when it began', () => {
    expect(isSwitchedThen({ ...trouble, isDated: false }, flag(20), [flag(20)])).toBe(false);
  });
});

test('a flag of nobody with the name of what is asked again and again', () => {
  const told = (text: string, work: string, kind: ChangeSymptom = 'many-calls') => {
    const complaint = { text: work } as ChangeSymptoms['complaint'];
    const none = { suffering: new Set<string>(), metricWords: new Set<string>(), isLoad: false };
    const symptoms = { ...none, complaint, kinds: new Set([kind]), service: 'seeds', onsetUs: usAt(0) };
    return featureText(symptoms, changed(-20, { kind: 'flag', service: '', id: text.split(':')[0] ?? '', text }));
  };
  const work = 'select name from reviews where guest_id = ?';
  expect(told('guest-reviews: off -> on', work)).toBe('it is a flag of “guest”, as the calls are that became many');
  // A word that rarely matters in a title is a name here.
  expect(told('crew-avatars: off -> on, 100 %', 'select url from avatars')).toContain('“avatars”');
  expect(told('guest-reviews: on -> off', work)).toBe('');
  expect(told('dark-panels: off -> on', work)).toBe('');
  expect(told('guest-reviews: off -> on', work, 'slow')).toBe('');
});
