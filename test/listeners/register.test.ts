import { globSync, readFileSync } from 'node:fs';
import { App, type Receiver } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { registerListeners, slackSurface, type Workflows } from '#listeners/register.ts';
import { blockProblems } from '#present/slack/block-limits.ts';

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
    admit: { refusal: async () => undefined, turnAway: note('turnAway') },
    investigate: note('investigate'),
    askQuestion: note('askQuestion'),
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
      proposeIncident: async () => ({ title: '', severity: undefined, impactStart: '', fromAlert: false }),
      split: told('split'),
      stopCalls: told('stopCalls'),
      answerAlertEnd: told('answerAlertEnd'),
      joinIncident: told('joinIncident'),
      linkIncident: told('linkIncident'),
      askToMerge: note('askToMerge'),
      merge: told('merge'),
      page: told('page'),
      askForChannel: told('askForChannel'),
      statusForm: async () => undefined,
      submitStatus: told('submitStatus'),
      approveStatus: told('approveStatus'),
      dropStatus: told('dropStatus'),
      sendStatusAgain: told('sendStatusAgain'),
      statusArrived: told('statusArrived'),
      listMitigations: note('listMitigations'),
      mitigationForm: async () => undefined,
      requestMitigation: told('requestMitigation'),
      approveMitigation: told('approveMitigation'),
      cancelMitigation: told('cancelMitigation'),
      resolveThere: told('resolveThere'),
      leaveOpen: told('leaveOpen'),
      pagerAgain: told('pagerAgain'),
      showStats: note('showStats'),
      showReview: note('showReview'),
      havePage: told('havePage'),
      stopPage: told('stopPage'),
      setStatus: told('setStatus'),
      reopen: told('reopen'),
      setSeverity: told('setSeverity'),
      rename: told('rename'),
      assignRole: told('assignRole'),
      team: [],
      confirmRole: told('confirmRole'),
      declineRole: told('declineRole'),
      note: told('note'),
      enterMilestone: told('enterMilestone'),
      incidentOfPlace: async () => ({}),
      nameOf: async (userId) => userId,
      sayInThread: note('sayInThread'),
      // It ends before a form, for which there is no Slack here.
      incidentsForMessage: async () => {
        await note('incidentsForMessage')();
        throw new Error(NO_FORM);
      },
      sayByMessage: told('sayByMessage'),
      addMessages: told('addMessages'),
      messagesToOffer: async () => undefined,
      addOffered: told('addOffered'),
      mergeNumbered: told('mergeNumbered'),
      offerStatusForm: note('offerStatusForm'),
      suspect: told('suspect'),
      changeHypothesis: told('changeHypothesis'),
      hypothesisOf: async () => undefined,
      entryToCorrect: async () => undefined,
      correctEntry: told('correctEntry'),
      listOpen: note('listOpen'),
      showOnCall: note('showOnCall'),
      setItemState: told('setItemState'),
      setItemCheck: told('setItemCheck'),
      showActionItems: note('showActionItems'),
      showChanges: note('showChanges'),
      showTimeline: note('showTimeline'),
      showTimelinePicture: note('showTimelinePicture'),
      draftUpdate: async () => '',
      showMethod: note('showMethod'),
      answerWhy: told('answerWhy'),
      judgeHypothesis: told('judgeHypothesis'),
      tick: told('tick'),
    },
    noticeMessage: note('noticeMessage'),
    lookIntoMessage: note('lookIntoMessage'),
    askForPostmortem: note('askForPostmortem'),
    acceptPostmortem: told('acceptPostmortem'),
    declineProposal: told('declineProposal'),
    sendIssueAgain: told('sendIssueAgain'),
    answerQuestion: told('answerQuestion'),
    showVersions: note('showVersions'),
    restorePostmortem: told('restorePostmortem'),
    addComment: told('addComment'),
    resolveComment: told('resolveComment'),
    showComments: note('showComments'),
    sendPageLink: note('sendPageLink'),
    askForReview: told('askForReview'),
    exportPostmortem: note('exportPostmortem'),
    addActionItem: told('addActionItem'),
    readAlert: () => undefined,
    receiveAlert: note('receiveAlert'),
    nameService: note('nameService'),
    lookAgain: told('lookAgain'),
    muteAlert: told('muteAlert'),
    muteByForm: async () => ({ kind: 'done' }),
    endMute: told('endMute'),
    tellPerson: async (responseUrl, text) => void sentences.push({ responseUrl, text }),
    linkedSystems: 'Jaeger, Tempo or Grafana',
    home: {
      traces: ['jaeger'],
      logs: [],
      settings: { traces: '', logs: '' },
      alertApps: 'PagerDuty',
      givenUp: async () => [],
      mutes: async () => [],
      incidents: async () => ({ open: [], more: 0, roles: [], waiting: [] }),
      health: async () => undefined,
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

const NO_FORM = 'no form';

test('every command and shortcut of the manifest has its listener', async () => {
  const { asked, send, acks } = registered();
  const { slash_commands: commands } = manifest.features;
  const { shortcuts } = manifest.features;
  const examples: Record<string, string> = {
    '/trace': 'ac7a085ac1e7444f87fffebd9299acd6',
    '/incident': 'note restarted the pool',
  };
  for (const { command } of commands) await send({ ...COMMAND, command, text: examples[command] });
  const message = { ts: '1.1', text: 'trace_id=ac7a085ac1e7444f87fffebd9299acd6' };
  for (const { callback_id } of shortcuts) {
    const [team, user, channel] = [{ id: 'T1' }, { id: 'U1' }, { id: 'C1' }];
    const chosen = send({ type: 'message_action', callback_id, team, user, channel, message, message_ts: '1.1' });
    if (callback_id === 'add_to_incident') await expect(chosen).rejects.toThrow(NO_FORM);
    else await chosen;
  }
  expect(asked).toEqual(['investigate', 'note', 'investigate', 'incidentsForMessage']);
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

describe('the table of what Slack can send', () => {
  const { commands, shortcuts, buttons, menus, overflows, forms, events } = slackSurface(anything as Workflows);
  const names = (rows: object) => Object.keys(rows).sort();

  test('has the commands, the shortcuts and the events of the manifest, and no other', () => {
    const { features, settings } = manifest;
    expect(names(commands)).toEqual(features.slash_commands.map((one: { command: string }) => one.command).sort());
    expect(names(shortcuts)).toEqual(features.shortcuts.map((one: { callback_id: string }) => one.callback_id).sort());
    const subscribed = settings.event_subscriptions.bot_events.map((name: string) => name.split('.')[0]);
    // What removes an installation is handled before any app of Bolt: `adapters/slack/event-workspace.ts`.
    const removals = ['app_uninstalled', 'tokens_revoked'];
    expect(new Set([...events.map(({ name }) => name), ...removals])).toEqual(new Set(subscribed));
  });

  test('has a line of help for each command, which begins with how it is typed', () => {
    for (const [name, { help }] of Object.entries(commands)) {
      expect(help.length).toBeGreaterThan(0);
      for (const line of help) expect(line).toMatch(new RegExp(`^\`${name}[ \`]`));
    }
  });

  const sources = globSync('src/present/**/*.ts').map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const idsIn = (made: RegExp) =>
    [...new Set(sources.flatMap(({ text }) => [...text.matchAll(made)].map(([, id = '']) => id)))].sort();

  test('has each button, menu and overflow that messages show, and none that no message shows', () => {
    expect(idsIn(/(?:\bbutton\(|action_id:)\s*['`]([a-z_]+?)(?:_\$\{\w+\})?['`]/g)).toEqual(names(buttons));
    expect(idsIn(/\bmenu(?:Of)?\(\s*'([a-z_]+)'/g)).toEqual(names(menus));
    expect(idsIn(/\bmethodsMenu\(\s*'([a-z_]+)'/g)).toEqual(names(overflows));
  });

  test('is complete, since every id of a message is one of the types that the table has', () => {
    for (const { path, text } of sources) {
      for (const [, given] of text.matchAll(/\baction_id: ([^,\n]+),/g)) {
        expect(given, path).toMatch(/^(actionId$|.* satisfies Numbered<ButtonId>$)/);
      }
    }
  });

  test('has each form that can be opened, and no other', async () => {
    const views = globSync('src/listeners/views/*.ts');
    const opened: string[] = [];
    for (const path of views) {
      const constants = [...readFileSync(path, 'utf8').matchAll(/callback_id: (\w+),/g)].map(([, name = '']) => name);
      if (constants.length === 0) continue;
      const view: Record<string, unknown> = await import(new URL(`../../${path}`, import.meta.url).href);
      opened.push(...[...new Set(constants)].map((constant) => String(view[constant])));
    }
    expect(opened.sort()).toEqual(names(forms));
  });
});

describe('what Bolt is given of the table', () => {
  const press = (actionId: string) => ({
    type: 'block_actions',
    team: { id: 'T1' },
    user: { id: 'U1' },
    channel: { id: 'C1' },
    response_url: 'http://127.0.0.1:9/',
    trigger_id: '1',
    actions: [
      {
        type: 'button',
        action_id: actionId,
        block_id: 'b',
        value: 'ac7a085ac1e7444f87fffebd9299acd6',
        url: 'http://x/',
      },
    ],
  });

  test.each([
    ['incident_timeline', ['showTimeline']],
    ['incident_timeline_2', ['showTimeline']],
    ['incident_timeline_picture', ['showTimelinePicture']],
    ['trace_logs', ['shareDetail']],
    ['trace_further', ['investigate']],
    ['trace_again', ['investigate']],
    ['trace_log', []],
    ['open_jaeger', []],
    ['incident_timeline_two', []],
  ])('%s is answered once, by %j or by who knows no such button', async (actionId, asked) => {
    const surface = registered();
    await surface.send(press(actionId));
    expect(surface.asked).toEqual(asked);
    expect(surface.acks).toEqual([undefined]);
  });

  test.each(['/trace_1', '/traces', '/trac'])('%s is no command that is known', async (command) => {
    const { acks, send } = registered();
    await send({ ...COMMAND, command, text: '' });
    expect(acks).toEqual([{ response_type: 'ephemeral', text: expect.stringContaining('I do not know') }]);
  });
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
  const marked = [...explained.matchAll(/^\| `([a-z:.]+)` \(optional\) \|/gm)].map(([, scope]) => scope);
  expect(marked.sort()).toEqual(bot_optional.toSorted());
  expect(bot).not.toContain('chat:write.public');
});

/** Stands for every workflow: making the table calls none of them. */
const anything: unknown = new Proxy({}, { get: () => anything });
