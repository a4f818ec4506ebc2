/**
 * Rights that settings reserve for user groups of Slack, where Slack does not answer, a group changes, and roles meet
 * them: real Bolt over HTTP, a stateful Slack. `permissions.test.ts` has every way by people in a group and in none.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { statusUpdatesOf } from '#record/status-updates.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents } from '#test/incidents-in-slack.ts';
import type { CallFault } from '#test/slack-proxy.ts';
import { sendToBot } from '#test/slack-side.ts';
import { openStatuspage } from '#test/statuspage-side.ts';

/** In the group of responders, in the group of leads, in none. */
const [KIM, ANA, LEE] = ['U00000KIM1', 'U00000ANA1', 'U00000LEE1'];
const RESPONDERS = { id: 'S0RESPOND', handle: 'responders', users: [KIM, ANA] };
const LEADS = { id: 'S0LEADS1', handle: 'leads', users: [ANA] };

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

async function openWith(rights: Readonly<Record<string, string>>) {
  side = await openIncidents(backends, { SPANHOUND_COMMANDER_MINUTES: '0', ...rights });
  for (const person of [KIM, ANA, LEE]) side.slack.proxy.person(person);
  side.slack.proxy.userGroups.set(RESPONDERS);
  side.slack.proxy.userGroups.set(LEADS);
}
afterEach(() => side.close());

const by = (user_id: string) => ({ user_id });
const groupsFail = (fault: CallFault | undefined) =>
  side.slack.proxy.chaos((method) => (method.startsWith('usergroups.') ? fault : undefined));
const audited = async () => {
  const rows = await side.store().db.selectFrom('audit').selectAll().where('action', 'like', 'right.%').execute();
  return rows.map(({ action, actor, subject, detail }) => ({ action, actor, subject, ...JSON.parse(detail) }));
};

const AWAY: readonly (readonly [string, CallFault])[] = [
  ['is away', { kind: 'refused', error: 'internal_error' }],
  // Longer than the test lets time pass: a wait that ends would be waited for.
  ['limits its calls', { kind: 'limited', seconds: 36_000 }],
  ['says that the scope is missing', { kind: 'refused', error: 'missing_scope' }],
];

describe('a right of the first minutes', () => {
  beforeEach(() => openWith({ SPANHOUND_RIGHTS_DECLARE: '@responders', SPANHOUND_RIGHTS_COMMAND: '@leads' }));

  test.each(AWAY)('does not wait while Slack %s: it is done, said and in the audit log', async (_, fault) => {
    groupsFail(fault);
    const declared = await side.type('declare P1 Checkout is slow', by(LEE));
    expect(declared).toContain('INC-1 is declared as P1.');
    expect(declared).toMatch(/Spanhound could not check that, and an incident does not wait for it/);
    expect(await side.type('role commander', by(LEE))).toMatch(
      /You are incident commander of INC-1 now\..*could not check/,
    );
    expect(await audited()).toEqual([
      { action: 'right.unchecked', actor: LEE, subject: 'INC-1', right: 'declare', person: LEE },
      { action: 'right.unchecked', actor: LEE, subject: 'INC-1', right: 'command', person: LEE },
    ]);
  });

  test.each([
    ['was renamed', { ...RESPONDERS, handle: 'platform' }, /no user group @responders; perhaps it was renamed/],
    ['is disabled', { ...RESPONDERS, isDisabled: true }, /@responders is disabled\. Whoever runs Spanhound/],
    ['has no members', { ...RESPONDERS, users: [] }, /@responders has no members\./],
  ] as const)('is nobody’s alone once its group %s', async (_, group, why) => {
    side.slack.proxy.userGroups.set(group);
    const declared = await side.type('declare P1 Checkout is slow', by(LEE));
    expect(declared).toContain('INC-1 is declared as P1.');
    expect(declared).toMatch(why);
  });

  test('is refused to who is in no group, with who may, and the refusal is in the audit log', async () => {
    const refused = await side.type('declare P1 Checkout is slow', by(LEE));
    expect(refused).toContain(
      'Only members of @responders may declare an incident (setting `rights.declare`), and you are not one of them. Nothing was changed.',
    );
    expect(await audited()).toEqual([
      { action: 'right.refused', actor: LEE, subject: side.slack.channel, right: 'declare', person: LEE },
    ]);
    await side.type('declare P1 Checkout is slow', by(KIM));
    await expect(side.incident()).resolves.toMatchObject({ declaredBy: KIM });
  });

  test('to command needs the right on both sides: who names somebody, and who is named', async () => {
    await side.type('declare P1 Checkout is slow', by(KIM));
    expect(await side.type(`role commander <@${ANA}|ana>`, by(KIM))).toMatch(
      /Only members of @leads .* and you are not/,
    );
    const named = await side.type(`role commander <@${KIM}|kim>`, by(ANA));
    expect(named).toContain(`and <@${KIM}> is not one of them. Nothing was changed.`);
    expect((await side.incident()).roles).toEqual({});
    expect(await side.type('role scribe', by(LEE))).toContain('You are scribe');
    expect(await side.type('role commander', by(ANA))).toContain('You are incident commander');
  });
});

