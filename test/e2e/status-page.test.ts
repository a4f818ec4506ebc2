/** Updates for customers: real Bolt over HTTP, a stateful Slack, a stepped clock, and a page that answers as Statuspage. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blockProblems } from '#present/slack/block-limits.ts';
import { keepFacts } from '#record/services.ts';
import { claimSend, statusUpdatesOf } from '#record/status-updates.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { inGate } from '#test/in-gate.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { sendToBot } from '#test/slack-side.ts';
import { openStatuspage, type StatuspageSide } from '#test/statuspage-side.ts';
import { openReceiver } from '#test/webhook-receiver.ts';

const [KIM, ANA] = ['U00000KIM1', 'U00000ANA1'];

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let side: IncidentsInSlack;
let page: StatuspageSide;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  page = await openStatuspage();
  side = await openIncidents(backends, {
    SPANHOUND_COMMANDER_MINUTES: '0',
    STATUSPAGE_PAGE_ID: 'page1234',
    STATUSPAGE_API_KEY: 'k3y-of-the-page',
    STATUSPAGE_API_URL: page.url,
    STATUSPAGE_COMPONENTS: 'Login=comp1234',
    STATUS_PAGE_COMPONENTS: 'Login,Payments',
    STATUS_PAGE_INTERNAL_WORDS: 'db-prod-7',
  });
  for (const person of [KIM, ANA]) side.slack.proxy.person(person);
  await side.type('declare P1 user-service is out of connections');
  await side.overview('INC-1');
});
afterEach(async () => {
  await side.close();
  await page.close();
});

const opened = async (text = 'statuspage') => {
  const command = side.slack.command(text, { command: '/incident', trigger_id: side.slack.proxy.trigger() });
  const { body } = await sendToBot(side.url(), command);
  expect(body).toBe('');
  return await side.slack.proxy.openedForm();
};
const FILLED = {
  title: 'Logins fail',
  status: { chosen: 'investigating' },
  text: 'Some of you cannot log in. We are working on it.',
  components: { several: ['Login'] },
  next: { chosen: '30' },
} as const;
const submit = async (filled: Parameters<typeof side.submit>[0] = FILLED) => await side.submit(filled);
const updates = async () => await statusUpdatesOf(side.store(), (await side.incident()).id);
const inThread = async () => {
  const { ts } = await side.overview('INC-1');
  return await side.slack.thread(ts);
};
const said = (words: string | RegExp) =>
  side.soon(async () =>
    (await inThread()).find((one) =>
      typeof words === 'string' ? shownIn(one).includes(words) : words.test(shownIn(one)),
    ),
  );
const press = async (actionId: string, at = -1, who = {}, more = {}) => {
  const update = (await updates()).at(at);
  const value = `${update?.incidentId}:${update?.id}:${update?.version}`;
  const body = side.slack.action({ ts: '1.1', text: '' } as never, actionId, value);
  const user = { id: side.slack.person, ...who };
  await sendToBot(side.url(), {
    ...body,
    ...more,
    user: { ...user, username: user.id, name: user.id, team_id: side.slack.team },
  });
  return body.response_url;
};
const answerTo = async (url: string) => await side.answerTo(url);
const steps = async () => (await side.timeline()).filter((entry) => /status page/i.test(entry));
const settled = async (seconds = 20) => {
  for (let turn = 0; turn < seconds; turn += 1) await side.clock.tick(1_000);
};
const asLead = async () => {
  await side.type('role communications');
};

test('the draft is in customers’ words, waits for the communications lead, and is then sent once', async () => {
  await side.type(`role communications <@${ANA}|ana>`);
  const form = await opened();
  const fields = JSON.stringify(form);
  expect(fields).toContain('parts of our service do not work as they should. Many customers are affected.');
  expect(fields).not.toMatch(/user-service|connections|admin/);
  expect(fields).toContain('The communications lead approves it. Until then nothing is sent.');
  expect(await submit()).toBe('');
  const waiting = await said('Until then nothing is sent.');
  expect(blockProblems([...(waiting.blocks ?? [])])).toEqual([]);
  expect(shownIn(waiting)).toContain(`"user_id":"${ANA}"`);
  expect(shownIn(waiting)).toContain('Affected: Login');
  expect(shownIn(waiting)).toContain('Next update: 30 min after the approval');
  expect(page.calls).toEqual([]);

  await press('status_page_approve', -1, { id: ANA });
  await said('Statuspage: sent');
  expect(page.incidents).toMatchObject([
    {
      name: 'Logins fail',
      status: 'investigating',
      component_ids: ['comp1234'],
      incident_updates: [
        { body: expect.stringMatching(/^Some of you cannot log in\. .*\n\nNext update by \d\d:\d\d UTC\.$/s) },
      ],
    },
  ]);
  expect(page.calls).toMatchObject([{ method: 'POST', authorization: 'OAuth k3y-of-the-page' }]);
  expect(await steps()).toEqual([
    'message Status page: an update (investigating) was drafted',
    'message Status page, investigating: Some of you cannot log in. We are working on it.',
    'message Status page update sent to Statuspage',
  ]);
  await side.overview('INC-1', (shown) => shown.includes('Status page: investigating since'));
  expect(await side.type('timeline')).toContain('"Status page"');
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

test('who may approve sends their own words at once; later updates go to the same incident, and its end closes it', async () => {
  await asLead();
  await opened();
  await submit();
  await said('Statuspage: sent');
  await side.type('status fixed index is there');
  const form = await opened();
  expect(JSON.stringify(form)).toContain('We have fixed the problem.');
  expect(JSON.stringify(form)).toContain('"initial_value":"Logins fail"');
  await submit({ ...FILLED, status: { chosen: 'monitoring' }, text: 'Logins work again. We are watching.' });
  await side.soon(() => (page.incidents[0]?.status === 'monitoring' ? true : undefined));
  await side.type('resolve all is well');
  const close = await said('but the status page still says monitoring');
  expect(shownIn(close)).toContain('status_page_draft');
  const { id } = await side.incident();
  const draft = side.slack.action({ ts: '1.1', text: '' } as never, 'status_page_draft', id);
  await sendToBot(side.url(), { ...draft, trigger_id: side.slack.proxy.trigger() });
  expect(JSON.stringify(await side.slack.proxy.openedForm())).toContain('The problem is solved');
  await submit({ ...FILLED, status: { chosen: 'resolved' }, text: 'All is well again.', next: { chosen: '0' } });
  await side.soon(() => (page.incidents[0]?.status === 'resolved' ? true : undefined));
  expect(page.incidents).toHaveLength(1);
  expect(page.incidents[0]?.incident_updates.map(({ body }) => body)).toEqual([
    'All is well again.',
    expect.stringContaining('Logins work again. We are watching.'),
    expect.stringContaining('Some of you cannot log in.'),
  ]);
  // After the end, customers read of a new incident.
  await side.type('reopen it is back');
  await opened();
  await submit({ ...FILLED, text: 'Logins fail again.' });
  await side.soon(() => (page.incidents.length === 2 ? true : undefined));
});

test('a correction changes the text of the update that was sent', async () => {
  await asLead();
  await opened();
  await submit();
  await said('Statuspage: sent');
  await press('status_page_correct', -1, {}, { trigger_id: side.slack.proxy.trigger() });
  await submit({ text: 'Nobody can log in. We are working on it.' });
  await side.soon(() => (page.incidents[0]?.incident_updates[0]?.body.startsWith('Nobody can') ? true : undefined));
  expect(page.incidents[0]?.incident_updates).toHaveLength(1);
  await said('Correction of a status page update, approved by');
});

describe('what customers must not read', () => {
  const { gate, deep } = inGate(
    [
      ['an incident', 'INC-1 is solved', 'INC-1'],
      ['a person of Slack', 'ask <@U012ABCDE>', '@U012ABCDE'],
      ['a trace', 'see 4bf92f3577b34da6a3ce929d0e0e4736', '4bf92f3577b34da6a3ce929d0e0e4736'],
      ['an address inside', 'down: api.prod.svc', 'api.prod.svc'],
      ['an email', 'write to kim@acme.example', 'kim@acme.example'],
      ['a secret', 'token=ghp_0123456789abcdefghijABCDEFGHIJ456789', 'must not read this'],
    ] as const,
    5,
  );
  test.each(gate)('%s is refused, and the form stays', isRefused);
  test.each(deep)('%s is refused, and the form stays', { tags: ['deep'] }, isRefused);

  async function isRefused(_: string, text: string, word: string): Promise<void> {
    await asLead();
    await opened();
    const body = await submit({ ...FILLED, text });
    expect(body).toContain('Customers must not read this');
    expect(body).toContain(word);
    // Confirming the words does not help.
    expect(await submit({ ...FILLED, text, words: { chosen: 'keep' } })).toContain('Customers must not read this');
    expect(await updates()).toEqual([]);
  }

  test('names of services, people and the team’s own words need a confirmation, which the approver reads', async () => {
    await side.store().transaction(async (tx) => {
      const place = 'a file';
      await keepFacts(tx, {
        source: 'files',
        warnings: [],
        facts: [{ service: 'cart', kind: 'name', value: 'cart', origin: 'files' as never, place }],
      });
    });
    await side.type(`role communications <@${ANA}|ana>`);
    await opened();
    const text = 'The cart and db-prod-7 are slow (P1).';
    const body = await submit({ ...FILLED, text });
    for (const word of ['“cart”', '“db-prod-7”', '“P1”']) expect(body).toContain(word);
    expect(body).toContain('choose “customers know them” below');
    expect(await updates()).toEqual([]);
    expect(await submit({ ...FILLED, text, words: { chosen: 'keep' } })).toBe('');
    await said('Customers may read these words, says the author: P1, cart, db-prod-7.');
    expect(page.calls).toEqual([]);
  });
});

describe('who may', () => {
  test('nobody but the communications lead approves, and without one the commander', async () => {
    await opened();
    await submit();
    await said('Nobody may approve it yet');
    expect(await answerTo(await press('status_page_approve'))).toContain('INC-1 has neither');
    await side.type(`role commander <@${KIM}|kim>`);
    expect(await answerTo(await press('status_page_approve'))).toContain(
      `Only <@${KIM}>, the incident commander of INC-1`,
    );
    await side.type(`role communications <@${ANA}|ana>`);
    expect(await answerTo(await press('status_page_approve', -1, { id: KIM }))).toContain(`Only <@${ANA}>`);
    expect(page.calls).toEqual([]);
    await press('status_page_approve', -1, { id: ANA });
    await said('Statuspage: sent');
  });

  test('two clicks at once, and a request that is delivered twice, send one update', async () => {
    await side.type(`role communications <@${ANA}|ana>`);
    await opened();
    const { callback_id, private_metadata } = await side.slack.proxy.openedForm();
    const form = side.slack.submission({ callback_id, private_metadata }, FILLED);
    await Promise.all([sendToBot(side.url(), form), sendToBot(side.url(), form)]);
    await said('Until then nothing is sent.');
    expect(await updates()).toHaveLength(1);
    await Promise.all([1, 2, 3].map(() => press('status_page_approve', -1, { id: ANA })));
    await said('Statuspage: sent');
    await settled();
    expect(page.calls.filter(({ method }) => method !== 'GET')).toHaveLength(1);
    expect(page.incidents).toHaveLength(1);
  });

  test('nobody approves what they have not read', async () => {
    await asLead();
    await side.type(`role communications <@${ANA}|ana>`);
    await opened();
    await submit();
    await said('Until then nothing is sent.');
    const { incidentId, id, version } = (await updates())[0] ?? { incidentId: '', id: '', version: 0 };
    await press('status_page_change', -1, {}, { trigger_id: side.slack.proxy.trigger() });
    expect(await submit({ ...FILLED, text: 'Something else.' })).toBe('');
    await said('Something else.');
    const stale = side.slack.action(
      { ts: '1.1', text: '' } as never,
      'status_page_approve',
      `${incidentId}:${id}:${version}`,
    );
    await sendToBot(side.url(), { ...stale, user: { id: ANA, username: ANA, name: ANA, team_id: side.slack.team } });
    expect(await answerTo(stale.response_url)).toContain('Somebody changed this draft since.');
    expect(page.calls).toEqual([]);
  });

  test('two people draft at once: the second learns of the first', { tags: ['deep'] }, async () => {
    await asLead();
    const first = await opened();
    const second = await opened();
    const sent = (form: typeof first, text: string) =>
      sendToBot(
        side.url(),
        side.slack.submission(
          { callback_id: form.callback_id, private_metadata: form.private_metadata },
          { ...FILLED, text },
        ),
      );
    expect((await sent(first, 'We know.')).body).toBe('');
    expect((await sent(second, 'We know it, too.')).body).toContain(
      'Somebody else sent an update since you opened this form.',
    );
    await said('Statuspage: sent');
    expect(page.incidents).toHaveLength(1);
    await opened();
    expect(await submit({ ...FILLED, text: 'We know.' })).toContain('The status page says this already.');
  });

  test('a dropped draft is never sent', { tags: ['deep'] }, async () => {
    await side.type(`role communications <@${ANA}|ana>`);
    await opened();
    await submit();
    await said('Until then nothing is sent.');
    await press('status_page_drop');
    await said('Nothing was sent.');
    expect(await answerTo(await press('status_page_approve', -1, { id: ANA }))).toContain(
      'approved or dropped already',
    );
    await settled();
    expect(page.calls).toEqual([]);
  });
});

describe('the page refuses', () => {
  const { gate, deep } = inGate(
    [
      [401, 'does not accept the key (HTTP 401). Check STATUSPAGE_API_KEY'],
      [403, 'does not accept the key (HTTP 403). Check STATUSPAGE_API_KEY'],
      [404, 'does not know the address (HTTP 404). Check STATUSPAGE_PAGE_ID'],
      [422, 'does not accept the update (HTTP 422). It said: Name is too long'],
    ] as const,
    3,
  );
  const REFUSED = 'with %d: said with what to do, and sent when asked again';
  test.each(gate)(REFUSED, isSaid);
  test.each(deep)(REFUSED, { tags: ['deep'] }, isSaid);

  async function isSaid(status: number, words: string): Promise<void> {
    await asLead();
    page.fail('POST', { status, body: { error: ['Name is too long'] } });
    await opened();
    await submit();
    const problem = await said('The update for customers was not sent.');
    expect(shownIn(problem)).toContain(words);
    expect(shownIn(problem)).not.toContain('k3y-of-the-page');
    expect(shownIn(problem)).toContain(`"user_id":"${side.slack.person}"`);
    await settled();
    expect(page.calls).toHaveLength(1);
    await press('status_page_again');
    await said('Statuspage: sent');
    expect(page.incidents).toHaveLength(1);
  }

  test('with 429: it waits as long as the page says', async () => {
    await asLead();
    page.fail('POST', { status: 429, headers: { 'retry-after': '40' } });
    await opened();
    await submit();
    await said('not sent yet. Statuspage takes no more requests now.');
    await settled(30);
    expect(page.calls).toHaveLength(1);
    await settled(15);
    await said('Statuspage: sent');
    expect(page.incidents).toHaveLength(1);
  });

  const LOOKED_FOR = 'it %s: looked for first, and there once';
  test.each([
    ['did nothing and answered 502', { status: 502, isDone: false }, 2],
    ['did it and broke off', { status: 0, isDone: true }, 1],
  ] as const)(LOOKED_FOR, isThereOnce);
  test.each([['did it and answered 500', { status: 500, isDone: true }, 1]] as const)(
    LOOKED_FOR,
    { tags: ['deep'] },
    isThereOnce,
  );

  async function isThereOnce(_: string, fault: Parameters<typeof page.fail>[1], posts: number): Promise<void> {
    await asLead();
    page.fail('POST', fault);
    await opened();
    await submit();
    await said('not sent yet.');
    await settled(40);
    await said('Statuspage: sent');
    expect(page.incidents).toHaveLength(1);
    expect(page.incidents[0]?.incident_updates).toHaveLength(1);
    expect(page.calls.filter(({ method }) => method === 'POST')).toHaveLength(posts);
  }

  test('it took a later update and broke off: looked for first, and there once', { tags: ['deep'] }, async () => {
    await asLead();
    await opened();
    await submit();
    await said('Statuspage: sent');
    page.fail('PATCH', { status: 0, isDone: true });
    await opened();
    await submit({ ...FILLED, text: 'Half of the logins work.' });
    await said('not sent yet.');
    await settled(40);
    await side.soon(async () =>
      (await steps()).filter((one) => one.includes('sent to')).length === 2 ? true : undefined,
    );
    expect(page.incidents[0]?.incident_updates).toHaveLength(2);
    expect(page.calls.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });
});

test('a process that dies while it sends: the next one looks first', async () => {
  await asLead();
  page.hang('POST');
  await opened();
  await submit();
  await side.soon(() => (page.calls.length === 1 ? true : undefined));
  await side.restart();
  await settled(100);
  await said('Statuspage: sent');
  expect(page.incidents).toHaveLength(1);
  expect(page.calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
});

test('a process that was killed after the page did it: the next one looks first', { tags: ['deep'] }, async () => {
  await asLead();
  page.fail('POST', { status: 429, headers: { 'retry-after': '40' } });
  await opened();
  await submit();
  await said('not sent yet.');
  const [update] = await updates();
  const metadata = { spanhound: { incident: update?.pageId, update: update?.id } };
  await fetch(`${page.url}/v1/pages/page1234/incidents`, {
    method: 'POST',
    body: JSON.stringify({ incident: { name: 'Logins fail', status: 'investigating', body: 'x', metadata } }),
  });
  await side.store().transaction(async (tx) => {
    const key = { updateId: update?.id ?? '', target: 'statuspage' };
    await claimSend(tx, key, { claim: 'of a dead process', untilUs: tx.nowUs + 60_000_000 });
  });
  await settled(55);
  expect(page.calls.filter(({ method }) => method === 'GET')).toEqual([]);
  await settled(20);
  await said('Statuspage: sent');
  expect(page.incidents).toHaveLength(1);
});

describe('a webhook, which nobody can ask', () => {
  let receiver: Awaited<ReturnType<typeof openReceiver>>;
  beforeEach(async () => {
    await side.close();
    receiver = await openReceiver();
    side = await openIncidents(backends, {
      SPANHOUND_COMMANDER_MINUTES: '0',
      STATUS_WEBHOOK_URL: receiver.url,
      STATUS_WEBHOOK_SECRET: 'whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw==',
    });
    for (const person of [KIM, ANA]) side.slack.proxy.person(person);
    await side.type('declare P1 Logins fail');
    await side.overview('INC-1');
    await asLead();
    await opened();
  });
  afterEach(() => receiver.close());
  const { components: _, ...filled } = FILLED;

  test('gets the update once, with the promise', async () => {
    await submit(filled);
    await said('The status webhook: sent');
    expect(receiver.bodies).toMatchObject([
      {
        type: 'status.update',
        incident: { title: 'Logins fail' },
        update: { status: 'investigating', components: [] },
      },
    ]);
    expect(JSON.stringify(receiver.bodies)).not.toMatch(/INC-|U0|admin/);
  });

  test.each([
    ['press', 'status_page_again', 2],
    ['say that it arrived', 'status_page_arrived', 1],
  ])('a lost answer is held until people %s', async (_, button, sent) => {
    receiver.fail({ status: 0 });
    await submit(filled);
    const held = await said('Nobody knows whether the update for customers arrived.');
    expect(shownIn(held)).toContain('Look at the page, then press Send again or It arrived');
    await settled(120);
    expect(receiver.bodies).toHaveLength(1);
    expect(await answerTo(await press('status_page_again', -1, { id: KIM }))).toContain(
      'may decide what customers read',
    );
    await press(button);
    await said('The status webhook: sent');
    await settled();
    expect(receiver.bodies).toHaveLength(sent);
    expect(await answerTo(await press('status_page_again'))).toContain('arrived everywhere, or it is being sent');
  });

  test('an older update is not sent behind a newer one', async () => {
    receiver.fail({ status: 401 });
    await submit(filled);
    await said('The update for customers was not sent.');
    await opened();
    await submit({ ...filled, text: 'Half of it works.' });
    await side.soon(() => (receiver.bodies.length === 2 ? true : undefined));
    await settled();
    expect(await answerTo(await press('status_page_again', 0))).toContain('A newer update was sent there since.');
    expect(receiver.bodies).toHaveLength(2);
  });
});

describe('our own feed', () => {
  const start = async () => {
    await side.close();
    side = await openIncidents(backends, {
      SPANHOUND_COMMANDER_MINUTES: '0',
      STATUS_FEED_URL: 'https://status.example',
    });
    side.slack.proxy.person(ANA);
    await side.type('declare P1 user-service is down & out');
    await side.overview('INC-1');
  };
  /** A connection that stays open would keep the bot from stopping for seconds. */
  const fed = async (name: string) =>
    await (await fetch(`${side.url()}/${name}`, { headers: { connection: 'close' } })).text();

  test('holds what was approved, as corrected, and nothing else', async () => {
    await start();
    await side.type(`role communications <@${ANA}|ana>`);
    await opened();
    const { components: _, ...filled } = FILLED;
    await submit({ ...filled, title: 'Logins <fail> & more' });
    await said('Until then nothing is sent.');
    expect(JSON.parse(await fed('status.json'))).toEqual({ open: 0, incidents: [] });
    expect(await fed('status.rss')).not.toContain('<item>');

    await press('status_page_approve', -1, { id: ANA });
    await said('The feed: sent');
    await side.restart(); // what was read a moment ago is kept for a few seconds
    const json = await fed('status.json');
    expect(JSON.parse(json)).toMatchObject({
      open: 1,
      incidents: [
        {
          title: 'Logins <fail> & more',
          status: 'investigating',
          resolved_at: null,
          updates: [
            { text: expect.stringMatching(/^Some of you .*Next update by \d\d:\d\d UTC\.$/s), corrected_at: null },
          ],
        },
      ],
    });
    expect(await fed('status.rss')).toContain('<title>Logins &lt;fail&gt; &amp; more — investigating</title>');

    await press('status_page_correct', -1, {}, { trigger_id: side.slack.proxy.trigger() });
    await side.slack.proxy.openedForm();
    await submit({ text: 'Nobody can log in.' });
    await said('Until then nothing is sent.');
    await press('status_page_approve', -1, { id: ANA });
    await said('Correction of a status page update, approved by');
    await settled();
    await side.restart();
    const corrected = await fed('status.json');
    expect(corrected).toContain('Nobody can log in.');
    expect(corrected).not.toContain('Some of you');
    expect(JSON.parse(corrected).incidents[0].updates[0].corrected_at).not.toBeNull();
    for (const text of [json, corrected, await fed('status.rss')]) {
      expect(text).not.toMatch(/INC-|U0|user-service|admin|drafted|approved_by/);
    }
  });

  test('says when the impact began, and after a reopening when it came back', async () => {
    await start();
    await asLead();
    const began = async () => {
      await side.restart(); // what was read a moment ago is kept for a few seconds
      const { incidents } = JSON.parse(await fed('status.json')) as { incidents: { began_at: string }[] };
      return incidents.map(({ began_at }) => began_at.slice(11, 19));
    };
    const { components: _, ...filled } = FILLED;
    const send = async (status: string, text: string) => {
      const before = (await updates()).length;
      await opened();
      expect(await submit({ ...filled, status: { chosen: status }, text, next: { chosen: '0' } })).toBe('');
      const isSent = async () => (await steps()).filter((one) => one.includes('sent to')).length > before;
      await side.soon(async () => ((await isSent()) ? true : undefined));
    };
    const reopenedAt = async () => {
      await side.pass(3);
      const at = new Date(side.clock.nowUs() / 1_000).toISOString().slice(11, 16);
      await side.type('reopen it is back');
      await side.pass(2);
      return at;
    };
    await side.pass(1);
    await send('investigating', 'Some of you cannot log in.');
    const [declared = ''] = await began();
    expect(declared.slice(0, 5)).toBe('14:30');
    await side.type('impact at 14:10');
    expect(await began()).toEqual(['14:10:00']);
    await send('resolved', 'Logins work again.');

    await side.type('resolve all is well');
    const first = await reopenedAt();
    await send('investigating', 'Logins fail again.');
    expect(await began()).toEqual([expect.stringContaining(first), '14:10:00']);
    await send('resolved', 'Logins work, and we know why.');
    await side.type('resolve all is well now');
    const second = await reopenedAt();
    await send('investigating', 'Logins fail a third time.');
    expect(second > first).toBe(true);
    expect(await began()).toEqual([expect.stringContaining(second), expect.stringContaining(first), '14:10:00']);
    // A start behind the first update is a mistake, and customers do not read it.
    await side.type('impact at 14:34');
    expect((await began())[2]?.slice(0, 5)).toMatch(/14:3[0-3]/);
  });

  test('is not there unless it is set up', async () => {
    for (const name of ['status.json', 'status.rss']) {
      expect((await fetch(`${side.url()}/${name}`)).status).toBe(404);
    }
  });
});

