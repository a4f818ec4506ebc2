/** No form takes words that want to be a note for few where everybody would read them. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import { asksForNeedToKnow } from '#listeners/commands/need-to-know.ts';
import type { FormValues } from '#listeners/views/form.ts';

export type FormHandler = Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>>;

const COMMAND_ONLY =
  'Here everybody would read it. Choose the people under “Need to know” in the form for a note, or type /incident note need-to-know @kim: …';

/** Refuses the form at the field, before `handler` reads it. */
export function readByAll(handler: FormHandler): FormHandler {
  return async (sent) => {
    const field = fieldForFew(sent.view.state.values);
    if (field === undefined) return await handler(sent);
    await sent.ack({ response_action: 'errors', errors: { [field]: COMMAND_ONLY } });
  };
}

/** The id of the first field whose words want to be such a note. */
function fieldForFew(values: FormValues): string | undefined {
  return Object.entries(values).find(([, inputs]) =>
    Object.values(inputs).some(({ value }) => asksForNeedToKnow(value ?? '')),
  )?.[0];
}
