/**
 * Opens a form, redacted as a whole. Slack's trigger expires after three seconds, so only the door may run before it.
 *
 * Slack also waits only three seconds for the acknowledgement, which therefore comes first: a slow answer to `views.open`
 * does not look like a request that failed. In the Home tab, Slack gives no address for an error, and its own sign beside
 * a request without acknowledgement is all that the person sees. There the acknowledgement comes last.
 */
import type { ModalView } from '@slack/types';
import { SpanhoundError } from '#core/errors.ts';
import { SENT_BACK, sealed } from '#model/redaction/sealed.ts';

/** The part of Slack's client that this needs. */
export type ModalClient = Readonly<{
  views: Readonly<{ open(args: { trigger_id: string; view: ModalView }): Promise<unknown> }>;
}>;

export type OpenedBy = Readonly<{
  ack: () => Promise<void>;
  client: ModalClient;
  body: Readonly<{ trigger_id: string; response_url?: string | undefined }>;
}>;

class ModalError extends SpanhoundError {
  override readonly name = 'ModalError';
  readonly code = 'SH_MODAL';
  readonly advice: string;

  constructor(cause: unknown) {
    super('slack did not open a form', { cause });
    const said = slacksWord(cause);
    this.advice =
      said === undefined || said === 'expired_trigger_id'
        ? 'Slack did not open the form, most likely because it took too long. Try again.'
        : `Slack did not open the form (${said}). If this continues, tell the person who runs Spanhound.`;
  }
}

/** Slack's error code, such as `token_revoked`; undefined where Slack did not answer. */
function slacksWord(error: unknown): string | undefined {
  const word =
    error instanceof Error && 'data' in error ? (error.data as { error?: unknown } | null)?.error : undefined;
  return typeof word === 'string' && /^[a-z_]{1,80}$/.test(word) ? word : undefined;
}

export async function openModal({ ack, client, body }: OpenedBy, view: ModalView): Promise<void> {
  const hearsErrors = body.response_url !== undefined;
  if (hearsErrors) await ack();
  try {
    await client.views.open({ trigger_id: body.trigger_id, view: sealed(view, SENT_BACK) });
  } catch (error) {
    throw new ModalError(error);
  }
  if (!hearsErrors) await ack();
}
