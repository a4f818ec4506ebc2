/** Posts a mitigation to the team's automation, which can tell a second delivery by `webhook-id`. */
import { postSigned } from '#adapters/standard-webhooks.ts';
import type { MitigationDesk } from '#model/incident/mitigation.ts';

export type MitigationDeskOptions = Pick<MitigationDesk, 'actions' | 'takesPrivate'> &
  Readonly<{ secrets: readonly string[]; timeoutMs?: number; nowSeconds?(): number }>;

const WORDS = {
  title: 'The automation',
  credentials: 'Check MITIGATION_WEBHOOK_SECRET on both sides.',
  address: 'Check the address in mitigations.actions.',
  what: 'the request',
};

export function mitigationDesk({
  actions,
  takesPrivate,
  secrets,
  timeoutMs,
  nowSeconds = () => Date.now() / 1_000,
}: MitigationDeskOptions): MitigationDesk {
  return {
    actions,
    takesPrivate,
    send: ({ id, url, body }, signal) =>
      postSigned({ url, secrets, id, nowSeconds: nowSeconds(), body, words: WORDS, timeoutMs }, signal),
  };
}
