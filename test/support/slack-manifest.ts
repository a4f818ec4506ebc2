/**
 * Slack's rules for app manifests, so that a manifest that Slack would refuse fails in a test.
 *
 *   members, lengths, enums, patterns, counts   JSON schema of version 2: github.com/slackapi/manifest-schema,
 *                                               schemas/manifest.schema.2.0.0.json
 *   allowed letters, what belongs together      docs.slack.dev/reference/app-manifest, and the errors of
 *                                               docs.slack.dev/reference/methods/apps.manifest.validate
 *
 * Where the two differ, the narrower rule stands here.
 */
import { z } from 'zod';

/** One sentence per violation. Each begins with the member's path. */
export function manifestProblems(manifest: unknown): string[] {
  const { error, data } = Manifest.safeParse(manifest);
  return error === undefined ? togetherProblems(data) : error.issues.flatMap(sentencesOf);
}

type Limits = Readonly<{ least?: number; most?: number; form?: RegExp }>;

/** Counted in characters, as JSON schema counts: 😀 is one. */
function text({ least = 0, most = Number.POSITIVE_INFINITY, form = /^/ }: Limits = {}) {
  return z.string().superRefine((value, context) => {
    const length = [...value].length;
    const say = (message: string) => context.addIssue({ code: 'custom', message });
    if (length < least) say(`has ${length} characters, Slack asks for at least ${least}`);
    if (length > most) say(`has ${length} characters, Slack takes at most ${most}`);
    if (!form.test(value)) say(`is not of the form ${form.source}`);
  });
}

function list<Item extends z.ZodType>(item: Item, { least = 0, most = Number.POSITIVE_INFINITY }: Limits = {}) {
  return z.array(item).superRefine((items, context) => {
    const say = (message: string) => context.addIssue({ code: 'custom', message });
    if (items.length < least) say(`has ${items.length} items, Slack asks for at least ${least}`);
    if (items.length > most) say(`has ${items.length} items, Slack takes at most ${most}`);
  });
}

/** As `list`, and no item twice. */
function set<Item extends z.ZodType>(item: Item, limits: Limits = {}) {
  return list(item, limits).superRefine((items, context) => {
    const seen = new Set(items.map((one) => JSON.stringify(one)));
    if (seen.size < items.length) context.addIssue({ code: 'custom', message: 'names an item twice' });
  });
}

function named<Value extends z.ZodType>(value: Value, { most = Number.POSITIVE_INFINITY }: Limits = {}) {
  return z.record(z.string(), value).superRefine((members, context) => {
    const count = Object.keys(members).length;
    if (count > most)
      context.addIssue({ code: 'custom', message: `has ${count} members, Slack takes at most ${most}` });
  });
}

const WEB = /^https?:\/\//;
const HTTPS = /^https:\/\//;
const DOMAIN = /^(?![.-])[-a-z0-9.]+[a-z0-9]$/;
const COLOUR = /^#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?$/;
const EMAIL =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
const OCTET = '(?:\\d|[1-9]\\d|1\\d{2}|2[0-4]\\d|25[0-5])';
const ADDRESSES = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}(?:/(?:3[0-2]|[12]\\d|\\d))?$`);

const Metadata = z.strictObject({
  schema_version: z.int().optional(),
  min_version: z.int().optional(),
  /** These are the rules of version 2. Slack reads a manifest without this member as version 1. */
  major_version: z.literal(2),
  minor_version: z.int().optional(),
});

const AppDirectory = z.strictObject({
  app_directory_categories: list(text({ least: 1, most: 255 }), { most: 3 }).optional(),
  use_direct_install: z.boolean().optional(),
  direct_install_url: text({ form: WEB, most: 255 }).optional(),
  installation_landing_page: text({ form: WEB, most: 255 }),
  privacy_policy_url: text({ form: WEB, most: 500 }),
  support_url: text({ form: WEB, most: 350 }),
  support_email: text({ form: EMAIL, most: 100 }),
  supported_languages: list(text({ most: 50 }), { least: 1, most: 50 }),
  pricing: text({ least: 1, most: 30 }),
});

const DisplayInformation = z.strictObject({
  name: text({ least: 1, most: 35 }),
  description: text({ least: 1, most: 140 }).optional(),
  background_color: text({ least: 4, most: 7, form: COLOUR }).optional(),
  long_description: text({ least: 175, most: 4_000 }).optional(),
});

const SuggestedPrompt = z.strictObject({ title: text(), message: text() });

const PARAMETER_TYPES = [
  ...['integer', 'number', 'boolean', 'string', 'object', 'array'],
  ...['user_context', 'user_permission', 'user_id', 'channel_id', 'usergroup_id', 'timestamp', 'blocks'].map(ofSlack),
  ...['credential/oauth2', 'date', 'interactivity', 'rich_text', 'form_input', 'form_input_object'].map(ofSlack),
  ...['message_ts', 'message_context'].map(ofSlack),
];

function ofSlack(type: string): string {
  return `slack#/types/${type}`;
}

