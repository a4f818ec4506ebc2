/** What a change has to explain, to be the cause: the symptoms of a window, or of one request. */
import type { Change } from '#model/changes/change.ts';
import type { Complaint, FailureKind } from '#model/logs/complaint.ts';

/** A kind of failure, or what else a change has to explain. */
export type ChangeSymptom =
  | FailureKind
  | 'slow-statement'
  | 'many-calls'
  | 'one-by-one'
  /** It asks something that no healthy request asks. */
  | 'new-call'
  | 'lock'
  | 'pool'
  | 'cache'
  | 'retries'
  | 'breaker'
  | 'cpu'
  | 'disk'
  | 'backlog'
  | 'fewer-requests'
  /** One of several pods has nearly all of the work. */
  | 'uneven'
  | 'smaller-answer'
  | 'not-called'
  | 'image'
  | 'no-endpoints'
  | 'stopped'
  /** It was started for this request. */
  | 'started'
  /** A value is not what it should be, and nothing failed. */
  | 'wrong-value'
  /** A log holds a credential. */
  | 'exposed'
  | 'too-large'
  /** A proxy answers with 502: it got no answer that it can use. */
  | 'bad-gateway'
  /** It waits longer for what it calls, which is no database. */
  | 'waiting'
  /** The code of the service at fault failed, and not what it asked. */
  | 'own-failure';

export type ChangeSymptoms = Readonly<{
  service: string;
  /** When the problem began; for one request, when that request began. */
  onsetUs: number;
  /** The onset may be as late as this. */
  untilUs?: number;
  complaint: Complaint | undefined;
  /** Services whose own metrics moved; for one request, what the service at fault calls, runs on, and is called by. */
  suffering: ReadonlySet<string>;
  /** For one request: services that gave up waiting. Their own limits may be the cause. */
  gaveUp?: ReadonlySet<string>;
  /** For one request: callees that refused its connections or broke them. A restart of them may be the cause. */
  refusing?: ReadonlySet<string>;
  /** For one failed request: stores, brokers and hosts without spans at which it failed. */
  unseenCallees?: ReadonlySet<string>;
  /** Services that ask the same databases, and those that the failure names. */
  near?: ReadonlySet<string>;
  /** For one request: the databases that its statements name. */
  databases?: readonly string[];
  /** For one request: what the finding of its cause says; for a window, what edges and brokers count as refused. */
  said?: string;
  /** For one request: its failing lines with the fields behind their messages, in lower case. */
  whole?: string;
  /** For one request: the detector of its cause. */
  cause?: string;
  /** For one request: the operation that takes long by itself; else empty. */
  slowWork?: string;
  /** For one request: the operations of its own in which it failed; else empty. */
  failedWork?: string;
  /** For one request: the service that it no longer calls; else empty. */
  notCalled?: string;
  /** For one request: the feature flags that its failed or slow spans record. */
  flags?: ReadonlySet<string>;
  /** What the service at fault calls now, and in no healthy request. */
  newlyCalled?: readonly string[];
  /** What takes long is a statement that no healthy request has: other code runs. */
  isNewStatement?: boolean;
  /** A value that nearly all affected requests have, and hardly any other: a tenant, a region. */
  trait?: string;
  /** Names of servers, stores and brokers whose own numbers left their past many times over. */
  servers?: ReadonlySet<string>;
  /** Words of the names of metrics that moved. */
  metricWords: ReadonlySet<string>;
  kinds: ReadonlySet<ChangeSymptom>;
  /** At least twice as many requests as before, which alone may explain the symptoms. */
  isLoad: boolean;
  /**
   * For one request, what its words stand in: nobody knows when its problem began, so the time alone makes only the one
   * change suspect that nothing rivals.
   */
  ofRequest?: 'the failed spans and lines' | 'the slow spans and lines';
  /** It failed at a store, at a host that records no spans, or at the registry of its image. */
  isOutside?: boolean;
  /** It is slow because it waits for what it calls, which is no database. */
  isWaiting?: boolean;
  /** The verdict on them is likely or confirmed. */
  isSure?: boolean;
  /** Many requests show when the problem of this one began. */
  isDated?: boolean;
  /** What older changes of the service say of it: these are too old to be the cause, and may name what a flag turns on. */
  announced?: readonly string[];
  /** Releases that are at fault by what their pods or their callers do. */
  guilty?: readonly GuiltyRelease[];
  /** The changes are those of services that share a store with the one at fault. */
  throughStore?: ThroughStore;
}>;

/**
 * `services`: whose trouble it explains, by their keys. `explains`: only these symptoms; without it, any. `isOfTime`: it compares
 * only the time before with the time after. `text`: what shows it.
 */
export type GuiltyRelease = Readonly<{
  change: Change;
  services: readonly string[];
  explains?: readonly ChangeSymptom[];
  isOfTime?: boolean;
  text: string;
}>;

/** `isUser`: something shows that they use it. `isPossible`: only one sign leads to them. */
export type ThroughStore = Readonly<{ store: string; isUser: boolean; isPossible: boolean }>;

/** All that the failure says, in lower case; empty where a request is only slow. */
export function failureSaid({
  complaint,
  said = '',
  whole = '',
  ofRequest,
}: Pick<ChangeSymptoms, 'complaint' | 'said' | 'whole' | 'ofRequest'>): string {
  if (ofRequest === 'the slow spans and lines') return '';
  return [complaint?.text ?? '', said.toLowerCase(), whole].join('\n');
}
