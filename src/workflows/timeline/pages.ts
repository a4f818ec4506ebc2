/**
 * The timeline outside of the conversation, for one person: as a page, a file, or a picture. Each has the times of that
 * person's zone, and the audit log has who was shown it.
 */
import type { PageClaims } from '#core/page-link.ts';
import type { CaseStore } from '#model/incident/case.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { TimelineDocument } from '#present/documents/timeline-documents.ts';
import { timelineAlt, timelineSvg } from '#present/pictures/timeline-svg.ts';
import { truncate } from '#present/slack/text.ts';
import { auditIncident } from '#record/audit.ts';
import { fileById, noteCopyRead } from '#record/entry-files.ts';
import { wholeTimeline } from '#record/merges.ts';
import type { Message } from '#record/outbox.ts';
import type { Reader, Store } from '#record/store.ts';
import { type MayShowIn, mergesShown } from '#workflows/incidents/merges-shown.ts';
import { type AskedBy, incidentMeant, type MayRead, type Meant, showTo } from '#workflows/incidents/on-incident.ts';
import { type Directory, namesFor } from '#workflows/incidents/show-overview.ts';
import { copyBytes } from '#workflows/messages/copies.ts';
import { withKnownNotes } from '#workflows/rights/may-show.ts';
import { incidentOfLink, type LinkParts } from '#workflows/rights/personal-links.ts';
import { type DrawParts, drawnInTime } from '#workflows/timeline/drawn-in-time.ts';

/** For the audit log: the page itself, or a file of it. */
export type TimelineForm = 'page of the timeline' | `timeline as ${string}`;

type ReadParts = Readonly<{ directory: Directory; mayShowIn: MayShowIn }>;

export type TimelinePages = Readonly<{
  /** `problem`: why this person sees nothing. */
  open(claims: PageClaims, what: TimelineForm): Promise<TimelineDocument | Readonly<{ problem: string }>>;
  /** The copy of a file of one of its messages. */
  file(claims: PageClaims, copyId: string): Promise<CopiedFile | Readonly<{ problem: string }>>;
  /** Undefined if it could not be drawn in time. */
  picture(document: TimelineDocument): Promise<Uint8Array | undefined>;
}>;

export type CopiedFile = Readonly<{ name: string; bytes: Uint8Array }>;

const NO_COPY = 'The timeline has no copy of this file.';
const DAMAGED = 'The copy of this file is lost, or differs from its SHA-256. Tell whoever runs Spanhound.';

export function timelinePages(
  parts: LinkParts &
    ReadParts &
    Omit<DrawParts, 'store'> &
    Readonly<{
      store: Store;
      /** Undefined if the bot keeps no evidence. */
      cases: Pick<CaseStore, 'open'> | undefined;
    }>,
): TimelinePages {
  const { store } = parts;
  return {
    async open(claims, what) {
      const incident = await incidentOfLink(parts, claims);
      if ('problem' in incident) return incident;
      const { userId } = claims;
      const document = await documentFor(store, parts, incident, userId);
      // What is downloaded may be passed on: what only some people read has its words on the page alone.
      const reader = what === 'page of the timeline' ? userId : '';
      const { entries, opened } = await withKnownNotes(store, incident, document.entries, reader);
      const detail = { what, ...(opened > 0 && { needToKnow: opened }) };
      await store.transaction((tx) => auditIncident(tx, incident, userId, 'incident.shown', detail));
      return { ...document, entries };
    },
    async file(claims, copyId) {
      const incident = await incidentOfLink(parts, claims);
      if ('problem' in incident) return incident;
      const { userId } = claims;
      const document = await documentFor(store, parts, incident, userId);
      const { entries } = await withKnownNotes(store, incident, document.entries, userId);
      const isShown = entries.some(({ files = [] }) => files.some((one) => one.copyId === copyId));
      const file = isShown ? await fileById(store, copyId) : undefined;
      if (file?.state !== 'kept' || parts.cases === undefined) return { problem: NO_COPY };
      await store.transaction((tx) =>
        noteCopyRead(tx, file, { actor: userId, purpose: `timeline of ${incidentName(incident)}` }),
      );
      const bytes = await copyBytes(parts.cases, file);
      return bytes === undefined ? { problem: DAMAGED } : { name: file.name, bytes };
    },
    picture: (document) => drawnInTime(parts, timelineSvg(document, 'page')),
  };
}

export type ShowTimelinePicture = (request: Readonly<{ asked: AskedBy; meant: Meant }>) => Promise<void>;

const LATE = 'The picture was not ready in time. Ask for it once more.';
const ALT_CHARS = 2_000;
const TITLE_CHARS = 150;

/** Shows the picture to the person who asks. */
export function timelinePictureShower(
  parts: ReadParts & DrawParts & Readonly<{ store: Store; mayRead: MayRead; kick(): void }>,
): ShowTimelinePicture {
  const { store } = parts;
  return async ({ asked, meant }) => {
    const incident = await incidentMeant(parts, asked, meant);
    if ('problem' in incident) return await showTo(parts, asked, { text: incident.problem });
    const document = await documentFor(store, parts, incident, asked.userId);
    const png = await drawnInTime(parts, timelineSvg(document, 'thread'));
    const message = png === undefined ? { text: LATE } : pictureMessage(document, png);
    await showTo(parts, asked, message, { incident, what: 'timeline as a picture' });
  };
}

function pictureMessage(document: TimelineDocument, png: Uint8Array): Message {
  const text = `${incidentName(document.incident)} timeline`;
  const alt = truncate(timelineAlt(document), ALT_CHARS);
  const blocks = [{ type: 'section' as const, text: { type: 'plain_text' as const, text, emoji: false } }];
  return { text, blocks, picture: { png, at: 1, alt, title: truncate(text, TITLE_CHARS) } };
}

/** Asks Slack, so do not call it inside a transaction. */
async function documentFor(
  store: Reader & Pick<Store, 'nowUs'>,
  { directory, mayShowIn }: ReadParts,
  incident: Incident,
  userId: string,
): Promise<TimelineDocument> {
  const entries = await wholeTimeline(store, incident, await mergesShown(store, mayShowIn, incident));
  const [names, reader] = await Promise.all([namesFor(directory, incident, entries), directory.person(userId)]);
  return { incident, entries, names, zone: reader?.zone, asOfUs: await store.nowUs() };
}
