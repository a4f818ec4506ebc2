/** What an answer no longer holds, or what a service asks for since then, and the twin that fails at something else. */
import { describe, expect, test } from 'vitest';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string) =>
  saidEffects(changed(-60, { diff }), failure.toLowerCase()).map(({ text, isOfCallee }) => [text, isOfCallee === true]);

describe('a member that is gone', () => {
  const PILOT = '-  pilot: Crew;\n+  pilots: Crew[];';

  test.each([
    ['JavaScript', "TypeError: Cannot read properties of undefined (reading 'mail') in flight.pilot.mail"],
    ['Python', "AttributeError: 'NoneType' object has no attribute 'mail': flight['pilot'].mail"],
    ['PHP', 'Attempt to read property "mail" on null in $flight->pilot->mail'],
    ['Java', 'Cannot invoke "Crew.getMail()" because the return value of "Flight.getPilot()" is null'],
  ])('%s', (_, failure) => {
    expect(found(PILOT, failure)).toContainEqual(['it no longer has “pilot”, which the failing code reads', true]);
  });

  test.each([
    [
      'it is still there',
      '-  pilot: Crew;\n+  pilot: Crew | null;',
      "Cannot read properties of undefined (reading 'mail') in flight.pilot.mail",
    ],
    ['other code fails', PILOT, "Cannot read properties of undefined (reading 'mail') in flight.owner.mail"],
    ['nothing is missed', PILOT, 'flight.pilot.mail took 3 s'],
  ])('is none where %s', (_, diff, failure) => {
    expect(found(diff, failure).filter(([text]) => String(text).includes('reads'))).toEqual([]);
  });
});

describe('an answer of another shape', () => {
  const PAGED = '-    return tracks\n+    return { "tracks": tracks, "total": n }';

  test.each([
    ['Python', PAGED, 'TypeError: list indices must be integers or slices, not str'],
    [
      'Gson',
      '-List<Track> tracks() {\n+Page<Track> tracks() {',
      'Expected BEGIN_ARRAY but was BEGIN_OBJECT at line 1 column 2 path $',
    ],
    ['Dart', PAGED, "type '_Map<String, dynamic>' is not a subtype of type 'List<dynamic>'"],
  ])('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toContainEqual([expect.stringContaining('another shape'), true]);
  });

  test.each([
    [
      'only a name changes',
      '-    return tracks\n+    return songs',
      'TypeError: list indices must be integers or slices, not str',
    ],
    [
      'no answer is made there',
      '-  ports: [80]\n+  ports: {"web": 80}',
      'TypeError: list indices must be integers or slices, not str',
    ],
    ['the reader fails at something else', PAGED, 'KeyError: track'],
  ])('is none where %s', (_, diff, failure) => {
    expect(found(diff, failure).filter(([text]) => String(text).includes('shape'))).toEqual([]);
  });
});

describe('what a service asks for since then', () => {
  test.each([
    [
      'a field',
      '-  berth: str | None = None\n+  berth: str',
      'field required: "berth" is required',
      'it asks for “berth”',
    ],
    [
      'a header',
      '+  const lane = req.header("X-Lane"); if (!lane) throw bad()',
      'missing header X-Lane',
      'it asks for “x-lane”',
    ],
    [
      'a pattern',
      '-  code: /^[a-z]+$/\n+  code: /^[A-Z]{3}$/',
      'code must match pattern "^[A-Z]{3}$"',
      'it brings the pattern',
    ],
    ['a bound', '-@Min(1)\n+@Min(12)', 'guests: must be greater than or equal to 12', 'it brings the bound 12'],
  ])('%s', (_, diff, failure, text) => {
    expect(found(diff, failure)).toContainEqual([expect.stringContaining(text), false]);
  });

  test.each([
    ['the field was needed before', ' berth: str\n+deck: str', '"berth" is required'],
    ['the bound is the old one', '-@Min(12)\n+@Min(1)', 'guests: must be greater than or equal to 12'],
    ['the number counts something else', '+@Min(12)', '12 guests arrived'],
  ])('is none where %s', (_, diff, failure) => {
    expect(found(diff, failure).filter(([text]) => /asks for|brings the (?:bound|pattern)/.test(String(text)))).toEqual(
      [],
    );
  });
});

describe('a value that is written otherwise', () => {
  const WEIGHT = '-  weight: load.kilos\n+  weight: load.label';

  test.each([
    ['Elasticsearch', 'failed to parse field [weight] of type [float]'],
    ['Zod', 'Expected number, received string at "weight"'],
    ['a provider', "The 'weight' value is not a valid number"],
  ])('%s', (_, failure) => {
    expect(found(WEIGHT, failure)).toContainEqual([expect.stringContaining('“weight”'), true]);
  });

  test.each([
    ['another field fails', WEIGHT, 'failed to parse field [height] of type [float]'],
    [
      'it is written as before',
      '-  weight: kilos, height: 1\n+  weight: kilos, height: 1',
      'failed to parse field [weight] of type [float]',
    ],
    ['nobody writes it', '-load(weight)\n+load(height)', 'failed to parse field [weight] of type [float]'],
  ])('is none where %s', (_, diff, failure) => {
    expect(found(diff, failure).filter(([text]) => String(text).includes('another value'))).toEqual([]);
  });
});
