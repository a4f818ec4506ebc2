/** A question for an update that nobody answers: who gets it directly, and in which order. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { type IncidentsInSlack, openIncidents } from '#test/incidents-in-slack.ts';
import { privateChannel } from '#test/slack-side.ts';

const [LEAD, TECH, COMMS] = ['U0000LEAD1', 'U0000TECH1', 'U000COMMS1'];

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  side = await openIncidents(backends, { SPANHOUND_COMMANDER_MINUTES: '0' });
  for (const person of [LEAD, TECH, COMMS]) side.slack.proxy.person(person);
});
afterEach(() => side.close());

const questions = () =>
  side.slack.proxy.callsOf('chat.postMessage').filter(({ args }) => args.text?.includes('an update is due'));
const asked = (count: number) => side.soon(() => (questions().length === count ? true : undefined));
const direct = () =>
  side.slack.proxy
    .callsOf('chat.postMessage')
    .filter(({ args }) => args.text?.includes('nobody posted the update'))
    .map(({ args }) => args.channel);

test('it goes to the commander, then to the next in line, then to nobody; an update begins anew', async () => {
  await side.type('declare P0 Checkout is down');
  await side.overview('INC-1');
  await side.type('role commander', { user_id: LEAD });
  await side.type('role communications', { user_id: COMMS });
  await side.pass(15);
  await asked(1);
  expect(direct()).toEqual([]);
  await side.pass(15);
  await side.soon(() => (direct().length === 1 ? true : undefined));
  expect(direct()).toEqual([LEAD]);
  await side.restart();
  await side.pass(15);
  await side.soon(() => (direct().length === 2 ? true : undefined));
  await side.pass(30);
  await asked(5);
  expect(direct()).toEqual([LEAD, COMMS]);

  await side.type('update half of the pods are back');
  await side.pass(30);
  await side.soon(() => (direct().length === 3 ? true : undefined));
  expect(direct()).toEqual([LEAD, COMMS, LEAD]);
});

test('it goes to nobody who may not see the incident any more', async () => {
  const inside = { user_id: 'U0INSIDE', channel_id: await privateChannel(side.slack) };
  side.slack.proxy.members(inside.channel_id, ['U0INSIDE', LEAD]);
  await side.type('declare P0 BREACH insider', inside);
  await side.overview('INC-1');
  await side.type('role commander', { ...inside, user_id: LEAD });
  await side.type('role technical', inside);
  side.slack.proxy.members(inside.channel_id, ['U0INSIDE']);
  await side.pass(30);
  await side.soon(() => (direct().length === 1 ? true : undefined));
  expect(direct()).toEqual(['U0INSIDE']);
});
