/**
 * The scopes that Slack's methods and events need, and whether a manifest asks for exactly those. The sources are
 * docs.slack.dev/reference/methods/<method> and docs.slack.dev/reference/events/<event>.
 */
import { readFileSync } from 'node:fs';
import type { SlackManifest } from '#test/slack-manifest.ts';

/** One scope for public channels, one for private ones. */
const MANAGES = ['channels:manage', 'groups:write'];

/** Any one of them allows the call; each is for one kind of conversation. Empty where any token may call it. */
const METHOD_SCOPES: Readonly<Record<string, readonly string[]>> = {
  // Needs `connections:write` of an app-level token, which is not part of a manifest.
  'apps.connections.open': [],
  'auth.test': [],
  'bookmarks.add': ['bookmarks:write'],
  'bookmarks.list': ['bookmarks:read'],
  'canvases.create': ['canvases:write'],
  'canvases.edit': ['canvases:write'],
  'canvases.getContent': ['canvases:read'],
  'canvases.sections.lookup': ['canvases:read'],
  'chat.getPermalink': [],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.archive': MANAGES,
  'conversations.create': MANAGES,
  'conversations.history': ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  'conversations.info': ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  'conversations.invite': MANAGES,
  'conversations.members': ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  'conversations.setTopic': MANAGES,
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.info': ['files:read'],
  'pins.add': ['pins:write'],
  'pins.list': ['pins:read'],
  'reactions.get': ['reactions:read'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.conversations': ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  'users.info': ['users:read'],
  'users.list': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'views.open': [],
  'views.publish': [],
};

const EVENT_SCOPES: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_uninstalled: [],
  tokens_revoked: [],
  app_mention: ['app_mentions:read'],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  pin_added: ['pins:read'],
  pin_removed: ['pins:read'],
  reaction_added: ['reactions:read'],
  reaction_removed: ['reactions:read'],
};

/** Slash commands and shortcuts: docs.slack.dev/reference/scopes/commands */
const COMMANDS = 'commands';

/** One sentence per scope that is missing, needless or unknown. `methods` are the ones that the program calls. */
export function scopeProblems(manifest: SlackManifest, methods: readonly string[]): string[] {
  const { bot = [] } = manifest.oauth_config?.scopes ?? {};
  const events = manifest.settings?.event_subscriptions?.bot_events ?? [];
  const { slash_commands = [], shortcuts = [] } = manifest.features ?? {};
  const typed = slash_commands.length + shortcuts.length > 0;
  const used = new Set([
    ...methods.flatMap((method) => METHOD_SCOPES[method] ?? []),
    ...events.flatMap((event) => EVENT_SCOPES[event] ?? []),
    ...(typed ? [COMMANDS] : []),
  ]);
  return [
    ...methods.flatMap((method) => lack(`the call ${method}`, METHOD_SCOPES[method], bot)),
    ...events.flatMap((event) => lack(`the event ${event}`, EVENT_SCOPES[event], bot)),
    ...(typed ? lack('a slash command or a shortcut', [COMMANDS], bot) : []),
    ...bot.filter((scope) => !used.has(scope)).map((scope) => `${SCOPES}: ${scope} is asked for and nothing needs it`),
    ...unknown(SCOPES, bot, 'BotScope'),
    ...unknown('settings.event_subscriptions.bot_events', events, 'ManifestEvent'),
  ];
}

const SCOPES = 'oauth_config.scopes.bot';

function lack(what: string, scopes: readonly string[] | undefined, asked: readonly string[]): string[] {
  if (scopes === undefined) return [`${SCOPES}: nobody has noted here which scope ${what} takes`];
  const has = scopes.length === 0 || scopes.some((scope) => asked.includes(scope));
  return has ? [] : [`${SCOPES}: ${what} takes ${scopes.join(' or ')}, and it is not asked for`];
}

/** Slack's client has all names of scopes and events as types. */
const TYPES = new URL('../../node_modules/@slack/web-api/dist/types/request/manifest.d.ts', import.meta.url);

/** The client's type lacks them: docs.slack.dev/reference/scopes/canvases.write */
const LATER_SCOPES = ['canvases:read', 'canvases:write'];

function unknown(path: string, names: readonly string[], type: 'BotScope' | 'ManifestEvent'): string[] {
  const union = new RegExp(`type ${type} = ([^;]+);`).exec(readFileSync(TYPES, 'utf8'))?.[1];
  if (union === undefined) throw new Error(`Slack's client no longer has a type ${type}`);
  const known = new Set([...union.matchAll(/'([^']+)'/g)].map(([, name]) => name).concat(LATER_SCOPES));
  return names.filter((name) => !known.has(name)).map((name) => `${path}: Slack knows no ${name}`);
}
