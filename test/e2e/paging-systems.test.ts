/**
 * An incident that Opsgenie, ilert, Grafana IRM or incident.io began, worked on in Slack and there: real Bolt and webhooks
 * over HTTP, a stateful Slack, an account that keeps its state, a stepped clock.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { inGate } from '#test/in-gate.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { type Account, openAccount, PAGING_SYSTEMS, type PagingSystem } from '#test/paging-systems.ts';
import { type SlackMessage, sendToBot } from '#test/slack-side.ts';

const KIM = 'U00000KIM1';
/** What somebody wrote into a rule there. */
const TITLE = 'frontend is slow <!channel> & "more"';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;
let account: Account;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
afterEach(async () => {
  await side.close();
  await account.close();
});

type Case = (typeof PAGING_SYSTEMS)[number];

/** The alert is answered in its channel, and somebody declares the incident from the answer. */
async function begin({ system, alertId }: Case): Promise<string> {
  account = await openAccount(system, { id: alertId, title: TITLE });
  const environment = (channelId: string) => ({
    SPANHOUND_PAGE_ON_CALL: `payments-team=${system.target},payments-team=${KIM}`,
    SPANHOUND_COMMANDER_MINUTES: '0',
    ALERTS_CHANNEL: channelId,
    ...system.environment(account.url),
  });
  // The traces of the backends are a minute old.
  side = await openIncidents(backends, environment, { startUs: Date.now() * 1_000 });
  side.slack.proxy.person(KIM);
  await side.clock.tick(3_000);
  await hear(system, { id: alertId, title: TITLE }, 'begun');
  const answer = await side.soon(async () => (await side.everywhere()).find((one) => declareValue(one) !== ''));
  const trigger_id = side.slack.proxy.trigger();
  await sendToBot(side.url(), side.slack.action(answer, 'incident_declare', declareValue(answer), { trigger_id }));
  await side.submit({ title: 'Checkout is slow', severity: { chosen: 'P1' } });
  await side.overview('INC-1');
  return (await side.incident()).id;
}

function declareValue({ blocks = [] }: SlackMessage): string {
  return /"incident_declare".*?"value":"([^"]+)"/.exec(JSON.stringify(blocks))?.[1] ?? '';
}

/** Sent twice, as their retries are. False where the system sends nothing about it. */
async function hear(
  { id, webhook }: PagingSystem,
  about: Parameters<PagingSystem['webhook']>[0],
  event: Parameters<PagingSystem['webhook']>[1],
): Promise<boolean> {
  const sent = webhook(about, event, side.clock.nowUs() / 1_000);
  if (sent === undefined) return false;
  for (let time = 0; time < 2; time += 1) {
    const { status } = await fetch(`${side.url()}/webhooks/${id}`, {
      method: 'POST',
      body: sent.body,
      headers: { 'content-type': 'application/json', ...sent.headers },
    });
    expect(status).toBe(202);
  }
  await side.clock.tick(10_000);
  return true;
}

const entry = (like: string) => side.soon(async () => (await side.timeline()).find((text) => text.includes(like)));
const count = async (like: RegExp) => (await side.timeline()).filter((text) => like.test(text)).length;
const inThread = async () => {
  const { ts } = await side.overview('INC-1');
  return await side.slack.thread(ts);
};

const { gate, deep } = inGate(
  PAGING_SYSTEMS.map((one) => [one.system.title, one] as const),
  2,
);
describe.each(gate)('%s', stories);
describe.each(deep)('%s', { tags: ['deep'] }, stories);

