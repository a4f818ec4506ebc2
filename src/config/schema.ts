/**
 * Every setting of Spanhound. Strict: a key that is not here is a mistake and not a wish. The meaning stands in the
 * voice of `docs/configuration.md`, which is generated from it.
 */
import { z } from 'zod';
import { systems } from '#adapters/registry.ts';
import { DEFAULTS } from '#config/defaults.ts';
import { settingsOfDetector } from '#config/detector-settings.ts';
import { Address, Amount, ChannelId, DatabaseAddress, says, Text, Token } from '#config/fields.ts';
import {
  ChannelTargets,
  CommanderTargets,
  InvitesBySeverity,
  NamedTargets,
  OnCall,
  SeverityTargets,
} from '#config/on-call.ts';
import { OwnRoles } from '#config/own-roles.ts';
import { Quiet } from '#config/quiet.ts';
import { Rights } from '#config/rights.ts';
import { settingFacts } from '#config/setting.ts';
import { type GroupsOf, settingGroupsOf } from '#config/system-settings.ts';
import { detectors } from '#detect/registry.ts';
import { CAUSE_FIELDS, categoryProblem } from '#model/finding/cause-fields.ts';
import { patternProblem } from '#model/redaction/pattern.ts';

/** A key that fires after two days without a delivery is new in any case. */
const MINUTES_OF_TWO_DAYS = 2_880;

const Alerts = z.strictObject({
  channel: ChannelId()
    .register(settingFacts, {
      env: 'ALERTS_CHANNEL',
      means:
        'The id of the channel for answers to webhook alerts. Spanhound answers alerts in a channel in their own thread.',
    })
    .optional(),
  stormPerMinute: z
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must be at least 0')
    .max(10_000, 'must be at most 10000')
    .register(settingFacts, {
      env: 'ALERTS_STORM_PER_MINUTE',
      means:
        'If more alerts than this need an examination within a minute, in one channel, Spanhound says so once and examines what it can. 0 turns this off.',
    })
    .prefault(DEFAULTS.alerts.stormPerMinute),
  quietMinutes: z
    .number('must be a number')
    .min(1, 'must be at least 1')
    .max(MINUTES_OF_TWO_DAYS, `must be at most ${MINUTES_OF_TWO_DAYS}`)
    .register(settingFacts, {
      env: 'ALERTS_QUIET_MINUTES',
      means:
        'The quiet time of an alert whose sender does not report ends. If nothing arrived for this many minutes and it begins again, it is a new outage with a new diagnosis.',
    })
    .prefault(DEFAULTS.alerts.quietMinutes),
  sayInChannel: z
    .enum(['always', 'likely', 'never'], 'must be always, likely or never')
    .register(settingFacts, {
      env: 'ALERTS_SAY_IN_CHANNEL',
      means:
        'Which answers in the thread of an alert are also announced in the channel, with their first sentence and status: `always` all, `likely` the confirmed and the likely ones, `never` none.',
    })
    .prefault(DEFAULTS.alerts.sayInChannel),
});

const HOURS_OF_A_YEAR = 8_784;

