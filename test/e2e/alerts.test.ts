/** Alerts from end to end: real Bolt and webhooks over HTTP, a stateful Slack, Jaeger and Loki as they answered for HotROD. */
import { connect } from 'node:net';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findInvestigation } from '#record/investigations.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import {
  PAGERDUTY_SECRET,
  pagerdutyEdit,
  pagerdutyEvent,
  pagerdutyMessage,
  pagerdutySignature,
} from '#test/pagerduty.ts';
import { openSlackSide, type SlackMessage, type SlackSide, sendSigned, sendToBot } from '#test/slack-side.ts';
import { RECEIVE_DELIVERY } from '#workflows/alerts/receive-alert.ts';

let slack: SlackSide;
let bot: TestBot;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let env: Record<string, string>;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackSide();
  env = {
    PAGERDUTY_WEBHOOK_SECRET: `retired,${PAGERDUTY_SECRET}`,
    ALERTMANAGER_TOKEN: 't0ken',
    ALERTS_CHANNEL: slack.channel,
  };
  bot = await openBot({ slack, ...backends, env });
});
afterEach(async () => {
  backends.down(false);
  await bot.stop();
  await bot.forget();
  await slack.close();
});

const INCIDENT = { id: 'Q7X2FRONTEND', title: 'frontend is slow' };

