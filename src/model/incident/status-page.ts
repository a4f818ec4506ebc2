/**
 * What customers read on a status page about an incident, and the port of a page outside. An update is drafted here,
 * approved by a person, and only then sent.
 */
import type { Incident, IncidentStatus, TimelineEntry } from '#model/incident/incident.ts';
import type { KnownRole } from '#model/incident/roles.ts';

/** The usual four, in their order. Statuspage, incident.io and others have the same. */
export const PAGE_STATUSES = ['investigating', 'identified', 'monitoring', 'resolved'] as const;
export type PageStatus = (typeof PAGE_STATUSES)[number];

/** In characters. Statuspage takes more; nobody reads more. */
export const PAGE_TITLE_CHARS = 100;
export const PAGE_TEXT_CHARS = 1_500;

export type StatusUpdate = Readonly<{
  id: string;
  incidentId: string;
  workspaceId: string;
  /** Names the incident on the page: the id of its first update. After `resolved`, a new one begins. */
  pageId: string;
  /** Counted per incident from 1. */
  number: number;
  /** Counted from 1: a change of the draft is a new version. */
  version: number;
  state: 'waiting' | 'approved' | 'dropped';
  status: PageStatus;
  title: string;
  text: string;
  /** Names of what customers use, as the settings have them. */
  components: readonly string[];
  /** Words of ours that somebody left in on purpose. */
  confirmed: readonly string[];
  /** The next update is promised so many minutes after the approval; 0 promises none. */
  nextMinutes: number;
  /** The id of the update whose text this one corrects. */
  corrects: string | undefined;
  draftedBy: string;
  draftedUs: number;
  approvedBy: string | undefined;
  approvedUs: number | undefined;
}>;

export type StatusSend = Readonly<{
  updateId: string;
  /** The id of the page: `statuspage`. */
  target: string;
  /** `held`: nobody knows whether it arrived, and the page cannot be asked. */
  state: 'queued' | 'sent' | 'held' | 'refused';
  /** Why it is not sent, and what to do; '' otherwise. */
  reason: string;
  attempts: number;
  dueUs: number;
  /** Whether a call began whose end nobody knows. */
  isUncertain: boolean;
  /** The ids that the page gave. */
  remoteId: string | undefined;
  remoteUpdateId: string | undefined;
  /** Where customers read it; '' if the page did not say. */
  url: string;
  sentUs: number | undefined;
}>;

/** An approved update as a page gets it. */
export type Publication = Readonly<{
  updateId: string;
  pageId: string;
  status: PageStatus;
  title: string;
  /** With the promise of the next update. */
  text: string;
  components: readonly string[];
  nextUs: number | undefined;
  approvedUs: number;
  /** The page's own id of the incident; undefined for its first update there. */
  remoteId: string | undefined;
  /** For a correction: the update, with the page's own id of it. */
  corrects: Readonly<{ updateId: string; remoteUpdateId: string | undefined }> | undefined;
  /** An earlier call may have done this already. */
  isUncertain: boolean;
}>;

export type Published =
  | Readonly<{ kind: 'sent'; remoteId: string; remoteUpdateId: string; url: string }>
  | NotPublished;

export type NotPublished =
  /** Not sent: the page asked to wait. */
  | Readonly<{ kind: 'limited'; retryAfterMs: number }>
  /** Surely not sent, and worth a retry. */
  | Readonly<{ kind: 'failed'; reason: string }>
  /** Not sent, and it would be refused again. The reason says what to do. `isEdited`: people wrote there. */
  | Readonly<{ kind: 'refused'; reason: string; isEdited?: true }>
  /** Unknown whether it was sent. */
  | Readonly<{ kind: 'ambiguous'; reason: string }>;

/** A status page outside. */
export type StatusPage = Readonly<{
  id: string;
  title: string;
  /** Whether `publish` can find out if an uncertain update arrived. If not, a person has to say it. */
  canLook: boolean;
  publish(publication: Publication, signal: AbortSignal): Promise<Published>;
}>;

export function pageStatusOf(status: IncidentStatus): PageStatus {
  return PAGE_STATUS_OF[status];
}

const PAGE_STATUS_OF: Readonly<Record<IncidentStatus, PageStatus>> = {
  investigating: 'investigating',
  identified: 'identified',
  mitigated: 'monitoring',
  fixed: 'monitoring',
  resolved: 'resolved',
  merged: 'resolved',
};

/** When the next update is promised. A solved problem needs none, and a correction promises nothing new. */
export function promisedUs({
  approvedUs,
  nextMinutes,
  status,
  corrects,
}: Pick<StatusUpdate, 'approvedUs' | 'nextMinutes' | 'status' | 'corrects'>): number | undefined {
  if (approvedUs === undefined || nextMinutes === 0 || status === 'resolved' || corrects !== undefined)
    return undefined;
  return approvedUs + nextMinutes * 60_000_000;
}

/** When the approver is asked for the promised update: early enough to write it. Undefined if none is promised. */
export function askForPromisedUs(update: Parameters<typeof promisedUs>[0]): number | undefined {
  const dueUs = promisedUs(update);
  return dueUs === undefined ? undefined : dueUs - Math.min(LEAD_MINUTES, update.nextMinutes / 3) * 60_000_000;
}

const LEAD_MINUTES = 10;

export type Approver = Readonly<{ role: KnownRole; userId: string }>;

/** The communications lead; the incident commander where there is none. Undefined if nobody has either role. */
export function approverOf({ roles }: Pick<Incident, 'roles'>): Approver | undefined {
  for (const role of ['communications-lead', 'commander'] as const) {
    const userId = roles[role];
    if (userId !== undefined) return { role, userId };
  }
  return undefined;
}

/** `status-page=<step>` in the value of a timeline entry. */
export function statusPageValue(step: 'drafted' | 'changed' | 'dropped' | 'approved' | 'sent' | 'refused' | 'held') {
  return `status-page=${step}`;
}

export function isOfStatusPage({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'message' && value.startsWith('status-page=');
}
