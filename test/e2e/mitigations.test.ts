/** Mitigations: real Bolt over HTTP, a stateful Slack, a stepped clock, and an automation that takes webhooks. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blockProblems } from '#present/slack/block-limits.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { claimMitigation, mitigationsOf } from '#record/mitigations.ts';
import { addEntry } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { inGate } from '#test/in-gate.ts';
import { type IncidentsInSlack, openIncidents, shownIn } from '#test/incidents-in-slack.ts';
import { privateChannel, sendToBot } from '#test/slack-side.ts';
import { openReceiver } from '#test/webhook-receiver.ts';

const [KIM, ANA, LEO, EVE] = ['U00000KIM1', 'U00000ANA1', 'U00000LEO1', 'U00000EVE1'];
const SECRET = 's3cret-of-the-automation';

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let automation: Awaited<ReturnType<typeof openReceiver>>;
let side: IncidentsInSlack;
let folder: string;
const file = () => join(folder, 'spanhound.json');

type Action = Readonly<Record<string, unknown>>;
const rollback = (): Action => ({
  ...{ name: 'rollback', kind: 'rollback', url: automation.url, what: 'Brings the version before back' },
  ...{ command: 'deploy rollback {service} --not {version} # {incident}', services: ['cart', 'shop-*'] },
});
const restart = (): Action => ({
  ...{ name: 'restart', kind: 'restart', url: automation.url, what: 'Restarts all pods' },
  ...{ command: 'kubectl rollout restart deploy/cart', services: ['cart'], allowed: [KIM, ANA, LEO] },
});
const configure = (actions: readonly Action[] = [restart(), rollback()], more: Action = {}) =>
  writeFileSync(file(), JSON.stringify({ mitigations: { actions, ...more } }));
const open = async () => {
  const env = { SPANHOUND_COMMANDER_MINUTES: '0', SPANHOUND_CONFIG: file(), MITIGATION_WEBHOOK_SECRET: SECRET };
  side = await openIncidents(backends, env);
  for (const person of [KIM, ANA, LEO, EVE]) side.slack.proxy.person(person);
  await side.type('declare P1 the cart is slow');
  await side.overview('INC-1');
};

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spanhound-mitigations-'));
  automation = await openReceiver();
  configure();
  await open();
});
afterEach(async () => {
  await side.close();
  await automation.close();
  rmSync(folder, { recursive: true, force: true });
});

const stored = async () => await mitigationsOf(side.store(), (await side.incident()).id);
const states = async () => (await stored()).map(({ state }) => state);
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
const steps = async () => (await side.timeline()).filter((entry) => /mitigation/i.test(entry));
const settled = async (seconds = 20) => {
  for (let turn = 0; turn < seconds; turn += 1) await side.clock.tick(1_000);
};
const pressing = (actionId: string, value: string, id: string) => {
  const body = side.slack.action({ ts: '1.1', text: '' } as never, actionId, value);
  const user = { id, username: id, name: id, team_id: side.slack.team };
  return { ...body, user };
};
const forForm = async (action: string, who: string, number = 1) => {
  const { id: incidentId } = await side.incident(number);
  return pressing('mitigation_form', JSON.stringify({ incidentId, action, service: 'cart' }), who);
};
const openForm = async (action: string, who: string, number = 1) => {
  await sendToBot(side.url(), { ...(await forForm(action, who, number)), trigger_id: side.slack.proxy.trigger() });
};
const refusedForm = async (action: string, who: string) => {
  const body = await forForm(action, who);
  await sendToBot(side.url(), body);
  return await side.answerTo(body.response_url);
};
const submission = async (who: string, reason = '') => {
  const { callback_id, private_metadata } = await side.slack.proxy.openedForm();
  const user = { id: who, username: who, name: who, team_id: side.slack.team };
  return { ...side.slack.submission({ callback_id, private_metadata }, { reason }), user };
};
const request = async (action: string, who: string, reason = '') => {
  await openForm(action, who);
  return (await sendToBot(side.url(), await submission(who, reason))).body;
};
const decision = async (actionId: string, who: string) => {
  const { id, incidentId } = (await stored()).at(-1) ?? { id: '', incidentId: '' };
  return pressing(actionId, `${incidentId}:${id}`, who);
};
const decide = async (actionId: string, who: string) => {
  const body = await decision(actionId, who);
  await sendToBot(side.url(), body);
  return body.response_url;
};
const approve = (who: string) => decide('mitigation_approve', who);
const answerTo = async (url: string) => await side.answerTo(url);

/** As a diagnosis that blames this change. */
async function blame(service: string, id: string, kind = 'deploy'): Promise<void> {
  const { id: incidentId, workspaceId, channelId } = await side.incident();
  const change = { id, kind, service, at: '2026-01-06T14:20:00Z', knownBy: 'evidence', status: 'likely' };
  await side.store().transaction(async (tx) => {
    const asked = { id: `i-${service}-${id}`, workspaceId, traceId: '', askedBy: KIM, channelId };
    await openInvestigation(tx, asked);
    const report = { findings: [], diagnosis: { service, change } };
    await finishInvestigation(tx, { id: asked.id, traceId: '', report, markdown: '', logs: '' });
    await addEntry(tx, {
      ...{ incidentId, key: `diagnosis:${asked.id}`, atUs: tx.nowUs, kind: 'diagnosis', text: 'A deploy did it' },
      ...{ source: 'spanhound', link: '', value: asked.id },
    });
  });
}

