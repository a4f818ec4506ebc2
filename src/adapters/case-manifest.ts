/**
 * Reads `case.json` and `cases.json` from any origin: every field is optional, and a wrong field is reported and
 * ignored.
 */
import { z } from 'zod';
import { type ManifestFields, manifestText, type ReadManifest } from '#model/incident/case.ts';

/** A field that another system may use with another meaning. */
function Lenient<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().catch(undefined);
}

/** Only the fields that are read; alerts and changes keep the formats of their systems. */
const FIELDS = {
  schema: z.string(),
  subject: z
    .object({
      kind: z.enum(['trace', 'alert', 'window']),
      traceId: z.string(),
      service: z.string(),
      from: z.string(),
      to: z.string(),
      requestId: z.string(),
    })
    .partial(),
  window: z.object({ from: z.string(), to: z.string() }),
  judged: z.object({
    service: z.string(),
    fromUs: z.number(),
    toUs: z.number(),
    through: z.array(z.string()).optional(),
    onset: z
      .object({ atUs: z.number(), signal: z.enum(['failures', 'errors', 'latency']), why: z.string() })
      .optional(),
    healthy: z.object({ fromUs: z.number(), toUs: z.number(), why: z.string() }).optional(),
    unhealthy: z.string().optional(),
  }),
  alert: z.object({
    title: Lenient(z.string()),
    service: Lenient(z.string()),
    traceId: Lenient(z.string()),
    atUs: Lenient(z.number()),
    startsAt: Lenient(z.string()),
  }),
  files: z.array(
    z
      .object({
        sha256: z.string(),
        bytes: z.number(),
        source: z.string(),
        query: z.string(),
        collectedAt: z.string(),
        search: z.number(),
        sample: Lenient(z.union([z.enum(['all', 'failing', 'slow']), z.templateLiteral(['of ', z.string()])])),
      })
      .partial()
      .extend({ path: z.string() }),
  ),
  gaps: z.array(
    z.object({
      source: z.string(),
      problem: z.string(),
      consequence: z.string(),
      cutOff: Lenient(z.union([z.literal('log'), z.array(z.string())])),
    }),
  ),
  cases: z.array(z.object({ folder: z.string(), seal: z.string() })),
  sealedBy: z.string(),
  seal: z.string(),
} satisfies Readonly<Record<keyof ManifestFields, z.ZodType>>;

export function readManifest(text: string): ReadManifest {
  const raw = objectIn(text);
  if (raw === undefined) return { raw: {}, value: {}, mistakes: ['is not a JSON object'], isCanonical: false };

  const value: Record<string, unknown> = {};
  const mistakes: string[] = [];
  for (const [name, schema] of Object.entries(FIELDS)) {
    if (raw[name] === undefined) continue;
    const read = schema.safeParse(raw[name]);
    if (read.success) value[name] = read.data;
    else mistakes.push(`has a ${name} that cannot be read`);
  }
  return { raw, value, mistakes, isCanonical: manifestText(raw) === text };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