function stories(_: string, one: Case): void {
  const { system, alertId } = one;
  const { title, acknowledges, takesNotes, targetWords } = system;
  const alert = { id: alertId, title: TITLE };

  test('taken, noted, paged and resolved here is so there; what comes back is no news', async () => {
    const id = await begin(one);
    expect(account.changes).toEqual([]);

    const take = () => side.press('incident_take', `${id}:commander`);
    await Promise.all([take(), take()]);
    if (acknowledges) {
      await entry(`Acknowledged in ${title}`);
      await hear(system, alert, 'acknowledged');
    }
    expect(account.changes).toEqual(acknowledges ? ['acknowledged'] : []);
    expect(await count(/acknowledged/i)).toBe(acknowledges ? 1 : 0);

    await side.type('update half of the pods are back, token=abcdef0123456789abcdef');
    await side.type('note I look at the logs');
    await side.type('status identified');
    if (takesNotes) {
      await side.soon(async () => ((await count(/Note added in/)) >= 3 ? true : undefined));
      const written = account.notes.join('\n');
      expect(written).toMatch(/INC-1 update: half of the pods are back/);
      expect(written).toMatch(/INC-1 status: investigating → identified/);
      expect(written).not.toMatch(/abcdef0123456789|I look at the logs/);
    }

    expect(await side.type('page payments-team the queue is full')).toContain('I page who is on call in');
    await entry(`${title} pages ${targetWords}`);
    const page = [...account.kept.values()].find((kept) => kept.id !== alertId);
    expect(page).toMatchObject({ title: 'INC-1 Checkout is slow', state: 'open' });
    expect(page?.details).toContain('the queue is full');
    await side.restart();
    const paged = { id: page?.id ?? '', title: page?.title ?? '' };
    if (await hear(system, paged, 'begun')) {
      await hear(system, paged, 'acknowledged');
      await entry('Acknowledged the page there');
    } else {
      // Kim has it in Slack, and the page ends there.
      const value = await side.soon(haveValue);
      await side.press('incident_page_have', value, { user_id: KIM });
      await side.soon(() => (page?.state === 'acknowledged' ? true : undefined));
      await side.soon(async () => ((await count(/Acknowledged in/)) === (acknowledges ? 2 : 1) ? true : undefined));
    }
    // Nobody answers the page as if it were an alert.
    const alerts = await side.store().db.selectFrom('alerts').select('title').distinct().execute();
    expect(alerts).toEqual([{ title: TITLE }]);

    await side.type('resolve all is well');
    const question = await side.soon(async () =>
      (await inThread()).find((message) => shownIn(message).includes('Resolve there, too?')),
    );
    expect(shownIn(question)).toContain('pager_resolve');
    expect(account.changes).not.toContain('resolved');
    const pressed = side.slack.action(question, 'pager_resolve', `${id}:${system.id}`);
    await Promise.all([sendToBot(side.url(), pressed), sendToBot(side.url(), pressed)]);
    // An escalation that somebody has is over in incident.io.
    await side.soon(async () => ((await count(/(?:Resolved in|It was resolved in)/)) === 2 ? true : undefined));
    expect(account.kept.get(alertId)?.state).toBe('resolved');
    expect(account.changes.filter((change) => change === 'resolved')).toHaveLength(acknowledges ? 2 : 1);
    await hear(system, alert, 'resolved');
    expect(await count(/alert Resolved: frontend is slow/)).toBe(0);
    expect((await side.everywhere()).map(shownIn).join('\n')).not.toContain('<!channel>"');
    expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
  });

  test('what people do there is said here, and nobody is asked about what is resolved there', async () => {
    const id = await begin(one);
    account.kept.set(alertId, { ...alert, details: '', state: 'acknowledged' });
    if (await hear(system, alert, 'acknowledged')) await entry(`note Acknowledged: ${TITLE}`);
    await side.press('incident_take', `${id}:commander`);
    account.kept.set(alertId, { ...alert, details: '', state: 'resolved' });
    expect(await hear(system, alert, 'resolved')).toBe(true);
    await entry(`alert Resolved: ${TITLE}`);
    await side.restart();
    await side.type('resolve all is well');
    await side.pass(1);
    expect((await inThread()).map(shownIn).join('\n')).not.toContain('Resolve there, too?');
    expect(account.changes).toEqual([]);
    expect(await count(/alert Resolved/)).toBe(1);
    expect(await count(/Acknowledged in/)).toBe(0);
  });

  test('it is down while the bot restarts: the page still arrives, and once', { tags: ['deep'] }, async () => {
    await begin(one);
    account.fail(503);
    await side.type('page payments-team the queue is full');
    await side.pass(1);
    await side.restart();
    await side.pass(2);
    expect(account.changes).toEqual([]);
    account.fail(undefined);
    await side.pass(6);
    await entry(`${title} pages ${targetWords}`);
    await side.pass(10);
    expect(account.changes).toEqual(['paged']);
  });
}

/** The value of the button in the direct message to Kim. */
function haveValue(): string | undefined {
  const sent = side.slack.proxy.callsOf('chat.postMessage').filter(({ args }) => args.channel === KIM);
  return /"incident_page_have".*?"value":"([^"]+)"/.exec(sent.at(-1)?.args.blocks ?? '')?.[1];
}
