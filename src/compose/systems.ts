/** Descriptions of the external systems, read from their registry. */
import type { AnySettings, Doctor, EvidenceKind, System } from '#adapters/system.ts';

/** Loaded on demand, because their settings come with them. */
export async function registeredSystems(): Promise<readonly System[]> {
  return (await import('#adapters/registry.ts')).systems;
}

/** The settings that enable this evidence: `JAEGER_URL or TEMPO_URL`. `shown` formats a variable. */
export async function settingsFor(kind: EvidenceKind, shown = (variable: string) => variable): Promise<string> {
  const sets = (await holding(kind)).flatMap(({ setup }) => (setup ? [shown(setup.set)] : []));
  return oneOf(sets);
}

/** Where this evidence is read: `Jaeger at http://localhost:16686`. */
export async function placesOf(kind: EvidenceKind, settings: AnySettings): Promise<readonly string[]> {
  return (await holding(kind)).flatMap((evidence) => evidence.place(settings) ?? []);
}

async function holding(kind: EvidenceKind) {
  return (await registeredSystems()).flatMap(({ evidence }) => (evidence?.kinds.includes(kind) ? [evidence] : []));
}

export type Connectable = Readonly<{
  name: string;
  /** Ids of the systems. */
  systems: readonly string[];
  /** A sentence with the settings to set if none of them is configured. */
  setup: string;
}>;

/** The systems that can be connected, each under its own name; databases share one. */
export async function connectable(): Promise<readonly Connectable[]> {
  const all = (await registeredSystems()).flatMap(({ id, evidence }) =>
    evidence?.setup ? [{ id, name: evidence.kinds.includes('databases') ? 'databases' : id, ...evidence.setup }] : [],
  );
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, systems]) => {
    const set = oneOf(systems.map(({ set }) => set));
    return {
      name,
      systems: systems.map(({ id }) => id),
      setup: `Set ${set}${set.includes(',') ? ',' : ''} ${systems[0]?.purpose}.`,
    };
  });
}

/** The checks that systems have besides those of their sources, by the name of the system. */
export async function furtherChecks(): Promise<readonly Readonly<{ name: string } & Doctor<AnySettings>>[]> {
  return (await registeredSystems()).flatMap(({ id, doctor }) => (doctor ? [{ name: id, ...doctor }] : []));
}

export type Senders = Readonly<{
  /** Those with a secret, by title. */
  configured: readonly string[];
  /** The variables of all secrets: `PAGERDUTY_WEBHOOK_SECRET or ALERTMANAGER_TOKEN`. */
  set: string;
}>;

/** The systems that post alerts by webhook. */
export async function alertSenders(settings: AnySettings): Promise<Senders> {
  const all = (await registeredSystems()).flatMap(({ title, alertWebhook }) =>
    alertWebhook ? [{ name: title, ...alertWebhook }] : [],
  );
  return await sendersAmong(all, settings);
}

/** The systems that post changes by webhook. */
export async function changeSenders(settings: AnySettings): Promise<Senders> {
  const all = (await registeredSystems()).flatMap(({ changeWebhook = [] }) => changeWebhook);
  return await sendersAmong(all, settings);
}

type Sender = Readonly<{
  name: string;
  secret: string;
  load(): Promise<Readonly<{ proof(settings: AnySettings): unknown }>>;
}>;

async function sendersAmong(all: readonly Sender[], settings: AnySettings): Promise<Senders> {
  const names = await Promise.all(
    all.map(async ({ name, load }) => ((await load()).proof(settings) === undefined ? [] : [name])),
  );
  return { configured: names.flat(), set: oneOf(all.map(({ secret }) => secret)) };
}

/** The systems whose alerts can be read, from a webhook or a file: `PagerDuty or Alertmanager`. */
export async function alertTitles(): Promise<string> {
  return oneOf((await registeredSystems()).flatMap(({ title, alertWebhook }) => (alertWebhook ? [title] : [])));
}

/** The systems whose links name a trace: `Jaeger, Tempo or Grafana`. */
export async function linkedSystems(): Promise<string> {
  return oneOf((await registeredSystems()).flatMap(({ title, links }) => (links ? [title] : [])));
}

/** `A, B or C` */
export function oneOf(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' or ');
}