const Operators = z.strictObject({
  channel: ChannelId()
    .register(settingFacts, {
      env: 'OPERATORS_CHANNEL',
      means:
        'The id of the channel for messages about Spanhound itself: work that it gave up, sources that fell silent, messages over the limit, the head of the audit log. Default: none.',
    })
    .optional(),
  metricsToken: Token({
    env: 'METRICS_TOKEN',
    means: 'The bearer token for `/metrics`. Without it nobody can read the metrics.',
  }),
  heartbeatUrl: Address()
    .register(settingFacts, {
      env: 'HEARTBEAT_URL',
      secret: true,
      means:
        'An address that the bot requests every minute while it works, such as one of a dead-man’s switch. If the requests stop, that service alerts.',
    })
    .optional(),
  tracesUrl: Address()
    .register(settingFacts, {
      env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      secret: true,
      means:
        'The address of an OpenTelemetry collector, such as `http://otel-collector:4318`. The bot sends traces of its own work there by OTLP over HTTP. Default: none.',
    })
    .optional(),
  anchorFile: Text()
    .register(settingFacts, {
      env: 'AUDIT_ANCHOR_FILE',
      means:
        'A file to which Spanhound appends the signed head of the audit log once a day. Put it on another machine’s disk. Default: none.',
    })
    .optional(),
  timestampUrl: Address()
    .register(settingFacts, {
      env: 'TIMESTAMP_URL',
      means:
        'A timestamp server (RFC 3161) that stamps the head of the audit log once a day. It receives a checksum only. Default: none.',
    })
    .optional(),
  silenceHours: z
    .number('must be a number')
    .min(0, 'must be at least 0')
    .max(HOURS_OF_A_YEAR, `must be at most ${HOURS_OF_A_YEAR}`)
    .register(settingFacts, {
      env: 'SPANHOUND_SILENCE_HOURS',
      means:
        'After this many hours without a delivery, a source of alerts or changes counts as silent, and the operators’ channel hears of it. 0 turns this off.',
    })
    .prefault(DEFAULTS.operators.silenceHours),
});

const Reviews = z.strictObject({
  channel: ChannelId()
    .register(settingFacts, {
      env: 'REVIEWS_CHANNEL',
      means:
        'The id of the channel for the [monthly review](incidents.md#review) of incidents. It counts only incidents of public channels. Default: none.',
    })
    .optional(),
});

const TEN_YEARS = 3_653;

function keptDays(kind: keyof typeof DEFAULTS.retention, what: string) {
  return z
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must be at least 0')
    .max(TEN_YEARS, `must be at most ${TEN_YEARS}`)
    .register(settingFacts, {
      env: `SPANHOUND_KEEP_${kind.toUpperCase()}_DAYS`,
      means: `How many days Spanhound keeps ${what}, such as 30, 60 or 90. 0 keeps them for ever. Evidence of a held incident stays.`,
    })
    .prefault(DEFAULTS.retention[kind]);
}

const Retention = z.strictObject({
  traces: keptDays('traces', 'the traces of an answer'),
  logs: keptDays('logs', 'the log lines of an answer'),
  metrics: keptDays('metrics', 'the metrics, pods, database statistics and changes of an answer'),
  files: keptDays('files', 'the copies of files in marked messages'),
});

