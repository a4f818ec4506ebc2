/** Checks the app manifest against Slack's rules and against what the program calls and listens to. */
import { globSync, readFileSync } from 'node:fs';
import { App, type Receiver } from '@slack/bolt';
import { describe, expect, test, vi } from 'vitest';
import { silentLog } from '#core/log.ts';
import { registerListeners, type Workflows } from '#listeners/register.ts';
import { manifestProblems, type SlackManifest } from '#test/slack-manifest.ts';
import { scopeProblems } from '#test/slack-scopes.ts';

const FILE = new URL('../manifest.json', import.meta.url);
const manifest = (): SlackManifest => JSON.parse(readFileSync(FILE, 'utf8'));

type Member = string | number;

/** The manifest with another value at one path; undefined removes the member. */
function planted(path: readonly Member[], value: unknown): SlackManifest {
  const changed = manifest();
  let at = changed as unknown as Record<Member, unknown>;
  for (const key of path.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<Member, unknown>;
  }
  const last = path.at(-1) ?? '';
  if (value === undefined) delete at[last];
  else at[last] = value;
  return changed;
}

const long = (length: number) => 'x'.repeat(length);
const many = <Item>(count: number, item: (at: number) => Item) => Array.from({ length: count }, (_, at) => item(at));

const command = (at: number) => ({ command: `/c${at}`, description: 'x' });
const shortcut = (at: number) => ({ name: 'x', type: 'global', callback_id: `c${at}`, description: 'x' });
const prompt = { title: 'x', message: 'x' };
const directory = {
  installation_landing_page: 'https://x.example',
  privacy_policy_url: 'https://x.example',
  support_url: 'https://x.example',
  support_email: 'help@x.example',
  supported_languages: ['en'],
  pricing: 'free',
};
const step = {
  title: 'x',
  description: 'x',
  input_parameters: { properties: {} },
  output_parameters: { properties: {} },
};
const custom = {
  client_id: 'x',
  provider_name: 'xx',
  authorization_url: 'https://x.example',
  token_url: 'https://x.example',
  scope: ['x'],
  identity_config: { url: 'https://x.example', account_identifier: '$.id' },
};
const provider = (options: object) => ({
  oauth2: { x: { provider_type: 'CUSTOM', options: { ...custom, ...options } } },
});

