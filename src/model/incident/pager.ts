/**
 * A paging system outside that Spanhound writes to, for the incidents there that belong to one of ours: acknowledge,
 * add a note, resolve, page. The port is implemented in `adapters/`; `workflows/pagers/` uses it.
 */
import type { TimelineEntry } from '#model/incident/incident.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';

/** What a team allows Spanhound to do there. `responders`: page a person there whom somebody pages in Slack. */
export type PagerAction = PagerStepKind | 'responders';

export const PAGER_STEP_KINDS = ['acknowledge', 'notes', 'resolve', 'page'] as const;
/** A person is paged by a step of the kind `page`, too. */
export type PagerStepKind = (typeof PAGER_STEP_KINDS)[number];

const PERSON = 'person/';

/** The place of a page to a person: `person/U012ABC`. */
export function personPlace(userId: string): string {
  return `${PERSON}${userId}`;
}

/** The id of the person in Slack; undefined for a target of the settings. */
export function personIn(place: string): string | undefined {
  return place.startsWith(PERSON) ? place.slice(PERSON.length) : undefined;
}

/** What has to be switched on for a step. */
export function actionOfStep({ kind, place }: Readonly<{ kind: PagerStepKind; place: string }>): PagerAction {
  return kind === 'page' && personIn(place) !== undefined ? 'responders' : kind;
}

/** An incident or alert there that belongs to one of ours. */
export type PagerRemote = Readonly<{
  /** The key of its alert. */
  id: string;
  /** The labels of its newest alert; empty if Spanhound made it by a page. */
  labels: Readonly<Record<string, string>>;
  /** The mark of the page by which Spanhound made it; '' if Spanhound did not make it. */
  mark: string;
}>;

/** One thing to do there, with one attempt. */
export type PagerOrder =
  | Readonly<{ kind: 'acknowledge' | 'resolve'; remote: PagerRemote }>
  | (Readonly<{ kind: 'notes'; remote: PagerRemote; text: string }> & Attempt)
  | (Readonly<{
      kind: 'page';
      /** A target of the settings behind its colon: `service/PABC123`; or as `personPlace` writes it, with `person`. */
      place: string;
      /** Whom the system knows by this address. */
      person?: PagedPerson;
      title: string;
      text: string;
      /** The incidents there that belong to ours, which may get more responders. */
      remotes: readonly PagerRemote[];
    }> &
      Attempt);

export type PagerOrderOf<Kind extends PagerOrder['kind']> = Extract<PagerOrder, { kind: Kind }>;
/** Changes the state, so a second attempt needs no mark. */
export type PagerStateOrder = Exclude<PagerOrder, Attempt>;

/** `name`: as Slack shows it. */
export type PagedPerson = Readonly<{ name: string; email: string }>;

type Attempt = Readonly<{
  /** 16 hexadecimal digits that only this step has: an earlier attempt is found by them. */
  mark: string;
  /** An earlier call may have done it. */
  isUncertain: boolean;
}>;

export type PagerDone = Readonly<{
  /** False if it was so before the call. */
  isChange: boolean;
  /**
   * The incident there, as its alert would name it; '' if the system did not say, or if a page only asked people to join
   * an incident.
   */
  remoteId: string;
  url: string;
}>;

export type Pager = Readonly<{
  /** The name of its system, and the source of its alerts: `pagerduty`. */
  id: string;
  title: string;
  /** What the team switched on. */
  does: readonly PagerAction[];
  /** Whether the system can do this to `remote`. `page` means: ask more responders to join it. */
  takes(action: PagerAction, remote: PagerRemote): boolean;
  apply(order: PagerOrder, signal: AbortSignal): Promise<Tried<PagerDone>>;
}>;

/** In place of the id of a page: nobody leads the incident, and a commander is called. */
export const COMMANDER_PAGE = 'commander';

/** How a note there begins its last line, so that its webhook is not taken for news. */
export function markLine(mark: string): string {
  return `spanhound:${mark}`;
}

/** The mark at the end of a text that came from outside. Whoever quotes a note of ours writes something behind it. */
export function markIn(text: string): string | undefined {
  return /\bspanhound:([0-9a-f]{16})\s*$/.exec(text)?.[1];
}

/** `remote=<step>` in the value of a timeline entry. */
export function pagerValue(step: PagerStepKind | 'refused' | 'asked' | 'left'): string {
  return `remote=${step}`;
}

export function isOfPager({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'message' && value.startsWith('remote=');
}