/** Minutes between two updates; a day is longer than anybody works on an incident without sleep. */
function reminder(severity: Severity) {
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

/** `general`: the setting that counts for the severities of its list. */
function minutesBySeverity(
  of: 'COMMANDER' | 'PAGE',
  general: Readonly<{ setting: string; severities: readonly Severity[] }>,
) {
  const minutes = (severity: Severity) =>
    z
      .number('must be a number')
      .min(0, 'must be at least 0')
      .max(1_440, 'must be at most 1440')
      .register(settingFacts, {
        env: `SPANHOUND_${of}_MINUTES_${severity}`,
        means: `The same for ${severity} alone. Default: ${general.severities.includes(severity) ? `\`${general.setting}\`` : '0, which is never'}.`,
      })
      .optional();
  return z.strictObject({ P0: minutes('P0'), P1: minutes('P1'), P2: minutes('P2'), P3: minutes('P3') }).prefault({});
}
type Severity = keyof typeof DEFAULTS.incidents.reminderMinutes;

const Incidents = z.strictObject({
  reminderMinutes: z
    .strictObject({ P0: reminder('P0'), P1: reminder('P1'), P2: reminder('P2'), P3: reminder('P3') })
    .prefault({}),
  commander: z
    .strictObject({
      minutes: z
        .number('must be a number')
        .min(0, 'must be at least 0')
        .max(1_440, 'must be at most 1440')
        .register(settingFacts, {
          env: 'SPANHOUND_COMMANDER_MINUTES',
          means:
            'After so many minutes of a P0 or P1 without an incident commander, Spanhound calls the first of `incidents.commander.onCall`, and after as many again the next. 0 turns it off.',
        })
        .prefault(DEFAULTS.incidents.commander.minutes),
      minutesBySeverity: minutesBySeverity('COMMANDER', {
        setting: 'incidents.commander.minutes',
        severities: ['P0', 'P1'],
      }),
      onCall: CommanderTargets()
        .register(settingFacts, {
          env: 'SPANHOUND_ON_CALL',
          means:
            'Who is called, one after the other: ids of people and user groups in Slack, or [targets](incidents.md#who-is-on-call) such as `pagerduty:schedule/PABC123`. `here` calls all active members of the channel. `cause` calls who is on call for the blamed service. Default: who declared the incident, once. In the variable, separate them with commas.',
        })
        .prefault([...DEFAULTS.incidents.commander.onCall]),
      onCallByChannel: ChannelTargets()
        .register(settingFacts, {
          env: 'SPANHOUND_ON_CALL_BY_CHANNEL',
          means:
            'Who is called for the incidents of one channel instead, such as `C0SECURITY=pagerduty:schedule/PSEC001`. Several entries of one channel are called one after the other. In the variable, separate them with commas.',
        })
        .prefault([...DEFAULTS.incidents.commander.onCallByChannel]),
      onCallBySeverity: SeverityTargets()
        .register(settingFacts, {
          env: 'SPANHOUND_ON_CALL_BY_SEVERITY',
          means:
            'Who is called for the incidents of one severity instead, such as `P0=S0EXECUTIVE`, unless their channel has a list of its own. Several entries of one severity are called one after the other. In the variable, separate them with commas.',
        })
        .prefault([]),
    })
    .prefault({}),
  page: z
    .strictObject({
      minutes: z
        .number('must be a number')
        .min(0, 'must be at least 0')
        .max(1_440, 'must be at most 1440')
        .register(settingFacts, {
          env: 'SPANHOUND_PAGE_MINUTES',
          means: 'After so many minutes without **I have it**, a page calls the next one. 0 turns that off.',
        })
        .prefault(DEFAULTS.incidents.page.minutes),
      minutesBySeverity: minutesBySeverity('PAGE', {
        setting: 'incidents.page.minutes',
        severities: ['P0', 'P1', 'P2', 'P3'],
      }),
      onCall: NamedTargets()
        .register(settingFacts, {
          env: 'SPANHOUND_PAGE_ON_CALL',
          means:
            'Who is on call for a team or a service, such as `payments-team=U012ABC` or `payments-team=pagerduty:schedule/PABC123`. Several entries of one name are called one after the other. The name of a team is that of the [owner](services.md). In the variable, separate them with commas.',
        })
        .prefault([...DEFAULTS.incidents.page.onCall]),
    })
    .prefault({}),
  onCall: OnCall.prefault({}),
  roles: OwnRoles(),
  postmortemTemplates: Text()
    .register(settingFacts, {
      env: 'SPANHOUND_POSTMORTEM_TEMPLATES',
      means:
        'The YAML file with your [templates of the postmortem](postmortem.md#your-own-template). Default: the built-in structure.',
    })
    .optional(),
  channel: z
    .strictObject({
      severities: z
        .array(z.enum(['P0', 'P1', 'P2', 'P3'], 'must be P0, P1, P2 or P3'), 'must be a list of severities')
        .register(settingFacts, {
          env: 'SPANHOUND_CHANNEL_SEVERITIES',
          means:
            'An incident of these severities gets a [channel of its own](incidents.md#a-channel-of-its-own). `/incident channel` opens one for any other. In the variable, separate them with commas.',
        })
        .prefault([...DEFAULTS.incidents.channel.severities]),
      name: z
        .string('must be text')
        .max(50, 'must have at most 50 characters')
        .regex(
          /^[a-z0-9_-]*\{number\}(?:[_-][a-z0-9_-]*)?(?:\{title\})?$/,
          'must be lowercase letters, digits, - and _, with {number} and, behind it, {title}',
        )
        .register(settingFacts, {
          env: 'SPANHOUND_CHANNEL_NAME',
          means: 'The name of that channel. `{number}` is needed, because it makes the name unique.',
        })
        .prefault(DEFAULTS.incidents.channel.name),
      archiveDays: z
        .number('must be a number')
        .int('must be a whole number')
        .min(0, 'must be at least 0')
        .max(365, 'must be at most 365')
        .register(settingFacts, {
          env: 'SPANHOUND_CHANNEL_ARCHIVE_DAYS',
          means: 'That channel is archived so many days after the end of the incident. 0 is never.',
        })
        .prefault(DEFAULTS.incidents.channel.archiveDays),
      invite: InvitesBySeverity()
        .register(settingFacts, {
          env: 'SPANHOUND_CHANNEL_INVITE',
          means:
            'Who is invited into that channel at a severity and at each graver one: ids of people and user groups, such as `P1=S012ABC`. Only those who may see the incident come. In the variable, separate them with commas.',
        })
        .prefault([...DEFAULTS.incidents.channel.invite]),
    })
    .prefault({}),
  lookAfterEnd: z
    .boolean('must be true or false')
    .register(settingFacts, {
      env: 'SPANHOUND_LOOK_AFTER_END',
      means:
        'Whether Spanhound [looks at an incident again](incidents.md#after-the-end) 30 minutes and 24 hours after its end.',
    })
    .prefault(DEFAULTS.incidents.lookAfterEnd),
  statusPage: z
    .strictObject({
      components: z
        .array(
          z.string('must be text').min(1, 'must not be empty').max(75, 'must have at most 75 characters'),
          'must be a list of names',
        )
        .max(100, 'must be at most 100')
        .register(settingFacts, {
          env: 'STATUS_PAGE_COMPONENTS',
          means:
            'What customers use, by the names that they know, such as `Login`. People choose from them what an [update for customers](status-pages.md) is about. In the variable, separate them with commas.',
        })
        .prefault([...DEFAULTS.incidents.statusPage.components]),
      internalWords: z
        .array(
          z.string('must be text').min(2, 'must have at least 2 characters').max(75, 'must have at most 75 characters'),
          'must be a list of words',
        )
        .register(settingFacts, {
          env: 'STATUS_PAGE_INTERNAL_WORDS',
          means:
            'Words of your team that customers must not read, such as names of machines. Spanhound knows the names of services and people. In the variable, separate them with commas.',
        })
        .prefault([...DEFAULTS.incidents.statusPage.internalWords]),
      feedUrl: Address()
        .register(settingFacts, {
          env: 'STATUS_FEED_URL',
          means:
            'The address where customers read about your service, such as `https://status.example.com`. With it, the bot serves [approved updates](status-pages.md#a-feed-of-your-own) to everybody at `/status.json` and `/status.rss`. Default: no feed.',
        })
        .optional(),
    })
    .prefault({}),
  pagesUrl: Address()
    .register(settingFacts, {
      env: 'SPANHOUND_PAGES_URL',
      means:
        'The address where the browsers of your team reach the bot, such as `https://spanhound.example.com`. With it, people can [edit a postmortem as a page](postmortem.md#as-a-page). Default: no pages.',
    })
    .optional(),
  issues: z
    .strictObject({
      private: z
        .boolean('must be true or false')
        .register(settingFacts, {
          env: 'SPANHOUND_ISSUES_PRIVATE',
          means:
            'Whether action items of incidents in private channels also get [issues](issues.md) in a tracker, where more people may read them.',
        })
        .prefault(DEFAULTS.incidents.issues.private),
    })
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
  requestsPerHour: Amount()
    .int('must be a whole number')
    .register(settingFacts, {
      env: 'SPANHOUND_GATHER_REQUESTS_PER_HOUR',
      means:
        'The most requests to one system within an hour, by each process. Reports list what was not asked after that as gaps.',
    })
    .prefault(DEFAULTS.gather.requestsPerHour),
});

