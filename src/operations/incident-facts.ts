/** What each answer about one incident says of it. */
import { z } from 'zod';

export const INCIDENT_FACTS = {
  headline: z.string(),
  incident: z.string(),
  title: z.string(),
  severity: z.string(),
  status: z.string(),
  declaredAt: z.string(),
  resolvedAt: z.string().nullable(),
  durationFrom: z
    .enum(['impact', 'detection', 'alert', 'declaration'])
    .describe(
      'Where durationMinutes counts from: the start of the impact, else the detection as a person entered it, else the first alert, else the declaration.',
    ),
  metrics: z.record(z.string(), z.number().nullable()).describe('Minutes.'),
};
