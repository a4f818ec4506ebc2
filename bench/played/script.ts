/** The scripts of incidents that the player plays, as strangers write them. Parsed at the edge. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { SEVERITIES } from '#model/incident/incident.ts';

/** An ISO instant with its zone, in microseconds once it is read. */
const instant = z.iso.datetime({ offset: true }).transform((at) => Date.parse(at) * 1_000);
const severity = z.enum(SEVERITIES);
const words = z.string().max(3_000);

/** What every step has. */
const common = {
  /** What `correct` and `strike` name. */
  n: z.int().min(1),
  /** When it was posted. */
  at: instant,
  /** A person's name as Slack shows it. */
  who: z.string().min(1).max(200),
  text: words.default(''),
  /** So often in all, the first at `at`; a `#` in its text is the count from 1. */
  repeat: z
    .object({ n: z.int().min(1).max(1_000), everySeconds: z.number().min(0).max(86_400), text: words.optional() })
    .optional(),
};

/** What belongs to a kind alone stands under its name. */
const STEP = z.discriminatedUnion('does', [
  z.object({ ...common, does: z.enum(['note', 'message', 'update', 'resolve', 'reopen', 'verdict-no']) }),
  z.object({ ...common, does: z.literal('role'), role: z.object({ role: z.string(), person: z.string() }) }),
  z.object({
    ...common,
    does: z.literal('severity'),
    severity: z.object({ to: severity, because: words.default('') }),
  }),
  z.object({ ...common, does: z.literal('mitigation'), mitigation: z.object({ worked: z.boolean() }) }),
  z.object({
    ...common,
    does: z.literal('milestone'),
    milestone: z.object({ name: z.enum(['began', 'detected', 'confirmed', 'mitigated', 'fixed']), at: instant }),
  }),
  z.object({
    ...common,
    does: z.literal('correct'),
    correct: z.object({ step: z.int(), at: instant.optional(), text: words.optional() }),
  }),
  z.object({ ...common, does: z.literal('strike'), strike: z.object({ step: z.int() }) }),
  z.object({ ...common, does: z.literal('action'), action: z.object({ owner: z.string(), due: z.iso.date() }) }),
  z.object({ ...common, does: z.literal('merge'), merge: z.object({ from: z.string() }) }),
]);

export type Step = z.output<typeof STEP>;

const ID = z.string().regex(/^[\w-]{1,60}$/);
const PLAYED = {
  id: ID,
  declared: z.object({ severity, title: z.string().max(150), at: instant, by: z.string() }),
  steps: z.array(STEP).max(500),
};

const SCRIPT = z.object({
  ...PLAYED,
  title: words,
  story: words.default(''),
  /** In which people type times. */
  zone: z.string().default('UTC'),
  /** What the verdict said to which somebody answers No. */
  diagnosis: z.object({ at: instant, text: words }).optional(),
  /** Incidents that are merged into it. */
  others: z.array(z.object(PLAYED)).max(5).default([]),
  /** What a reader of the draft must learn from it. */
  claims: z.array(words).default([]),
  /** What the draft must not say. */
  forbidden: z.array(words).default([]),
});

export type Script = z.output<typeof SCRIPT>;

/** Throws with the place of each mistake. */
export function readScripts(file: string): readonly Script[] {
  return z.array(SCRIPT).parse(JSON.parse(readFileSync(file, 'utf8')));
}