/** `src/record/future-times.ts` takes a much longer lease for one from a clock that was ahead. */
const LONGEST_LEASE_SECONDS = 60;

const Waits = z.strictObject({
  messageSeconds: wait('messageSeconds', {
    env: 'SPANHOUND_WAIT_FOR_MESSAGE_SECONDS',
    means:
      'How long an alert from a webhook waits for the message of the same alert in a channel. People discuss under that message, so Spanhound answers there.',
  }),
  firstVerdictSeconds: wait('firstVerdictSeconds', {
    env: 'SPANHOUND_FIRST_VERDICT_SECONDS',
    means:
      'After this time, an alert gets a first answer from the evidence that is there. The full answer replaces it.',
  }),
  pictureSeconds: wait('pictureSeconds', {
    env: 'SPANHOUND_PICTURE_SECONDS',
    means: 'How long a method that somebody opens waits for its picture. After that, it comes without one.',
  }),
  answerSeconds: wait('answerSeconds', {
    env: 'SPANHOUND_SLACK_ANSWER_SECONDS',
    means:
      'How long Slack may take to say who a person is and what they may see. After that, they have to try again, and their id stands for their name.',
  }),
  stopSeconds: wait('stopSeconds', {
    env: 'SPANHOUND_STOP_SECONDS',
    means:
      'How long the bot works on after SIGTERM. The next start continues what is left. The process must not be killed earlier.',
  }),
  leaseSeconds: wait(
    'leaseSeconds',
    {
      env: 'SPANHOUND_LEASE_SECONDS',
      means:
        'How long the work of a killed process is held for it. After that, the next start or another process does it.',
    },
    LONGEST_LEASE_SECONDS,
  ),
});

