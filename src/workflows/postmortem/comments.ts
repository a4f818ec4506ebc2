/**
 * People comment on a section of a postmortem, and say that a comment is resolved. Whoever may read the incident may do
 * both, in Slack and on the page.
 */
import { type Incident, incidentName } from '#model/incident/incident.ts';
import {
  type CommentedSection,
  commentsOf,
  commentText,
  commentValue,
  resolvedValue,
} from '#model/incident/postmortem-comments.ts';
import { commentsMessage } from '#present/slack/postmortem-comments.ts';
import type { Tx } from '#record/store.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import {
  type AskedBy,
  type IncidentParts,
  incidentMeant,
  type Meant,
  onIncident,
  showTo,
  type Told,
} from '#workflows/incidents/on-incident.ts';
import { draftAnew } from '#workflows/postmortem/draft-postmortem.ts';
import { keptText } from '#workflows/timeline/note-entry.ts';

export type CommentRequest = Readonly<{ asked: AskedBy; incidentId: string; section: CommentedSection; text: string }>;

export type AddComment = (request: CommentRequest) => Promise<Told>;

export function commentAdder(parts: IncidentParts): AddComment {
  return ({ asked, incidentId, section, text: written }) =>
    onIncident(parts, asked, { incidentId }, async (tx, incident) => {
      const { text, wasCut } = keptText(written);
      if (text === '') return { answer: 'The comment is empty. Nothing was changed.' };
      await addComment(tx, incident, { section, text, by: asked.userId, key: asked.inboxId });
      await draftAnew(tx, parts.jobs, { incident, key: asked.inboxId });
      return {
        answer: `Your comment on ${section.title} is with the postmortem of ${incidentName(incident)}.${wasCut}`,
        said: { what: commentText(section, text), by: asked.userName, atUs: tx.nowUs },
      };
    });
}

/** False if this request has added it already. */
export async function addComment(
  tx: Tx,
  { id: incidentId }: Incident,
  { section, text, by, key }: Readonly<{ section: CommentedSection; text: string; by: string; key: string }>,
): Promise<boolean> {
  return await addEntry(tx, {
    incidentId,
    key: `${commentValue(section)}:${key}`,
    atUs: tx.nowUs,
    kind: 'message',
    text: commentText(section, text),
    source: by,
    link: '',
    value: commentValue(section),
  });
}

export type ResolveComment = (
  request: Readonly<{ asked: AskedBy; incidentId: string; commentId: string }>,
) => Promise<Told>;

export function commentResolver(parts: IncidentParts): ResolveComment {
  return ({ asked, incidentId, commentId }) =>
    onIncident(parts, asked, { incidentId }, async (tx, incident) => {
      const title = await resolveComment(tx, incident, { commentId, by: asked.userId });
      if (title === undefined) return { answer: 'This comment is not open any more.' };
      await draftAnew(tx, parts.jobs, { incident, key: asked.inboxId });
      const what = `Resolved a comment on the postmortem (${title})`;
      return { answer: `${what}.`, said: { what, by: asked.userName, atUs: tx.nowUs }, isForAsker: true };
    });
}

/** The title of its section; undefined if there is no open comment with this id. The caller holds the lock. */
export async function resolveComment(
  tx: Tx,
  { id: incidentId }: Incident,
  { commentId, by }: Readonly<{ commentId: string; by: string }>,
): Promise<string | undefined> {
  const comment = commentsOf(await timelineOf(tx, incidentId)).find(({ id }) => id === commentId);
  if (comment === undefined || comment.resolved !== undefined) return undefined;
  const { title } = comment;
  const isNew = await addEntry(tx, {
    incidentId,
    key: resolvedValue(commentId),
    atUs: tx.nowUs,
    kind: 'message',
    text: `Resolved a comment on the postmortem (${title})`,
    source: by,
    link: '',
    value: resolvedValue(commentId),
  });
  return isNew ? title : undefined;
}

export type ShowComments = (request: Readonly<{ asked: AskedBy; meant: Meant }>) => Promise<void>;

export function commentShower(parts: IncidentParts): ShowComments {
  return async ({ asked, meant }) => {
    const incident = await incidentMeant(parts, asked, meant);
    if ('problem' in incident) return await showTo(parts, asked, { text: incident.problem });
    const comments = commentsOf(await timelineOf(parts.store, incident.id));
    await showTo(parts, asked, commentsMessage(incident, comments), { incident, what: 'comments on the postmortem' });
  };
}
