import { readFileSync } from 'node:fs';
import { App, type Receiver } from '@slack/bolt';
import { expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { registerListeners, type Workflows } from '#listeners/register.ts';
import { blockProblems } from '#present/block-limits.ts';

const manifest = JSON.parse(readFileSync(new URL('../../manifest.json', import.meta.url), 'utf8'));

const COMMAND = { team_id: 'T1', user_id: 'U1', channel_id: 'C1', trigger_id: '1', response_url: 'http://localhost/r' };

/** A real Bolt app, its listeners over workflows that only note that they were asked. */
function registered(broken?: Error) {
  const asked: string[] = [];
  const sentences: { responseUrl: string; text: string }[] = [];
  const note = (name: string) => async () => {
    asked.push(name);
    if (broken) throw broken;
  };
  const told = (name: string) => async () => {
    await note(name)();
    return { kind: 'done', text: '' } as const;
  };
  const workflows: Workflows = {
    investigate: note('investigate'),
    askRequest: {
      readTyped: () => ({ method: 'GET', url: 'http://x/', headers: [], body: undefined }),
      send: note('send'),
      probe: note('probe'),
    },
    useTool: (typed) => ({ title: `used <!channel> ${typed}`, body: 'a `b` <!here>', notes: [] }),
    shareDetail: note('shareDetail'),
    askForComparison: note('askForComparison'),
    askForVerification: note('askForVerification'),
    shareMethod: note('shareMethod'),
    recordFeedback: note('recordFeedback'),
    incident: {
      declareIncident: told('declareIncident'),
      setStatus: told('setStatus'),
      setSeverity: told('setSeverity'),
      assignRole: told('assignRole'),
      note: told('note'),
      setImpactStart: told('setImpactStart'),
      showTimeline: note('showTimeline'),
      showMethod: note('showMethod'),
      answerWhy: told('answerWhy'),
      judgeHypothesis: told('judgeHypothesis'),
      tick: told('tick'),
    },
    noticeMessage: note('noticeMessage'),
    askForPostmortem: note('askForPostmortem'),
    addActionItem: told('addActionItem'),
    readAlert: () => undefined,
    receiveAlert: note('receiveAlert'),
    tellPerson: async (responseUrl, text) => void sentences.push({ responseUrl, text }),
    home: {
      traces: ['jaeger'],
      logs: [],
      settings: { traces: '', logs: '' },
      alertApps: 'PagerDuty',
      givenUp: async () => [],
    },
  };
  const receiver: Receiver = { init: () => undefined, start: async () => undefined, stop: async () => undefined };
  const app = new App({
    receiver,
    authorize: async () => ({ botToken: 'xoxb-1' }),
    convoStore: false,
    extendedErrorHandler: true,
  });
  registerListeners(app, workflows, silentLog);
  const acks: unknown[] = [];
  const send = (body: Record<string, unknown>) =>
    app.processEvent({ body, ack: async (answer) => void acks.push(answer), customProperties: { inboxId: 'i1' } });
  return { asked, told: sentences, acks, send };
}

test('every command and shortcut of the manifest has its listener', async () => {
  const { asked, send, acks } = registered();
  const { slash_commands: commands } = manifest.features;
  const [{ callback_id }, ...more] = manifest.features.shortcuts;
  expect(more).toEqual([]);
  const examples: Record<string, string> = {
    '/trace': 'ac7a085ac1e7444f87fffebd9299acd6',
    '/incident': 'note restarted the pool',
  };
  for (const { command } of commands) await send({ ...COMMAND, command, text: examples[command] });
  const message = { ts: '1.1', text: 'trace_id=ac7a085ac1e7444f87fffebd9299acd6' };
  await send({
    type: 'message_action',
    callback_id,
    team: { id: 'T1' },
    user: { id: 'U1' },
    channel: { id: 'C1' },
    message,
  });
  expect(asked).toEqual(['investigate', 'note', 'investigate']);
  expect(acks).toEqual([undefined, undefined, undefined]);
});

test('a utility answers the one who asked alone, at once, and what it says can neither ping nor link', async () => {
  const { acks, asked, send } = registered();
  await send({ ...COMMAND, command: '/trace', text: 'tools time “1736173845”' });
  const [answer] = acks as [{ response_type: string; text: string; blocks: object[] }];
  expect(answer).toMatchObject({ response_type: 'ephemeral', text: 'used &lt;!channel&gt; time "1736173845"' });
  expect(blockProblems(answer.blocks)).toEqual([]);
  expect(JSON.stringify(answer.blocks)).toContain(
    '"type":"rich_text_preformatted","elements":[{"type":"text","text":"a `b` <!here>"',
  );
  expect(JSON.stringify(answer.blocks)).not.toContain('mrkdwn');
  expect(asked).toEqual([]);
});

test('a command that a newer manifest has is answered once, with the ones that are known', async () => {
  const { acks, asked, send } = registered();
  await send({ ...COMMAND, command: '/oncall', text: 'who' });
  expect(acks).toEqual([{ response_type: 'ephemeral', text: expect.stringContaining('I do not know `/oncall`') }]);
  for (const { command } of manifest.features.slash_commands) expect(JSON.stringify(acks)).toContain(`\`${command}`);
  expect(asked).toEqual([]);
});

test('a listener that fails is told to the one who asked, where they asked, without its innards', async () => {
  const { told, acks, send } = registered(new Error('SQLITE_FULL: database or disk is full'));
  await send({ ...COMMAND, command: '/trace', text: 'ac7a085ac1e7444f87fffebd9299acd6' });
  expect(told).toEqual([{ responseUrl: 'http://localhost/r', text: expect.stringContaining('That did not work') }]);
  expect(told[0]?.text).not.toContain('SQLITE');
  expect(acks).toEqual([]); // nothing was stored, so nothing is acknowledged here: the inbox decides
});

test('the manifest asks for no more than the documentation explains, and for the same of it as optional', () => {
  const { oauth_config, settings } = manifest;
  const explained = readFileSync(new URL('../../docs/slack.md', import.meta.url), 'utf8');
  const { bot, bot_optional } = oauth_config.scopes;
  for (const asked of [...bot, ...settings.event_subscriptions.bot_events]) {
    expect(explained).toContain(`\`${asked}\``);
  }
  const marked = [...explained.matchAll(/^\| `([a-z:]+)` \(optional\) \|/gm)].map(([, scope]) => scope);
  expect(marked.sort()).toEqual(bot_optional.toSorted());
  expect(bot).not.toContain('chat:write.public');
});