test('the exact request is shown, a second person approves it, and it is sent once and signed', async () => {
  const list = await side.type('mitigate');
  expect(list).toContain('INC-1 offers these mitigations.');
  expect(list).toContain('kubectl rollout restart deploy/cart');
  expect(list).toContain('Not offered: rollback, because no answer of this incident names a change of this service.');
  await openForm('restart', KIM);
  const form = await side.slack.proxy.openedForm();
  expect(blockProblems(form.blocks.filter(({ type }: Readonly<{ type: string }>) => type !== 'input'))).toEqual([]);
  expect(JSON.stringify(form)).toContain('A second one of them has to approve it within 30 minutes.');
  expect((await sendToBot(side.url(), await submission(KIM, 'it hangs'))).body).toBe('');
  const waiting = await said('may approve it until');
  expect(blockProblems([...(waiting.blocks ?? [])])).toEqual([]);
  expect(shownIn(waiting)).toContain(`"user_id":"${ANA}"`);
  expect(shownIn(waiting)).not.toContain(`"user_id":"${KIM}"`);
  await side.overview('INC-1', (shown) => shown.includes('Mitigation: restart waits for a second person'));
  await settled();
  expect(automation.bodies).toEqual([]);

  automation.fail({ status: 202, body: '{"message":"run 17 is queued <!channel>"}' });
  await approve(ANA);
  const ended = await said('The automation accepted it. It said: run 17 is queued');
  expect(shownIn(ended).replaceAll('"text":"', '')).not.toContain('"type":"broadcast"');
  const [{ headers, body } = { headers: {}, body: Buffer.from('') }] = automation.raw;
  expect(shownIn(waiting)).toContain(JSON.stringify(body.toString()).slice(1, -1));
  expect(JSON.parse(body.toString())).toEqual({
    ...{ type: 'mitigation.requested', action: 'restart', kind: 'restart', service: 'cart' },
    ...{ command: 'kubectl rollout restart deploy/cart', incident: 'INC-1', requestedBy: KIM },
  });
  const [{ id } = { id: '' }] = await stored();
  expect(headers['webhook-id']).toBe(id);
  const signed = `${id}.${String(headers['webhook-timestamp'])}.${body.toString()}`;
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', SECRET).update(signed).digest('base64')}`);
  expect(await steps()).toEqual([
    'message Mitigation restart requested: kubectl rollout restart deploy/cart. Why: it hangs',
    'message Mitigation restart approved',
    expect.stringMatching(/^message Mitigation restart: 127\.0\.0\.1:\d+ accepted it\. It said: run 17 is queued/),
  ]);
  await settled();
  expect(automation.raw).toHaveLength(1);
  expect(await verifyTimelines(side.store())).toMatchObject({ ok: true });
});

