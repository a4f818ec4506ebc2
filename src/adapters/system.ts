/**
 * The contract of an external system's folder: its settings, its evidence, and its webhooks. Everything that names
 * systems reads `registry.ts`: the settings and their page, `doctor`, the start screen, help, error texts and the paths
 * of webhooks. An `index.ts` loads its client on demand, because most commands use none.
 */
import type { z } from 'zod';
import type { SettingsToCheck } from '#core/errors.ts';
import type { Proof, ReadBody, WebhookHeaders, WebhookReply } from '#core/webhook.ts';
import type {
  ChangeSource,
  DatabaseSource,
  DiffSource,
  Health,
  LogSource,
  MetricSource,
  PlatformSource,
  ServiceFactSource,
  TraceSource,
} from '#gather/sources.ts';
import type { Change } from '#model/changes/change.ts';
import type { AlertNote, Delivery, ReadAlert } from '#model/incident/alert.ts';
import type { EventReceiver } from '#model/incident/incident-event.ts';
import type { IssueTracker } from '#model/incident/issue-tracker.ts';
import type { MitigationDesk } from '#model/incident/mitigation.ts';
import type { OnCallSource } from '#model/incident/on-call.ts';
import type { Pager } from '#model/incident/pager.ts';
import type { PostmortemTarget } from '#model/incident/postmortem-target.ts';
import type { StatusPage } from '#model/incident/status-page.ts';

/** Settings by their group in the file, and by their name there: `{ jaeger: { url } }`. */
export type SettingGroups = Readonly<Record<string, z.core.$ZodLooseShape>>;

/** A group with a required setting (an address) is undefined if it is not configured. */
export type SettingsOf<Groups> = Readonly<{
  [Group in keyof Groups]: GroupOf<Groups[Group]>;
}>;
type GroupOf<Shape> = Shape extends z.core.$ZodLooseShape
  ? Record<never, never> extends z.input<z.ZodObject<Shape>>
    ? z.output<z.ZodObject<Shape>>
    : z.output<z.ZodObject<Shape>> | undefined
  : never;

/** The evidence of a system, by the port that reads it. */
export type Sources = Readonly<{
  traces: TraceSource;
  logs: LogSource;
  metrics: MetricSource;
  /** Which functions used the processor, as series. */
  profiles: MetricSource;
  platform: PlatformSource;
  databases: readonly DatabaseSource[];
  changes: ChangeSource;
  /** A system with diffs may also list commits: the same object is `changes` if it does. */
  diffs: DiffSource & ChangeSource;
  services: ServiceFactSource;
}>;

export type EvidenceKind = keyof Sources;

/** The options of every source: limits, and settings that several systems use. */
export type Surroundings = Readonly<{
  timeoutMs: number;
  maxBytes: number;
  /** The address of Grafana; with it, queries are links into Explore. */
  grafanaUrl: URL | undefined;
  /** Whether deploys to an environment count. */
  counts(environment: string): boolean;
  /** Folders of recorded cases. */
  samples: string | readonly string[] | undefined;
  /** Those of the system itself. */
  errors: SettingsToCheck | undefined;
}>;

/** Evidence that is read when a question needs it. */
export type Evidence<Settings> = Readonly<{
  /** The kinds of evidence that it may hold. */
  kinds: readonly EvidenceKind[];
  /** The kinds over all of whose data it counts. Left out if it counts nothing. */
  counts?: readonly ('traces' | 'logs')[];
  /** The settings that enable it, as in `Set JAEGER_URL`, and their purpose. Left out if nothing must be set. */
  setup?: Readonly<{ set: string; purpose: string }>;
  /** It is on this machine: it needs no guard. */
  isLocal?: true;
  /** Where it is read: `Jaeger at http://localhost:16686`. Undefined if it is not configured. */
  place(settings: Settings): string | undefined;
  /** Loads the client. Empty if it is not configured. */
  open(settings: Settings, surroundings: Surroundings): Promise<Partial<Sources>>;
}>;

type Named = Readonly<{
  /** The name of its sources and of its webhooks: `jaeger`. */
  id: string;
  /** The title for people: `Jaeger`. */
  title: string;
  /** Its page in `docs/`: `jaeger.md`. */
  docs: `${string}.md`;
  /** How the tests know what it answers and posts, as one word or by the offer. `docs/systems.md` shows it. */
  checked: Checked | CheckedOffers;
}>;

/**
 * `real`: tests run against the system itself. `recorded`: they replay what a real one answered or posted. `documented`:
 * what its documentation describes was written by hand, and no real one has answered.
 */
export type Checked = 'real' | 'recorded' | 'documented';

