/** Issues for action items: real Bolt over HTTP, a stateful Slack, a stepped clock, and a tracker that answers as GitHub. */
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { actionItemsOf } from '#record/action-items.ts';
import { claimIssue, findItemIssue, putIssueBack } from '#record/item-issues.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { type GitHubIssuesSide, openGitHubIssues } from '#test/github-issues-side.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { privateChannel, sendToBot } from '#test/slack-side.ts';
import { SYNC_ISSUE } from '#workflows/action-items/sync-issue.ts';

const START_MS = Date.parse('2026-01-06T14:30:00Z');

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;
let github: GitHubIssuesSide;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
const open = async (env: Readonly<Record<string, string>> = {}) => {
  github = await openGitHubIssues({ nowMs: () => side?.clock.nowUs() / 1_000 || START_MS });
  side = await openIncidents(backends, {
    SPANHOUND_COMMANDER_MINUTES: '0',
    GITHUB_API_URL: github.url,
    GITHUB_ISSUES: 'acme/ops',
    GITHUB_ISSUES_TOKEN: 't0ken',
    GITHUB_ISSUE_LABELS: 'postmortem',
    GITHUB_WEBHOOK_SECRET: 's3cret',
    ...env,
  });
  await side.type('declare P1 user-service is out of connections');
  await side.overview('INC-1');
};
beforeEach(() => open());
afterEach(async () => {
  await side.close();
  await github.stop();
});

const add = (text = 'Add an index on users.email') => side.type(`action ${text} due 2026-12-01`);
const items = async () => await actionItemsOf(side.store(), (await side.incident()).id);
const first = async () => {
  const [item] = await items();
  if (item === undefined) throw new Error('there is no item');
  return item;
};
const press = async (actionId: string) => {
  const value = `${(await side.incident()).id}:${(await first()).id}`;
  await sendToBot(side.url(), side.slack.action({ ts: '1.1', text: '' } as never, actionId, value));
};
const linked = () => side.soon(async () => ((await items())[0]?.issue?.key !== '' ? (await items())[0] : undefined));
const stored = async () => await findItemIssue(side.store(), (await first()).id);
const looked = async () => {
  const before = github.calls.length;
  // The next look is at a full ten minutes, and what was agreed just now is left out of it.
  await side.pass(13);
  await side.soon(() => (github.calls.slice(before).some((call) => call === 'GET /issues/1') ? true : undefined));
};
/** GitHub posts that somebody changed an issue; `state`: what the event says about it. */
const posted = async (number: number, { state = 'closed', secret = 's3cret' } = {}) => {
  const body = JSON.stringify({ action: state, issue: { number, state }, repository: { full_name: 'Acme/OPS' } });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'x-github-event': 'issues', 'x-hub-signature-256': `sha256=${signature}` };
  return (await fetch(`${side.url()}/webhooks/github-issues`, { method: 'POST', headers, body })).status;
};
const looksAt = (number: number) => github.calls.filter((call) => call === `GET /issues/${number}`).length;
const seconds = async (count: number) => {
  for (let second = 0; second < count; second += 1) await side.clock.tick(1_000);
  await side.pass(0);
};
const inThread = async () => {
  const { ts } = await side.overview('INC-1');
  return await side.slack.thread(ts);
};
const said = (words: string) => side.soon(async () => (await inThread()).find((one) => shownIn(one).includes(words)));

