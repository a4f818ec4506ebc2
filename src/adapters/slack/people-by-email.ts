/** Finds people in Slack by the address that a system outside knows. */
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Log } from '#core/log.ts';

export type FoundBySlack =
  | Readonly<{ kind: 'found'; id: string }>
  | Readonly<{ kind: 'nobody' }>
  /** `reason`: a sentence that says what to do. */
  | Readonly<{ kind: 'unknown'; reason: string }>;

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

const NO_SCOPE: FoundBySlack = {
  kind: 'unknown',
  reason: 'the Slack app lacks the scope users:read.email: install it again from manifest.json',
};
const NO_ANSWER: FoundBySlack = { kind: 'unknown', reason: 'Slack did not say whose the address is' };