/** Each kind of its evidence has a word. `counts` has the word of the evidence if left out; what is posted, `documented`. */
export type CheckedOffers = Readonly<Partial<Record<EvidenceKind | 'counts' | 'webhooks', Checked>>>;

/** The content of a webhook's body about alerts or changes. */
export type ReadDelivery = ReadBody<
  Readonly<{ kind: 'delivery'; delivery: Delivery }> | Readonly<{ kind: 'note'; note: AlertNote }>
>;
export type ReadChanges = ReadBody<Readonly<{ kind: 'changes'; changes: readonly Change[] }>>;

type Route = Readonly<{
  /** The path of the webhook: `/webhooks/pagerduty`. */
  path: string;
  /**
   * The variable of its secret, and what to do with it, as in `set ALERTMANAGER_TOKEN, and use the same token as …`.
   */
  secret: string;
  setup: string;
  /** The sender's setting that makes its messages smaller, as in `Set group_by …`. Without it, people get a general advice. */
  smaller?: string;
}>;

/** Alerts that a system posts. */
export type AlertWebhook<Settings> = Route &
  Readonly<{
    /** What a file may contain, with its article: `a PagerDuty v3 webhook`. */
    bodies: readonly string[];
    /** The answer to a sender without valid proof: `invalid signature`. */
    refusal: string;
    load(): Promise<AlertWebhookReader<Settings>>;
  }>;

export type AlertWebhookReader<Settings> = Readonly<{
  /** Undefined if no secret is set. */
  proof(settings: Settings): Proof | undefined;
  /** `nowUs`: for an event without its own time. */
  read(body: unknown, nowUs: number, given: GivenBody<Settings>): ReadDelivery;
  /**
   * Whether a body of unknown origin has the form of this system, for a reader that is more tolerant at its own path.
   * @default every body that `read` understands
   */
  isOwn?(body: unknown): boolean;
  /** Answers a request that sets up the webhook, such as the confirmation of a subscription; undefined for any other. */
  setUp?(body: unknown): Promise<WebhookReply> | undefined;
  /** Reads a body by the names of its fields where no system knows its form; `source`: whose path it came to. */
  readUnknown?(body: unknown, source: string, nowUs: number): ReadDelivery;
  /** For a file: data that the system returns but does not post. */
  readSaved?(body: unknown): ReadDelivery;
}>;

/** What comes with a body: the settings, and the headers where it came in a request. */
export type GivenBody<Settings> = Readonly<{ settings: Settings; header(name: string): string | undefined }>;

/** Changes that a system posts. */
export type ChangeWebhook<Settings> = Route &
  Readonly<{
    /** Its name: `GitHub`, `POST /changes`. */
    name: string;
    /** @default 1,000,000 */
    maxBytes?: number;
    load(): Promise<ChangeWebhookReader<Settings>>;
  }>;

export type ChangeWebhookReader<Settings> = Readonly<{
  /** Undefined if no secret is set. */
  proof(settings: Settings): Proof | undefined;
  read(body: unknown, reading: ReadingChanges): ReadChanges;
}>;

export type ReadingChanges = WebhookHeaders &
  Readonly<{
    nowUs: number;
    /** Whether deploys to an environment count. */
    counts(environment: string): boolean;
  }>;

/** Changes of issues that a tracker posts. What became of an issue is read from the tracker. */
export type IssueWebhook<Settings> = Omit<Route, 'smaller'> &
  Readonly<{
    load(): Promise<IssueWebhookReader<Settings>>;
  }>;

export type IssueWebhookReader<Settings> = Readonly<{
  /** Undefined if no secret is set. */
  proof(settings: Settings): Proof | undefined;
  read(body: unknown, headers: WebhookHeaders): ReadIssue;
}>;

/** `remoteId`: as the tracker’s client names the issue, in any case. */
export type ReadIssue = ReadBody<Readonly<{ kind: 'issue'; remoteId: string }>>;

/** Addresses that people copy from the system's own UI. */
export type PastedLinks = Readonly<{
  /** The address of a trace, as an example: `https://jaeger.example.com/trace/{traceId}`. `readTraceId` reads the id. */
  trace: string;
}>;

/** The chat in which people talk to the bot. */
export type Chat<Settings> = Readonly<{
  /** How it is connected, or what to set, for the start screen. `here` is the address of the web server. */
  place(settings: Settings, here: string): string;
}>;

/** A check of `doctor` besides those of the system's sources. */
export type Doctor<Settings> = Readonly<{
  /** The settings that enable it, as in `Set SLACK_BOT_TOKEN`. */
  set: string;
  /** Undefined if it is not configured. */
  check(settings: Settings, signal: AbortSignal): Promise<Health | undefined>;
}>;

