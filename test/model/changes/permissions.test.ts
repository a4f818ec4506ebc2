/** Permissions that a change takes away, and changes that keep or add some. */
import { expect, test } from 'vitest';
import { permissionsGone } from '#model/changes/permissions.ts';

const texts = (removed: string, added: string) => permissionsGone({ removed, added }).map(({ text }) => text);

test.each([
  ['Kubernetes', '  verbs: ["get", "list", "watch"]', '  verbs: ["get", "list"]'],
  ['OAuth', 'scopes: [pets.read, pets.write]', 'scopes: [pets.read]'],
  ['SQL', '', 'REVOKE INSERT ON pets FROM desk;'],
])('%s: fewer', (_, removed, added) => {
  expect(texts(removed, added)).toEqual(['it takes permissions away']);
});

test.each([
  ['"sqs:DeleteMessage",', 'sqs:DeleteMessage'],
  ["'roles/storage.objectViewer'", 'roles/storage.objectViewer'],
])('a policy without %s', (removed, action) => {
  expect(texts(removed, '')).toEqual([`it takes away the permission ${action}`]);
});

test.each([
  ['more verbs', '  verbs: ["get"]', '  verbs: ["get", "list"]'],
  ['other ones', '  verbs: ["get"]', '  verbs: ["list"]'],
  ['an action that moves', '  "sqs:DeleteMessage"', '  "sqs:DeleteMessage", "sqs:SendMessage"'],
  ['a grant', '', 'GRANT INSERT ON pets TO desk;'],
])('not %s', (_, removed, added) => {
  expect(texts(removed, added)).toEqual([]);
});
