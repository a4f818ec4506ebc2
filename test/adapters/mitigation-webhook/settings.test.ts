import { expect, test } from 'vitest';
import { z } from 'zod';
import { settings } from '#adapters/mitigation-webhook/settings.ts';

const { actions } = settings.mitigations;
const ACTION = {
  ...{ name: 'rollback', kind: 'rollback', what: 'Rolls it back', command: 'undo {service}' },
  url: 'https://ops.test/run',
};

test('an action is for all services and severities, and for nobody by name, unless it says so', () => {
  expect(z.parse(actions, [ACTION])).toMatchObject([
    { services: [], severities: ['P0', 'P1', 'P2', 'P3'], allowed: [], url: new URL(ACTION.url) },
  ]);
  expect(z.parse(actions, undefined)).toEqual([]);
});

test.each([
  [{ url: 'https://me:secret@ops.test/' }, 'must have no user, password'],
  [{ url: 'https://ops.test/?token=1' }, 'must have no user, password'],
  [{ url: 'ftp://ops.test/' }, 'must be an address'],
  [{ command: 'undo {pod}' }, 'has {pod}; the placeholders are {service}, {version}, {incident}'],
  [{ command: 'undo\nall' }, 'must be one line'],
  [{ command: 'undo \u202ella' }, 'must be one line'],
  [{ command: 'x'.repeat(501) }, 'must have at most 500 characters'],
  [{ kind: 'reboot' }, 'must be one of rollback'],
  [{ allowed: ['S012ABCDE'] }, 'must be the id of a person'],
  [{ allowed: ['U012ABCDE', 'U012ABCDE'] }, 'must allow at least two people'],
  [{ services: ['a*b'] }, 'with * only at its beginning or end'],
  [{ severities: [] }, 'must name a severity'],
  [{ run: true }, 'Unrecognized key'],
])('%o is refused', (more, problem) => {
  const { error } = z.safeParse(actions, [{ ...ACTION, ...more }]);
  expect(error?.issues.map(({ message }) => message).join()).toContain(problem);
});

test('one person suffices where no second one is needed, and a name stands there once', () => {
  const low = { ...ACTION, allowed: ['U012ABCDE'], severities: ['P3'] };
  expect(z.safeParse(actions, [low]).success).toBe(true);
  expect(z.safeParse(actions, [ACTION, ACTION]).success).toBe(false);
});
