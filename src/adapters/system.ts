/**
 * A system outside, as its folder offers it: what can be set, what evidence it holds, and what it sends us. Everything that
 * names systems is read from `registry.ts`: the settings and their page, `doctor`, the start screen, help, error texts and
 * the paths of webhooks. An `index.ts` loads its client when it is used, for most verbs use none.
 */
import type { z } from 'zod';
import type { Proof, ReadBody, WebhookHeaders } from '#core/webhook.ts';
import type {
  ChangeSource,
  DatabaseSource,
  DiffSource,
  LogSource,
  MetricSource,
  PlatformSource,
  TraceSource,
} from '#gather/sources.ts';
import type { Change } from '#model/changes/change.ts';
import type { Delivery, ReadAlert } from '#model/incident/alert.ts';

/** Settings by their group in the file, and by their name there: `{ jaeger: { url } }`. */
export type SettingGroups = Readonly<Record<string, z.core.$ZodLooseShape>>;

/** A group that needs a setting (an address) is undefined where it is not configured. */
export type SettingsOf<Groups> = Readonly<{
  [Group in keyof Groups]: GroupOf<Groups[Group]>;
}>;
type GroupOf<Shape> = Shape extends z.core.$ZodLooseShape
  ? Record<never, never> extends z.input<z.ZodObject<Shape>>
    ? z.output<z.ZodObject<Shape>>
    : z.output<z.ZodObject<Shape>> | undefined
  : never;

/** What can be read of a system, by the port that reads it. */
export type Sources = Readonly<{
  traces: TraceSource;
  logs: LogSource;
  metrics: MetricSource;
  platform: PlatformSource;
  databases: readonly DatabaseSource[];
  changes: ChangeSource;
  /** Who keeps commits can list them, too: the same object is `changes` where they are listed. */
  diffs: DiffSource & ChangeSource;
}>;

export type EvidenceKind = keyof Sources;

/** What holds for every source: limits, and settings that several systems look at. */
export type Surroundings = Readonly<{
  timeoutMs: number;
  maxBytes: number;
  /** Where people open Grafana; with it, queries are links into Explore. */
  grafanaUrl: URL | undefined;
  /** Whether deploys to an environment count. */
  counts(environment: string): boolean;
  /** Folders of recorded cases. */
  samples: string | readonly string[] | undefined;
}>;

/** Evidence that is read where a question comes up. */
export type Evidence<Settings> = Readonly<{
  /** What it can hold. */
  kinds: readonly EvidenceKind[];
  /** What to set to have it read, as in `Set JAEGER_URL`, and what for. Left out where nothing has to be set. */
  setup?: Readonly<{ set: string; purpose: string }>;
  /** It lies on this machine: no guard has to watch whether it answers. */
  isLocal?: true;
  /** Where it is read, in words: `Jaeger at http://localhost:16686`. Undefined where it is not configured. */
  place(settings: Settings): string | undefined;
  /** Loads the client. Nothing is in it where it is not configured. */
  open(settings: Settings, surroundings: Surroundings): Promise<Partial<Sources>>;
}>;

type Named = Readonly<{
  /** The name of its sources and of what it sends: `jaeger`. */
  id: string;
  /** As people write it: `Jaeger`. */
  title: string;
}>;

/** What a webhook's body says of alerts, of changes. */
export type ReadDelivery = ReadBody<Readonly<{ kind: 'delivery'; delivery: Delivery }>>;
export type ReadChanges = ReadBody<Readonly<{ kind: 'changes'; changes: readonly Change[] }>>;

type Route = Readonly<{
  /** Where it is posted: `/webhooks/pagerduty`. */
  path: string;
  /** The variable of its secret, and what to do with it, as in `set ALERTMANAGER_TOKEN, and the same token as …`. */
  secret: string;
  setup: string;
}>;

/** Alerts that a system posts. */
export type AlertWebhook<Settings> = Route &
  Readonly<{
    /** What may lie in a file, with its article: `a PagerDuty v3 webhook`. */
    bodies: readonly string[];
    /** The answer to who cannot prove to be the system: `invalid signature`. */
    refusal: string;
    load(): Promise<AlertWebhookReader<Settings>>;
  }>;

export type AlertWebhookReader<Settings> = Readonly<{
  /** Undefined where no secret is set. */
  proof(settings: Settings): Proof | undefined;
  /** `nowUs`: for an event that does not say when it happened. */
  read(body: unknown, nowUs: number): ReadDelivery;
  /** Of a file: what the system also gives and does not post. */
  readSaved?(body: unknown): ReadDelivery;
}>;

/** Changes that a system posts. */
export type ChangeWebhook<Settings> = Route &
  Readonly<{
    /** How it is called: `GitHub`, `POST /changes`. */
    name: string;
    /** @default 1,000,000 */
    maxBytes?: number;
    load(): Promise<ChangeWebhookReader<Settings>>;
  }>;

export type ChangeWebhookReader<Settings> = Readonly<{
  /** Undefined where no secret is set. */
  proof(settings: Settings): Proof | undefined;
  read(body: unknown, reading: ReadingChanges): ReadChanges;
}>;

export type ReadingChanges = WebhookHeaders &
  Readonly<{
    nowUs: number;
    /** Whether deploys to an environment count. */
    counts(environment: string): boolean;
  }>;

type Offers<Settings> = Readonly<{
  evidence?: Evidence<Settings>;
  alertWebhook?: AlertWebhook<Settings>;
  changeWebhook?: ChangeWebhook<Settings>;
  /** Reads the messages of its Slack app. */
  alertMessages?: Readonly<{ load(): Promise<ReadAlert> }>;
}>;

type SystemWith<Groups extends SettingGroups> = Named & Offers<SettingsOf<Groups>> & Readonly<{ settings: Groups }>;

/** Settings of systems that one does not know: checked by their schemas, by group. */
export type AnySettings = Readonly<Record<string, unknown>>;

/** Any system, for those who do not know its settings. */
export type System = Named & Offers<AnySettings> & Readonly<{ settings: SettingGroups }>;

export function defineSystem<const Groups extends SettingGroups>(system: SystemWith<Groups>): SystemWith<Groups> {
  return system;
}

/** `Jaeger at https://jaeger.example.com`, without the password that the address may hold. */
export function placeAt(title: string, url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return `${title} at ${shown.href.replace(/\/$/, '')}`;
}