test('the rollback of the blamed change comes first, with its version; the overview names it', async () => {
  await blame('cart', 'v41');
  await side.type('note seen');
  await side.overview('INC-1', (shown) => shown.includes('Mitigate: rollback'));
  const list = await side.type('mitigate');
  expect(list).toContain('deploy rollback cart --not v41 # INC-1');
  expect(list.indexOf('rollback of cart')).toBeLessThan(list.indexOf('restart of cart'));
  expect(list).toContain('It undoes the change that the answer blames.');
  expect(automation.raw).toEqual([]);
});

test('at P2 one person suffices, unless it was a P1 before', async () => {
  await side.type('severity P2 because few are affected');
  await request('restart', KIM);
  await said('may approve it until');
  await side.type('resolve over');
  await side.type('declare P2 the cart is slow again');
  await openForm('restart', KIM, 2);
  expect(JSON.stringify(await side.slack.proxy.openedForm())).toContain('It is sent as soon as you press Request.');
  await sendToBot(side.url(), await submission(KIM));
  await side.soon(() => (automation.raw.length === 1 ? true : undefined));
  await settled();
  expect(automation.raw).toHaveLength(1);
});

describe('who may', () => {
  test('somebody who is not named may neither request nor approve', async () => {
    expect(await refusedForm('restart', EVE)).toContain(`Only <@${KIM}>, <@${ANA}>, <@${LEO}> may decide`);
    await openForm('restart', KIM);
    // The form of another person.
    expect((await sendToBot(side.url(), await submission(EVE))).body).toContain('may decide about this mitigation');
    await request('restart', KIM);
    await said('may approve it until');
    expect(await answerTo(await approve(EVE))).toContain(`Only <@${ANA}>, <@${LEO}> may approve this mitigation.`);
    expect(await answerTo(await approve(KIM))).toContain('You requested it, so a second person has to approve it.');
    side.slack.proxy.person('U0000BOT01', { is_bot: true });
    expect(await answerTo(await approve('U0000BOT01'))).toContain('Only members of this workspace');
    await settled();
    expect(automation.raw).toEqual([]);
    expect(await states()).toEqual(['waiting']);
  });

  test('without names, the commander and the technical lead', async () => {
    await blame('cart', 'v41');
    expect(await refusedForm('rollback', KIM)).toContain('INC-1 has neither');
    await side.type(`role commander <@${KIM}|kim>`);
    await request('rollback', KIM);
    await said('Nobody else may approve it yet.');
    expect(await answerTo(await approve(ANA))).toContain('Nobody else may approve it yet');
    await side.type(`role technical <@${ANA}|ana>`);
    await approve(ANA);
    await side.soon(() => (automation.raw.length === 1 ? true : undefined));
  });

  test('who requested it or the commander cancels it, and nobody else', async () => {
    await request('restart', KIM);
    expect(await answerTo(await decide('mitigation_cancel', ANA))).toContain('Only who requested it');
    await side.type(`role commander <@${EVE}|eve>`);
    await decide('mitigation_cancel', EVE);
    await said('Cancelled. Nothing was sent.');
    expect(await answerTo(await approve(ANA))).toContain('It is cancelled.');
    await settled();
    expect(automation.raw).toEqual([]);
  });
});