/** A page for customers, to which approved updates are sent. */
export type OfferedStatusPage<Settings> = Readonly<{
  /** The settings that enable it. */
  set: string;
  /** Loads the client. Undefined if it is not configured. */
  open(settings: Settings): Promise<StatusPage | undefined>;
  /** For `doctor`. Left out if another check of the system covers it. */
  check?: Doctor<Settings>['check'];
}>;

/** An issue tracker, in which action items get an issue. */
export type OfferedIssueTracker<Settings> = Readonly<{
  /** The settings that enable it. */
  set: string;
  /** Loads the client. Undefined if it is not configured. */
  open(settings: Settings): Promise<IssueTracker | undefined>;
}>;

/** A place to which people export postmortems. */
export type OfferedPostmortemTarget<Settings> = Readonly<{
  /** The settings that enable it. */
  set: string;
  /** Loads the client. Undefined if it is not configured. */
  open(settings: Settings): Promise<PostmortemTarget | undefined>;
  /** For `doctor`. Left out if another check of the system covers it. */
  check?: Doctor<Settings>['check'];
}>;

/** Programs outside that get the events of incidents. */
export type OfferedEventReceivers<Settings> = Readonly<{
  /** The settings that enable them. */
  set: string;
  /** Loads the client. Empty if none is configured. */
  open(settings: Settings): Promise<readonly EventReceiver[]>;
}>;

/** The team's automation, which people may ask for mitigations. */
export type OfferedMitigations<Settings> = Readonly<{
  /** The settings that enable it. */
  set: string;
  /** Loads the client. Undefined if it is not configured. */
  open(settings: Settings): Promise<MitigationDesk | undefined>;
}>;

/** Says who is on call. A target of it is written `<id>:<place>`. */
export type OfferedOnCall<Settings> = Readonly<{
  /** The settings that enable it. */
  set: string;
  /** The form of a whole place. */
  place: RegExp;
  /** Targets as examples: `pagerduty:schedule/PABC123`. */
  examples: readonly string[];
  /** Loads the client. Undefined if it is not configured. */
  open(settings: Settings): Promise<OnCallSource | undefined>;
}>;

/** A paging system that is written to. */
export type OfferedPager<Settings> = Readonly<{
  /** The settings that enable it. */
  set: string;
  /** Loads the client. Undefined if it is not configured. */
  open(settings: Settings): Promise<Pager | undefined>;
}>;

type Offers<Settings> = Readonly<{
  evidence?: Evidence<Settings>;
  alertWebhook?: AlertWebhook<Settings>;
  changeWebhook?: ChangeWebhook<Settings>;
  /**
   * Reads the messages of its Slack app. `ownKeys`: they name other keys than the webhooks, so that a webhook need not
   * wait for its message. `isLast`: it reads messages that no other system knows.
   */
  alertMessages?: Readonly<{ ownKeys?: true; isLast?: true; load(settings: Settings): Promise<ReadAlert> }>;
  links?: PastedLinks;
  /** The settings that the errors about its refusals name. */
  errors?: SettingsToCheck;
  chat?: Chat<Settings>;
  statusPage?: OfferedStatusPage<Settings>;
  issueTracker?: OfferedIssueTracker<Settings>;
  /** Tells of changes of the issues that `issueTracker` makes. */
  issueWebhook?: IssueWebhook<Settings>;
  postmortemTarget?: OfferedPostmortemTarget<Settings>;
  eventReceivers?: OfferedEventReceivers<Settings>;
  mitigations?: OfferedMitigations<Settings>;
  onCall?: OfferedOnCall<Settings>;
  pager?: OfferedPager<Settings>;
  doctor?: Doctor<Settings>;
}>;

type SystemWith<Groups extends SettingGroups> = Named & Offers<SettingsOf<Groups>> & Readonly<{ settings: Groups }>;

/** Settings of unknown systems: checked by their schemas, by group. */
export type AnySettings = Readonly<Record<string, unknown>>;

/** Any system, for code that does not know its settings. */
export type System = Named & Offers<AnySettings> & Readonly<{ settings: SettingGroups }>;

export function defineSystem<const Groups extends SettingGroups>(system: SystemWith<Groups>): SystemWith<Groups> {
  return system;
}

/** `Jaeger at https://jaeger.example.com`, without the password in the address. */
export function placeAt(title: string, url: URL): string {
  return `${title} at ${shownAddress(url).replace(/\/$/, '')}`;
}

/** An address for people: without the user, the password and the query, which may hold a token. */
export function shownAddress({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
