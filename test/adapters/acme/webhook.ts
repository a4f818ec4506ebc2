import { z } from 'zod';
import type { ReadDelivery } from '#adapters/system.ts';
import { acmeAlert } from './alert.ts';

const AcmeEvent = z.object({ acme: z.string().min(1) });

export function readAcmeWebhook(body: unknown, nowUs: number): ReadDelivery {
  const event = AcmeEvent.safeParse(body);
  if (!event.success) return { kind: 'unreadable', why: z.prettifyError(event.error) };
  const { acme: title } = event.data;
  return { kind: 'delivery', delivery: { id: title, subject: acmeAlert(title, nowUs), members: [], truncated: 0 } };
}