describe('a PagerDuty message', () => {
  test('is answered in its thread with what most traces of its service show, and how they were chosen', async () => {
    const alert = await posted();
    await sendToBot(bot.url, slack.event(pagerdutyMessage(INCIDENT, alert)));

    const answer = await answered(alert.ts);
    expect(answer.text).toMatch(/mysql/i);
    const said = JSON.stringify(answer.blocks);
    expect(said).toContain('3 of 4 looked at show this');
    expect(answer.blocks?.some(({ type }) => type === 'image')).toBe(true);

    const [root] = await slack.messages();
    expect(root?.ts).toBe(alert.ts);
    const chosen = await threadSays(alert.ts, /The examined requests/);
    const how = JSON.stringify(chosen.blocks);
    expect(how).toContain('3 of 4 examined requests of frontend show the same problem');
    expect(how).toContain('Examined: 1 failing and the 3 slowest of 6 requests found');
    expect(JSON.stringify(chosen.blocks)).toMatch(/failing: .*the slowest of/);

    const investigation = await findInvestigation(bot.store, { id: idIn(answer), workspaceId: slack.team });
    expect(investigation?.report).toMatchObject({
      subject: { kind: 'alert', service: 'frontend' },
      exemplars: [{ role: 'failing' }, { role: 'slow' }, { role: 'slow' }, { role: 'slow' }],
    });
  });

  test('whose work cannot be stored gets a 500, stays, and is answered once when it can be', async () => {
    const alert = await posted();
    const event = slack.event(pagerdutyMessage(INCIDENT, alert));
    await sql`alter table alerts rename to alerts_away`.execute(bot.store.db);
    expect((await sendToBot(bot.url, event)).status).toBe(500);
    await sql`alter table alerts_away rename to alerts`.execute(bot.store.db);
    expect(await slack.thread(alert.ts)).toEqual([]);

    // Nobody sends it again: it is taken up by itself.
    await eventually(async () => (await slack.thread(alert.ts)).find(isDiagnosis));
    expect((await sendToBot(bot.url, event)).status).toBe(200);
    expect((await slack.thread(alert.ts)).filter(isDiagnosis)).toHaveLength(1);
  });

  test.each(['null', '7', '"x"', '[]', '{"'])(
    'that is no JSON object (%s) gets a 400, though it is signed',
    async (body) => {
      expect((await sendSigned(bot.url, body, { 'content-type': 'application/json' })).status).toBe(400);
    },
  );

  test('that names a trace is answered as /trace answers', async () => {
    const alert = await posted();
    const message = pagerdutyMessage(INCIDENT, alert);
    const text = `${message.text}\ntrace_id=${SLOW_QUERY_TRACE.id}`;
    await sendToBot(bot.url, slack.event({ ...message, text }));
    const answer = await answered(alert.ts);
    expect(answer.text).toMatch(/mysql/i);
    expect(JSON.stringify(answer.blocks)).not.toContain('examined');
  });

  test('is answered once, however often it is delivered, edited and resolved, and its end is said once', async () => {
    const alert = await posted();
    const event = slack.event(pagerdutyMessage(INCIDENT, alert));
    const edit = (state: string) => slack.event(pagerdutyEdit(INCIDENT, { ...alert, state }));
    await Promise.all([event, event, edit('triggered'), edit('acknowledged')].map((body) => sendToBot(bot.url, body)));
    await answered(alert.ts);
    for (const state of ['acknowledged', 'resolved', 'resolved', 'triggered']) await sendToBot(bot.url, edit(state));
    await threadSays(alert.ts, /^Resolved: frontend is slow$/);
    await sendToBot(bot.url, edit('resolved'));
    await sendToBot(bot.url, event);
    await restart();
    const posts = slack.proxy.callsOf('chat.postMessage').map(({ args }) => args.text ?? '');
    expect(posts.filter((text) => text.startsWith('Looking into'))).toHaveLength(1);
    expect(posts.filter((text) => text.startsWith('Resolved'))).toHaveLength(1);
  });

  test('of a service without traces names the services that have some', { tags: ['deep'] }, async () => {
    const alert = await posted();
    await sendToBot(bot.url, slack.event(pagerdutyMessage({ ...INCIDENT, title: 'Disk is full on web-01' }, alert)));
    const answer = await threadSays(alert.ts, /could not look into this alert: it names no service/);
    expect(JSON.stringify(answer.blocks)).toContain('customer, driver, frontend, mysql');
  });

  test('says so when the backend is down', async () => {
    backends.down(true);
    const alert = await posted();
    await sendToBot(bot.url, slack.event(pagerdutyMessage(INCIDENT, alert)));
    await threadSays(alert.ts, /could not look into this alert: no source answered/);
  });

  test('that cannot be read is told in its thread with what was seen, once', async () => {
    const alert = await posted();
    const { blocks: _, ...message } = pagerdutyMessage(INCIDENT, alert);
    const event = { ...message, text: 'A new kind of message <!channel>' };
    await sendToBot(bot.url, slack.event(event));
    await sendToBot(bot.url, slack.event(event));
    const answer = await threadSays(alert.ts, /could not read this alert/);
    expect(JSON.stringify(answer.blocks)).toContain('A new kind of message');
    expect(JSON.stringify(answer.blocks)).toContain('spanhound alert try FILE');
    expect(await slack.thread(alert.ts)).toHaveLength(1);
  });

  test('is answered once after restarts at any step', async () => {
    const alert = await posted();
    const event = slack.event(pagerdutyMessage(INCIDENT, alert));
    slack.proxy.down(true);
    await sendToBot(bot.url, event);
    await restart();
    slack.proxy.down(false);
    await sendToBot(bot.url, event);
    await eventually(async () => (await slack.thread(alert.ts)).at(0));
    await restart();
    await answered(alert.ts);
    await sendToBot(bot.url, slack.event(pagerdutyEdit(INCIDENT, { ...alert, state: 'resolved' })));
    await restart();
    await threadSays(alert.ts, /^Resolved/);
    const answers = (await slack.thread(alert.ts)).filter(isDiagnosis);
    expect(answers).toHaveLength(1);
  });

  test('that is opened again after it was resolved is answered once more, in a new thread that links the last', async () => {
    const alert = await posted();
    await sendToBot(bot.url, slack.event(pagerdutyMessage(INCIDENT, alert)));
    await answered(alert.ts);
    const edited = (state: string, ts: string) => {
      const edit = pagerdutyEdit(INCIDENT, { ...alert, state });
      return slack.event({ ...edit, ts, message: { ...edit.message, edited: { user: 'B0PAGER', ts } } });
    };
    const inSeconds = (seconds: number) => `${Math.floor(Date.now() / 1_000) + seconds}.000100`;
    await sendToBot(bot.url, edited('resolved', inSeconds(60)));
    await threadSays(alert.ts, /^Resolved/);
    const again = edited('triggered', inSeconds(120));
    await sendToBot(bot.url, again);
    await sendToBot(bot.url, again);
    const answer = await eventually(async () => (await slack.messages()).find(isDiagnosis));
    const history = await threadSays(answer.ts, /^It fires for the second time this week\. Last time: .* ended after/);
    expect(JSON.stringify(history.blocks)).toContain('archives');
    const link = await threadSays(alert.ts, /^This alert fires again/);
    expect(JSON.stringify(link.blocks)).toContain(answer.ts.replace('.', ''));
    await restart();
    expect((await slack.thread(alert.ts)).filter(isDiagnosis)).toHaveLength(1);
    expect((await slack.messages()).filter(isDiagnosis)).toHaveLength(1);
  });

  test('of a person is not answered', async () => {
    const message = await posted();
    const { text } = pagerdutyMessage(INCIDENT, message);
    await sendToBot(bot.url, slack.event({ type: 'message', channel: slack.channel, ts: message.ts, text }));
    await restart();
    expect(slack.proxy.callsOf('chat.postMessage')).toEqual([]);
  });
});

