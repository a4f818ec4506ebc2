/** "More…" under an overview, and "Add messages" under a timeline: what has no button of its own. */
import type {
  BlockAction,
  BlockButtonAction,
  BlockStaticSelectAction,
  Middleware,
  SlackActionMiddlewareArgs,
} from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { INCIDENT_USAGE } from '#listeners/commands/incident.ts';
import { whoPressed } from '#listeners/delivery.ts';
import { correctForm } from '#listeners/views/correct-entry.ts';
import { mergeForm, renameForm, splitForm } from '#listeners/views/incident-change.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { threadForm } from '#listeners/views/thread-messages.ts';
import { REVIEW_PERIOD, USUAL_PERIOD } from '#model/incident/stats-period.ts';
import { MORE, type More } from '#present/slack/incident-overview.ts';
import type { ChannelWorkflows } from '#workflows/channels/ask-for-channel.ts';
import type { StatsWorkflows } from '#workflows/incidents/incident-stats.ts';
import type { ListOpen } from '#workflows/incidents/list-open.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';
import type { MessageWorkflows } from '#workflows/messages/add-messages.ts';
import type { ShowOnCall } from '#workflows/pagers/show-on-call.ts';
import type { ReviewWorkflows } from '#workflows/reviews/show-review.ts';
import type { SentenceWorkflows } from '#workflows/sentences/incident-sentence.ts';
import type { CorrectWorkflows } from '#workflows/timeline/correct-entry.ts';
import type { ShowChanges } from '#workflows/timeline/show-changes.ts';

export type MoreWorkflows = ChannelWorkflows &
  Pick<CorrectWorkflows, 'entryToCorrect'> &
  Pick<MessageWorkflows, 'messagesToOffer'> &
  Pick<SentenceWorkflows, 'sayInThread'> &
  StatsWorkflows &
  ReviewWorkflows &
  Readonly<{ listOpen: ListOpen; showChanges: ShowChanges; showOnCall: ShowOnCall }>;

/** `threadTs`: of the message with the menu; '' outside of threads. */
type Chosen = Readonly<{ asked: AskedBy; incidentId: string; threadTs: string }>;

export function moreMenu(workflows: MoreWorkflows): Middleware<SlackActionMiddlewareArgs<BlockStaticSelectAction>> {
  return async ({ ack, action, body, context, client }) => {
    const chosen = {
      asked: whoPressed(body, context),
      incidentId: action.block_id.split(':')[1] ?? '',
      threadTs: threadOf(body),
    };
    const more = MORE.find((one) => one === action.selected_option.value);
    const isSlow = more !== undefined && SLOW.has(more);
    if (isSlow) await ack();
    const form = more === undefined ? undefined : await HANDLERS[more](workflows, chosen);
    if (form !== undefined) await openModal({ ack, client, body }, form);
    else if (!isSlow) await ack();
  };
}

/** The value is the incident's id. */
export function messagesButton(
  workflows: Pick<MessageWorkflows, 'messagesToOffer'>,
): Middleware<SlackActionMiddlewareArgs<BlockButtonAction>> {
  return async ({ ack, action, body, context, client }) => {
    const asked = whoPressed(body, context);
    const form = await messagesForm(workflows, { asked, incidentId: action.value ?? '', threadTs: threadOf(body) });
    if (form === undefined) await ack();
    else await openModal({ ack, client, body }, form);
  };
}

/** Others are asked for longer than Slack waits. Nothing changes. */
const SLOW: ReadonlySet<More> = new Set(['list', 'on-call', 'stats', 'review']);

/** The form to open; undefined where the person has the answer. */
type Handler = (workflows: MoreWorkflows, chosen: Chosen) => Promise<ModalView | undefined>;

const HANDLERS: Readonly<Record<More, Handler>> = {
  rename: async (_, chosen) => renameForm(openedBy(chosen)),
  'impact-start': milestoneForm('impact-start'),
  detected: milestoneForm('detected'),
  messages: messagesForm,
  merge: async (_, chosen) => mergeForm(openedBy(chosen)),
  split: async (_, chosen) => splitForm(openedBy(chosen)),
  stats: async ({ showStats }, { asked }) => {
    await showStats({ asked, period: USUAL_PERIOD, service: '' });
    return undefined;
  },
  review: async ({ showReview }, { asked }) => {
    await showReview({ asked, period: REVIEW_PERIOD, service: '' });
    return undefined;
  },
  changes: async ({ showChanges }, { asked, incidentId }) => {
    await showChanges({ asked, meant: { incidentId } });
    return undefined;
  },
  channel: async ({ askForChannel }, { asked, incidentId }) => {
    await askForChannel({ asked, meant: { incidentId } });
    return undefined;
  },
  'on-call': async ({ showOnCall }, { asked }) => {
    await showOnCall({ asked, meant: { channelId: asked.channelId }, name: '' });
    return undefined;
  },
  list: async ({ listOpen }, { asked }) => {
    await listOpen({ asked });
    return undefined;
  },
  help: async ({ sayInThread }, { asked }) => {
    await sayInThread(asked, { text: INCIDENT_USAGE });
    return undefined;
  },
};

function openedBy({ incidentId, asked }: Chosen) {
  return { incidentId, channelId: asked.channelId };
}

function milestoneForm(entryId: string): Handler {
  return async ({ entryToCorrect }, chosen) => {
    const { asked, incidentId } = chosen;
    const entry = await entryToCorrect({ asked, incidentId, entryId });
    return entry && correctForm(openedBy(chosen), entry);
  };
}

async function messagesForm(
  { messagesToOffer }: Pick<MessageWorkflows, 'messagesToOffer'>,
  { asked, incidentId, threadTs }: Chosen,
): Promise<ModalView | undefined> {
  const { channelId } = asked;
  const thread = threadTs === '' ? undefined : { channelId, threadTs };
  const offered = await messagesToOffer({ asked, incidentId, thread });
  return offered && threadForm(offered, { channelId, threadTs });
}

/** The thread of the message; Slack names it in the container where only one person sees the message. */
function threadOf({ message, container }: BlockAction): string {
  const found: unknown = message?.thread_ts ?? container.thread_ts;
  return typeof found === 'string' ? found : '';
}
