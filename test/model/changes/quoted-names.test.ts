/** The name of a bucket, a topic or a role ties a change to failures that say the same name. */
import { expect, test } from 'vitest';
import { changedName, quotedName } from '#model/changes/quoted-names.ts';
import { requestComplaint } from '#model/logs/complaint.ts';

const saying = (text: string) => requestComplaint([text], { atUs: 0, services: new Set(), usual: new Set() });
const REFUSED = 'AccessDenied: PutObject on crane-manifests: Access Denied';

test('the name that the change and the failures have in common', () => {
  const policy = { text: 'bucket policy of crane-manifests: fewer writers' };
  expect(quotedName(policy, saying(REFUSED))).toBe('crane-manifests');
});

test.each([
  ['another bucket', 'bucket policy of berth-plans: fewer writers', REFUSED],
  ['a longer name', 'bucket policy of crane-manifests: fewer writers', REFUSED.replace('manifests', 'manifests-old')],
  ['a word of many sentences', 'policy of a bucket: fewer writers', 'AccessDenied: the bucket has another policy'],
  ['no failure', 'bucket policy of crane-manifests: fewer writers', undefined],
])('no name for %s', (_, text, said) => {
  expect(quotedName({ text }, said === undefined ? undefined : saying(said))).toBe('');
});

const NO_COLUMN = saying('column "berth_no" does not exist');

test.each([
  ['its text', { text: 'rename berth_no to place_no', diff: '' }, NO_COLUMN, 'berth_no'],
  ['an old line', { text: '', diff: '-  berth_no int\n+  place int' }, NO_COLUMN, 'berth_no'],
  [
    'a new line',
    { text: '', diff: '+record ShipMoored2(String id)' },
    saying('unknown type acme.ShipMoored2'),
    'ShipMoored2',
  ],
  ['old and new lines alike', { text: '', diff: '-  berth_no int\n+  berth_no bigint' }, NO_COLUMN, ''],
  ['a word of people', { text: 'the column is gone', diff: '' }, NO_COLUMN, ''],
  ['part of another name', { text: 'drop berth_no', diff: '' }, saying('column "berth_no_old" does not exist'), ''],
  ['a field of many services', { text: 'drop created_at', diff: '' }, saying('column "created_at" does not exist'), ''],
  ['no failure', { text: 'drop berth_no', diff: '' }, undefined, ''],
])('a name of code in %s', (_, change, complaint, name) => {
  expect(changedName(change, complaint)).toBe(name);
});
