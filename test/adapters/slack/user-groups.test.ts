/** Who belongs to a user group, as Slack's documented answers and errors say it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { slackClient } from '#adapters/slack/app.ts';
import { type FindUserGroup, userGroups } from '#adapters/slack/user-groups.ts';
import { silentLog } from '#core/log.ts';
import { BOT_TOKEN, openSlackSide, type SlackSide } from '#test/slack-side.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';

let slack: SlackSide;
let find: FindUserGroup;
let clock: SteppedClock;

const SRE = { id: 'S0SREID', handle: 'sre', users: ['U0KIM', 'W0ANA'] };
const known = (...users: string[]) => ({ kind: 'known', handle: 'sre', members: new Set(users) });

beforeEach(async () => {
  slack = await openSlackSide();
  clock = steppedClock();
  const transport = { kind: 'socket', appToken: '' } as const;
  const client = slackClient({ botToken: BOT_TOKEN, apiUrl: slack.proxy.apiUrl, transport }, silentLog);
  find = userGroups({ client, answerSeconds: 1.3, workspace: async () => slack.team, clock, log: silentLog });
  slack.proxy.userGroups.set(SRE);
});
afterEach(() => slack.close());

test.each(['S0SREID', '@sre', '@SRE'])('is found as %s', async (named) => {
  expect(await find(named)).toEqual(known('U0KIM', 'W0ANA'));
});

test('is asked for in the workspace of the token, for an app of a whole organisation', async () => {
  await find('@sre');
  const calls = ['usergroups.list', 'usergroups.users.list'].flatMap((method) => slack.proxy.callsOf(method));
  expect(calls.map(({ args }) => args.team_id)).toEqual([slack.team, slack.team]);
});

describe('what changes in Slack counts', () => {
  test('after a minute, for somebody who is taken out', async () => {
    await find('@sre');
    slack.proxy.userGroups.set({ ...SRE, users: ['W0ANA'] });
    await clock.tick(59_000);
    expect(await find('@sre')).toEqual(known('U0KIM', 'W0ANA'));
    await clock.tick(2_000);
    expect(await find('@sre')).toEqual(known('W0ANA'));
  });

  test('and not later while Slack is away: then nobody knows', async () => {
    await find('@sre');
    await clock.tick(61_000);
    slack.proxy.chaos((method) =>
      method.startsWith('usergroups.') ? { kind: 'refused', error: 'internal_error' } : undefined,
    );
    expect(await find('@sre')).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('did not say') });
  });

  test('a disabled group gives nobody a right, although Slack keeps its people', async () => {
    slack.proxy.userGroups.set({ ...SRE, isDisabled: true });
    expect(await find('@sre')).toEqual({ kind: 'disabled', handle: 'sre' });
    expect(await find('S0SREID')).toEqual({ kind: 'disabled', handle: 'sre' });
    expect(slack.proxy.callsOf('usergroups.users.list')).toEqual([]);
  });

  test('a renamed group is found by its id alone', async () => {
    slack.proxy.userGroups.set({ ...SRE, handle: 'platform' });
    expect(await find('@sre')).toEqual({ kind: 'missing' });
    expect(await find('S0SREID')).toMatchObject({ kind: 'known', handle: 'platform' });
  });

  test('a handle that a disabled group left belongs to the group that has it now', async () => {
    slack.proxy.userGroups.set({ ...SRE, isDisabled: true });
    slack.proxy.userGroups.set({ id: 'S0NEWID', handle: 'sre', users: ['U0NEW'] });
    expect(await find('@sre')).toEqual(known('U0NEW'));
  });
});

test('a group that is deleted between the two questions is not there', async () => {
  slack.proxy.refuse('usergroups.users.list', 'no_such_subteam');
  expect(await find('@sre')).toEqual({ kind: 'missing' });
});

test.each([
  ['missing_scope', /lacks the scope usergroups:read/, /install it to the workspace again/],
  ['plan_upgrade_required', /plan of this workspace has no user groups/, /upgrade the plan/],
])('%s is said with its remedy, and not asked again at once', async (error, reason, remedy) => {
  slack.proxy.chaos((method) => (method.startsWith('usergroups.') ? { kind: 'refused', error } : undefined));
  for (const named of ['@sre', 'S0SREID']) {
    const found = await find(named);
    expect(found).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(reason),
      remedy: expect.stringMatching(remedy),
    });
  }
  expect(slack.proxy.callsOf('usergroups.list')).toHaveLength(1);
});

test.each([
  ['another error, twice', { kind: 'refused', error: 'internal_error' }],
  ['a limit that lasts longer than a person waits', { kind: 'limited', seconds: 30 }],
  ['half a list', { kind: 'garbled', body: '{"ok":true,"usergroups":[{"id":"S0SREID","handle":"sre"}]}' }],
  ['no list', { kind: 'garbled', body: '{"ok":true}' }],
] as const)('nobody knows it after %s', async (_, fault) => {
  slack.proxy.fail('usergroups.list', fault, 2);
  const found = await find('@sre');
  expect(found).toMatchObject({ kind: 'unknown', reason: 'Slack did not say who belongs to @sre. Please try again.' });
});

test('one error is not the last word: it is asked once more', async () => {
  slack.proxy.refuse('usergroups.users.list', 'internal_error');
  expect(await find('@sre')).toEqual(known('U0KIM', 'W0ANA'));
});