describe('the next update that customers were promised', () => {
  const asked = async () =>
    (await inThread()).map(shownIn).filter((shown) => shown.includes('Customers were promised an update of INC-1 by'));
  const isAsked = (times: number) =>
    side.soon(async () => ((await asked()).length === times ? await asked() : undefined));
  beforeEach(async () => {
    await asLead();
    await opened();
    await submit();
    await said('Statuspage: sent');
  });

  test('is asked for while there is time to write it, and once more at its time; also after a restart', async () => {
    await side.pass(19);
    expect(await asked()).toEqual([]);
    await side.restart();
    await side.pass(1);
    const [early] = await isAsked(1);
    expect(early).toContain('. Please draft it now.');
    expect(early).toContain(`"user_id":"${side.slack.person}"`);
    expect(early).toContain('status_page_draft');
    await side.type(`role communications <@${ANA}|ana>`);
    await side.restart();
    await side.pass(9);
    expect(await asked()).toHaveLength(1);
    await side.pass(1);
    const [, late] = await isAsked(2);
    expect(late).toContain('. None was sent since.');
    // Who has the role by then.
    expect(late).toContain(`"user_id":"${ANA}"`);
    await side.pass(40);
    expect(await asked()).toHaveLength(2);
  });

  test('is not asked for again once somebody sent it, and the question says so', async () => {
    await side.pass(20);
    await isAsked(1);
    await opened();
    await submit({ ...FILLED, text: 'Half of the logins work.', next: { chosen: '15' } });
    await side.soon(() => (page.incidents[0]?.incident_updates.length === 2 ? true : undefined));
    await isAsked(0);
    await said('an update for customers was due, and is approved: investigating');
    // Two thirds of the new promise, which is after the time of the first one.
    await side.pass(11);
    const [early, ...others] = await isAsked(1);
    expect(early).toContain('. Please draft it now.');
    expect(others).toEqual([]);
  });

  test.each([
    ['resolved', 'All is well again.', '0'],
    ['monitoring', 'We watch it.', '0'],
  ])('is not asked for after one that promises none: %s', { tags: ['deep'] }, async (status, text, next) => {
    await opened();
    await submit({ ...FILLED, status: { chosen: status }, text, next: { chosen: next } });
    await side.soon(() => (page.incidents[0]?.status === status ? true : undefined));
    await side.pass(35);
    expect(await asked()).toEqual([]);
  });

  test('keeps its time when the text is corrected', { tags: ['deep'] }, async () => {
    await side.pass(5);
    await press('status_page_correct', -1, {}, { trigger_id: side.slack.proxy.trigger() });
    await submit({ text: 'Nobody can log in. We are working on it.' });
    await said('Correction of a status page update, approved by');
    await side.pass(14);
    expect(await asked()).toEqual([]);
    await side.pass(1);
    await isAsked(1);
  });
});

test('without a page, the command says what to do, and the overview has no button', async () => {
  await side.close();
  side = await openIncidents(backends, { SPANHOUND_COMMANDER_MINUTES: '0' });
  await side.type('declare P1 it is down');
  expect(await side.type('statuspage')).toContain('No status page is set up');
  expect(await side.type('status page')).toContain('No status page is set up');
  expect(shownIn(await side.overview('INC-1'))).not.toContain('status_page_draft');
});
