/** `/trace tools …` from end to end: real Bolt over HTTP, a stateful Slack, a service on loopback that may be asked. */
import type { ActionsBlock, Button, KnownBlock } from '@slack/types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '#record/audit.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { type RecordedServer, refuse, startRecordedServer } from '#test/recorded-server.ts';
import { openSlackSide, type SlackSide, sendToBot } from '#test/slack-side.ts';

const NOWHERE = { jaegerUrl: 'http://127.0.0.1:1', lokiUrl: 'http://127.0.0.1:1' };

let slack: SlackSide;
let bot: TestBot;
let service: RecordedServer;

beforeEach(async () => {
  service = await startRecordedServer(() => refuse(503, {}, '<!channel> circuit breaker is open, token=hunter2'));
  slack = await openSlackSide();
  // A probe waits half a minute, and no test waits for it.
  const env = { SPANHOUND_HTTP_ALLOW: service.url.origin, SPANHOUND_STOP_SECONDS: '0.1' };
  bot = await openBot({ slack, ...NOWHERE, env });
});
afterEach(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await service[Symbol.asyncDispose]();
});

type Shown = Readonly<{ response_type: string; text: string; blocks?: readonly KnownBlock[] }>;

async function typed(text: string): Promise<Shown> {
  const { status, body } = await sendToBot(bot.url, slack.command(text));
  expect(status).toBe(200);
  return JSON.parse(body);
}

const later = () => eventually(() => slack.proxy.responses.at(0)?.body as Shown | undefined);

describe('/trace tools', () => {
  test('answers the one who asked alone, at once, and nothing is posted', async () => {
    const answer = await typed('tools time 1736173845');
    expect(answer).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('2025-01-06T14:30:45.000Z'),
    });
    expect(await typed('tools')).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('tools json'),
    });
    expect((await typed('tools json {"a":')).text).toMatch(
      /^This is not valid JSON: line 1, column 6: expected a value/,
    );
    expect(await slack.messages()).toEqual([]);
  });

  test('sends a request that is allowed, and shows the answer without what could ping or leak', async () => {
    expect((await typed(`tools http ${service.url}health`)).text).toBe(`Sending the request to ${service.url.host}…`);
    const answer = await later();
    expect(answer.text).toBe('503 Service Unavailable');
    expect(JSON.stringify(answer.blocks)).toContain('"rich_text_preformatted"');
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|mrkdwn/);
    expect(await verifyAudit(bot.store)).toMatchObject({ ok: true, entries: 1 });
    expect(await slack.messages()).toEqual([]);
  });

  test('says where a request may not go, and sends nothing', async () => {
    await typed('tools http http://169.254.169.254/latest/meta-data');
    expect((await later()).text).toContain('no request may go to http://169.254.169.254');
    expect(service.requests).toEqual([]);
  });

  test('refuses credentials: Slack keeps what is typed', async () => {
    for (const curl of [
      `-u ann:x ${service.url}`,
      `-H 'X-Api-Key: abcdef' ${service.url}`,
      `${service.url}?token=abcdef`,
    ]) {
      expect((await typed(`tools http curl ${curl}`)).text).toContain('It contains a credential');
    }
    expect(service.requests).toEqual([]);
  });

  test('probes a breaker once the button is pressed, whose dialog asks once more', async () => {
    const offer = await typed(`tools http --probe-circuit ${service.url}health`);
    expect(service.requests).toEqual([]);
    const actions = offer.blocks?.find((block): block is ActionsBlock => block.type === 'actions');
    const button = actions?.elements[0] as Button;
    expect(button).toMatchObject({ action_id: 'tool_probe', confirm: { deny: { text: 'No' } } });

    const message = { ts: '1.1', text: offer.text } as Parameters<SlackSide['action']>[0];
    await sendToBot(bot.url, slack.action(message, 'tool_probe', button.value ?? ''));
    await eventually(() => (service.requests.length > 0 ? true : undefined));
    // It is open already: one request, and then the wait.
    expect(service.requests).toHaveLength(1);
  });

  test('a button with another value does nothing', async () => {
    const message = { ts: '1.1', text: '' } as Parameters<SlackSide['action']>[0];
    expect(await sendToBot(bot.url, slack.action(message, 'tool_probe', '{"url":5}'))).toMatchObject({ status: 200 });
    expect(service.requests).toEqual([]);
  });
});
