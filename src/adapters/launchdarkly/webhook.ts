/** LaunchDarkly's webhooks for flags: an entry of its audit log, signed if the webhook has a secret. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { ReadChanges } from '#adapters/system.ts';
import type { Proof } from '#core/webhook.ts';

const AuditEntry = z.object({
  _id: z.string().min(1),
  /** Milliseconds since the epoch. */
  date: z.number().int().positive(),
  kind: z.string(),
  name: z.string(),
  titleVerb: z.string().nullish(),
  accesses: z.array(z.object({ action: z.string(), resource: z.string() })).prefault([]),
});

/** `proj/shop:env/production:flag/express-lane;tag` */
const RESOURCE = /^proj\/([^:;]+):env\/([^:;]+):flag\/([^:;]+)/;

/** Flags belong to a project, usually not to one service. Changes outside the environments that count are left out. */
export function readLaunchDarklyEntry(body: unknown, counts: (environment: string) => boolean): ReadChanges {
  const parsed = AuditEntry.safeParse(body);
  if (!parsed.success) return { kind: 'unreadable', why: z.prettifyError(parsed.error) };
  const { _id, date, kind, name, titleVerb, accesses } = parsed.data;
  const resource = accesses.map((access) => RESOURCE.exec(access.resource)).find((found) => found !== null);
  if (kind !== 'flag' || !resource) return { kind: 'other' };
  const [, , environment = '', key = ''] = resource;
  if (!counts(environment)) return { kind: 'other' };
  const text = `${name}: ${titleVerb ?? 'changed'} in ${environment} (${_id})`;
  const what = { atUs: date * 1_000, kind: 'flag', service: '', id: key, text, url: '' } as const;
  return { kind: 'changes', changes: [{ ...what, files: [], diff: '' }] };
}

/** Undefined without a secret: then nobody may send. */
export function launchDarklyProof(secret: string | undefined): Proof | undefined {
  if (secret === undefined) return undefined;
  return {
    mayBe: ({ header }) => bearsLaunchDarklySignature(header('x-ld-signature')),
    isSigned: ({ header, body }) => isSignedByLaunchDarkly(secret, header('x-ld-signature'), body),
  };
}

/** Whether `signature` has the form of the header `X-LD-Signature`. */
export function bearsLaunchDarklySignature(signature: string | undefined): boolean {
  return /^[0-9a-f]{64}$/.test(signature ?? '');
}

/** `signature`: the header `X-LD-Signature`, over the bytes as received. */
export function isSignedByLaunchDarkly(secret: string, signature: string | undefined, body: Uint8Array): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('hex'));
  const given = Buffer.from(signature ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
