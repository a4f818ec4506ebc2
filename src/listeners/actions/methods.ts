/**
 * The menus of methods under a diagnosis and in an incident's overview, and the answers of people in the open parts of a
 * method. An option has the method and an id (`whys:<id>`). A method's block id has the method, its incident and its
 * diagnosis: `method:<method>:<incident>:<investigation>:…`.
 */
import type {
  BlockButtonAction,
  BlockOverflowAction,
  BlockStaticSelectAction,
  Middleware,
  SlackActionMiddlewareArgs,
} from '@slack/bolt';
import { isInThread } from '#listeners/actions/pressed.ts';
import { inboxIdOf, whoPressed, workspaceOf } from '#listeners/delivery.ts';
import { metadataIn } from '#listeners/views/form.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { whyForm } from '#listeners/views/why-answer.ts';
import { ANSWER_STATES } from '#model/incident/method-answers.ts';
import { methodNamed } from '#present/slack/methods-message.ts';
import type { ShareMethod, ShowMethod } from '#workflows/methods/show-method.ts';
import type { MethodTelling } from '#workflows/methods/tell-method.ts';

type Overflow = Middleware<SlackActionMiddlewareArgs<BlockOverflowAction>>;
type Menu = Middleware<SlackActionMiddlewareArgs<BlockStaticSelectAction>>;
type Button = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;

export function diagnosisMethodsMenu(shareMethod: ShareMethod): Overflow {
  return async ({ ack, action, body, context }) => {
    const { method, of: investigationId } = chosenMethod(action.selected_option.value);
    const who = {
      userId: body.user.id,
      responseUrl: body.response_url,
      workspaceId: workspaceOf(body),
      isInThread: isInThread(body),
    };
    if (method !== undefined) await shareMethod({ ...who, inboxId: inboxIdOf(context), investigationId, method });
    await ack();
  };
}

export function incidentMethodsMenu(showMethod: ShowMethod): Overflow {
  return async ({ ack, action, body, context }) => {
    const { method, of: incidentId } = chosenMethod(action.selected_option.value);
    if (method !== undefined) await showMethod({ asked: whoPressed(body, context), meant: { incidentId }, method });
    await ack();
  };
}

export const answerWhyButton: Button = async ({ ack, action, body, client }) => {
  const { incidentId = '', investigationId = '', number = '', ask = '' } = metadataIn(action.value ?? '');
  const channelId = body.channel?.id ?? '';
  await openModal({ ack, client, body }, whyForm({ incidentId, investigationId, number, ask, channelId }));
};

export function hypothesisMenu({ judgeHypothesis }: Pick<MethodTelling, 'judgeHypothesis'>): Menu {
  return async ({ ack, action, body, context }) => {
    const { what: id, said } = chosenPlace(action.selected_option.value);
    const state = ANSWER_STATES.find((known) => known === said);
    const place = { asked: whoPressed(body, context), ...placeIn(action.block_id) };
    if (state !== undefined) await judgeHypothesis({ ...place, id, state });
    await ack();
  };
}

export function checklistMenu({ tick }: Pick<MethodTelling, 'tick'>): Menu {
  return async ({ ack, action, body, context }) => {
    const { what: step, said } = chosenPlace(action.selected_option.value);
    const place = { asked: whoPressed(body, context), ...placeIn(action.block_id) };
    await tick({ ...place, step, isDone: said === 'done' });
    await ack();
  };
}

function chosenMethod(value: string) {
  const [name = '', of = ''] = value.split(':');
  return { method: methodNamed(name), of };
}

/** `H2=refuted`, `deployments=done` */
function chosenPlace(value: string): Readonly<{ what: string; said: string }> {
  const [what = '', said = ''] = value.split('=');
  return { what, said };
}

function placeIn(blockId: string): Readonly<{ incidentId: string; investigationId: string }> {
  const [, , incidentId = '', investigationId = ''] = blockId.split(':');
  return { incidentId, investigationId };
}
