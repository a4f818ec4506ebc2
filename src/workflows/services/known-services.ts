/** The catalogue of services as the readers of one channel may see it: what was read, what people answered there. */
import type { Alert } from '#model/incident/alert.ts';
import { namesInAlert } from '#model/incident/alert-service.ts';
import { type Catalogue, type CataloguedService, catalogueOf, otherNames } from '#model/services/catalogue.ts';
import type { ServiceFact } from '#model/services/service-fact.ts';
import {
  type Asked,
  type KeptFacts,
  keptFacts,
  type SeenService,
  type ServiceAnswer,
  serviceAnswers,
  servicesSeen,
  workspacesOfSeen,
} from '#record/services.ts';
import type { Store } from '#record/store.ts';
import type { MayShow } from '#workflows/rights/may-show.ts';

export type KnownServices = Readonly<{
  catalogue: Catalogue;
  /** The answers of people about alerts that name no service, the newest first. */
  ofRules: readonly ServiceAnswer[];
}>;

/** A name that no trace had since then may be gone. */
const SEEN_WITHIN_US = 30 * 24 * 3_600_000_000;

export async function knownServices(
  store: Store,
  { workspaceId, mayShow }: Readonly<{ workspaceId: string; mayShow: MayShow }>,
): Promise<KnownServices> {
  const { kept, answers, seen } = await recordedFacts(store, { workspaceId });
  const shownAnswers = await answersShown(answers, mayShow);
  return { catalogue: catalogueOf(factsOf({ kept, answers: shownAnswers, seen })), ofRules: ofRules(shownAnswers) };
}

export type RecordedFacts = Readonly<{
  kept: readonly Pick<KeptFacts, 'source' | 'facts'>[];
  answers: readonly ServiceAnswer[];
  seen: readonly SeenService[];
}>;

/** Stores of earlier versions have none. */
const FACTS_SINCE = 11;

/** `isOwn`: whether the reader may see anything of that workspace. */
export type RecordedOf = Readonly<{
  workspaceId?: string | undefined;
  isOwn?: ((workspaceId: string) => Promise<boolean>) | undefined;
}>;

/** Without a workspace: of all, for the operator. */
export async function recordedFacts(store: Store, { workspaceId, isOwn }: RecordedOf): Promise<RecordedFacts> {
  if (store.version < FACTS_SINCE) return { kept: [], answers: [], seen: [] };
  const workspaces = workspaceId === undefined ? await ownOf(store, isOwn) : [workspaceId];
  const [kept, answers, seen] = await Promise.all([
    keptFacts(store),
    serviceAnswers(store, workspaceId),
    servicesSeen(store, (await store.nowUs()) - SEEN_WITHIN_US, workspaces),
  ]);
  return { kept, answers, seen };
}

async function ownOf(store: Store, isOwn: RecordedOf['isOwn']): Promise<readonly string[] | undefined> {
  if (isOwn === undefined) return undefined;
  const all = await workspacesOfSeen(store);
  const own = await Promise.all(all.map(isOwn));
  return all.filter((_, at) => own[at]);
}

/** The facts of the record, those that count more first within each origin. */
export function factsOf({
  kept,
  answers,
  seen,
}: Omit<RecordedFacts, 'kept'> & Readonly<{ kept: readonly Pick<KeptFacts, 'facts'>[] }>): readonly ServiceFact[] {
  return [
    ...answers.flatMap(answeredFact),
    ...kept.flatMap(({ facts }) => facts),
    ...seen.map(({ service }): ServiceFact => {
      return { service, kind: 'name', value: service, origin: 'answers', place: 'the traces of earlier answers' };
    }),
  ];
}

function answeredFact({ about, said, service, channelId }: ServiceAnswer): readonly ServiceFact[] {
  if (about !== 'name') return [];
  return [{ service, kind: 'alias', value: said, origin: 'person', place: `answered in ${channelId}` }];
}

function ofRules(answers: readonly ServiceAnswer[]): readonly ServiceAnswer[] {
  return answers.filter(({ about }) => about === 'rule');
}

/** Asks once for each channel. */
export async function answersShown(
  answers: readonly ServiceAnswer[],
  mayShow: MayShow,
): Promise<readonly ServiceAnswer[]> {
  const keyOf = ({ workspaceId, channelId }: ServiceAnswer) => `${workspaceId} ${channelId}`;
  const places = new Map(answers.map((answer) => [keyOf(answer), answer]));
  const asked = [...places].map(
    async ([key, { channelId, workspaceId }]) => [key, await mayShow(channelId, workspaceId)] as const,
  );
  const may = new Map(await Promise.all(asked));
  return answers.filter((answer) => may.get(keyOf(answer)) === true);
}

/** What a person is asked about this alert: the name that it gives, or its rule. */
export function askedAbout(alert: Pick<Alert, 'source' | 'service' | 'title' | 'labels'>): Asked {
  const [name] = namesInAlert(alert);
  if (name !== undefined) return { about: 'name', said: name };
  return { about: 'rule', said: JSON.stringify([alert.source, alert.labels.alertname ?? alert.title]) };
}

/** Other names for the service of an alert, the most likely first. */
export function otherNamesFor(
  { catalogue, ofRules: answers }: KnownServices,
  alert: Pick<Alert, 'title' | 'service' | 'labels'> & Partial<Pick<Alert, 'source'>>,
): readonly string[] {
  const asked = askedAbout({ source: '', ...alert });
  const ofRule = asked.about === 'rule' ? answers.filter(({ said }) => said === asked.said).slice(0, 1) : [];
  // PagerDuty's id, which a `catalog-info.yaml` names.
  const ids = alert.labels.service_id === undefined ? [] : [alert.labels.service_id];
  const names = [...namesInAlert(alert), ...ids, ...ofRule.map(({ service }) => service)];
  const found = names.flatMap((name) => catalogue.named(name) ?? []);
  const own = namesInAlert(alert).filter((name) => found.some((one) => runsAs(one, name)));
  const others = found.flatMap((one) => [one.name, ...otherNames(one)]);
  const all = [...ofRule.map(({ service }) => service), ...own, ...others];
  return [...new Set(all)];
}

/** Logs and metrics have the name under which it runs, which may be another than that of its component. */
function runsAs({ facts }: CataloguedService, name: string): boolean {
  return facts.some(
    ({ kind, value, from }) =>
      value === name && (kind === 'name' || from.some(({ origin }) => origin === 'kubernetes')),
  );
}