describe('POST /webhooks/pagerduty', () => {
  test('is answered in the configured channel, once', async () => {
    const body = JSON.stringify(pagerdutyEvent(INCIDENT, { eventId: '01A', atMs: Date.now(), service: 'frontend' }));
    expect((await webhook('pagerduty', body)).status).toBe(202);
    expect((await webhook('pagerduty', body)).status).toBe(202);
    const answer = await eventually(async () => (await slack.messages()).find(isDiagnosis));
    expect(answer.text).toMatch(/mysql/i);
    expect(await slack.messages()).toHaveLength(1);

    const resolved = pagerdutyEvent(INCIDENT, { eventId: '01B', type: 'resolved', atMs: Date.now() });
    await webhook('pagerduty', JSON.stringify(resolved));
    await eventually(async () => (await slack.thread(answer.ts)).find(({ text }) => /^Resolved/.test(text)));
  });

  test('is answered after a restart that came right after it was acknowledged', { tags: ['deep'] }, async () => {
    const event = pagerdutyEvent(INCIDENT, { eventId: '01A', atMs: Date.now(), service: 'frontend' });
    expect((await webhook('pagerduty', JSON.stringify(event))).status).toBe(202);
    await restart();
    await eventually(async () => (await slack.messages()).find(isDiagnosis));
    expect(await slack.messages()).toHaveLength(1);
  });

  test('adds nothing where the message of the same incident came, whichever was first', {
    tags: ['deep'],
  }, async () => {
    // The message comes within this time of the webhook, also on a slow machine.
    env = { ...env, SPANHOUND_WAIT_FOR_MESSAGE_SECONDS: '5' };
    await restart();
    const alert = await posted();
    await webhook('pagerduty', JSON.stringify(pagerdutyEvent(INCIDENT, { eventId: '01A', atMs: Date.now() })));
    await sendToBot(bot.url, slack.event(pagerdutyMessage(INCIDENT, alert)));
    await answered(alert.ts);
    await eventually(async () => {
      const [delivery] = await bot.store.db
        .selectFrom('jobs')
        .selectAll()
        .where('kind', '=', RECEIVE_DELIVERY)
        .execute();
      return delivery?.state === 'done' ? true : undefined;
    });
    await restart();
    const posts = slack.proxy.callsOf('chat.postMessage').filter(({ args }) => args.text?.startsWith('Looking into'));
    expect(posts.map(({ args }) => args.thread_ts)).toEqual([alert.ts]);
  });

  test('refuses what is not signed, too large, or no webhook, and says which', async () => {
    const body = JSON.stringify(pagerdutyEvent(INCIDENT, { eventId: '01A', atMs: Date.now() }));
    expect(
      (await webhook('pagerduty', body, { 'x-pagerduty-signature': pagerdutySignature(body, 'guess') })).status,
    ).toBe(401);
    expect((await webhook('pagerduty', body, { 'x-pagerduty-signature': '' })).status).toBe(401);
    expect((await webhook('pagerduty', `${body}${' '.repeat(1_000_000)}`)).status).toBe(413);
    expect((await webhook('pagerduty', '{"event":')).status).toBe(400);
    expect((await webhook('pagerduty', '{"event":{"id":"1","event_type":"pagey.ping"}}')).status).toBe(200);
  });
});

