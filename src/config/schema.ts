/**
 * Every setting of Spanhound. Strict: a key that is not here is a mistake and not a wish. The meaning stands in the
 * voice of `docs/configuration.md`, which is generated from it.
 */
import { z } from 'zod';
import { DEFAULTS } from '#config/defaults.ts';
import { settingsOfDetector } from '#config/detector-settings.ts';
import { settingFacts } from '#config/setting.ts';
import { detectors } from '#detect/registry.ts';
import { CAUSE_FIELDS, categoryProblem } from '#model/cause-fields.ts';
import { databaseAddressProblem } from '#model/database-address.ts';
import { patternProblem } from '#model/redaction/pattern.ts';

/** What stands behind the mistake's sign; the path and the variable follow. */
function says(mistake: string) {
  return { error: ({ input }: { input?: unknown }) => (input === undefined ? 'is missing' : mistake) };
}

const Address = () =>
  z
    .url({ protocol: /^https?$/, ...says('must be an address such as https://jaeger.example.com') })
    .transform((address) => new URL(address));

const Text = () => z.string(says('must be text')).min(1, 'must not be empty');

const Amount = () => z.number(says('must be a number')).positive('must be more than 0');

/** What is wrong with it is told without it: a password stands in it. */
function databaseAddressOf(system: Parameters<typeof databaseAddressProblem>[1]) {
  return z.string(says('must be text')).superRefine((text, context) => {
    const problem = databaseAddressProblem(text, system);
    if (problem !== '') context.addIssue({ code: 'custom', message: problem, input: '' });
  });
}

const Slack = z.strictObject({
  botToken: z
    .string('must be text')
    .startsWith('xoxb-', 'must be a bot token (xoxb-…)')
    .register(settingFacts, { env: 'SLACK_BOT_TOKEN', secret: true, means: 'The bot token of the Slack app.' })
    .optional(),
  signingSecret: Text()
    .register(settingFacts, {
      env: 'SLACK_SIGNING_SECRET',
      secret: true,
      means: 'Verifies that a request comes from Slack. Required if Slack sends requests over HTTP.',
    })
    .optional(),
  appToken: z
    .string('must be text')
    .startsWith('xapp-', 'must be an app-level token (xapp-…)')
    .register(settingFacts, {
      env: 'SLACK_APP_TOKEN',
      secret: true,
      means: 'The app-level token. If set, the bot connects to Slack by Socket Mode and needs no public address.',
    })
    .optional(),
  apiUrl: Address()
    // Slack's client puts a method's name right behind it.
    .transform((address) => new URL(`${address.href.replace(/(?<!\/)\/*$/, '')}/`))
    .register(settingFacts, {
      env: 'SLACK_API_URL',
      means: 'The address of Slack’s Web API, for a proxy. Default: Slack itself.',
    })
    .optional(),
});

/** What backends have in common: who asks, and for whom. */
function access(system: 'JAEGER' | 'TEMPO' | 'LOKI' | 'PROMETHEUS', name: string) {
  return {
    tenant: Text()
      .register(settingFacts, {
        env: `${system}_TENANT`,
        means: `The tenant to read, if ${name} serves several.`,
      })
      .optional(),
    token: Text()
      .register(settingFacts, { env: `${system}_TOKEN`, secret: true, means: `The bearer token for ${name}.` })
      .optional(),
    headers: z
      .record(z.string(), z.string(says('must be text')))
      .register(settingFacts, {
        env: `${system}_HEADERS`,
        secret: true,
        means: `Additional headers for every request to ${name}, as \`name=value,name=value\`, values percent-encoded.`,
      })
      .prefault({}),
  };
}

const Jaeger = z.strictObject({
  url: Address().register(settingFacts, {
    env: 'JAEGER_URL',
    means: 'The address of Jaeger’s query service, including its base path.',
  }),
  uiUrl: Address()
    .register(settingFacts, { env: 'JAEGER_UI_URL', means: 'The address where people open Jaeger, if it differs.' })
    .optional(),
  ...access('JAEGER', 'Jaeger'),
});

