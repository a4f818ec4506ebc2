/** A value that a list of what is allowed no longer holds, and the twin that it still holds. */
import { describe, expect, test } from 'vitest';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string) =>
  saidEffects(changed(-60, { diff }), failure.toLowerCase())
    .filter(({ kind }) => kind === 'refuses-more')
    .map(({ text, isOfAnybody }) => [text, isOfAnybody]);

describe('a value that is no longer allowed', () => {
  test.each([
    [
      'an address to return to',
      '-callbacks = ["https://crew.ferry.test/back", "https://ferry.test/back"]\n+callbacks = ["https://ferry.test/back"]',
      'Callback URL mismatch. https://crew.ferry.test/back is not in the list of allowed callback URLs',
      'https://crew.ferry.test/back',
      true,
    ],
    [
      'all below a path',
      '-  - https://ferry.test/docks/*',
      'redirect_uri https://ferry.test/docks/7 does not match',
      'https://ferry.test/docks/*',
      true,
    ],
    [
      'a range of addresses',
      '-allow 172.20.0.0/14;\n+allow 172.30.0.0/16;',
      'access forbidden by rule, client: 172.22.9.1',
      '172.20.0.0/14',
      true,
    ],
    [
      'a host',
      '-trusted_hosts: [a.ferry.test, b.ferry.test]\n+trusted_hosts: [a.ferry.test]',
      'Untrusted Host "b.ferry.test".',
      'b.ferry.test',
      false,
    ],
    [
      'a type of files',
      '-TYPES = image/webp image/png\n+TYPES = image/png',
      'unsupported content type: image/webp',
      'image/webp',
      false,
    ],
  ])('%s', (_, diff, failure, value, isOfAnybody) => {
    expect(found(diff, failure)).toEqual([
      [expect.stringContaining(`it takes ${value} out of what is allowed`), isOfAnybody],
    ]);
  });

  test.each([
    [
      'another rule still lets it in',
      '-  - https://ferry.test/docks/*\n+  - https://ferry.test/*',
      'redirect_uri https://ferry.test/docks/7 does not match',
    ],
    [
      'another value is refused',
      '-  - https://ferry.test/docks/*',
      'redirect_uri https://train.test/docks/7 does not match',
    ],
    ['the address lies outside of the range', '-allow 172.20.0.0/14;', 'access forbidden by rule, client: 172.24.9.1'],
    ['the value is only the end of another one', '-hosts: ferry.test', 'Untrusted Host "my-ferry.test".'],
    ['nobody refuses', '-  - https://ferry.test/docks/*', 'GET https://ferry.test/docks/7 took 40 ms'],
  ])('is none where %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('a value that is set since then', () => {
  const named = (diff: string, failure: string) =>
    saidEffects(changed(-60, { diff }), failure.toLowerCase()).map(({ kind, text }) => [kind, text]);

  test.each([
    ['a codec', '-codec: h264\n+codec: av1x', 'Unknown encoder: codec av1x not found', 'av1x'],
    ['a queue', '-queue = "ferries"\n+queue = "boats"', "NOT_FOUND - no queue 'boats' in vhost '/'", 'boats'],
    ['a rule', '+  - id: night-curfew', 'request denied by night-curfew', 'night-curfew'],
  ])('%s', (_, diff, failure, value) => {
    expect(named(diff, failure)).toEqual([['other-name', `it sets “${value}”, which the failure names`]]);
  });

  test.each([
    ['it was set before', ' queue = "boats"\n+other = "boats"', "no queue 'boats' in vhost"],
    ['another one is unknown', '+queue = "boats"', "no queue 'ferries' in vhost"],
    ['it is part of a name', '+queue = "boats"', "no queue 'boats-night' in vhost"],
  ])('is none where %s', (_, diff, failure) => {
    expect(named(diff, failure)).toEqual([]);
  });
});