describe('Slack accepts the manifest', () => {
  test('as it is, for Socket Mode', () => {
    expect(manifestProblems(manifest())).toEqual([]);
  });

  test('and for HTTP, changed as docs/slack.md says', () => {
    const changed = planted(['settings', 'socket_mode_enabled'], false);
    const url = 'https://bot.example/slack/events';
    const { features = {}, settings = {} } = changed;
    features.slash_commands = (features.slash_commands ?? []).map((one) => ({ ...one, url }));
    settings.interactivity = { is_enabled: true, request_url: url };
    settings.event_subscriptions = { ...settings.event_subscriptions, request_url: url };
    expect(manifestProblems(changed)).toEqual([]);
  });

  // Each rule is broken once; the sentence has to name the member.
  const METADATA: Violation[] = [
    [['_metadata'], undefined, '_metadata: is missing'],
    [['_metadata', 'major_version'], 1, '_metadata.major_version: is none of 2'],
    [['_metadata', 'minor_version'], '1', '_metadata.minor_version: is no number'],
    [['$schema'], 'no address', '$schema: Invalid URL'],
    [['settings', 'colour'], true, 'settings.colour: is no member that Slack knows'],
    [['commands'], [], 'commands: is no member that Slack knows'],
  ];
  const DISPLAY: Violation[] = [
    [['display_information'], undefined, 'display_information: is missing'],
    [['display_information', 'name'], undefined, 'display_information.name: is missing'],
    [['display_information', 'name'], '', 'display_information.name: has 0 characters'],
    [['display_information', 'name'], long(36), 'display_information.name: has 36 characters, Slack takes at most 35'],
    [['display_information', 'description'], long(141), 'display_information.description: has 141 characters'],
    [
      ['display_information', 'long_description'],
      long(174),
      'display_information.long_description: has 174 characters',
    ],
    [['display_information', 'long_description'], long(4_001), 'display_information.long_description: has 4001'],
    [['display_information', 'background_color'], '#1d35', 'display_information.background_color: is not of the form'],
    [['display_information', 'background_color'], 'blue', 'display_information.background_color: is not of the form'],
    [['display_information', 'icon'], 'x', 'display_information.icon: is no member that Slack knows'],
  ];
  const FEATURES: Violation[] = [
    [['features', 'app_home', 'home_tab_enabled'], 'yes', 'features.app_home.home_tab_enabled: is no boolean'],
    [['features', 'bot_user', 'display_name'], undefined, 'features.bot_user.display_name: is missing'],
    [['features', 'bot_user', 'display_name'], long(81), 'features.bot_user.display_name: has 81 characters'],
    [['features', 'bot_user', 'display_name'], 'Span Hound', 'features.bot_user.display_name: is not of the form'],
    [['features', 'shortcuts'], [], 'features.shortcuts: has 0 items'],
    [['features', 'shortcuts'], many(11, shortcut), 'features.shortcuts: has 11 items, Slack takes at most 10'],
    [['features', 'shortcuts'], [shortcut(1), shortcut(1)], 'features.shortcuts: names the callback_id c1 twice'],
    [
      ['features', 'shortcuts', 0, 'name'],
      long(25),
      'features.shortcuts[0].name: has 25 characters, Slack takes at most 24',
    ],
    [['features', 'shortcuts', 0, 'name'], undefined, 'features.shortcuts[0].name: is missing'],
    [['features', 'shortcuts', 0, 'type'], 'menu', 'features.shortcuts[0].type: is none of message, global'],
    [['features', 'shortcuts', 0, 'callback_id'], long(256), 'features.shortcuts[0].callback_id: has 256 characters'],
    [['features', 'shortcuts', 0, 'description'], long(151), 'features.shortcuts[0].description: has 151 characters'],
    [['features', 'shortcuts', 0, 'description'], undefined, 'features.shortcuts[0].description: is missing'],
    [['features', 'slash_commands'], many(51, command), 'features.slash_commands: has 51 items'],
    [['features', 'slash_commands'], [command(1), command(1)], 'features.slash_commands: names the command /c1 twice'],
    [['features', 'slash_commands', 0, 'command'], 'trace', 'features.slash_commands[0].command: is not of the form'],
    [['features', 'slash_commands', 0, 'command'], '/', 'features.slash_commands[0].command: has 1 characters'],
    [
      ['features', 'slash_commands', 0, 'command'],
      `/${long(32)}`,
      'features.slash_commands[0].command: has 33 characters',
    ],
    [['features', 'slash_commands', 0, 'description'], long(2_001), 'features.slash_commands[0].description: has 2001'],
    [['features', 'slash_commands', 0, 'usage_hint'], long(1_001), 'features.slash_commands[0].usage_hint: has 1001'],
    [['features', 'slash_commands', 0, 'usage_hint'], '', 'features.slash_commands[0].usage_hint: has 0 characters'],
    [['features', 'slash_commands', 0, 'url'], 'ftp://x', 'features.slash_commands[0].url: is not of the form'],
    [['features', 'slash_commands', 0, 'should_escape'], 1, 'features.slash_commands[0].should_escape: is no boolean'],
    [['features', 'workflow_steps'], [{ name: long(51), callback_id: 'x' }], 'features.workflow_steps[0].name: has 51'],
    [['features', 'unfurl_domains'], many(6, (at) => `x${at}.example`), 'features.unfurl_domains: has 6 items'],
    [['features', 'unfurl_domains'], ['-x.example'], 'features.unfurl_domains[0]: is not of the form'],
    [['features', 'unfurl_domains'], ['x.example', 'x.example'], 'features.unfurl_domains: names an item twice'],
    [['features', 'assistant_view'], {}, 'features.assistant_view.assistant_description: is missing'],
    [
      ['features', 'assistant_view'],
      { assistant_description: 'x', suggested_prompts: [{}] },
      'suggested_prompts[0].title: is missing',
    ],
    [
      ['features', 'agent_view', 'agent_description'],
      long(301),
      'features.agent_view.agent_description: has 301 characters',
    ],
    [
      ['features', 'agent_view', 'suggested_prompts'],
      many(5, () => prompt),
      'features.agent_view.suggested_prompts: has 5',
    ],
    [['features', 'agent_view', 'actions'], [{ name: 'x' }], 'features.agent_view.actions[0].description: is missing'],
    [
      ['features', 'code_channels', 'slash_command_url'],
      'x',
      'features.code_channels.slash_command_url: is not of the form',
    ],
    [
      ['features', 'functions'],
      [
        {
          title: 'x',
          description: 'x',
          callback_id: 'x',
          input_parameters: [{ type: 'text', name: 'x' }],
          output_parameters: [],
        },
      ],
      'features.functions[0].input_parameters[0].type: is none of integer',
    ],
  ];
  const OAUTH: Violation[] = [
    [['oauth_config', 'scopes', 'bot'], many(256, (at) => `s${at}`), 'oauth_config.scopes.bot: has 256 items'],
    [['oauth_config', 'scopes', 'bot'], ['commands', 'commands'], 'oauth_config.scopes.bot: names an item twice'],
    [['oauth_config', 'scopes', 'bot', 0], long(51), 'oauth_config.scopes.bot[0]: has 51 characters'],
    [
      ['oauth_config', 'scopes', 'bot_optional'],
      ['team:read'],
      'bot_optional: names team:read, which oauth_config.scopes.bot does not',
    ],
    [
      ['oauth_config', 'scopes', 'user_optional'],
      ['chat:write'],
      'user_optional: names chat:write, which oauth_config.scopes.user does not',
    ],
    [['oauth_config', 'redirect_urls'], [long(2_501)], 'oauth_config.redirect_urls[0]: has 2501 characters'],
    [['oauth_config', 'redirect_urls'], many(1_001, String), 'oauth_config.redirect_urls: has 1001 items'],
    [['oauth_config', 'pkce_enabled'], 'no', 'oauth_config.pkce_enabled: is no boolean'],
    [['features', 'bot_user'], undefined, 'features.bot_user: is missing, and oauth_config.scopes.bot asks'],
  ];
  const SETTINGS: Violation[] = [
    [
      ['settings', 'event_subscriptions', 'bot_events'],
      many(101, String),
      'settings.event_subscriptions.bot_events: has 101',
    ],
    [['settings', 'event_subscriptions', 'bot_events'], ['pin_added', 'pin_added'], 'bot_events: names an item twice'],
    [
      ['settings', 'event_subscriptions', 'bot_events', 0],
      long(51),
      'settings.event_subscriptions.bot_events[0]: has 51',
    ],
    [
      ['settings', 'event_subscriptions', 'user_events'],
      many(101, String),
      'settings.event_subscriptions.user_events: has 101',
    ],
    [
      ['settings', 'event_subscriptions', 'request_url'],
      'x',
      'settings.event_subscriptions.request_url: is not of the form',
    ],
    [['settings', 'event_subscriptions', 'metadata_subscriptions'], [], 'metadata_subscriptions: has 0 items'],
    [
      ['settings', 'event_subscriptions', 'metadata_subscriptions'],
      [{ app_id: 'A1' }],
      'metadata_subscriptions[0].event_type: is missing',
    ],
    [['settings', 'interactivity'], {}, 'settings.interactivity.is_enabled: is missing'],
    [
      ['settings', 'interactivity', 'is_enabled'],
      false,
      'settings.interactivity.is_enabled: is not true, and features.shortcuts',
    ],
    [
      ['settings', 'interactivity', 'request_url'],
      `https://${long(3_500)}`,
      'settings.interactivity.request_url: has 3508',
    ],
    [
      ['settings', 'interactivity', 'message_menu_options_url'],
      'x',
      'settings.interactivity.message_menu_options_url: is not',
    ],
    [['settings', 'socket_mode_enabled'], false, 'settings.event_subscriptions.request_url: is missing'],
    [['settings', 'socket_mode_enabled'], undefined, 'settings.interactivity.request_url: is missing'],
    [['settings', 'socket_mode_enabled'], false, 'features.slash_commands[0].url: is missing'],
    [['settings', 'socket_mode_enabled'], 'true', 'settings.socket_mode_enabled: is no boolean'],
    [
      ['settings', 'allowed_ip_address_ranges'],
      ['10.0.0.256'],
      'settings.allowed_ip_address_ranges[0]: is not of the form',
    ],
    [
      ['settings', 'allowed_ip_address_ranges'],
      many(11, (at) => `10.0.0.${at}/32`),
      'settings.allowed_ip_address_ranges: has 11',
    ],
    [['settings', 'incoming_webhooks'], { enabled: true }, 'settings.incoming_webhooks.enabled: is no member'],
    [['settings', 'siws_links'], { initiate_uri: 'http://x' }, 'settings.siws_links.initiate_uri: is not of the form'],
    [['settings', 'org_deploy_enabled'], 'no', 'settings.org_deploy_enabled: is no boolean'],
  ];
  const HOSTED: Violation[] = [
    [['app_directory'], {}, 'app_directory.installation_landing_page: is missing'],
    [['app_directory'], { ...directory, support_email: 'nobody' }, 'app_directory.support_email: is not of the form'],
    [['app_directory'], { ...directory, supported_languages: [] }, 'app_directory.supported_languages: has 0 items'],
    [['app_directory'], { ...directory, pricing: long(31) }, 'app_directory.pricing: has 31 characters'],
    [
      ['app_directory'],
      { ...directory, privacy_policy_url: 'x' },
      'app_directory.privacy_policy_url: is not of the form',
    ],
    [['app_directory'], { ...directory, app_directory_categories: many(4, String) }, 'app_directory_categories: has 4'],
    [['functions'], { f: { ...step, title: undefined } }, 'functions.f.title: is missing'],
    [['functions'], Object.fromEntries(many(51, (at) => [`f${at}`, step])), 'functions: has 51 members'],
    [['functions'], { f: { ...step, input_parameters: {} } }, 'functions.f.input_parameters.properties: is missing'],
    [
      ['workflows'],
      { w: { title: 'x', description: 'x', steps: [{ id: '0' }] } },
      'workflows.w.steps[0].function_id: is missing',
    ],
    [
      ['workflows'],
      { w: { title: 'x', description: 'x', steps: [{ id: '0', function_id: 'x', inputs: { a: null } }] } },
      'inputs.a: has none of the forms',
    ],
    [['types'], { t: { type: 'text' } }, 'types.t.type: is none of integer'],
    [['datastores'], { d: { attributes: {} } }, 'datastores.d.primary_key: is missing'],
    [
      ['datastores'],
      { d: { primary_key: 'id', attributes: { id: { type: '' } } } },
      'attributes.id.type: has 0 characters',
    ],
    [['outgoing_domains'], many(11, (at) => `x${at}.example`), 'outgoing_domains: has 11 items'],
    [['outgoing_domains'], [`${long(43)}.example`], 'outgoing_domains[0]: has 51 characters'],
    [
      ['external_auth_providers'],
      { oauth2: { x: { provider_type: 'OWN' } } },
      'oauth2.x.provider_type: has none of the forms',
    ],
    [['external_auth_providers'], provider({ client_id: '' }), 'options.client_id: has 0 characters'],
    [['external_auth_providers'], provider({ token_url: 'http://x.example' }), 'options.token_url: is not of the form'],
    [
      ['external_auth_providers'],
      provider({ identity_config: { ...custom.identity_config, account_identifier: 'id' } }),
      'account_identifier: is not',
    ],
    [['mcp_servers'], { m: { url: 'http://x', auth_type: 'no_auth' } }, 'mcp_servers.m.url: is not of the form'],
    [['mcp_servers'], { m: { url: 'https://x', auth_type: 'none' } }, 'mcp_servers.m.auth_type: is none of'],
  ];

  test.each([...METADATA, ...DISPLAY, ...FEATURES, ...OAUTH, ...SETTINGS, ...HOSTED])(
    'and would not with %j changed to %j',
    (path, value, sentence) => {
      expect(manifestProblems(planted(path, value)).join('\n')).toContain(sentence);
    },
  );
});