const Parameter = z.looseObject({
  type: z.enum(PARAMETER_TYPES),
  name: text(),
  title: text().optional(),
  description: text().optional(),
  is_required: z.boolean().optional(),
});

const Features = z.strictObject({
  app_home: z
    .strictObject({
      home_tab_enabled: z.boolean().optional(),
      messages_tab_enabled: z.boolean().optional(),
      messages_tab_read_only_enabled: z.boolean().optional(),
    })
    .optional(),
  bot_user: z
    .strictObject({
      display_name: text({ least: 1, most: 80, form: /^[a-z0-9._-]*$/ }),
      always_online: z.boolean().optional(),
    })
    .optional(),
  functions: list(
    z.strictObject({
      title: text(),
      description: text(),
      callback_id: text(),
      input_parameters: list(Parameter, { most: 20 }),
      output_parameters: list(Parameter, { most: 20 }),
    }),
    { most: 50 },
  ).optional(),
  shortcuts: list(
    z.strictObject({
      name: text({ least: 1, most: 24 }),
      type: z.enum(['message', 'global']),
      callback_id: text({ least: 1, most: 255 }),
      description: text({ least: 1, most: 150 }),
    }),
    { least: 1, most: 10 },
  ).optional(),
  slash_commands: list(
    z.strictObject({
      command: text({ least: 2, most: 32, form: /^\// }),
      url: text({ form: WEB, most: 3_000 }).optional(),
      description: text({ least: 1, most: 2_000 }),
      usage_hint: text({ least: 1, most: 1_000 }).optional(),
      should_escape: z.boolean().optional(),
    }),
    { least: 1, most: 50 },
  ).optional(),
  workflow_steps: list(
    z.strictObject({ name: text({ least: 1, most: 50 }), callback_id: text({ least: 1, most: 50 }) }),
    { least: 1, most: 10 },
  ).optional(),
  unfurl_domains: set(text({ form: DOMAIN, most: 255 }), { least: 1, most: 5 }).optional(),
  assistant_view: z
    .strictObject({ assistant_description: text(), suggested_prompts: list(SuggestedPrompt).optional() })
    .optional(),
  agent_view: z
    .strictObject({
      agent_description: text({ most: 300 }).optional(),
      suggested_prompts: list(SuggestedPrompt, { most: 4 }).optional(),
      actions: list(z.strictObject({ name: text(), description: text() })).optional(),
    })
    .optional(),
  code_channels: z
    .strictObject({ enabled: z.boolean().optional(), slash_command_url: text({ form: WEB, most: 3_000 }).optional() })
    .optional(),
});

const Scopes = set(text({ most: 50 }), { most: 255 }).optional();

const OauthConfig = z.strictObject({
  redirect_urls: set(text({ most: 2_500 }), { most: 1_000 }).optional(),
  scopes: z.strictObject({ bot: Scopes, bot_optional: Scopes, user: Scopes, user_optional: Scopes }).optional(),
  token_management_enabled: z.boolean().optional(),
  pkce_enabled: z.boolean().optional(),
});

const Events = set(text({ most: 50 }), { most: 100 }).optional();
const RequestUrl = text({ form: WEB, most: 3_500 }).optional();

const Settings = z.strictObject({
  /** The schema takes 50, the reference 10. */
  allowed_ip_address_ranges: set(text({ form: ADDRESSES }), { least: 1, most: 10 }).optional(),
  event_subscriptions: z
    .strictObject({
      request_url: RequestUrl,
      user_events: Events,
      bot_events: Events,
      metadata_subscriptions: set(z.strictObject({ app_id: text(), event_type: text({ most: 50 }) }), {
        least: 1,
        most: 20,
      }).optional(),
    })
    .optional(),
  incoming_webhooks: z.strictObject({ incoming_webhooks_enabled: z.boolean().optional() }).optional(),
  interactivity: z
    .strictObject({ is_enabled: z.boolean(), request_url: RequestUrl, message_menu_options_url: RequestUrl })
    .optional(),
  org_deploy_enabled: z.boolean().optional(),
  socket_mode_enabled: z.boolean().optional(),
  is_hosted: z.boolean().optional(),
  token_rotation_enabled: z.boolean().optional(),
  siws_links: z.strictObject({ initiate_uri: text({ form: HTTPS, most: 3_500 }).optional() }).optional(),
  hermes_app_type: text().optional(),
  function_runtime: text().optional(),
  is_mcp_enabled: z.boolean().optional(),
});

const Types = named(
  z.looseObject({
    type: z.enum(PARAMETER_TYPES),
    title: text().optional(),
    description: text().optional(),
    is_required: z.boolean().optional(),
    is_hidden: z.boolean().optional(),
    hint: text().optional(),
  }),
  { most: 50 },
);
const Parameters = z.looseObject({ properties: Types, required: list(text()).optional() });

const Functions = named(
  z.strictObject({ title: text(), description: text(), input_parameters: Parameters, output_parameters: Parameters }),
  { most: 50 },
);

const Step = z.strictObject({
  id: text(),
  function_id: text(),
  inputs: named(z.union([z.string(), z.number(), z.boolean(), z.array(z.unknown()), z.looseObject({})])),
  type: z.enum(['function', 'switch', 'conditional']).optional(),
});
const ValueTemplate = z.strictObject({
  value: z.unknown().refine((value) => value !== undefined, 'is missing'),
  initial_value: z.unknown(),
  locked: z.boolean().optional(),
  hidden: z.boolean().optional(),
});
const Workflows = named(
  z.strictObject({
    title: text(),
    description: text(),
    input_parameters: Parameters.optional(),
    steps: list(Step),
    suggested_triggers: list(
      z.strictObject({
        name: text().optional(),
        description: text().optional(),
        type: text(),
        inputs: named(ValueTemplate),
      }),
    ).optional(),
  }),
  { most: 50 },
);

const Attribute = z.looseObject({
  type: text({ least: 1 }),
  items: z.looseObject({ type: text({ least: 1 }) }).optional(),
  properties: z.looseObject({}).optional(),
});
const Datastores = named(
  z.strictObject({ primary_key: text({ least: 1 }), attributes: named(Attribute, { most: 100 }) }),
  { most: 10 },
);

const ClientId = text({ least: 1, most: 1_024 });
const AuthUrl = text({ form: HTTPS, least: 5, most: 255 });
const Provider = z.discriminatedUnion('provider_type', [
  z.strictObject({
    provider_type: z.literal('SLACK_PROVIDED'),
    options: z.strictObject({ client_id: ClientId, scope: list(text()) }),
  }),
  z.strictObject({
    provider_type: z.literal('CUSTOM'),
    options: z.strictObject({
      client_id: ClientId,
      provider_name: text({ least: 2, most: 255 }),
      authorization_url: AuthUrl,
      token_url: AuthUrl,
      scope: list(text({ form: /^[\x21\x23-\x5B\x5D-\x7E]+$/ })),
      authorization_url_extras: z.looseObject({}).optional(),
      identity_config: z.strictObject({
        url: AuthUrl,
        account_identifier: text({ form: /^\$\../, least: 1, most: 255 }),
        headers: z.looseObject({}).optional(),
      }),
      use_pkce: z.boolean().optional(),
      token_url_config: z.strictObject({ use_basic_auth_scheme: z.boolean().optional() }).optional(),
    }),
  }),
]);

const McpServer = z.strictObject({
  url: text({ form: HTTPS, most: 500 }),
  headers: named(text()).optional(),
  auth_provider_key: text({ most: 255 }).optional(),
  auth_type: z.enum(['dynamic_client_registration', 'no_auth', 'manual_auth', 'slack_identity_auth']),
});

const Manifest = z.strictObject({
  $schema: z.url().optional(),
  _metadata: Metadata,
  app_directory: AppDirectory.optional(),
  display_information: DisplayInformation,
  features: Features.optional(),
  oauth_config: OauthConfig.optional(),
  settings: Settings.optional(),
  functions: Functions.optional(),
  workflows: Workflows.optional(),
  datastores: Datastores.optional(),
  outgoing_domains: set(text({ form: DOMAIN, most: 50 }), { most: 10 }).optional(),
  types: Types.optional(),
  external_auth_providers: z.strictObject({ oauth2: named(Provider).optional() }).optional(),
  mcp_servers: named(McpServer, { most: 20 }).optional(),
});
export type SlackManifest = z.output<typeof Manifest>;

/** Rules about several members. */
function togetherProblems({ features = {}, oauth_config = {}, settings = {} }: SlackManifest): string[] {
  const { scopes = {} } = oauth_config;
  return [
    ...optionalProblems(scopes, 'bot', 'bot_optional'),
    ...optionalProblems(scopes, 'user', 'user_optional'),
    ...twice(features.slash_commands ?? [], 'command', 'features.slash_commands'),
    ...twice(features.shortcuts ?? [], 'callback_id', 'features.shortcuts'),
    ...reachProblems(features, settings),
    ...((scopes.bot ?? []).length > 0 && features.bot_user === undefined
      ? ['features.bot_user: is missing, and oauth_config.scopes.bot asks for rights of it']
      : []),
  ];
}

type ScopeLists = NonNullable<NonNullable<SlackManifest['oauth_config']>['scopes']>;

function optionalProblems(scopes: ScopeLists, all: 'bot' | 'user', optional: 'bot_optional' | 'user_optional') {
  const asked = new Set(scopes[all] ?? []);
  return (scopes[optional] ?? [])
    .filter((scope) => !asked.has(scope))
    .map((scope) => `oauth_config.scopes.${optional}: names ${scope}, which oauth_config.scopes.${all} does not`);
}

function twice<Key extends string>(items: readonly Readonly<Record<Key, string>>[], key: Key, path: string): string[] {
  const values = items.map((item) => item[key]);
  const again = new Set(values.filter((value, at) => values.indexOf(value) !== at));
  return [...again].map((value) => `${path}: names the ${key} ${value} twice`);
}

/** Without Socket Mode, Slack needs an address for everything that it sends. */
function reachProblems(
  { slash_commands = [], shortcuts = [] }: NonNullable<SlackManifest['features']>,
  { socket_mode_enabled, event_subscriptions, interactivity }: NonNullable<SlackManifest['settings']>,
): string[] {
  const problems: string[] = [];
  if (shortcuts.length > 0 && interactivity?.is_enabled !== true) {
    problems.push('settings.interactivity.is_enabled: is not true, and features.shortcuts needs it');
  }
  if (socket_mode_enabled === true) return problems;
  const needs = 'is missing: Slack needs it where settings.socket_mode_enabled is not true';
  if (event_subscriptions !== undefined && event_subscriptions.request_url === undefined) {
    problems.push(`settings.event_subscriptions.request_url: ${needs}`);
  }
  if (interactivity?.is_enabled === true && interactivity.request_url === undefined) {
    problems.push(`settings.interactivity.request_url: ${needs}`);
  }
  for (const [at, { url }] of slash_commands.entries()) {
    if (url === undefined) problems.push(`features.slash_commands[${at}].url: ${needs}`);
  }
  return problems;
}

type Issue = z.core.$ZodIssue;

function sentencesOf(issue: Issue): string[] {
  const path = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${pathOf([...issue.path, key])}: is no member that Slack knows`);
  }
  return [`${path}: ${said(issue)}`];
}

function said(issue: Issue): string {
  if (issue.code === 'invalid_type') {
    return issue.message.endsWith('received undefined') ? 'is missing' : `is no ${issue.expected}`;
  }
  if (issue.code === 'invalid_value') return `is none of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_union') return 'has none of the forms that Slack knows';
  return issue.message;
}

/** `features.shortcuts[0].name` */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
