/**
 * Every setting of Spanhound. Strict: a key that is not here is a mistake and not a wish. The meaning stands in the
 * voice of `docs/configuration.md`, which is generated from it.
 */
import { z } from 'zod';
import { systems } from '#adapters/registry.ts';
import { DEFAULTS } from '#config/defaults.ts';
import { settingsOfDetector } from '#config/detector-settings.ts';
import { Address, Amount, says, Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';
import { type GroupsOf, settingGroupsOf } from '#config/system-settings.ts';
import { detectors } from '#detect/registry.ts';
import { CAUSE_FIELDS, categoryProblem } from '#model/finding/cause-fields.ts';
import { patternProblem } from '#model/redaction/pattern.ts';

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
  ...settingGroupsOf(systems),
  alerts: Alerts.prefault({}),
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

/** What is set of the systems outside. */
export type SystemSettings = Pick<Config, keyof GroupsOf<typeof systems>>;
