/** Opens a form. Slack's leave to do so lives for three seconds, so that nothing may come before it. */
import type { ModalView } from '@slack/types';
import { SpanhoundError } from '#core/errors.ts';

/** What of Slack's client it takes. */
export type ModalClient = Readonly<{
  views: Readonly<{ open(args: { trigger_id: string; view: ModalView }): Promise<unknown> }>;
}>;

class ModalError extends SpanhoundError {
  override readonly name = 'ModalError';
  readonly code = 'SH_MODAL';
  readonly advice = 'Slack did not open the form, most likely because it took too long. Try it again.';
}

export async function openModal(client: ModalClient, triggerId: string, view: ModalView): Promise<void> {
  try {
    await client.views.open({ trigger_id: triggerId, view });
  } catch (error) {
    throw new ModalError('slack did not open a form', { cause: error });
  }
}
