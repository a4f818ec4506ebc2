/** The webhooks of trackers over HTTP: who is heard, and what is refused before and after the body is read. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linearProof } from '#adapters/linear/issue-events.ts';
import { composeWebhooks } from '#compose/webhooks.ts';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import { type Listening, listen, serveWebhooks, webApp } from '#web/server.ts';

const SECRET = 'it-is-s3cret';
const ENV = {
  GITHUB_WEBHOOK_SECRET: SECRET,
  GITLAB_WEBHOOK_TOKEN: SECRET,
  JIRA_WEBHOOK_SECRET: `${SECRET},older`,
  LINEAR_WEBHOOK_SECRET: SECRET,
};

let heard: unknown[];
let isBroken: boolean;
let server: Listening;

async function open(env: Readonly<Record<string, string>>): Promise<Listening> {
  const web = webApp(async () => []);
  const other = async () => expect.unreachable();
  const parts = { take: other, takeNote: other, note: other, hearTooLarge: () => expect.unreachable() };
  const hearIssue = async (one: unknown) => {
    if (isBroken) throw new Error('disk full');
    heard.push(one);
  };
  serveWebhooks(
    web,
    await composeWebhooks(loadConfig(env), { ...parts, hearIssue, log: silentLog, clock: systemClock }),
  );
  return await listen(web, 0, '127.0.0.1');
}

beforeEach(async () => {
  [heard, isBroken] = [[], false];
  server = await open(ENV);
});
afterEach(() => server.stop());

type Headers = Readonly<Record<string, string>>;
type Sender = Readonly<{
  path: string;
  tracker: string;
  remoteId: string;
  variable: string;
  event(): object;
  /** An event about something else. */
  other: object;
  headers(body: string, secret?: string): Headers;
  /** What its own kind of event looks like with a renamed field. */
  renamed: object;
}>;

const hex = (secret: string, body: string) => createHmac('sha256', secret).update(body).digest('hex');

const SENDERS: readonly Sender[] = [
  {
    path: '/webhooks/github-issues',
    tracker: 'github',
    remoteId: 'Acme/Ops#12',
    variable: 'GITHUB_WEBHOOK_SECRET',
    event: () => ({ action: 'closed', issue: { number: 12, state: 'closed' }, repository: { full_name: 'Acme/Ops' } }),
    other: { zen: 'Keep it logically awesome.', hook_id: 1 },
    headers: (body, secret = SECRET) => ({
      'x-github-event': body.includes('zen') ? 'ping' : 'issues',
      'x-hub-signature-256': `sha256=${hex(secret, body)}`,
    }),
    renamed: { action: 'closed', issue: { nr: 12 }, repository: { full_name: 'Acme/Ops' } },
  },
  {
    path: '/webhooks/gitlab-issues',
    tracker: 'gitlab',
    remoteId: 'acme/infra/ops#7',
    variable: 'GITLAB_WEBHOOK_TOKEN',
    event: () => ({
      object_kind: 'issue',
      object_attributes: { iid: 7, action: 'close' },
      project: { path_with_namespace: 'acme/infra/ops' },
    }),
    other: { object_kind: 'push', project: { path_with_namespace: 'acme/infra/ops' } },
    headers: (_, secret = SECRET) => ({ 'x-gitlab-token': secret }),
    renamed: { object_kind: 'issue', attributes: { iid: 7 }, project: { path_with_namespace: 'acme/infra/ops' } },
  },
  {
    path: '/webhooks/jira',
    tracker: 'jira',
    remoteId: '10412',
    variable: 'JIRA_WEBHOOK_SECRET',
    event: () => ({
      webhookEvent: 'jira:issue_updated',
      timestamp: Date.now(),
      issue: { id: '10412', key: 'OPS-41', fields: { status: { statusCategory: { key: 'done' } } } },
    }),
    other: { webhookEvent: 'comment_created', issue: { id: '10412' } },
    headers: (body, secret = SECRET) => ({ 'x-hub-signature': `sha256=${hex(secret, body)}` }),
    renamed: { webhookEvent: 'jira:issue_updated', issueId: '10412' },
  },
  {
    path: '/webhooks/linear',
    tracker: 'linear',
    remoteId: '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9',
    variable: 'LINEAR_WEBHOOK_SECRET',
    event: () => ({
      action: 'update',
      type: 'Issue',
      data: { id: '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9', identifier: 'ENG-9' },
      webhookTimestamp: Date.now(),
    }),
    other: { action: 'create', type: 'Comment', data: { id: 'c' }, webhookTimestamp: Date.now() },
    headers: (body, secret = SECRET) => ({ 'linear-signature': hex(secret, body) }),
    renamed: { action: 'update', type: 'Issue', issue: { id: 'x' }, webhookTimestamp: Date.now() },
  },
];

