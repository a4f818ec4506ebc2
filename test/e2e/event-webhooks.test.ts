/** Events of incidents in the whole bot: real Bolt over HTTP, a stateful Slack, a stepped clock, and a receiver. */
import { expect, onTestFinished, test } from 'vitest';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { openIncidents } from '#test/incidents-in-slack.ts';
import { privateChannel } from '#test/slack-side.ts';
import { openReceiver } from '#test/webhook-receiver.ts';

test('a receiver gets what happens in a public channel, and nothing of a private one', async () => {
  const backends = await openHotrodBackends();
  const receiver = await openReceiver();
  const side = await openIncidents(backends, {
    SPANHOUND_COMMANDER_MINUTES: '0',
    EVENT_WEBHOOK_URLS: `data=${receiver.url}`,
    EVENT_WEBHOOK_SECRETS: 'data=s3cret',
  });
  onTestFinished(async () => {
    await side.close();
    await receiver.close();
    await backends.close();
  });
  // The first look notes where the news begin.
  await side.soon(async () => {
    const marks = await side.store().db.selectFrom('marks').select('name').execute();
    return marks.some(({ name }) => name === 'events-seen') ? true : undefined;
  });
  const inside = { user_id: 'U0INSIDE', channel_id: await privateChannel(side.slack) };
  await side.type('declare P0 BREACH insider', inside);
  await side.type('declare P1 user-service is out of connections');
  await side.type('severity P0 because all are affected');
  const types = () => receiver.bodies.map((body) => (body as { type: string }).type);
  await side.soon(() => (types().length >= 2 ? true : undefined));
  await side.clock.tick(60_000);
  expect(types().toSorted()).toEqual(['incident.declared', 'incident.severity_changed']);
  expect(JSON.stringify(receiver.bodies)).not.toContain('BREACH');
});