const Tempo = z.strictObject({
  url: Address().register(settingFacts, { env: 'TEMPO_URL', means: 'The address of Tempo, including its base path.' }),
  ...access('TEMPO', 'Tempo'),
});

const Loki = z.strictObject({
  url: Address().register(settingFacts, { env: 'LOKI_URL', means: 'The address of Loki, including its base path.' }),
  selectorLabel: z
    .string('must be text')
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be the name of a label')
    .register(settingFacts, { env: 'LOKI_SELECTOR_LABEL', means: 'The stream label that names the service.' })
    .prefault(DEFAULTS.loki.selectorLabel),
  ...access('LOKI', 'Loki'),
});

const Prometheus = z.strictObject({
  url: Address().register(settingFacts, {
    env: 'PROMETHEUS_URL',
    means: 'The address of Prometheus, Thanos, Mimir or VictoriaMetrics, including its base path.',
  }),
  uiUrl: Address()
    .register(settingFacts, {
      env: 'PROMETHEUS_UI_URL',
      means: 'The address where people open Prometheus, if it differs.',
    })
    .optional(),
  ...access('PROMETHEUS', 'Prometheus'),
});

const Grafana = z.strictObject({
  url: Address()
    .register(settingFacts, {
      env: 'GRAFANA_URL',
      means: 'The address where people open Grafana. If set, log and metric queries link to Explore.',
    })
    .optional(),
  token: Text()
    .register(settingFacts, {
      env: 'GRAFANA_TOKEN',
      secret: true,
      means: 'The token of a service account. If set, Spanhound reads deploys from annotations.',
    })
    .optional(),
});

/** `acme/shop`, or `checkout=acme/shop` where the service has another name. */
function codeOf(env: string, what: string, named: string) {
  return z
    .array(
      z
        .string('must be text')
        .regex(
          /^(?:[^=,\s]{1,200}=)?[\w.-]{1,200}(?:\/[\w.-]{1,200}){1,20}$/,
          `must be ${named}, or its service before it`,
        ),
      'must be a list',
    )
    .register(settingFacts, {
      env,
      means: `The ${what} to read deployments and commits from, such as \`${named}\`, or \`checkout=${named}\` if the service has another name. Default: none. Spanhound reads the diffs of reported commits in any case. In the variable, separate them with commas.`,
    })
    .prefault([]);
}

const GitHub = z.strictObject({
  url: Address()
    .register(settingFacts, {
      env: 'GITHUB_API_URL',
      means: 'The address of GitHub’s REST API; for GitHub Enterprise `https://HOST/api/v3`.',
    })
    .prefault(DEFAULTS.github.url),
  token: Text()
    .register(settingFacts, {
      env: 'GITHUB_TOKEN',
      secret: true,
      means: 'A token with read access to contents and deployments. If set, Spanhound reads the diffs of changes.',
    })
    .optional(),
  repositories: codeOf('GITHUB_REPOSITORIES', 'repositories', 'acme/shop'),
});

const GitLab = z.strictObject({
  url: Address()
    .register(settingFacts, { env: 'GITLAB_URL', means: 'The address of GitLab, including its base path.' })
    .prefault(DEFAULTS.gitlab.url),
  token: Text()
    .register(settingFacts, {
      env: 'GITLAB_TOKEN',
      secret: true,
      means: 'A token with the scope `read_api`. If set, Spanhound reads the diffs of changes.',
    })
    .optional(),
  projects: codeOf('GITLAB_PROJECTS', 'projects', 'acme/shop'),
});

const Kubernetes = z.strictObject({
  kubeconfig: Text()
    .register(settingFacts, {
      env: 'KUBECONFIG',
      means: 'The kubeconfig for the cluster, as for kubectl: one file, or several separated by colons.',
    })
    .optional(),
  context: Text()
    .register(settingFacts, {
      env: 'KUBERNETES_CONTEXT',
      means: 'The context of the kubeconfig. Default: the current one.',
    })
    .optional(),
  inCluster: z
    .boolean('must be true or false')
    .register(settingFacts, {
      env: 'KUBERNETES_IN_CLUSTER',
      means: 'Whether to read the cluster of the bot itself, with the mounted service account.',
    })
    .prefault(DEFAULTS.kubernetes.inCluster),
  namespaces: z
    .array(
      z.string('must be text').regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a namespace'),
      'must be a list',
    )
    .register(settingFacts, {
      env: 'KUBERNETES_NAMESPACES',
      means: 'The namespaces to read. Default: all. In the variable, separate them with commas.',
    })
    .prefault([]),
});

