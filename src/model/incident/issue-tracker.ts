/**
 * An issue tracker outside: it holds an issue for each action item, and the state of both follows each other. The port is
 * implemented in `adapters/`; `workflows/action-items/sync-issue.ts` and `workflows/action-items/follow-issues.ts` use it.
 */
import type { ItemState } from '#model/incident/incident.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

/** Where issues go: a repository, a project, a team. `service`: '' where it takes those of all services. */
export type IssuePlace = Readonly<{ path: string; service: string }>;

/** What people write to people there: clean and redacted, without markup. */
export type IssueText = Readonly<{
  title: string;
  lines: readonly IssueLine[];
  /** The same lines as Markdown, in which nothing that people wrote has a meaning. */
  markdown: string;
}>;

/** `label: text`; with an address, the text is a link. */
export type IssueLine = Readonly<{ label: string; text: string; url: string }>;

export type IssueDraft = IssueText &
  Readonly<{
    place: string;
    /** 32 hexadecimal digits that only this item has: an earlier attempt is found by them. */
    mark: string;
    /** YYYY-MM-DD */
    due: string;
    /** An earlier call may have created it, at this time or later. */
    isUncertain: boolean;
    sinceUs: number;
  }>;

export type Issue = Readonly<{
  /** The tracker's own id, which no other issue there has. */
  remoteId: string;
  /** As people name it: `acme/shop#12`, `OPS-12`. */
  key: string;
  /** '' if the tracker did not say. */
  url: string;
}>;

export type IssueChange = Readonly<{
  place: string;
  remoteId: string;
  state: ItemState;
  /** A comment that says why. */
  comment: Pick<IssueText, 'lines' | 'markdown'>;
  /** As in a draft, of this change. */
  mark: string;
  isUncertain: boolean;
}>;

/** `gone`: it was deleted, moved, or hidden. */
export type IssueState = ItemState | 'gone';

export type Tried<Value> = Readonly<{ kind: 'done'; value: Value }> | NotPublished;

export type Looked = Readonly<{
  /** By the tracker's id: those about which it said something. */
  states: ReadonlyMap<string, IssueState>;
  /** Why the others are missing; '' if none is. */
  problem: string;
}>;

export type IssueTracker = Readonly<{
  /** The name of its system: `github`. */
  id: string;
  title: string;
  places: readonly IssuePlace[];
  create(draft: IssueDraft, signal: AbortSignal): Promise<Tried<Issue>>;
  change(change: IssueChange, signal: AbortSignal): Promise<Tried<'changed' | 'gone'>>;
  look(issues: readonly Readonly<{ place: string; remoteId: string }>[], signal: AbortSignal): Promise<Looked>;
}>;

/** The first place of one of these services, else the first one for all. Undefined if there is none. */
export function placeFor(
  trackers: readonly Pick<IssueTracker, 'id' | 'places'>[],
  services: readonly string[],
): Readonly<{ tracker: string; place: string }> | undefined {
  const all = trackers.flatMap(({ id: tracker, places }) => places.map((place) => ({ tracker, ...place })));
  const wanted = new Set(services.map((service) => service.toLowerCase()));
  const found = all.find(({ service }) => service !== '' && wanted.has(service.toLowerCase()));
  const { tracker, path } = found ?? all.find(({ service }) => service === '') ?? {};
  return tracker === undefined || path === undefined ? undefined : { tracker, place: path };
}
