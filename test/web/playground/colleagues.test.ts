/** The colleagues of the playground: the visitor acts as them, and they play a P0. The real bot over the real page. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { composeBot } from '#compose/bot.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { composeStore } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { silentLog } from '#core/log.ts';
import { mitigationOffers } from '#model/incident/mitigation.ts';
import { findIncident } from '#record/find-incidents.ts';
import type { Store } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { eventually } from '#test/eventually.ts';
import { CALL_PACES } from '#test/patience.ts';
import { playedAutomation } from '#web/playground/automation.ts';
import { openInteractions } from '#web/playground/interactions.ts';
import { readManifest } from '#web/playground/manifest.ts';
import { JONAS, MIRA, playedRota, YOU } from '#web/playground/people.ts';
import { p0Player } from '#web/playground/played-p0.ts';
import { inProcessReceiver } from '#web/playground/receiver.ts';
import { PLAYGROUND_API_URL, PLAYGROUND_TOKEN, slackFetch } from '#web/playground/web-api.ts';
import { openWorkspace } from '#web/playground/workspace.ts';

const CHANNEL = 'C0INCIDENTS';

let played: Awaited<ReturnType<typeof open>>;

beforeEach(async () => {
  played = await open();
});
afterEach(() => played.close());

async function open() {
  const clock = systemClock;
  const newId = uuidV7(clock);
  const store: Store = await composeStore({});
  const workspace = openWorkspace({ clock, newId, triggerLifeMs: 60_000 });
  const receiver = inProcessReceiver({ clock, waitMs: 60_000 });
  const investigation = await composeInvestigation(loadConfig({}), { threads: false, redactionKey: 'drawn' });
  const bot = await composeBot({
    store,
    investigation,
    log: silentLog,
    pages: { minutes: 5, onCall: playedRota([]) },
    automation: playedAutomation([]),
    slack: {
      botToken: PLAYGROUND_TOKEN,
      apiUrl: PLAYGROUND_API_URL,
      fetch: slackFetch(workspace),
      transport: { kind: 'given', receiver },
      callPaces: CALL_PACES,
    },
  });
  await bot.start();
  const manifest = readManifest(await readFile(new URL('../../../manifest.json', import.meta.url), 'utf8'));
  const pressApp = async () => undefined;
  const interactions = openInteractions({ workspace, receiver, manifest, pressApp, clock, newId });
  return {
    workspace,
    interactions,
    store,
    playP0: p0Player({ workspace, interactions, channelId: CHANNEL, clock, stepMs: 0 }),
    said: (text: string, as: string) => interactions.say({ channelId: CHANNEL, text, as }),
    shown: (words: string, to: string) =>
      eventually(() =>
        workspace.snapshot().messages.find(({ text, shownTo }) => text.includes(words) && shownTo === to),
      ),
    incident: async () => {
      const found = await findIncident(store, { workspaceId: 'T0PLAYGROUND', number: 1 });
      if (found === undefined) throw new Error('there is no INC-1');
      return found;
    },
    async close() {
      await bot.stop(1_000);
      await store.close();
    },
  };
}

test('what a colleague asks is answered to that colleague alone, in their name', async () => {
  await played.said('/incident declare P1 Carts are empty', MIRA.id);
  await played.said('/incident role commander', JONAS.id);
  await played.shown('You are incident commander of INC-1', JONAS.id);
  expect(await played.incident()).toMatchObject({ declaredBy: MIRA.id, roles: { commander: JONAS.id } });
  await played.said('/incident who is on call', YOU.id);
  expect((await played.shown('On call for user-service', YOU.id)).text).toContain('Mira, Jonas');
  await expect(played.said('hello', 'U0SPANHOUND')).rejects.toThrow('user_not_found');
});

test('they play a P0: roles are confirmed, a page is answered, and it ends resolved with another commander', async () => {
  await played.playP0();
  const incident = await eventually(async () => {
    const now = await played.incident();
    return now.status === 'resolved' ? now : undefined;
  });
  expect(incident).toMatchObject({ severity: 'P1', roles: { commander: JONAS.id, 'technical-lead': JONAS.id } });
  const texts = (await timelineOf(played.store, incident.id)).map(({ text }) => text);
  for (const part of ['Technical lead: U0JONAS confirmed', 'Acknowledged the page', 'Nothing new', 'P0 → P1'])
    expect(texts.join('\n'), part).toContain(part);
});

test('two plays at once are one', async () => {
  const first = played.playP0();
  await expect(played.playP0()).rejects.toThrow('already_played');
  await first;
});

test('the automation says what would run, and runs nothing', async () => {
  const desk = playedAutomation([]);
  const facts = { services: ['user-service'], change: undefined };
  const { offers } = mitigationOffers(desk.actions, { number: 1, severity: 'P0' }, facts, YOU.id);
  expect(offers.map(({ action }) => action.name)).toEqual(['scale up', 'restart']);
  const [{ body, action } = { body: '', action: undefined }] = offers;
  const request = { id: 'm', url: action?.url ?? new URL('http://x.invalid'), body };
  expect(await desk.send(request, new AbortController().signal)).toEqual({
    kind: 'taken',
    said: expect.stringContaining('would run: kubectl scale deploy/user-service --replicas=6'),
  });
});