const Databases = z.strictObject({
  postgres: z
    .array(databaseAddressOf('postgresql'), 'must be a list')
    .register(settingFacts, {
      env: 'POSTGRES_STATISTICS_URL',
      secret: true,
      means:
        'The Postgres databases to read statistics from, as `postgresql://user:password@host/database`, separated by commas. Connections use TLS with a verified certificate unless `?sslmode=` changes this.',
    })
    .prefault([]),
  mysql: z
    .array(databaseAddressOf('mysql'), 'must be a list')
    .register(settingFacts, {
      env: 'MYSQL_STATISTICS_URL',
      secret: true,
      means: 'The same for MySQL and MariaDB, as `mysql://user:password@host`.',
    })
    .prefault([]),
});

const Alerts = z.strictObject({
  channel: z
    .string('must be text')
    .regex(/^[CG][A-Z0-9]{5,}$/, 'must be the id of a channel (C…), as the channel’s details in Slack show it')
    .register(settingFacts, {
      env: 'ALERTS_CHANNEL',
      means:
        'The id of the channel for answers to webhook alerts. Spanhound answers alerts in a channel in their own thread.',
    })
    .optional(),
});

const PagerDuty = z.strictObject({
  webhookSecret: Text()
    .register(settingFacts, {
      env: 'PAGERDUTY_WEBHOOK_SECRET',
      secret: true,
      means:
        'The secret of the webhook subscription, which verifies that a request comes from PagerDuty. While you replace it, give both, separated by a comma.',
    })
    .optional(),
});

const Alertmanager = z.strictObject({
  token: Text()
    .register(settingFacts, {
      env: 'ALERTMANAGER_TOKEN',
      secret: true,
      means: 'The bearer token that Alertmanager sends with its webhooks.',
    })
    .optional(),
});

const Changes = z.strictObject({
  token: Text()
    .register(settingFacts, {
      env: 'CHANGES_TOKEN',
      secret: true,
      means:
        'The bearer token for POST /changes, which reports deploys, config changes, flags, scaling and migrations.',
    })
    .optional(),
  githubSecret: Text()
    .register(settingFacts, {
      env: 'GITHUB_WEBHOOK_SECRET',
      secret: true,
      means:
        'The secret of GitHub’s webhook to /webhooks/github, for deployments, pushes, merged pull requests and releases.',
    })
    .optional(),
  gitlabToken: Text()
    .register(settingFacts, {
      env: 'GITLAB_WEBHOOK_TOKEN',
      secret: true,
      means:
        'The secret token of GitLab’s webhook to /webhooks/gitlab, for pushes, merge requests, deployments, pipelines, releases and feature flags.',
    })
    .optional(),
  launchDarklySecret: Text()
    .register(settingFacts, {
      env: 'LAUNCHDARKLY_WEBHOOK_SECRET',
      secret: true,
      means: 'The secret of LaunchDarkly’s signed webhook to /webhooks/launchdarkly, for flags.',
    })
    .optional(),
  environments: z
    .array(z.string('must be text').min(1, 'must not be empty'), 'must be a list')
    .register(settingFacts, {
      env: 'CHANGES_ENVIRONMENTS',
      means:
        'The environments that count for deploys and flags, by their names in GitHub, GitLab and LaunchDarkly, such as `production`. Default: all. In the variable, separate them with commas.',
    })
    .prefault([]),
});

/** Minutes between two updates; a day is longer than anybody works on an incident without sleep. */
function reminder(severity: keyof typeof DEFAULTS.incidents.reminderMinutes) {
  return z
    .number('must be a number')
    .min(0, 'must be at least 0')
    .max(1_440, 'must be at most 1440')
    .register(settingFacts, {
      env: `SPANHOUND_REMINDER_MINUTES_${severity}`,
      means: `The interval of update reminders for ${severity} incidents, in minutes. 0 turns them off.`,
    })
    .prefault(DEFAULTS.incidents.reminderMinutes[severity]);
}

