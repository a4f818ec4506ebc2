/** `/incident review`: real Bolt over HTTP, a stateful Slack. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents } from '#test/incidents-in-slack.ts';
import { recordCase } from '#test/reviewed-incidents.ts';
import { privateChannel } from '#test/slack-side.ts';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
  side = await openIncidents(backends);
});
afterAll(async () => {
  await side.close();
  await backends.close();
});

/** Six answered verdicts, two of them in a private channel. */
async function recordCases(): Promise<string> {
  const { slack } = side;
  const secret = await privateChannel(slack);
  slack.proxy.members(secret, ['U0INSIDE']);
  for (const number of [1, 2, 3, 4, 5, 6]) {
    const channelId = number > 5 ? secret : slack.channel;
    const incident = { workspaceId: slack.team, channelId, title: `Logins fail ${number}` };
    const answers = [[slack.person, number > 1]] as const;
    await recordCase(side.store(), { id: `i${number}`, incident, answers, gapMinutes: 10 * number, fixed: 'more' });
  }
  return secret;
}

test('shows the asker a review with its picture, and nothing of a private channel outside of it', async () => {
  const secret = await recordCases();
  const answer = await side.type('review');
  expect(answer).toContain('5 incidents in the last 90 days');
  expect(answer).toContain('Connection pool exhausted in users');
  expect(answer).toContain('4 incidents, the last INC-5');
  expect(answer).toContain('4 of 5 were right, 80 % (95 % interval: 38 % to 96 %)');
  expect(answer).toContain('"type":"image","slack_file"');
  expect(await side.type('review 30d', { user_id: 'U0INSIDE', channel_id: secret })).toContain(
    '6 incidents in the last 30 days',
  );
  expect(await side.type('review carts')).toContain('No incident of carts in the last 90 days');
});
