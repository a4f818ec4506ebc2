/** Descriptions of the external systems, read from their registry. */
import type { AnySettings, Doctor, EvidenceKind, System } from '#adapters/system.ts';
import { errorRecord } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import { shown } from '#present/words/plain-text.ts';

/** Loaded on demand, because their settings come with them. Their titles are cleaned, because all texts name them. */
export async function registeredSystems(): Promise<readonly System[]> {
  const { systems } = await import('#adapters/registry.ts');
  return systems.map((system: System) => ({ ...system, title: shown(system.title) }));
}

/**
 * Opens what the systems offer of one kind; undefined settings open nothing. One that cannot be opened is logged, with
 * `problem`, and does not keep the others out.
 */
export async function openOffered<Opened>(
  settings: AnySettings | undefined,
  {
    of,
    log,
    problem,
  }: Readonly<{
    of(
      system: System,
    ): Readonly<{ open(all: AnySettings): Promise<Opened | readonly Opened[] | undefined> }> | undefined;
    log: Log;
    problem: string;
  }>,
): Promise<readonly Opened[]> {
  if (settings === undefined) return [];
  const offered = (await registeredSystems()).flatMap((system) => of(system) ?? []);
  const opened = await Promise.allSettled(offered.map(({ open }) => open(settings)));
  return opened.flatMap((one) => {
    if (one.status === 'fulfilled') return one.value ?? [];
    log.error({ err: one.reason }, problem);
    return [];
  });
}

/** `A and B` in a list of alternatives would read as if all of them were needed. */
function together(set: string): string {
  return set.replaceAll(' and ', ' with ');
}

/** The settings that enable this evidence, the first of many: `JAEGER_URL or TEMPO_URL`. `form` formats a variable. */
export async function settingsFor(kind: EvidenceKind, form = (variable: string) => variable): Promise<string> {
  const sets = (await holding(kind)).flatMap(({ setup }) => (setup ? [form(together(setup.set))] : []));
  return firstOf(sets, 'that of another system (docs/systems.md)');
}

/**
 * Where this evidence is read: `Jaeger at http://localhost:16686`. A system that cannot say it says what is wrong, so
 * that the others are shown.
 */
export async function placesOf(kind: EvidenceKind, settings: AnySettings): Promise<readonly string[]> {
  return (await holding(kind)).flatMap(({ title, place }) => placeOr(title, () => place(settings)) ?? []);
}

/** The place of a system, or what is wrong with it. */
export function placeOr<Place extends string | undefined>(title: string, place: () => Place): Place | string {
  try {
    return place();
  } catch (error) {
    return `${title} (${shown(errorRecord(error).message)}; run \`spanhound doctor\`)`;
  }
}

async function holding(kind: EvidenceKind) {
  return (await registeredSystems()).flatMap(({ title, evidence }) =>
    evidence?.kinds.includes(kind) ? [{ title, ...evidence }] : [],
  );
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

/** The checks that systems have besides those of their sources, by the name of the system: `github` reads changes, too. */
export async function furtherChecks(): Promise<readonly Readonly<{ name: string } & Doctor<AnySettings>>[]> {
  return (await registeredSystems()).flatMap(
    ({ id, doctor, evidence, issueTracker, pager, postmortemTarget, statusPage }) => {
      const part = issueTracker ? '-issues' : pager ? '-pager' : '';
      const own = doctor ? [{ name: evidence ? `${id}${part}` : id, ...doctor }] : [];
      const isNamed = doctor !== undefined || evidence !== undefined;
      const further = [
        { offered: postmortemTarget, purpose: 'export postmortems', name: isNamed ? `${id}-postmortems` : id },
        { offered: statusPage, purpose: 'send approved updates to a status page', name: `${id}-status` },
      ].flatMap(({ offered, purpose, name }) =>
        offered?.check ? [{ name, set: `${offered.set} to ${purpose}`, check: offered.check }] : [],
      );
      return [...own, ...further];
    },
  );
}

export type Senders = Readonly<{
  /** Those with a secret, by title. */
  configured: readonly string[];
  /** Those whose webhook cannot be opened. */
  failed: readonly Readonly<{ name: string; error: unknown }>[];
  /** The variables of the first secrets: `PAGERDUTY_WEBHOOK_SECRET, ALERTMANAGER_TOKEN or that of another sender`. */
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

export type IssueSenders = Senders &
  Readonly<{
    /** The trackers that are set up and post nothing, with the variable of their secret. */
    silent: readonly Readonly<{ name: string; secret: string }>[];
  }>;

/** The trackers that post changes of issues by webhook. */
export async function issueSenders(settings: AnySettings): Promise<IssueSenders> {
  const tracked = await Promise.all(
    (await registeredSystems()).map(async ({ title: name, issueTracker, issueWebhook }) => {
      if (issueTracker === undefined || issueWebhook === undefined) return [];
      // One that cannot be opened has a check of its own.
      const isSet = await issueTracker.open(settings).then(
        (tracker) => tracker !== undefined,
        () => false,
      );
      return [{ name, isSet, ...issueWebhook }];
    }),
  );
  const all = tracked.flat();
  const used = all.filter(({ isSet }) => isSet);
  const senders = await sendersAmong(used, settings);
  const silent = used.filter(
    ({ name }) => ![...senders.configured, ...senders.failed.map((one) => one.name)].includes(name),
  );
  return { ...senders, silent, set: secretsOf(all) };
}

type Sender = Readonly<{
  name: string;
  secret: string;
  load(): Promise<Readonly<{ proof(settings: AnySettings): unknown }>>;
}>;

async function sendersAmong(all: readonly Sender[], settings: AnySettings): Promise<Senders> {
  const asked = await Promise.all(
    all.map(async ({ name, load }) => {
      try {
        return { name, isSet: (await load()).proof(settings) !== undefined };
      } catch (error) {
        return { name, isSet: false, error };
      }
    }),
  );
  return {
    configured: asked.flatMap(({ name, isSet }) => (isSet ? [name] : [])),
    failed: asked.flatMap(({ name, error }) => (error === undefined ? [] : [{ name, error }])),
    set: secretsOf(all),
  };
}

function secretsOf(all: readonly Readonly<{ secret: string }>[]): string {
  return firstOf(
    all.map(({ secret }) => secret),
    'that of another sender',
  );
}

/** A list of all would fill half a page. */
const NAMED = 4;

function firstOf(names: readonly string[], others: string): string {
  return oneOf(names.length <= NAMED ? names : [...names.slice(0, NAMED - 1), others]);
}

/** The systems whose alerts can be read, from a webhook or a file: `PagerDuty or Alertmanager`. */
export async function alertTitles(): Promise<string> {
  return oneOf((await registeredSystems()).flatMap(({ title, alertWebhook }) => (alertWebhook ? [title] : [])));
}

/** The systems whose links name a trace: `Jaeger, Tempo or Grafana`. */
export async function linkedSystems(): Promise<string> {
  return oneOf((await registeredSystems()).flatMap(({ title, links }) => (links ? [title] : [])));
}

/** `A, B or C`, each on one line. */
export function oneOf(all: readonly string[]): string {
  const words = all.map(shown);
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' or ');
}
