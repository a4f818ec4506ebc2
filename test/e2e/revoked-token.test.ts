/** Slack refuses the token while somebody types a command: they read it where they typed, which needs no token. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents as openBot } from '#test/incidents-in-slack.ts';
import { type CommandBody, sendToBot } from '#test/slack-side.ts';

/** An answer of Slack about a person serves for half a minute. */
const FORGOTTEN_MINUTES = 1;

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let bot: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  bot = await openBot(backends);
});
afterEach(() => bot.close());

const trace = (): CommandBody => bot.slack.command(SLOW_QUERY_TRACE.id);
const incident = (text: string): CommandBody => bot.slack.command(text, { command: '/incident' });

/** Every call is refused, until there is a new token. */
function refused(code: string): void {
  bot.slack.proxy.chaos(() => ({ kind: 'refused', error: code }));
}

/** Types it and returns what the person reads. */
async function answerTo(command: CommandBody): Promise<string> {
  const { status, body } = await sendToBot(bot.url(), command);
  expect(status).toBe(200);
  return body === '' ? await bot.answerTo(command.response_url) : body;
}

const everything = async () => (await bot.everywhere()).map(({ text }) => text);

const TITLE = 'a token that Slack refuses with %s';
describe.each(['token_revoked'])(TITLE, isTold);
describe.each(['account_inactive', 'invalid_auth'])(TITLE, { tags: ['deep'] }, isTold);

test('several people who wait in one channel are told, each once', async () => {
  await answerTo(incident(''));
  refused('token_revoked');
  const commands = [trace(), trace()];
  for (const command of commands) await sendToBot(bot.url(), command);
  for (const { response_url } of commands) expect(await bot.answerTo(response_url)).toContain('token_revoked');
  await bot.pass(10);
  expect(bot.slack.proxy.responses.filter(({ body }) => String(body.text).includes('token_revoked'))).toHaveLength(2);
});

function isTold(code: string): void {
  test.each([
    ['/trace <id>', trace],
    ['/incident declare', () => incident('declare P1 Checkout is slow')],
    ['/incident declare without a title, which opens a form', () => incident('declare')],
    ['/incident, the list', () => incident('')],
    ['/incident note', () => incident('note restarted the pool')],
    ['/postmortem', () => bot.slack.command('', { command: '/postmortem' })],
  ])('before anything is known of the person: %s says so, and does nothing', async (_, typed) => {
    refused(code);
    const answer = await answerTo(typed());
    expect(answer).toContain(`Slack rejected my token (${code})`);
    expect(answer).toContain('ask again when there is a new token');
    expect(answer).not.toContain('/invite');
    bot.slack.proxy.chaos(() => undefined);
    await bot.pass(FORGOTTEN_MINUTES);
    expect(await everything()).toEqual([]);
  });

  test.each([
    ['/trace <id>', trace, /mysql/i],
    ['/incident declare', () => incident('declare P1 Checkout is slow'), /^INC-1 P1 Checkout is slow/],
  ])('after the person passed: %s says so, and posts once when there is a new token', async (_, typed, posted) => {
    await answerTo(incident(''));
    refused(code);
    const command = typed();
    expect((await sendToBot(bot.url(), command)).status).toBe(200);
    const id = command.response_url?.split('/').at(-1);
    await bot.soon(() =>
      bot.slack.proxy.responses.find(
        ({ urlId, body }) => urlId === id && String(body.text).includes(`Slack rejected my token (${code})`),
      ),
    );
    bot.slack.proxy.chaos(() => undefined);
    await bot.soon(async () => (await everything()).find((text) => posted.test(text)));
    await bot.pass(10);
    expect((await everything()).filter((text) => posted.test(text))).toHaveLength(1);
  });

  test('after the person passed: a form that does not open is told', async () => {
    await answerTo(incident(''));
    refused(code);
    expect(await answerTo(incident('declare'))).toContain(`Slack did not open the form (${code})`);
  });
}