test('an accepted item becomes an issue, once; the list, the draft and the audit log have it', async () => {
  await add();
  await linked();
  expect(github.issues).toMatchObject([
    { title: 'Add an index on users.email', labels: ['postmortem'], state: 'open' },
  ]);
  expect(github.issues[0]?.body).toMatch(
    /^- \*\*Action item:\*\* Add an index on users\.email\n- \*\*Owner:\*\* .*\n- \*\*Due:\*\* 2026-12-01\n- \*\*Incident:\*\* \[INC-1: user-service is out of connections\]\(https?:\/\/.*\)\n/,
  );
  expect(github.calls).toEqual(['POST /issues']);
  const list = await side.type('actions');
  expect(list).toContain('"url":"https://github.com/acme/ops/issues/1","text":"acme/ops#1"');
  const actions = await side.store().db.selectFrom('audit').select('action').execute();
  expect(actions.map(({ action }) => action)).toContain('issue.created');
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

test('done and dropped here close it there with the reason, and open again opens it', async () => {
  await add();
  await linked();
  await side.type('action drop A1 because the table goes @kim /close');
  await side.soon(() => (github.issues[0]?.comments.length === 1 ? true : undefined));
  expect(github.issues[0]).toMatchObject({ state: 'closed', state_reason: 'not_planned' });
  expect(github.issues[0]?.comments[0]?.body).toMatch(
    /is dropped in Spanhound\n- \*\*Reason:\*\* the table goes @\u2060kim \/close\n/,
  );
  await press('action_item_open');
  await side.soon(() => (github.issues[0]?.comments.length === 2 ? true : undefined));
  expect(github.issues[0]).toMatchObject({ state: 'open', state_reason: 'reopened' });
  await side.type('action done A1 the query takes 4 ms');
  await side.soon(() => (github.issues[0]?.comments.length === 3 ? true : undefined));
  expect(github.issues[0]).toMatchObject({ state: 'closed', state_reason: 'completed' });
});

test('closed there is done here, and opened again there is open again here', async () => {
  await add();
  await linked();
  github.close(1, 'completed');
  await looked();
  await side.soon(async () => ((await first()).state === 'done' ? true : undefined));
  expect((await first()).reason).toBe('closed as acme/ops#1 in GitHub');
  await said('A1 done: closed as acme/ops#1 in GitHub');
  github.reopen(1);
  await looked();
  await side.soon(async () => ((await first()).state === 'open' ? true : undefined));
  github.close(1, 'not_planned');
  await looked();
  await side.soon(async () => ((await first()).state === 'dropped' ? true : undefined));
  // Nothing was sent back.
  expect(github.calls.filter((call) => !call.startsWith('GET'))).toEqual(['POST /issues']);
});

test('an event of the tracker brings its look forward; ten events cost one look', async () => {
  await add();
  await linked();
  // Nothing that was agreed on a moment ago is believed: a search there may be older.
  await side.pass(3);
  const before = looksAt(1);
  github.close(1, 'completed');
  expect(await Promise.all(Array.from({ length: 10 }, () => posted(1)))).toEqual(Array(10).fill(202));
  await seconds(6);
  await side.soon(async () => ((await first()).state === 'done' ? true : undefined));
  expect(looksAt(1)).toBe(before + 1);
  expect((await first()).reason).toBe('closed as acme/ops#1 in GitHub');
});

test('an event right after both sides agreed waits until the tracker surely knows it', async () => {
  await add();
  await linked();
  github.close(1, 'completed');
  expect(await posted(1)).toBe(202);
  await seconds(20);
  expect(looksAt(1)).toBe(0);
  await seconds(120);
  await side.soon(async () => ((await first()).state === 'done' ? true : undefined));
  expect(looksAt(1)).toBe(1);
});

test('what an event says is not believed: the state is what the tracker has', async () => {
  await add();
  await linked();
  await side.pass(3);
  const before = looksAt(1);
  expect(await posted(1, { state: 'closed' })).toBe(202);
  await side.soon(() => (looksAt(1) > before ? true : undefined));
  await seconds(5);
  expect((await first()).state).toBe('open');
});

test('a forged event, and one about an issue that nobody follows, cause no look', async () => {
  await add();
  await linked();
  await side.pass(3);
  const before = github.calls.length;
  expect(await posted(1, { secret: 'another' })).toBe(401);
  expect(await posted(2)).toBe(202);
  await seconds(20);
  expect(github.calls).toHaveLength(before);
});

test('the answer is lost, though GitHub created it: it is found, and not created twice', async () => {
  github.fail('POST /issues', { status: 0, isDone: true });
  await add();
  await side.soon(() => (github.issues.length === 1 ? true : undefined));
  for (let second = 0; second < 70; second += 1) await side.clock.tick(1_000);
  expect((await linked()).issue).toMatchObject({ state: 'linked', key: 'acme/ops#1' });
  expect(github.issues).toHaveLength(1);
});

test('GitHub is slower than the deadline, and does it: no second issue', { tags: ['deep'] }, async () => {
  github.hang('POST /issues');
  await add();
  await side.soon(() => (github.issues.length === 1 ? true : undefined));
  for (let second = 0; second < 110; second += 1) await side.clock.tick(1_000);
  expect((await linked()).issue).toMatchObject({ state: 'linked', key: 'acme/ops#1' });
  expect(github.issues).toHaveLength(1);
});

test('a comment whose answer is lost is written once', { tags: ['deep'] }, async () => {
  await add();
  await linked();
  github.fail('POST /issues/1/comments', { status: 0, isDone: true });
  await side.type('action drop A1 because the table goes');
  await side.soon(async () => ((await stored())?.attempts === 1 ? true : undefined));
  for (let second = 0; second < 70; second += 1) await side.clock.tick(1_000);
  await side.soon(async () => ((await stored())?.agreed === 'dropped' ? true : undefined));
  expect(github.issues[0]?.comments).toHaveLength(1);
});

test('two people who accept one proposal make one issue', { tags: ['deep'] }, async () => {
  const { incidentId, id } = { incidentId: (await side.incident()).id, id: 'detect-report' };
  const metadata = JSON.stringify({ incidentId, channelId: side.slack.channel, proposal: id });
  const form = { callback_id: 'action_item_form', private_metadata: metadata };
  const sent = (team: string) =>
    sendToBot(
      side.url(),
      side.slack.submission(form, { text: 'Add an alert on pool use', team, due: { day: '2026-12-01' } }),
    );
  await Promise.all([sent('ops'), sent('web')]);
  await linked();
  for (let second = 0; second < 20; second += 1) await side.clock.tick(1_000);
  expect(github.issues).toHaveLength(1);
  expect(await items()).toHaveLength(1);
});

test('the process is killed between the call and the store: the next one finds the issue', {
  tags: ['deep'],
}, async () => {
  github.fail('POST /issues', { status: 0, isDone: true });
  await add();
  await side.soon(async () => ((await stored())?.attempts === 1 ? true : undefined));
  expect(github.issues).toHaveLength(1);
  const item = await first();
  // As the killed process left it: claimed, and the issue is there.
  await side.store().transaction(async (tx) => {
    await putIssueBack(tx, item.id, { dueUs: tx.nowUs, attempts: 0, isUncertain: true, reason: '' });
    await claimIssue(tx, item.id, { claim: 'dead', untilUs: tx.nowUs + 90_000_000, begunUs: tx.nowUs });
    const payload = { incidentId: item.incidentId, itemId: item.id };
    await tableJobs.addJob(tx, { kind: SYNC_ISSUE, workspaceId: side.slack.team, key: 'again', payload });
  });
  await side.restart();
  for (let second = 0; second < 100; second += 1) await side.clock.tick(1_000);
  await linked();
  expect(github.calls.filter((call) => call === 'GET /issues')).not.toEqual([]);
  expect(github.issues).toHaveLength(1);
});

test('an issue that somebody deleted there is said once; the item stays, and nothing new is created', {
  tags: ['deep'],
}, async () => {
  await add();
  await linked();
  github.remove(1);
  await looked();
  await said('A1: its issue acme/ops#1 is not there any more');
  await side.type('action done A1 index is there');
  for (let second = 0; second < 30; second += 1) await side.clock.tick(1_000);
  expect(github.calls.filter((call) => !call.startsWith('GET'))).toEqual(['POST /issues']);
  expect((await inThread()).filter((one) => shownIn(one).includes('is not there any more'))).toHaveLength(1);
});

test('a token that sees the repository no more makes no issue look deleted', async () => {
  await add();
  await linked();
  github.hide(true);
  await looked();
  expect((await first()).issue).toMatchObject({ state: 'linked' });
  github.hide(false);
  github.close(1, null);
  await looked();
  await side.soon(async () => ((await first()).state === 'done' ? true : undefined));
});

test('a revoked token is said with what to do; a button tries again, and only once for two presses', async () => {
  github.revoke('another');
  await add();
  const problem = await said('GitHub did not take the change');
  expect(shownIn(problem)).toContain('Check GITHUB_ISSUES_TOKEN');
  expect(shownIn(problem)).not.toContain('t0ken');
  expect((await first()).issue).toMatchObject({ state: 'refused', key: '' });
  github.revoke('t0ken');
  await Promise.all([press('action_item_issue'), press('action_item_issue')]);
  await linked();
  expect(github.issues).toHaveLength(1);
});

test('a limit is waited for, and a page in between is no issue', async () => {
  github.fail('POST /issues', { status: 403, headers: { 'retry-after': '120' } });
  await add();
  await side.soon(async () => ((await stored())?.attempts === 1 ? true : undefined));
  for (let second = 0; second < 110; second += 1) await side.clock.tick(1_000);
  expect(github.calls).toEqual(['POST /issues']);
  github.fail('POST /issues', { status: 200, body: '<html>Log in</html>' });
  for (let second = 0; second < 20; second += 1) await side.clock.tick(1_000);
  await side.soon(async () => ((await stored())?.attempts === 2 ? true : undefined));
  for (let second = 0; second < 70; second += 1) await side.clock.tick(1_000);
  await linked();
  expect(github.issues).toHaveLength(1);
});

test('a hostile text stays one line of text there', async () => {
  await add(
    'Fix `it` <img src=x onerror=alert(1)> [x](https://evil.example) @acme/all #1 <!-- ghp_0123456789012345678901234567890123AB',
  );
  await linked();
  const { title = '', body = '' } = github.issues[0] ?? {};
  expect(`${title}${body}`).not.toContain('ghp_0123');
  expect(body).not.toMatch(/<img|\]\(https:\/\/evil|@acme|(?<!^)<!--(?! spanhound)/);
  expect(title).not.toContain('\n');
});

test('an item that ends before its issue exists gets none', { tags: ['deep'] }, async () => {
  github.fail('POST /issues', { status: 429, headers: { 'retry-after': '60' } });
  await add();
  await side.soon(async () => ((await stored())?.attempts === 1 ? true : undefined));
  await side.type('action done A1 was there already');
  for (let second = 0; second < 90; second += 1) await side.clock.tick(1_000);
  expect(github.issues).toEqual([]);
});

test('nothing of a private incident goes out, unless the settings allow it', async () => {
  const secret = await privateChannel(side.slack);
  const inside = { user_id: 'U0INSIDE', channel_id: secret };
  await side.type('declare P0 BREACH insider', inside);
  await side.type('action Rotate the key due 2026-12-01', inside);
  await side.soon(async () =>
    (await side.type('actions', inside)).includes('the incident is private') ? true : undefined,
  );
  expect(await side.type('actions', inside)).toContain('Send to tracker');
  expect(github.calls).toEqual([]);
});

test('with the setting, it does', { tags: ['deep'] }, async () => {
  await side.close();
  await github.stop();
  await open({ SPANHOUND_ISSUES_PRIVATE: 'true' });
  const secret = await privateChannel(side.slack);
  const inside = { user_id: 'U0INSIDE', channel_id: secret };
  await side.type('declare P0 BREACH insider', inside);
  await side.type('action Rotate the key due 2026-12-01', inside);
  await side.soon(() => (github.issues.length === 1 ? true : undefined));
});

test('a person in another incident cannot send an item of this one again', async () => {
  github.revoke('another');
  await add();
  await said('GitHub did not take the change');
  await side.type('declare P2 another');
  const other = (await side.incident(2)).id;
  const body = side.slack.action(
    { ts: '1.1', text: '' } as never,
    'action_item_issue',
    `${other}:${(await first()).id}`,
  );
  await sendToBot(side.url(), body);
  expect(await side.answerTo(body.response_url)).toContain('I no longer have this action item.');
});
