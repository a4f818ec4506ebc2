/** Finds people in Slack by the address that a system outside knows, and the address of a person in Slack. */
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Log } from '#core/log.ts';
import { personEmail } from '#model/incident/on-call.ts';

/** `reason`: a sentence that says what to do. */
type Unknown = Readonly<{ kind: 'unknown'; reason: string }>;

export type FoundBySlack = Readonly<{ kind: 'found'; id: string } | { kind: 'nobody' }> | Unknown;

/** Slack finds no bots and no deactivated accounts. */
export function peopleByEmail({ client, log }: Readonly<{ client: WebClient; log: Log }>) {
  return async (email: string): Promise<FoundBySlack> => {
    try {
      const { user } = await client.users.lookupByEmail({ email });
      return user?.id === undefined ? NO_ANSWER : { kind: 'found', id: user.id };
    } catch (error) {
      const said = error instanceof WebAPIPlatformError ? error.data.error : '';
      if (said === 'users_not_found') return { kind: 'nobody' };
      if (said === 'missing_scope') return NO_SCOPE;
      log.info({ err: error }, 'slack did not say whose an address is');
      return NO_ANSWER;
    }
  };
}

export type EmailInSlack = Readonly<{ kind: 'found'; email: string } | { kind: 'nobody' } | Unknown>;

/** Without the scope `users:read.email` Slack shows nobody's address, and says nothing about it. */
export function emailInSlack({ client, log }: Readonly<{ client: WebClient; log: Log }>) {
  return async (userId: string): Promise<EmailInSlack> => {
    try {
      const { user } = await client.users.info({ user: userId });
      const email = user?.deleted === true ? '' : personEmail(user?.profile?.email);
      return email === '' ? { kind: 'nobody' } : { kind: 'found', email };
    } catch (error) {
      log.info({ err: error, userId }, 'slack did not say what the address of a person is');
      return NO_ANSWER;
    }
  };
}

const NO_SCOPE: Unknown = {
  kind: 'unknown',
  reason: 'the Slack app lacks the scope users:read.email: install it again from manifest.json',
};
const NO_ANSWER: Unknown = { kind: 'unknown', reason: 'Slack did not say whose the address is' };
