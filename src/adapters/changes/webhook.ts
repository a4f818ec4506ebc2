/**
 * `POST /changes`: one change or a list from a pipeline, a script or a person, in the format of a case's
 * `changes.json`.
 */
import { z } from 'zod';
import type { ReadChanges } from '#adapters/system.ts';
import { CHANGE_KINDS, LONGEST_DIFF } from '#model/changes/change.ts';

const LONGEST_TEXT = 4_000;
const MOST = 200;

const PostedChange = z.strictObject({
  at: z.iso.datetime({ offset: true }),
  kind: z.enum(CHANGE_KINDS),
  /** Without an id, the same change could be recorded twice. */
  id: z.string().min(1).max(LONGEST_TEXT),
  service: z.string().max(LONGEST_TEXT).prefault(''),
  text: z.string().max(LONGEST_TEXT).prefault(''),
  url: z.string().max(LONGEST_TEXT).prefault(''),
  files: z.array(z.string().max(LONGEST_TEXT)).max(1_000).prefault([]),
  diff: z.string().max(LONGEST_DIFF).prefault(''),
});
const PostedChanges = z.union([PostedChange, z.array(PostedChange).min(1).max(MOST)]);

export function readPostedChanges(body: unknown): ReadChanges {
  const parsed = (Array.isArray(body) ? z.array(PostedChange).min(1).max(MOST) : PostedChanges).safeParse(body);
  if (!parsed.success) return { kind: 'unreadable', why: z.prettifyError(parsed.error) };
  const posted = Array.isArray(parsed.data) ? parsed.data : [parsed.data];
  return { kind: 'changes', changes: posted.map(({ at, ...change }) => ({ ...change, atUs: Date.parse(at) * 1_000 })) };
}
