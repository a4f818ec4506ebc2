/** The menu "Which service is this?" under an alert. Its block names the answer under which it stands. */
import type { BlockStaticSelectAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { serviceQuestionOf } from '#present/slack/service-messages.ts';
import type { NameService } from '#workflows/alerts/name-service.ts';

export function serviceMenu(nameService: NameService): Middleware<SlackActionMiddlewareArgs<BlockStaticSelectAction>> {
  return async ({ ack, action, body, context }) => {
    const investigationId = serviceQuestionOf(action.block_id);
    await nameService(whoPressed(body, context), { investigationId, service: action.selected_option.value });
    await ack();
  };
}