describe('a right that plays down, ends or leaves', () => {
  beforeEach(async () => {
    await openWith({
      SPANHOUND_RIGHTS_SEVERITY: '@leads',
      SPANHOUND_RIGHTS_CLOSE: 'S0LEADS1,commander',
      SPANHOUND_RIGHTS_EXPORT: '@leads',
    });
    await side.type('declare P1 Checkout is slow', by(LEE));
  });

  test.each(AWAY)('waits while Slack %s, and the severity may still be raised', async (_, fault) => {
    groupsFail(fault);
    const before = await side.incident();
    for (const text of ['resolve all is well', 'status resolved', 'severity P3']) {
      const refused = await side.type(text, by(LEE));
      expect(refused).toMatch(/and Spanhound cannot check that now\. .+ Nothing was changed\./);
      expect(refused).not.toMatch(/P3\.|resolved\./);
    }
    expect(await side.incident()).toMatchObject({ severity: before.severity, status: before.status });
    expect(await side.type('severity P0', by(LEE))).toMatch(/INC-1: P1 → P0\..*could not check/);
    expect((await side.incident()).severity).toBe('P0');
  });

  test('is refused to who is in no group, and reopening is for everybody', async () => {
    expect(await side.type('severity P0', by(LEE))).toMatch(/Only members of @leads may change the severity/);
    const refused = await side.type('resolve', by(LEE));
    expect(refused).toContain(
      'Only the incident commander and members of @leads may resolve or merge an incident (setting `rights.close`)',
    );
    expect(await side.type('resolve all is well', by(ANA))).toContain('INC-1: resolved');
    expect(await side.type('reopen it is back', by(LEE))).toContain('INC-1: investigating');
  });

  test('is the commander’s too where the setting says so, also while Slack is away', async () => {
    await side.type('role commander', by(LEE));
    groupsFail({ kind: 'refused', error: 'internal_error' });
    const closed = await side.type('resolve all is well', by(LEE));
    expect(closed).toContain('INC-1: resolved');
    expect(closed).not.toContain('could not check');
    expect(await audited()).toEqual([]);
  });

  test('a merge ends an incident, so it needs the right for that one', async () => {
    await side.type('declare P1 Logins fail', by(LEE));
    expect(await side.type('INC-1 merge INC-2', by(LEE))).toMatch(/members of @leads may resolve or merge/);
    const ids = await Promise.all([side.incident(1), side.incident(2)]);
    const value = ids.map(({ id }) => id).join(':');
    await side.type('INC-1 role commander', by(LEE));
    expect(await side.press('incident_merge', value, by(LEE))).toMatch(/members of @leads may resolve or merge/);
    expect((await side.incident(2)).status).toBe('investigating');
    await side.type('INC-2 role commander', by(LEE));
    expect(await side.press('incident_merge', value, by(LEE))).toContain('INC-2 is merged into INC-1.');
  });

  test('who is taken out of the group loses it within a minute', async () => {
    expect(await side.type('severity P2', by(ANA))).toContain('P1 → P2');
    side.slack.proxy.userGroups.set({ ...LEADS, users: [] });
    side.slack.proxy.userGroups.set({ ...LEADS, users: [KIM] });
    await side.pass(2);
    expect(await side.type('severity P3', by(ANA))).toMatch(/Only members of @leads/);
    expect(await side.type('severity P3', by(KIM))).toContain('P2 → P3');
  });

  test('asks Slack once a minute, however many ask', async () => {
    await Promise.all([KIM, ANA, LEE].map((person) => side.type('severity P2', by(person))));
    for (const method of ['usergroups.list', 'usergroups.users.list']) {
      expect(side.slack.proxy.callsOf(method)).toHaveLength(1);
    }
  });
});

test('without a setting nobody is asked for, and everything is as before', async () => {
  await openWith({});
  groupsFail({ kind: 'refused', error: 'missing_scope' });
  await side.type('declare P1 Checkout is slow', by(LEE));
  expect(await side.type('role commander', by(LEE))).toContain('You are incident commander');
  expect(await side.type('resolve all is well', by(LEE))).toContain('INC-1: resolved');
  expect(side.slack.proxy.calls.filter(({ method }) => method.startsWith('usergroups.'))).toEqual([]);
  expect(await audited()).toEqual([]);
});

test('who has the role and is not in the group drafts for customers, and publishes nothing', async () => {
  const page = await openStatuspage();
  onTestFinished(() => page.close());
  await openWith({
    SPANHOUND_RIGHTS_PUBLISH: '@leads',
    STATUSPAGE_PAGE_ID: 'page1234',
    STATUSPAGE_API_KEY: 'k3y-of-the-page',
    STATUSPAGE_API_URL: page.url,
  });
  const me = side.slack.person;
  await side.type('declare P1 Checkout is slow');
  await side.type('role communications');
  const { trigger } = side.slack.proxy;
  const draft = async () => {
    await sendToBot(side.url(), side.slack.command('statuspage', { command: '/incident', trigger_id: trigger() }));
    const filled = { title: 'Logins fail', status: { chosen: 'investigating' }, text: 'Some cannot log in.' };
    expect(await side.submit({ ...filled, next: { chosen: '30' } })).not.toContain('errors');
    return (await statusUpdatesOf(side.store(), (await side.incident()).id)).at(-1);
  };
  const waiting = await draft();
  expect(waiting?.state).toBe('waiting');
  const value = `${waiting?.incidentId}:${waiting?.id}:${waiting?.version}`;
  expect(await side.press('status_page_approve', value)).toMatch(
    /Only members of @leads may decide what customers read/,
  );
  side.slack.proxy.userGroups.set({ ...LEADS, users: [me] });
  await side.pass(2);
  await side.press('status_page_approve', value, by(LEE)).then((answer) => expect(answer).toContain('Only members of'));
  const body = side.slack.action({ ts: '1.1', text: '' } as never, 'status_page_approve', value);
  await sendToBot(side.url(), body);
  await side.soon(async () =>
    (await statusUpdatesOf(side.store(), (await side.incident()).id)).some(({ state }) => state === 'approved')
      ? true
      : undefined,
  );
});