function wait(name: keyof typeof DEFAULTS.waits, facts: Readonly<{ env: string; means: string }>, most = 300) {
  return Amount().max(most, `must be at most ${most}`).register(settingFacts, facts).prefault(DEFAULTS.waits[name]);
}

const Playground = z.strictObject({
  waitSeconds: Amount()
    .max(300, 'must be at most 300')
    .register(settingFacts, {
      env: 'SPANHOUND_PLAYGROUND_WAIT_SECONDS',
      means: 'How long the playground waits for an acknowledgement and for a form, in the place of Slack.',
    })
    .prefault(DEFAULTS.playground.waitSeconds),
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
  phones: redacted(
    'phones',
    'Whether to redact telephone numbers: with a country code, in the groups of North America, or behind a name such as `phone`.',
  ),
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
        'The key for the names of redacted values (`[redacted:email:k7x2qa]`). Installations with the same key use the same name for the same value. Default: a key in the bot’s data folder. Required with `DATABASE_URL`, the same in all replicas.',
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

const Guests = z.strictObject({
  lookIn: z
    .array(ChannelId(), 'must be a list of channel ids')
    .register(settingFacts, {
      env: 'SPANHOUND_GUESTS_LOOK_IN',
      means:
        'The channels where guests and people of other companies may look: `/trace`, questions, and the buttons that only show something ([slack.md](slack.md#who-may-ask)). Alerts by apps of other companies are answered there, too. Everything else is for members of the workspace. Default: none. In the variable, separate the ids with commas.',
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

const StoreSettings = z.strictObject({
  url: DatabaseAddress('postgresql')
    .register(settingFacts, {
      env: 'DATABASE_URL',
      secret: true,
      means:
        'The Postgres database for the store, as `postgresql://user:password@host/database`, for several replicas ([scaling.md](scaling.md)). The connections use TLS with a verified certificate unless `?sslmode=` changes this. Default: SQLite in the data folder.',
    })
    .optional(),
  connections: z
    .number('must be a number')
    .int('must be a whole number')
    .min(2, 'must be at least 2')
    .max(100, 'must be at most 100')
    .register(settingFacts, {
      env: 'DATABASE_CONNECTIONS',
      means: 'The most connections of one replica to the store on Postgres. Each replica has one more for wake-ups.',
    })
    .prefault(DEFAULTS.store.connections),
});

/** The rules of Amazon for names of buckets, and a prefix of plain names. */
const BUCKET_ADDRESS = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w.-]{1,100}){0,10}\/?$/;

const CasesSettings = z.strictObject({
  url: z
    .string(says('must be text'))
    .regex(BUCKET_ADDRESS, 'must be an address such as s3://bucket/prefix')
    .transform((address) => new URL(address))
    .register(settingFacts, {
      env: 'CASES_URL',
      means:
        'The bucket for the evidence, as `s3://bucket/prefix`, for replicas without a shared folder ([scaling.md](scaling.md#evidence-in-a-bucket)). Credentials come from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or from the role of the machine or of the service account. Default: `cases/` in the data folder.',
    })
    .optional(),
  endpoint: Address()
    .register(settingFacts, {
      env: 'CASES_ENDPOINT',
      means: 'The address of a server that speaks the API of S3, such as `http://minio:9000`. Default: Amazon S3.',
    })
    .optional(),
  region: Text()
    .register(settingFacts, { env: 'AWS_REGION', means: 'The region of the bucket.' })
    .prefault(DEFAULTS.cases.region),
  timeoutSeconds: Amount()
    .max(60, 'must be at most 60')
    .register(settingFacts, {
      env: 'CASES_TIMEOUT_SECONDS',
      means:
        'How many seconds storing one case in the bucket may take. After that, the answer is sent without kept evidence.',
    })
    .prefault(DEFAULTS.cases.timeoutSeconds),
});

const Mcp = z.strictObject({
  token: Token({
    env: 'MCP_TOKEN',
    means:
      'The bearer token for `spanhound mcp --http`. Required unless the server listens on this machine alone. Two, separated by a comma, while it is replaced.',
  }),
  hosts: z
    .array(
      Text().regex(/^[\w.[\]:-]{1,260}$/, 'must be a host, such as mcp.example.com or mcp.example.com:8443'),
      'must be a list',
    )
    .register(settingFacts, {
      env: 'MCP_HOSTS',
      means:
        'The names by which clients reach `spanhound mcp --http`, such as `mcp.example.com`, beside the address that it listens on. Spanhound refuses any other `Host` and `Origin`. In the variable, separate them with commas.',
    })
    .prefault([]),
});

const Api = z.strictObject({
  requestsPerMinute: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(100_000, 'must be at most 100000')
    .register(settingFacts, {
      env: 'API_REQUESTS_PER_MINUTE',
      means: 'How many requests one token of the REST API may send within a minute.',
    })
    .prefault(DEFAULTS.api.requestsPerMinute),
  deadlineSeconds: Amount()
    .max(600, 'must be at most 600')
    .register(settingFacts, {
      env: 'API_DEADLINE_SECONDS',
      means: 'How many seconds one call of the REST API may take, its time in line included.',
    })
    .prefault(DEFAULTS.api.deadlineSeconds),
});

export const Config = z.strictObject({
  ...settingGroupsOf(systems),
  alerts: Alerts.prefault({}),
  quiet: Quiet.prefault({}),
  operators: Operators.prefault({}),
  reviews: Reviews.prefault({}),
  retention: Retention.prefault({}),
  incidents: Incidents.prefault({}),
  fishbone: Fishbone.prefault({}),
  gather: Gather.prefault({}),
  waits: Waits.prefault({}),
  playground: Playground.prefault({}),
  analysis: Analysis.prefault({}),
  http: Http.prefault({}),
  guests: Guests.prefault({}),
  rights: Rights.prefault({}),
  mcp: Mcp.prefault({}),
  api: Api.prefault({}),
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
  store: StoreSettings.prefault({}),
  cases: CasesSettings.prefault({}),
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
  proxies: z
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must be at least 0')
    .max(10, 'must be at most 10')
    .register(settingFacts, {
      env: 'TRUSTED_PROXIES',
      means:
        'How many proxies in front of the bot add the sender’s address to `X-Forwarded-For`; 0 if senders reach the bot with their own address. Then an address with 600 refused requests in a minute gets 429. Default: no such limit.',
    })
    .optional(),
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