const Incidents = z.strictObject({
  reminderMinutes: z
    .strictObject({ P0: reminder('P0'), P1: reminder('P1'), P2: reminder('P2'), P3: reminder('P3') })
    .prefault({}),
});

const Gather = z.strictObject({
  deadlineSeconds: Amount()
    .max(300, 'must be at most 300')
    .register(settingFacts, {
      env: 'SPANHOUND_GATHER_DEADLINE_SECONDS',
      means: 'The deadline for all sources together. The report lists missing answers as gaps.',
    })
    .prefault(DEFAULTS.gather.deadlineSeconds),
  sourceTimeoutSeconds: Amount()
    .max(300, 'must be at most 300')
    .register(settingFacts, {
      env: 'SPANHOUND_GATHER_SOURCE_TIMEOUT_SECONDS',
      means: 'The timeout for one response of one source.',
    })
    .prefault(DEFAULTS.gather.sourceTimeoutSeconds),
  maxBytes: Amount()
    .int('must be a whole number')
    .register(settingFacts, {
      env: 'SPANHOUND_GATHER_MAX_BYTES',
      means: 'The largest response. Larger ones are truncated; the report says so.',
    })
    .prefault(DEFAULTS.gather.maxBytes),
});

const Analysis = z.strictObject({
  deadlineSeconds: Amount()
    .max(3_600, 'must be at most 3600')
    .register(settingFacts, {
      env: 'SPANHOUND_ANALYSIS_DEADLINE_SECONDS',
      means:
        'The time limit for one step of an analysis in the bot. Spanhound stops a longer step and informs the person who asked. The command line has no such limit.',
    })
    .prefault(DEFAULTS.analysis.deadlineSeconds),
});

/** `emails` → `SPANHOUND_REDACTION_EMAILS` */
function redacted(name: Exclude<keyof typeof DEFAULTS.redaction, 'patterns'>, means: string) {
  return z
    .boolean('must be true or false')
    .register(settingFacts, { env: `SPANHOUND_REDACTION_${name.toUpperCase()}`, means })
    .prefault(DEFAULTS.redaction[name]);
}

const Redaction = z.strictObject({
  credentials: redacted('credentials', 'Whether to redact credentials of known forms, and values with secret names.'),
  tokens: redacted('tokens', 'Whether to redact long random texts.'),
  emails: redacted('emails', 'Whether to redact email addresses.'),
  cards: redacted('cards', 'Whether to redact numbers of payment cards with a valid check digit.'),
  ibans: redacted('ibans', 'Whether to redact IBANs with valid check digits.'),
  addresses: redacted('addresses', 'Whether to redact IP addresses, except those of the machine itself.'),
  patterns: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a name in small letters'),
      z.string(says('must be text')).superRefine((source, context) => {
        const problem = patternProblem(source);
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
      }),
    )
    .register(settingFacts, {
      env: 'SPANHOUND_REDACTION_PATTERNS',
      means:
        'Additional patterns to redact: regular expressions with the name of their placeholder, such as `customer: C-\\d{6}`. In the variable as `name=pattern,name=pattern`, patterns percent-encoded.',
    })
    .prefault(DEFAULTS.redaction.patterns),
  key: Text()
    .min(16, 'must have at least 16 characters')
    .register(settingFacts, {
      env: 'SPANHOUND_REDACTION_KEY',
      secret: true,
      means:
        'The key for the names of redacted values (`[redacted:email:k7x2qa]`). Installations with the same key use the same name for the same value. Default: a key in the bot’s data folder.',
    })
    .optional(),
});

