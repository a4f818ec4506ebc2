/**
 * Who may ask the bot for anything: members of its workspace, who are still where they ask. Guests, people of other
 * companies and closed accounts may not; where a setting names the channel, guests and people of other companies may look.
 * If Slack does not say who asks, nobody may.
 */
import { uncheckedWithoutToken } from '#present/slack/diagnosis-message.ts';
import { done } from '#record/inbox.ts';
import { post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { MEMBERS_ONLY } from '#workflows/alerts/on-alert.ts';
import { type AskedBy, answered, SLACK_DID_NOT_SAY } from '#workflows/incidents/on-incident.ts';

export type Visitor = Pick<AskedBy, 'inboxId' | 'workspaceId' | 'userId' | 'channelId' | 'fromForm' | 'responseUrl'> &
  Readonly<{
    /** `look`: reads, and shows it in the channel or to the person. */
    wants: 'look' | 'act';
    /** The thread of a sentence to the bot, which has no response URL. */
    threadTs?: string | undefined;
  }>;

/** An app that posts where people of another company read. `workspaceId`: its own, '' if Slack does not say. */
export type VisitingApp = Readonly<{ workspaceId: string; channelId: string; isApp: true }>;

/** `isUnsure`: Slack did not say, so a later try may be admitted. */
export type Refusal = Readonly<{ text: string; isUnsure: boolean }>;

export type Admit = Readonly<{
  /** Asks Slack. Undefined for somebody who may. */
  refusal(visitor: Visitor | VisitingApp): Promise<Refusal | undefined>;
  /** Stores the answer to somebody who may not, and completes the request. */
  turnAway(visitor: Visitor, text: string): Promise<void>;
}>;

/** Undefined, in both, if Slack did not say. */
type Access = Readonly<{
  mayAsk(
    who: Pick<Visitor, 'userId' | 'channelId' | 'fromForm'> & Readonly<{ looks: boolean }>,
  ): Promise<boolean | undefined>;
  mayPost(app: Pick<VisitingApp, 'workspaceId' | 'channelId'>): Promise<boolean | undefined>;
  /** Slack's code if it refused the token at the last question. */
  refusedToken(): string | undefined;
}>;

export type AdmitOptions = Readonly<{
  store: Store;
  access: Access;
  /** Something was stored: the outbox may check for work. */
  kick(): void;
}>;

export function admitter({ store, access, kick }: AdmitOptions): Admit {
  return {
    async refusal(visitor) {
      const may = 'isApp' in visitor ? await access.mayPost(visitor) : await mayAsk(visitor);
      if (may === undefined) {
        const code = access.refusedToken();
        return { text: code === undefined ? SLACK_DID_NOT_SAY : uncheckedWithoutToken(code), isUnsure: true };
      }
      return may ? undefined : { text: MEMBERS_ONLY, isUnsure: false };
    },
    async turnAway(visitor, text) {
      const { inboxId, workspaceId, channelId, threadTs } = visitor;
      await store.transaction(async (tx) => {
        if (threadTs === undefined) {
          await answered(tx, visitor, { kind: 'refused', text });
          return;
        }
        await post(tx, { messageId: inboxId, workspaceId, channelId, threadTs, message: { text } });
        await done(tx, inboxId);
      });
      kick();
    },
  };

  async function mayAsk({ userId, channelId, fromForm, wants }: Visitor): Promise<boolean | undefined> {
    return await access.mayAsk({ userId, channelId, looks: wants === 'look', ...(fromForm && { fromForm }) });
  }
}