type Violation = readonly [path: readonly Member[], value: unknown, sentence: string];

describe('the manifest asks for the rights that the program uses', () => {
  const methods = calledMethods();

  test('each of them, and no other', () => {
    expect(methods.length).toBeGreaterThan(10);
    expect(scopeProblems(manifest(), methods)).toEqual([]);
  });

  const bot = manifest().oauth_config?.scopes?.bot ?? [];
  const without = (scope: string) =>
    planted(
      ['oauth_config', 'scopes', 'bot'],
      bot.filter((one) => one !== scope),
    );
  test.each([
    [
      'a call without its right',
      without('users:read'),
      'the call users.info takes users:read, and it is not asked for',
    ],
    ['an event without its right', without('groups:history'), 'the event message.groups takes groups:history'],
    ['commands without their right', without('commands'), 'a slash command or a shortcut takes commands'],
    [
      'a right that nothing needs',
      planted(['oauth_config', 'scopes', 'bot', bot.length], 'im:history.x'),
      'im:history.x is asked for',
    ],
    [
      'a right that Slack does not know',
      planted(['oauth_config', 'scopes', 'bot', bot.length], 'pins'),
      'Slack knows no pins',
    ],
    [
      'an event that Slack does not know',
      planted(['settings', 'event_subscriptions', 'bot_events'], ['pin_moved']),
      'Slack knows no pin_moved',
    ],
  ])('%s is told', (_, changed, sentence) => {
    expect(scopeProblems(changed, methods).join('\n')).toContain(sentence);
  });

  test('a call whose right nobody has noted is told', () => {
    expect(scopeProblems(manifest(), [...methods, 'users.getPresence'])).toEqual([
      'oauth_config.scopes.bot: nobody has noted here which scope the call users.getPresence takes',
    ]);
  });

  test('no call goes past the client, where it would not be seen', () => {
    for (const path of SOURCES)
      expect(readFileSync(path, 'utf8'), path).not.toMatch(/\.apiCall\((?!'\w+\.\w+',)|slack\.com\/api/);
  });
});

describe('what the manifest offers is what the program answers', () => {
  test('commands, shortcuts and events, in both directions', () => {
    expect(listenerProblems(manifest())).toEqual([]);
  });

  test.each([
    [
      ['features', 'slash_commands', 0, 'command'],
      '/traces',
      ['nothing listens to /traces', 'the manifest lacks /trace'],
    ],
    [['features', 'shortcuts', 0, 'callback_id'], 'x', ['nothing listens to x', 'the manifest lacks diagnose_message']],
    [
      ['settings', 'event_subscriptions', 'bot_events'],
      [
        'app_home_opened',
        'message.channels',
        'reaction_added',
        'reaction_removed',
        'pin_added',
        'app_mention',
        'app_uninstalled',
        'tokens_revoked',
        'team_join',
      ],
      ['nothing listens to team_join', 'the manifest lacks pin_removed'],
    ],
    [['settings', 'interactivity'], undefined, ['the manifest lacks interactivity']],
    [['features', 'app_home', 'home_tab_enabled'], false, ['the manifest lacks the Home tab']],
  ] as const)('%j changed to %j is told', (path, value, sentences) => {
    expect(listenerProblems(planted(path, value))).toEqual(sentences);
  });
});

const SOURCES = globSync('src/**/*.ts');

/** The Web API methods in the sources' calls: `users.info`. A method that the client lacks is named: `apiCall('users.info',`. */
function calledMethods(): string[] {
  const calls = SOURCES.flatMap((path) => [
    ...readFileSync(path, 'utf8').matchAll(
      /\bclient(?:\(\w+\))?\.(?:apiCall\('(?=[\w.]+',)|(?=[\w.]+\())([a-z]\w*(?:\.[a-zA-Z]\w*)+)/g,
    ),
  ]);
  return [...new Set(calls.map(([, method = '']) => method))].sort();
}

/** What is in only one of the two: the listeners or the manifest. */
function listenerProblems({ features = {}, settings = {} }: SlackManifest): string[] {
  const { commands, shortcuts, events, isPressed } = registered();
  const subscribed = (settings.event_subscriptions?.bot_events ?? []).map((event) => event.split('.')[0] ?? '');
  return [
    ...differences(
      (features.slash_commands ?? []).map(({ command }) => command),
      commands,
    ),
    ...differences(
      (features.shortcuts ?? []).map(({ callback_id }) => callback_id),
      shortcuts,
    ),
    ...differences(subscribed, new Set([...events, ...REMOVALS])),
    ...(isPressed && settings.interactivity?.is_enabled !== true ? ['the manifest lacks interactivity'] : []),
    ...(events.has('app_home_opened') && features.app_home?.home_tab_enabled !== true
      ? ['the manifest lacks the Home tab']
      : []),
  ];
}

/** They are handled before any app of Bolt: `adapters/slack/event-workspace.ts`. */
const REMOVALS = ['app_uninstalled', 'tokens_revoked'];

function differences(offered: readonly string[], answered: ReadonlySet<string>): string[] {
  return [
    ...[...new Set(offered)].filter((name) => !answered.has(name)).map((name) => `nothing listens to ${name}`),
    ...[...answered].filter((name) => !offered.includes(name)).map((name) => `the manifest lacks ${name}`),
  ];
}

/** The names that are registered with a real Bolt app. The catch-alls are patterns and have no name. */
function registered() {
  const receiver: Receiver = { init: () => undefined, start: async () => undefined, stop: async () => undefined };
  const app = new App({ receiver, authorize: async () => ({ botToken: 'xoxb-1' }), convoStore: false });
  const spies = {
    command: vi.spyOn(app, 'command'),
    shortcut: vi.spyOn(app, 'shortcut'),
    event: vi.spyOn(app, 'event'),
    action: vi.spyOn(app, 'action'),
    view: vi.spyOn(app, 'view'),
  };
  registerListeners(app, anything as Workflows, silentLog);
  const namesOf = (calls: readonly (readonly unknown[])[]) =>
    new Set(calls.map(([name]) => name).filter((name) => typeof name === 'string'));
  return {
    commands: namesOf(spies.command.mock.calls),
    shortcuts: namesOf(spies.shortcut.mock.calls),
    events: namesOf(spies.event.mock.calls),
    isPressed: spies.action.mock.calls.length + spies.view.mock.calls.length > 0,
  };
}

/** Stands for every workflow: registering calls none of them. */
/** A list, where something lists it. */
const anything: unknown = new Proxy({}, { get: (_, name) => (name === 'map' ? () => [] : anything) });
