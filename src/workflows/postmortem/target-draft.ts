/** What is sent to a place outside: the draft with its pictures, as the record is now. */
import { within } from '#core/clock.ts';
import { sha256 } from '#core/sha256.ts';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { TargetDraft, TargetPicture } from '#model/incident/postmortem-target.ts';
import { postmortemMarkdown } from '#present/documents/postmortem-markdown.ts';
import { postmortemParts } from '#present/documents/postmortem-parts.ts';
import { titleOf } from '#present/documents/postmortem-text.ts';
import { type PictureId, postmortemPictures } from '#present/pictures/postmortem-pictures.ts';
import { inertTitle } from '#present/words/inert-title.ts';
import { type ShownParts, shownPostmortem } from '#workflows/postmortem/shown.ts';

export type TargetDraftParts = ShownParts &
  Readonly<{
    /** Renders an SVG as a PNG without blocking the event loop. */
    draw(svg: string): Promise<Uint8Array>;
  }>;

/** Nobody waits for it at a button, so a busy thread has time. A later picture is left out. */
const PICTURE_MS = 20_000;

/** As `TargetDraft` has it. */
export function markOf({ id }: Pick<Incident, 'id'>): string {
  return sha256(`spanhound/postmortem/${id}`).slice(0, 32);
}

export async function targetDraft(
  parts: TargetDraftParts,
  incident: Incident,
  { remote, isUncertain, earlierTitles }: Pick<TargetDraft, 'remote' | 'isUncertain' | 'earlierTitles'>,
): Promise<TargetDraft> {
  const shown = await shownPostmortem(parts, incident);
  const name = incidentName(incident);
  const pictures = new Map<PictureId, TargetPicture>();
  for (const { id, alt, svg } of postmortemPictures(shown.postmortem)) {
    const drawing = parts.draw(svg).catch(() => undefined);
    const png = await within(parts.store.clock, PICTURE_MS, drawing);
    if (png !== undefined) pictures.set(id, { name: `${name}-${id}.png`, alt, png });
  }
  return {
    name,
    title: inertTitle(titleOf(shown)),
    channelId: incident.channelId,
    markdown: postmortemMarkdown(shown, pictures),
    document: postmortemParts(shown, pictures),
    pictures: [...pictures.values()],
    mark: markOf(incident),
    remote,
    isUncertain,
    earlierTitles,
  };
}