/** Whom `spanhound http` and `/trace tools http` may ask: nobody who is not named here. */
const Http = z.strictObject({
  allow: z
    .array(
      z
        .string('must be text')
        .regex(
          /^https?:\/\/(?:\*\.)?(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?\/?$/i,
          'must be a scheme and a host, such as https://api.example.com or http://*.shop.internal:8080',
        ),
      'must be a list',
    )
    .register(settingFacts, {
      env: 'SPANHOUND_HTTP_ALLOW',
      means:
        'The allowed hosts for the utility `http`, with their scheme, such as `https://api.example.com` or `http://*.shop.internal:8080`. Default: none. In the variable, separate them with commas.',
    })
    .prefault([]),
  methods: z
    .array(
      z.enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'], 'must be a method of HTTP, such as POST'),
      'must be a list',
    )
    .register(settingFacts, {
      env: 'SPANHOUND_HTTP_METHODS',
      means: 'The allowed methods for the utility `http`.',
    })
    .prefault([...DEFAULTS.http.methods]),
  networks: z
    .array(
      z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], 'must be an address or a network, such as 10.0.0.0/8'),
      'must be a list',
    )
    .register(settingFacts, {
      env: 'SPANHOUND_HTTP_NETWORKS',
      means: 'Private, loopback or link-local addresses that the allowed hosts may resolve to, such as `10.0.0.0/8`.',
    })
    .prefault([]),
});

const Fishbone = z.strictObject({
  categories: z
    .array(
      z.string('must be text').superRefine((text, context) => {
        const problem = categoryProblem(text);
        if (problem !== '') context.addIssue({ code: 'custom', message: problem });
      }),
      'must be a list',
    )
    .register(settingFacts, {
      env: 'SPANHOUND_FISHBONE_CATEGORIES',
      means: `The categories of the fishbone, each with its fields, such as \`Equipment=capacity+network\`. Fields: ${CAUSE_FIELDS.join(', ')}. Fields without a category belong to Other. Default: People, Process, Technology, Environment. In the variable, separate them with commas.`,
    })
    .prefault([]),
});

export const Config = z.strictObject({
  slack: Slack.prefault({}),
  jaeger: Jaeger.optional(),
  tempo: Tempo.optional(),
  loki: Loki.optional(),
  prometheus: Prometheus.optional(),
  grafana: Grafana.prefault({}),
  kubernetes: Kubernetes.prefault({}),
  github: GitHub.prefault({}),
  gitlab: GitLab.prefault({}),
  databases: Databases.prefault({}),
  alerts: Alerts.prefault({}),
  pagerduty: PagerDuty.prefault({}),
  alertmanager: Alertmanager.prefault({}),
  changes: Changes.prefault({}),
  incidents: Incidents.prefault({}),
  fishbone: Fishbone.prefault({}),
  gather: Gather.prefault({}),
  analysis: Analysis.prefault({}),
  http: Http.prefault({}),
  clockSkew: z
    .strictObject({
      maxSeconds: z
        .number('must be a number')
        .min(0, 'must be at least 0')
        .register(settingFacts, {
          env: 'SPANHOUND_CLOCK_SKEW_MAX_SECONDS',
          means: 'The largest clock difference between two hosts that Spanhound corrects. 0 corrects none.',
        })
        .prefault(DEFAULTS.clockSkew.maxSeconds),
    })
    .prefault({}),
  redaction: Redaction.prefault({}),
  runbooksUrl: Address()
    .register(settingFacts, {
      env: 'RUNBOOKS_URL',
      means:
        'The address where people open the runbooks: the folder that contains `runbooks/`. Default: answers show the path.',
    })
    .optional(),
  dataFolder: Text()
    .register(settingFacts, { env: 'SPANHOUND_DATA', means: 'The folder for the store and the evidence.' })
    .prefault(DEFAULTS.dataFolder),
  port: z
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must be at least 0')
    .max(65_535, 'must be at most 65535')
    .register(settingFacts, { env: 'PORT', means: 'The port of the web server. 0 uses any free port.' })
    .prefault(DEFAULTS.port),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
    .register(settingFacts, {
      env: 'LOG_LEVEL',
      means: 'The log level of the bot: debug, info, warn, error or silent.',
    })
    .prefault(DEFAULTS.logLevel),
  detectors: z
    .strictObject(
      Object.fromEntries(detectors.map((detector) => [detector.id, settingsOfDetector(detector).prefault({})])),
    )
    .prefault({}),
});
export type Config = z.output<typeof Config>;
