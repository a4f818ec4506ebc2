/**
 * Several workspaces behind one address, as Slack is: a Slack side for each, and a front that finds the workspace by the
 * token. The emulators know one team and give the same ids to their people, so the front names the teams.
 *
 *   bot ──► front ──┬─ token of T000000001 ──► proxy ──► emulate
 *                   ├─ token of T0OTHERS02 ──► proxy ──► emulate
 *                   └─ oauth.v2.access: a code for a token, once
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BOT_TOKEN, openSlackSide, type SlackSide } from '#test/slack-side.ts';

export const CLIENT_ID = '1.1';
export const CLIENT_SECRET = 'client-secret-of-the-tests';
export const ACME = 'T000000001';
export const OTHERS = 'T0OTHERS02';

type Grant = Readonly<{ team: string | null; token: string; more: Readonly<Record<string, unknown>> }>;

export type WorkspaceCall = Readonly<{ team: string; method: string; args: Readonly<Record<string, string>> }>;

export async function openSlackWorkspaces() {
  const sides = new Map<string, SlackSide>([
    [ACME, await openSlackSide()],
    [OTHERS, await openSlackSide()],
  ]);
  const teamOf = new Map<string, string>();
  const grants = new Map<string, Grant>();
  const calls: WorkspaceCall[] = [];
  const given: string[] = [];
  /** The id of the shared channel for the bot, and the id by which the emulator of the other workspace knows it. */
  let shared: Readonly<{ id: string; ofOthers: string }> | undefined;

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const method = (request.url ?? '').slice('/api/'.length);
    const answer = method === 'oauth.v2.access' ? granted(body) : await ofWorkspace(method, body, request);
    response.setHeader('content-type', 'application/json');
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }

  function granted(body: string): object {
    const { client_id, client_secret, code = '' } = Object.fromEntries(new URLSearchParams(body));
    if (client_id !== CLIENT_ID || client_secret !== CLIENT_SECRET) return { ok: false, error: 'bad_client_secret' };
    const grant = grants.get(code);
    if (grant === undefined) return { ok: false, error: 'invalid_code' };
    grants.delete(code);
    const { team, token, more } = grant;
    if (more.error !== undefined) return { ok: false, error: more.error };
    teamOf.set(token, team ?? ACME);
    return {
      ok: true,
      access_token: token,
      token_type: 'bot',
      scope: 'commands,chat:write,channels:read',
      bot_user_id: 'U0SPANHOUND',
      app_id: 'A0SPANHOUND',
      team: team === null ? null : { id: team, name: `Workspace <${team}>` },
      enterprise: null,
      authed_user: { id: 'U000000001' },
      is_enterprise_install: false,
      ...more,
    };
  }

  async function ofWorkspace(method: string, body: string, { headers }: IncomingMessage): Promise<object | string> {
    // The app has one socket for all workspaces.
    const team =
      method === 'apps.connections.open' ? ACME : teamOf.get((headers.authorization ?? '').replace('Bearer ', ''));
    // A workspace that may not install the app only says who it is.
    const side = sides.get(team ?? '') ?? sides.get(ACME);
    if (team === undefined || side === undefined) return { ok: false, error: 'invalid_auth' };
    calls.push({ team, method, args: Object.fromEntries(new URLSearchParams(body)) });
    const { id = team, ofOthers = team } = team === OTHERS ? (shared ?? {}) : {};
    const answered = await fetch(side.proxy.apiUrl + method, {
      method: 'POST',
      headers: {
        'content-type': headers['content-type'] ?? 'application/x-www-form-urlencoded',
        authorization: `Bearer ${BOT_TOKEN}`,
      },
      body: body.replaceAll(id, ofOthers).replaceAll(team, ACME),
    });
    if (!answered.ok) throw new Error(`${method}: ${answered.status}`);
    return (await answered.text()).replaceAll(ofOthers, id).replaceAll(ACME, team);
  }

  return {
    apiUrl,
    calls: calls as readonly WorkspaceCall[],
    /** Every token that was ever given. */
    tokens: given as readonly string[],
    side: (team: string): SlackSide => {
      const side = sides.get(team);
      if (side === undefined) throw new Error(`there is no workspace ${team}`);
      return side;
    },
    /** Somebody says yes on Slack's page: the code that the browser brings back. */
    consent(team: string | null, more: Readonly<Record<string, unknown>> = {}): string {
      const code = randomUUID();
      const token = `xoxb-${randomUUID()}`;
      given.push(token);
      grants.set(code, { team, token, more });
      return code;
    },
    /** Slack Connect: the channels of the two are one, with one id. Gives the id. */
    connect(): string {
      const [ours, theirs] = [sides.get(ACME), sides.get(OTHERS)];
      if (ours === undefined || theirs === undefined) throw new Error('there are not two workspaces');
      for (const { proxy, channel } of [ours, theirs]) proxy.share(channel);
      shared = { id: ours.channel, ofOthers: theirs.channel };
      return shared.id;
    },
    /** A token that somebody copied from the settings of the app. */
    accept: (token: string, team: string) => void teamOf.set(token, team),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      for (const side of sides.values()) await side.close();
    },
  };
}

export type SlackWorkspaces = Awaited<ReturnType<typeof openSlackWorkspaces>>;

/** What an admin's browser does with the link of the bot at `url`. */
export async function installIn(url: string, slack: Pick<SlackWorkspaces, 'consent'>, team: string): Promise<number> {
  const begun = await fetch(`${url}/slack/install`, { redirect: 'manual' });
  const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const query = new URLSearchParams({ code: slack.consent(team), state });
  return (await fetch(`${url}/slack/oauth_redirect?${query}`, { headers: { cookie } })).status;
}

/** The request as it comes from another workspace. */
export function inTeam<Body extends object>(team: string, body: Body): Body {
  return JSON.parse(JSON.stringify(body).replaceAll(ACME, team)) as Body;
}