async function send(path: string, body: string, headers: Headers) {
  const { port } = server;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return [answer.status, await answer.text()] as const;
}

describe.each(SENDERS)('$path', ({ path, tracker, remoteId, variable, event, other, headers, renamed }) => {
  test('hears which issue changed, and nothing else of it', async () => {
    const body = JSON.stringify(event());
    expect(await send(path, body, headers(body))).toEqual([202, 'stored\n']);
    expect(heard).toEqual([{ tracker, remoteId }]);
  });

  test('refuses who cannot prove it', async () => {
    const body = JSON.stringify(event());
    const stale = headers(JSON.stringify({ ...event(), more: 1 }), 'another');
    for (const wrong of [{}, headers(body, 'another'), stale, headers(body, '')])
      expect(await send(path, body, wrong)).toEqual([401, 'invalid token or signature\n']);
    expect(heard).toEqual([]);
  });

  test('refuses everybody without a secret here, with what to set', async () => {
    const { [variable as keyof typeof ENV]: _, ...without } = ENV;
    await server.stop();
    server = await open(without);
    const body = JSON.stringify(event());
    expect(await send(path, body, headers(body))).toEqual([503, expect.stringContaining(variable)]);
    expect(heard).toEqual([]);
  });

  test('refuses a body that is too large', async () => {
    const body = JSON.stringify({ ...event(), more: 'x'.repeat(1_000_001) });
    const [status] = await send(path, body, headers(body)).catch(() => [413] as const);
    expect(status).toBe(413);
    expect(heard).toEqual([]);
  });

  test('refuses what is no JSON, and what has another form', async () => {
    for (const body of ['<xml/>', '[1', 'null', '"text"', JSON.stringify(renamed)]) {
      const [status] = await send(path, body, headers(body));
      expect([400, 401], body).toContain(status);
    }
    const body = JSON.stringify(event());
    const [status] = await send(path, body, { ...headers(body), 'content-type': 'image/png' });
    expect(status).toBe(415);
    expect(heard).toEqual([]);
  });

  test('has nothing to do with another event', async () => {
    const body = JSON.stringify(other);
    expect(await send(path, body, headers(body))).toEqual([200, 'nothing to do\n']);
    expect(heard).toEqual([]);
  });

  test('says that nothing is stored if the store fails, so that the tracker sends it again', async () => {
    isBroken = true;
    const body = JSON.stringify(event());
    expect((await send(path, body, headers(body)))[0]).toBe(503);
  });
});

const [GITHUB, , JIRA, LINEAR] = SENDERS as readonly [Sender, Sender, Sender, Sender];

test('a signature of another body proves nothing', async () => {
  for (const { path, event, headers } of [GITHUB, JIRA, LINEAR]) {
    const body = JSON.stringify(event());
    expect((await send(path, `${body} `, headers(body)))[0]).toBe(401);
  }
});

describe('Jira', () => {
  const body = JSON.stringify(JIRA.event());

  test('that signs nothing may have the secret in the address, or as a password', async () => {
    const basic = `Basic ${Buffer.from(`jira:${SECRET}`).toString('base64')}`;
    expect((await send(`${JIRA.path}?token=${SECRET}`, body, {}))[0]).toBe(202);
    expect((await send(JIRA.path, body, { authorization: basic }))[0]).toBe(202);
    expect((await send(`${JIRA.path}?token=other`, body, {}))[0]).toBe(401);
  });

  test('that signs must sign rightly, also with the secret in the address', async () => {
    expect((await send(`${JIRA.path}?token=${SECRET}`, body, JIRA.headers(body, 'other')))[0]).toBe(401);
  });

  test('may have two secrets while one is replaced', async () => {
    expect((await send(JIRA.path, body, JIRA.headers(body, 'older')))[0]).toBe(202);
  });
});

describe('Linear', () => {
  const nowS = 1_800_000_000;
  const proof = linearProof(SECRET, () => nowS);
  const accepts = (sent: object) => {
    const body = JSON.stringify(sent);
    const headers = LINEAR.headers(body);
    return proof?.isSigned?.({ header: (name) => headers[name], body: Buffer.from(body) });
  };

  test.each([
    [0, true],
    [-299, true],
    [-301, false],
    [301, false],
  ])('an event from %d s is accepted: %s', (seconds, is) => {
    expect(accepts({ ...LINEAR.event(), webhookTimestamp: (nowS + seconds) * 1_000 })).toBe(is);
  });

  test('an event without a time may be a repeated one, and is refused', () => {
    expect(accepts({ type: 'Issue', data: { id: 'x' } })).toBe(false);
    expect(accepts({ type: 'Issue', data: { id: 'x' }, webhookTimestamp: 'soon' })).toBe(false);
  });
});