describe('POST /webhooks/alertmanager', () => {
  const group = (alerts: readonly object[], more: object = {}) =>
    JSON.stringify(alertmanagerGroup(alerts, { commonLabels: { alertname: 'Slow', service: 'frontend' }, ...more }));
  const now = (fingerprint: string, more: object = {}) => ({
    ...firing(fingerprint),
    startsAt: new Date(Date.now() - 5_000).toISOString(),
    ...more,
  });

  test('answers the group once, names alerts that join it and what was left out, and says its end', async () => {
    const [one, two] = [now('a1'), now('b2')];
    expect((await webhook('alertmanager', group([one], { truncatedAlerts: 3 }))).status).toBe(202);
    await webhook('alertmanager', group([one], { truncatedAlerts: 3 }));
    const answer = await eventually(async () => (await slack.messages()).find(isDiagnosis));
    expect(JSON.stringify(answer.blocks)).toContain('did not send 3 more alerts of this group');

    await webhook('alertmanager', group([one, two]));
    await eventually(async () => (await slack.thread(answer.ts)).find(({ text }) => /One more alert fires/.test(text)));
    const over = [one, two].map((alert) => ({ ...alert, status: 'resolved' }));
    await webhook('alertmanager', group(over, { status: 'resolved' }));
    await eventually(async () => (await slack.thread(answer.ts)).find(({ text }) => /^Resolved/.test(text)));
    expect(await slack.messages()).toHaveLength(1);
  });

  test('answers an alert that comes in two groups once, also after a restart, and says its end once', async () => {
    const one = now('a1');
    const two = now('b2', { labels: { service: 'frontend' } });
    // Another route groups by the pod: no label names the rule, so that nothing else joins the two.
    const other = { groupKey: '{}/{team="b"}:{pod="a1"}', groupLabels: { pod: 'a1' }, commonLabels: { pod: 'a1' } };
    await webhook('alertmanager', group([one]));
    const answer = await eventually(async () => (await slack.messages()).find(isDiagnosis));
    await restart();
    await webhook('alertmanager', group([one], other));
    await webhook('alertmanager', group([one, two], other));
    await eventually(async () => (await slack.thread(answer.ts)).find(({ text }) => /One more alert fires/.test(text)));
    const over = (alert: object) => ({ ...alert, status: 'resolved', endsAt: new Date().toISOString() });
    await webhook('alertmanager', group([over(one)], { status: 'resolved' }));
    await eventually(async () => (await slack.thread(answer.ts)).find(({ text }) => /^Resolved/.test(text)));
    await restart();
    await webhook('alertmanager', group([over(one), over(two)], { ...other, status: 'resolved' }));
    await eventually(async () =>
      (await slack.thread(answer.ts)).filter(({ text }) => /^Resolved/.test(text)).length === 2 ? true : undefined,
    );
    expect(await slack.messages()).toHaveLength(1);
  });

  test('answers an outage that comes back with a diagnosis of its own', { tags: ['deep'] }, async () => {
    const outage = (secondsAgo: number) => {
      const at = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
      return { ...firing('a1'), startsAt: at(secondsAgo), endsAt: at(secondsAgo - 2) };
    };
    const first = outage(9);
    await webhook('alertmanager', group([first]));
    const answer = await eventually(async () => (await slack.messages()).find(isDiagnosis));
    await webhook('alertmanager', group([{ ...first, status: 'resolved' }], { status: 'resolved' }));
    await eventually(async () => (await slack.thread(answer.ts)).find(({ text }) => /^Resolved/.test(text)));

    const second = outage(5);
    await webhook('alertmanager', group([second]));
    await webhook('alertmanager', group([second]));
    await eventually(async () => ((await slack.messages()).filter(isDiagnosis).length === 2 ? true : undefined));
    await webhook('alertmanager', group([first])); // a delivery of the first that was retried for long
    await restart();
    expect(await slack.messages()).toHaveLength(2);
  });

  test('answers each outage once where the news of the first comes last of all', { tags: ['deep'] }, async () => {
    const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1_000).toISOString();
    const first = { ...firing('a1'), startsAt: at(9), endsAt: at(7) };
    await webhook('alertmanager', group([{ ...first, status: 'resolved' }], { status: 'resolved' }));
    await eventually(
      async () => (await bot.store.db.selectFrom('alerts').select('id').execute()).length > 0 || undefined,
    );
    await webhook('alertmanager', group([{ ...firing('a1'), startsAt: at(5) }]));
    await eventually(async () => (await slack.messages()).find(isDiagnosis));
    await webhook('alertmanager', group([first]));
    await webhook('alertmanager', group([first]));
    await eventually(async () => ((await slack.messages()).filter(isDiagnosis).length === 2 ? true : undefined));
    await restart();
    expect(await slack.messages()).toHaveLength(2);
  });

  test('refuses a wrong token', async () => {
    expect((await webhook('alertmanager', group([now('a1')]), { authorization: 'Bearer guess' })).status).toBe(401);
    expect((await webhook('alertmanager', group([now('a1')]), { authorization: '' })).status).toBe(401);
  });
});

