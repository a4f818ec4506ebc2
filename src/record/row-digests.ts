/**
 * The digests of rows that people read as the record. The audit log keeps them, so a row that was rewritten outside of
 * Spanhound no longer matches it. Each row has a random salt: nobody can guess a short text from its digest after the
 * text was deleted. The order of the fields is part of the format.
 */
import { sha256 } from '#core/sha256.ts';
import type { Schema } from '#record/schema.ts';

/** Covers all but the mark of a removed entry. */
export function entryDigest(row: Schema['timeline_entries']): string {
  const { salt, id, incident_id, workspace_id, key, amends, at_us, noted_us, kind, text, source, link, value } = row;
  const said = [key, kind, text, source, link, value].map(asStored);
  const fields = [salt, id, incident_id, workspace_id, amends, at_us, noted_us, ...said];
  return sha256(JSON.stringify(['spanhound.timeline-entry/1', ...fields]));
}

export function itemDigest(row: Schema['action_items']): string {
  const { salt, id, incident_id, workspace_id, text, owner, due, created_by, created_us } = row;
  const said = [text, owner, due, created_by].map(asStored);
  return sha256(JSON.stringify(['spanhound.action-item/1', salt, id, incident_id, workspace_id, created_us, ...said]));
}

export function feedbackDigest(row: Schema['feedback']): string {
  const { salt, investigation_id, workspace_id, user_id, answer, at_us, said, said_us, said_service, said_field } = row;
  const fields = [salt, investigation_id, workspace_id, user_id, answer, at_us];
  // An answer without words of its own has the digest of the versions that knew no words.
  if (typeof said !== 'string' || said_us !== at_us) return sha256(JSON.stringify(['spanhound.feedback/1', ...fields]));
  const words = [said, said_service ?? '', said_field ?? ''].map(asStored);
  return sha256(JSON.stringify(['spanhound.feedback/2', ...fields, ...words]));
}

/** Databases replace half of a surrogate pair, and Postgres has no NUL in texts. */
function asStored(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
