import { describe, expect, test } from 'vitest';
import { changesBody } from '#decode/changes-json.ts';
import { changesInOrder } from '#model/changes/change.ts';

function decoded(value: unknown) {
  const body = changesBody('changes.json');
  const bytes = new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
  for (let at = 0; at < bytes.length; at += 5) body.push(bytes.subarray(at, at + 5));
  return body.end();
}

const DEPLOY = { at: '2026-03-11T14:00:00.5Z', kind: 'deploy', service: 'shop', id: 'v7' };

describe('a list of changes', () => {
  test('is read, with what is missing empty', () => {
    expect(decoded([{ ...DEPLOY, files: ['a.ts', 3, null] }])).toEqual({
      changes: [
        {
          atUs: Date.UTC(2026, 2, 11, 14) * 1000 + 500_000,
          kind: 'deploy',
          service: 'shop',
          id: 'v7',
          text: '',
          url: '',
          files: ['a.ts'],
          diff: '',
        },
      ],
      unread: 0,
    });
  });

  test('times may name their zone', () => {
    expect(decoded([{ ...DEPLOY, at: '2026-03-11T15:00:00+01:00' }]).changes[0]?.atUs).toBe(
      Date.UTC(2026, 2, 11, 14) * 1000,
    );
  });

  test.each([
    { ...DEPLOY, at: 'yesterday' },
    { ...DEPLOY, at: '14:00:00' },
    { ...DEPLOY, at: `${DEPLOY.at} or so` },
    { ...DEPLOY, kind: 'party' },
    'deploy',
    null,
  ])('%j is passed over and counted', (bad) => {
    expect(decoded([DEPLOY, bad])).toMatchObject({ changes: [{ id: 'v7' }], unread: 1 });
  });

  test('may be empty', () => {
    expect(decoded([])).toEqual({ changes: [], unread: 0 });
  });

  test.each(['', '{', '{"changes":[]}', '"x"', [{}]])('%j is refused, with what is accepted', (body) => {
    expect(() => decoded(body)).toThrow('changes.json holds no readable change');
  });
});

test('what two sources tell of is one change, with what either knows', () => {
  const { changes } = decoded([
    { ...DEPLOY, at: '2026-03-11T14:01:00Z', diff: '+a' },
    { ...DEPLOY, url: 'https://ci.example/7' },
    { ...DEPLOY, kind: 'flag' },
    { ...DEPLOY, at: '2026-03-11T16:00:00Z', url: 'rolled back to it' },
  ]);
  expect(changesInOrder(changes)).toMatchObject([
    { kind: 'deploy', url: 'https://ci.example/7', diff: '+a' },
    { kind: 'flag' },
    { kind: 'deploy', url: 'rolled back to it', diff: '' },
  ]);
});
