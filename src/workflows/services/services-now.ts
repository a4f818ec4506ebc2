/** The catalogue of services for somebody outside of Slack: the facts that every source gives now, and those in the store. */
import { SpanhoundError } from '#core/errors.ts';
import { type Catalogue, type CataloguedService, catalogueOf } from '#model/services/catalogue.ts';
import { serviceLikeness } from '#model/services/likeness.ts';
import type { Store } from '#record/store.ts';
import { type MayShow, SHOW_ALL } from '#workflows/rights/may-show.ts';
import {
  answersShown,
  factsOf,
  type RecordedFacts,
  type RecordedOf,
  recordedFacts,
} from '#workflows/services/known-services.ts';
import { type ReadFacts, readServices, type ServiceSources } from '#workflows/services/read-services.ts';

/** `warnings`: what could not be read, where, and what to do. */
export type CatalogueNow = Readonly<{
  catalogue: Catalogue;
  warnings: readonly string[];
  /** No source answered, and no service is known from before. */
  isUnanswered: boolean;
}>;

const NOTHING_RECORDED: RecordedFacts = { kept: [], answers: [], seen: [] };

/** Where a source does not answer, the catalogue has the facts that the bot read from it last. */
export async function catalogueNow(
  sources: ServiceSources,
  {
    store,
    deadlineMs,
    mayShow = SHOW_ALL,
    isOwn,
  }: Readonly<{ store: Store | undefined; deadlineMs: number; mayShow?: MayShow | undefined }> &
    Pick<RecordedOf, 'isOwn'>,
): Promise<CatalogueNow> {
  const [read, recorded] = await Promise.all([
    readServices(sources, AbortSignal.timeout(deadlineMs)),
    store === undefined ? NOTHING_RECORDED : recordedFacts(store, { isOwn }),
  ]);
  const instead = (one: ReadFacts) => recorded.kept.find(({ source }) => one.failed && source === one.source);
  const warnings = read.flatMap((one) => [
    ...one.warnings,
    ...(instead(one) === undefined ? [] : [`${one.source}: shown as the bot read it last`]),
  ]);
  const kept = read.map((one) => instead(one) ?? one);
  const answers = await answersShown(recorded.answers, mayShow);
  const catalogue = catalogueOf(factsOf({ ...recorded, answers, kept }));
  const isSilent = read.length > 0 && read.every(({ failed }) => failed);
  return { catalogue, warnings, isUnanswered: isSilent && catalogue.services.length === 0 };
}

class NoSuchServiceError extends SpanhoundError {
  override readonly name = 'NoSuchServiceError';
  readonly code = 'SH_UNKNOWN_SERVICE';
  readonly advice: string;

  constructor(name: string, { similar, isDisputed }: Readonly<{ similar: readonly string[]; isDisputed: boolean }>) {
    super(
      isDisputed ? `sources contradict each other about which service ${name} is` : `no service is known as ${name}`,
    );
    const others =
      similar.length === 0 ? 'Run `spanhound services` for all of them.' : `Similar names: ${similar.join(', ')}.`;
    this.advice = isDisputed ? 'Run `spanhound services --contradictions` to see what each one says.' : others;
  }
}

const SIMILAR = 5;

/** Throws if there is none. */
export function serviceNamed(catalogue: Catalogue, name: string): CataloguedService {
  const service = catalogue.named(name);
  if (service !== undefined) return service;
  const likeness = serviceLikeness([name]);
  const similar = catalogue.services.map((one) => one.name).filter((one) => likeness(one) > 0);
  throw new NoSuchServiceError(name, {
    similar: similar.toSorted((a, b) => likeness(b) - likeness(a)).slice(0, SIMILAR),
    isDisputed: catalogue.contradictions.some(({ subject }) => subject.toLowerCase() === name.toLowerCase()),
  });
}
