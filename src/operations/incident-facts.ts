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
  metrics: z.record(z.string(), z.number().nullable()).describe('Minutes.'),
};
