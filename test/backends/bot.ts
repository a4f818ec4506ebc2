/** The bot as a process of its own, on the Slack side of the tests, with a token for Alertmanager and for changes. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeStoreToRead } from '#compose/store.ts';
import type { Report } from '#present/json/report.ts';
import { findInvestigation } from '#record/investigations.ts';
import { BOT_TOKEN, SIGNING_SECRET, type SlackSide } from '#test/slack-side.ts';
import { freePort, startProcess } from './servers.ts';

const START = fileURLToPath(new URL('../../bin/start.mjs', import.meta.url));

export const TOKEN = 'token-of-the-tests';

export type Change = Readonly<
  Record<'kind' | 'service' | 'id' | 'text', string> & { files?: readonly string[]; diff?: string }
>;

export type Bot = Awaited<ReturnType<typeof startBot>>;

/** `port`: of a bot that was there before. Its data is in `folder`. */
export async function startBot(
  folder: string,
  slack: SlackSide,
  environment: Readonly<Record<string, string>>,
  port?: number,
) {
  const own = port ?? (await freePort());
  const url = `http://127.0.0.1:${own}`;
  const data = join(folder, 'bot-data');
  const running = await startProcess(process.execPath, [START], {
    name: 'bot',
    folder,
    ready: `${url}/readyz`,
    environment: {
      ...environment,
      ...{ PORT: `${own}`, SPANHOUND_DATA: data, SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_SIGNING_SECRET: SIGNING_SECRET },
      ...{ SLACK_API_URL: slack.proxy.apiUrl, ALERTS_CHANNEL: slack.channel },
      ...{ ALERTMANAGER_TOKEN: TOKEN, CHANGES_TOKEN: TOKEN },
    },
  });
  const send = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 202, await answer.text());
  };
  return {
    ...running,
    tell: (change: Change) => send('/changes', { ...change, at: new Date().toISOString() }),
    alert: (group: object) => send('/webhooks/alertmanager', group),
    async report(id: string): Promise<Report> {
      const store = await composeStoreToRead({ dataFolder: data });
      assert.ok(store);
      try {
        const found = await findInvestigation(store, { id, workspaceId: slack.team });
        return found?.report as Report;
      } finally {
        await store.close();
      }
    },
  };
}