describe('once', () => {
  test('a form that is delivered twice, and two people who press at the same moment', async () => {
    await openForm('restart', KIM);
    const form = await submission(KIM);
    await Promise.all([sendToBot(side.url(), form), sendToBot(side.url(), form)]);
    expect(await states()).toEqual(['waiting']);
    const [ofAna, ofLeo] = [await decision('mitigation_approve', ANA), await decision('mitigation_approve', LEO)];
    await Promise.all([ofAna, ofLeo, ofAna].map((press) => sendToBot(side.url(), press)));
    await said('The automation accepted it.');
    await settled();
    expect(automation.raw).toHaveLength(1);
    expect((await steps()).filter((step) => step.includes('approved'))).toHaveLength(1);
    expect(await answerTo(await approve(ANA))).toContain('It was approved and sent already.');
  });

  test('the same mitigation waits once', { tags: ['deep'] }, async () => {
    await request('restart', KIM);
    expect(await request('restart', ANA)).toContain('The same mitigation waits for approval');
    expect(await states()).toEqual(['waiting']);
  });

  test('a restart between the approval and the call', { tags: ['deep'] }, async () => {
    await request('restart', KIM);
    await said('may approve it until');
    automation.fail({ status: 503, headers: { 'retry-after': '20' } });
    await approve(ANA);
    await said('Not sent yet: The automation takes no more requests now.');
    await side.restart();
    await settled(30);
    await said('The automation accepted it.');
    expect(automation.raw).toHaveLength(2);
    expect(new Set(automation.raw.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  test('a process that died in the call: the next one calls with the same id', async () => {
    await request('restart', KIM);
    await said('may approve it until');
    automation.fail({ status: 503, headers: { 'retry-after': '10' } });
    await approve(ANA);
    await said('Not sent yet');
    const [{ id } = { id: '' }] = await stored();
    await side.store().transaction(async (tx) => {
      await claimMitigation(tx, id, { claim: 'of a dead process', untilUs: tx.nowUs + 30_000_000 });
    });
    await settled(20);
    expect(automation.raw).toHaveLength(1);
    await settled(20);
    await said('The automation accepted it.');
    expect(automation.raw.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
  });
});

describe('the answer', () => {
  const approved = async () => {
    await request('restart', KIM);
    await said('may approve it until');
    await approve(ANA);
  };

  const { gate, deep } = inGate(
    [
      [401, 'does not accept the key (HTTP 401). Check MITIGATION_WEBHOOK_SECRET'],
      [404, 'does not know the address (HTTP 404). Check the address in mitigations.actions.'],
      [422, 'does not accept the request (HTTP 422). It said: no such deployment'],
      [302, 'redirects to another address (HTTP 302)'],
    ] as const,
    3,
  );
  const REFUSED = '%d: it was not run, and who requested it learns why';
  test.each(gate)(REFUSED, isNotRun);
  test.each(deep)(REFUSED, { tags: ['deep'] }, isNotRun);

  async function isNotRun(status: number, words: string): Promise<void> {
    automation.fail({ status, headers: { location: automation.url }, body: '{"message":"no such deployment"}' });
    await approved();
    const ended = await said('Mitigation restart of cart: Not run.');
    expect(shownIn(ended)).toContain(words);
    expect(shownIn(ended)).toContain(`"user_id":"${KIM}"`);
    await settled(60);
    expect(automation.raw).toHaveLength(1);
    expect(await states()).toEqual(['refused']);
  }

  test('500 for five minutes: called again with the same id, then given up, and said', async () => {
    for (let at = 0; at < 50; at += 1) automation.fail({ status: 500 });
    await approved();
    await said('Not sent yet');
    await settled(330);
    await said('Nobody knows whether it ran.');
    expect(await states()).toEqual(['unknown']);
    const calls = automation.raw.length;
    expect(calls).toBeGreaterThan(3);
    expect(new Set(automation.raw.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await settled(120);
    expect(automation.raw).toHaveLength(calls);
  });

  test('an answer of 10 MB and a secret in it: short, redacted, and no mention', async () => {
    const body = `<!channel> ${SECRET} token=ghp_0123456789abcdefghijABCDEFGHIJ456789 ${'x'.repeat(10_000_000)}`;
    automation.fail({ status: 200, body });
    await approved();
    const ended = await said('The automation accepted it. It said:');
    const all = `${JSON.stringify(await inThread())} ${JSON.stringify(await side.timeline())}`;
    expect(all).not.toContain(SECRET);
    expect(all).not.toContain('ghp_0123456789');
    expect(shownIn(ended).length).toBeLessThan(3_000);
    expect(ended.text).not.toContain('<!channel>');
  });
});

describe('what changed between the request and the approval', () => {
  const waiting = async () => {
    await request('restart', KIM);
    await said('may approve it until');
  };
  const refused = async (words: string) => {
    expect(await answerTo(await approve(ANA))).toContain(words);
    await settled();
    expect(automation.raw).toEqual([]);
  };

  test('the incident ended', async () => {
    await waiting();
    await side.type('resolve over');
    await refused('INC-1 is resolved.');
  });

  test('the severity is none of the action’s', { tags: ['deep'] }, async () => {
    configure([{ ...restart(), severities: ['P1'] }]);
    await side.restart();
    await waiting();
    await side.type('severity P0 because all are affected');
    await refused('This mitigation is for P1, and INC-1 is P0 now.');
  });

  test.each([
    ['the command', () => [{ ...restart(), command: 'rm -rf /' }]],
    ['the action is gone', () => [rollback()]],
  ] as const)('the settings: %s', areNotThose);
  test.each([['the address', () => [{ ...restart(), url: `${automation.url}/other` }]]] as const)(
    'the settings: %s',
    { tags: ['deep'] },
    areNotThose,
  );

  async function areNotThose(_: string, actions: () => readonly Action[]): Promise<void> {
    await waiting();
    configure(actions());
    await side.restart();
    await refused('The settings of this mitigation changed');
  }

  test('the settings, after the approval: nothing else is sent', async () => {
    await waiting();
    automation.fail({ status: 503, headers: { 'retry-after': '20' } });
    await approve(ANA);
    await said('Not sent yet');
    configure([{ ...restart(), command: 'rm -rf /' }]);
    await side.restart();
    await settled(30);
    await said('Its settings changed since somebody requested it.');
    expect(automation.raw).toHaveLength(1);
    expect(await states()).toEqual(['refused']);
  });

  test('nobody approves it for 30 minutes: it lapses and says so', async () => {
    await waiting();
    await side.clock.tick(30 * 60_000);
    await said('Nobody approved it within 30 minutes, so it lapsed.');
    expect(await states()).toEqual(['lapsed']);
    await refused('It lapsed');
  });

  test('the form is old: what would be sent has changed', async () => {
    await blame('cart', 'v41');
    await side.type(`role commander <@${KIM}|kim>`);
    await openForm('rollback', KIM);
    const form = await submission(KIM);
    await blame('cart', 'v42');
    expect((await sendToBot(side.url(), form)).body).toContain(
      'What would be sent changed since you opened this form.',
    );
    expect(await stored()).toEqual([]);
  });
});

test.each(['shop-$(reboot)', 'shop-a\nb', 'shop-"; rm -rf /', 'shop-\u202egpj', `shop-${'x'.repeat(200)}`, '-shop-'])(
  'a service with the name %j is not put into a command',
  async (name) => {
    configure([rollback(), { ...rollback(), name: 'any', services: [] }]);
    await side.restart();
    await blame(name, 'v41');
    const list = await side.type('mitigate');
    expect(list).toContain('INC-1 offers no mitigation now.');
    expect(list).toContain('the service has a name that may not stand in a command');
    const { id: incidentId } = await side.incident();
    const body = pressing('mitigation_form', JSON.stringify({ incidentId, action: 'any', service: name }), KIM);
    await sendToBot(side.url(), body);
    expect(await answerTo(body.response_url)).toContain('does not offer any');
  },
);

test('nothing of a private incident leaves, unless the setting allows it', async () => {
  const inside = { user_id: 'U0INSIDE', channel_id: await privateChannel(side.slack) };
  await side.type('declare P0 BREACH insider', inside);
  expect(await side.type('INC-2 mitigate', inside)).toContain('nothing of it leaves');
  const { id: incidentId } = await side.incident(2);
  const value = JSON.stringify({ incidentId, action: 'restart', service: 'cart' });
  expect(await side.press('mitigation_form', value, inside)).toContain('nothing of it leaves');
  configure([{ ...restart(), allowed: ['U0INSIDE', KIM] }], { private: true });
  await side.restart();
  expect(await side.type('INC-2 mitigate', inside)).toContain('kubectl rollout restart');
});

test('off unless configured', async () => {
  configure([]);
  await side.restart();
  expect(await side.type('mitigate')).toContain('No mitigations are set up');
  await side.type('note seen');
  await side.overview('INC-1', (shown) => !shown.includes('mitigation_list'));
});
