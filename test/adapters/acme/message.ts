import { z } from 'zod';
import type { AlertMessage } from '#model/incident/alert.ts';
import { acmeAlert } from './alert.ts';

const AcmeMessage = z.object({ app_id: z.literal('A0ACME'), channel: z.string(), ts: z.string(), text: z.string() });

export function readAcmeMessage(event: unknown): AlertMessage | undefined {
  const message = AcmeMessage.safeParse(event);
  if (!message.success) return undefined;
  const { channel: channelId, ts, text } = message.data;
  return { channelId, ts, edited: false, alert: acmeAlert(text, Number(ts) * 1e6) };
}
