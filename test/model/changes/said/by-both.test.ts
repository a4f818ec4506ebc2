/** A change and a failure that name the same library, address or key; and the twins that do not. */
import { describe, expect, test } from 'vitest';
import { saidEffects } from '#model/changes/said/effects.ts';
import { changed } from '#test/changes.ts';

const found = (diff: string, failure: string) =>
  saidEffects(changed(-60, { diff }), failure.toLowerCase()).map(({ kind, isOfAnybody }) => [kind, isOfAnybody]);

describe('a library that refuses more since a version', () => {
  const ZONE =
    "Cannot write DateTime with Kind=Local to PostgreSQL type 'timestamp with time zone', only UTC is supported";

  test.each([
    ['a project file', '-Npgsql 5.0.1\n+Npgsql 7.0.4', ZONE],
    [
      'a reference',
      '-<PackageReference Include="Npgsql" Version="5.0.1" />\n+<PackageReference Include="Npgsql" Version="8.0.1" />',
      ZONE,
    ],
    ['requirements', '-SQLAlchemy==1.4.50\n+SQLAlchemy==2.0.25', "'Engine' object has no attribute 'execute'"],
    ['a package', '-"mongoose": "^6.12.0"\n+"mongoose": "^8.1.0"', 'Model.findOne() no longer accepts a callback'],
    ['a minor version', '-boto3==1.35.9\n+boto3==1.36.2', 'MissingContentLength: you must provide the header'],
  ])('%s brings it', (_, diff, failure) => {
    expect(found(diff, failure)).toContainEqual(['other-version', false]);
  });

  test.each([
    ['the version refused it before', '-Npgsql 6.0.1\n+Npgsql 8.0.3', ZONE],
    ['the version goes back', '-Npgsql 8.0.3\n+Npgsql 5.0.1', ZONE],
    ['it is a patch', '-Npgsql 5.0.1\n+Npgsql 5.0.18', ZONE],
    ['another library is newer', '-Dapper 1.60.6\n+Dapper 2.1.24', ZONE],
    ['the failure is another one', '-Npgsql 5.0.1\n+Npgsql 8.0.3', 'Npgsql: timeout during reading attempt'],
  ])('none is found where %s', (_, diff, failure) => {
    expect(found(diff, failure)).not.toContainEqual(['other-version', false]);
  });
});

describe('an address without TLS', () => {
  const SECURE =
    'App Transport Security policy requires the use of a secure connection. http://pics.farm.example/7.png';
  const DIFF = '-PICTURES=https://cdn.farm.example\n+PICTURES=http://pics.farm.example';

  test.each([
    ['Apple', SECURE],
    ['Android', 'CLEARTEXT communication to http://pics.farm.example not permitted by network security policy'],
    ['a browser', 'Mixed Content: the page requested an insecure image http://pics.farm.example/7.png'],
  ])('%s refuses it', (_, failure) => {
    expect(found(DIFF, failure)).toContainEqual(['other-host', true]);
  });

  test.each([
    ['it was as plain before', DIFF.replace('https:', 'http:'), SECURE],
    ['the failure names another host', DIFF, SECURE.replace('pics', 'ads')],
    ['a longer host is named', DIFF, SECURE.replace('farm.example', 'farm.example.net')],
    ['nothing wants TLS', DIFF, 'http://pics.farm.example/7.png answered 404'],
    ['the new address has TLS', DIFF.replace('=http:', '=https:'), SECURE],
  ])('none is found where %s', (_, diff, failure) => {
    expect(found(diff, failure)).toEqual([]);
  });
});

describe('keys that are not kept', () => {
  const UNKNOWN = 'The key {7c1} was not found in the key ring.';

  test.each([
    ['the ring is no longer stored', '-.PersistKeysToAzureBlobStorage(uri)\n+// nothing to keep', UNKNOWN],
    [
      'each start makes a secret',
      '-SECRET_KEY = os.environ["SECRET_KEY"]\n+SECRET_KEY = os.urandom(24)',
      "itsdangerous: BadSignature: Signature b'xyz' does not match",
    ],
    [
      'each start makes a key in Go',
      '-hashKey := []byte(env("HASH_KEY"))\n+hashKey := securecookie.GenerateRandomKey(32)',
      'securecookie: the value is not valid',
    ],
  ])('%s', (_, diff, failure) => {
    expect(found(diff, failure)).toContainEqual(['apart-keys', false]);
  });

  test.each([
    [
      'they are kept at another place',
      '-.PersistKeysToFileSystem("/keys")\n+.PersistKeysToStackExchangeRedis(r)',
      UNKNOWN,
    ],
    ['they are kept from now on', '+.PersistKeysToFileSystem("/keys")', UNKNOWN],
    [
      'the failure is another one',
      '-.PersistKeysToFileSystem("/keys")\n+// stateless',
      'the antiforgery cookie is missing',
    ],
  ])('none are lost where %s', (_, diff, failure) => {
    expect(found(diff, failure)).not.toContainEqual(['apart-keys', false]);
  });
});
