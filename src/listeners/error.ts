/**
 * Handles all exceptions of listeners: the log gets the cause, and the person who asked gets a sentence. Nothing here
 * needs the store, because the store may have failed. Where there is nobody to answer, as for an event, the exception goes
 * on to the inbox, which keeps the request.
 */
import type { ExtendedErrorHandlerArgs } from '@slack/bolt/dist/App.js';
import { errorRecord, SpanhoundError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import { escapeMrkdwn } from '#present/slack/text.ts';

export type TellPerson = (responseUrl: string, text: string) => Promise<void>;

export function tellError(tellPerson: TellPerson, log: Log): (args: ExtendedErrorHandlerArgs) => Promise<void> {
  return async ({ error, body }) => {
    const cause = 'original' in error && error.original instanceof Error ? error.original : error;
    const level = cause instanceof SpanhoundError ? 'warn' : 'error';
    log[level]({ err: cause }, 'a Slack request failed');
    const responseUrl = 'response_url' in body ? body.response_url : undefined;
    if (responseUrl === undefined) throw cause;
    await tellPerson(responseUrl, `:warning: That did not work. ${escapeMrkdwn(errorRecord(cause).advice)}`);
  };
}