test('webhooks are refused with what to set where no secret is configured', async () => {
  const open = await openBot({ slack, ...backends });
  for (const [name, variable] of [
    ['pagerduty', 'PAGERDUTY_WEBHOOK_SECRET'],
    ['alertmanager', 'ALERTMANAGER_TOKEN'],
  ]) {
    const answer = await fetch(`${open.url}/webhooks/${name}`, { method: 'POST', body: '{}' });
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining(variable ?? '')]);
  }
  await open.stop();
  await open.forget();
});

test('requests that never end keep nobody else waiting: Slack and alerting systems are answered beside them', async () => {
  const port = Number(new URL(bot.url).port);
  const paths = ['/slack/events', '/webhooks/pagerduty', '/webhooks/github', '/nowhere'];
  const attackers = Array.from({ length: 400 }, (_, index) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        said += data;
      });
    const head = `POST ${paths[index % paths.length]} HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n`;
    socket.write(head);
    socket.write(Buffer.alloc(100_000, 'a'));
    return { socket, status: () => said.slice(9, 12) };
  });

  const help = await sendToBot(bot.url, slack.command('help'));
  expect([help.status, help.body]).toEqual([200, expect.stringContaining('/trace')]);
  const event = pagerdutyEvent(INCIDENT, { eventId: '01A', atMs: Date.now(), service: 'frontend' });
  expect((await webhook('pagerduty', JSON.stringify(event))).status).toBe(202);
  expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);

  await expect
    .poll(() => attackers.every(({ socket, status }) => socket.destroyed || /401|404|503/.test(status())))
    .toBe(true);
  for (const { socket } of attackers) socket.destroy();
});

async function webhook(name: string, body: string, headers: Record<string, string> = {}) {
  const proof =
    name === 'pagerduty' ? { 'x-pagerduty-signature': pagerdutySignature(body) } : { authorization: 'Bearer t0ken' };
  return await fetch(`${bot.url}/webhooks/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...proof, ...headers },
    body,
  });
}

/** As a new process on the same data. */
async function restart() {
  await bot.stop();
  bot = await openBot({ slack, ...backends, env, dataFolder: bot.dataFolder });
}

/** The alert's own message, so that the emulator has its thread. */
async function posted() {
  const { ts } = await slack.post('frontend is slow');
  return { channel: slack.channel, ts };
}

function answered(ts: string): Promise<SlackMessage> {
  return eventually(async () => (await slack.thread(ts)).find(isDiagnosis));
}

/** Once the last evidence is in, its buttons are there. */
function isDiagnosis({ blocks, text }: SlackMessage): boolean {
  return !text.startsWith('Looking') && JSON.stringify(blocks ?? []).includes('trace_logs');
}

function threadSays(ts: string, says: RegExp): Promise<SlackMessage> {
  return eventually(async () => (await slack.thread(ts)).find(({ text }) => says.test(text)));
}

function idIn({ blocks }: SlackMessage): string {
  return /"action_id":"trace_logs".*?"value":"([^"]+)"/.exec(JSON.stringify(blocks))?.[1] ?? '';
}
