/**
 * Everything that Slack sends passes here before its listener, so that no listener can forget to ask who it is. What this
 * file does not know is refused: a new kind of request gets its line here first.
 *
 *   request ──► who asks, where, for what ──► may they? ──► listener
 *                     │ OPEN: nobody asks          │ no: told so · Slack did not say: told so, an event is repeated later
 *                     ▼
 *                  listener
 */
import type { AckFn, AnyMiddlewareArgs, Context, MessageShortcut, Middleware } from '@slack/bolt';
import { sendsRequest } from '#listeners/commands/tools.ts';
import { inboxIdOf, whoPressed, whoSubmitted, whoTyped, workspaceOf } from '#listeners/delivery.ts';
import { readIncidentSentence } from '#listeners/events/incident-sentence.ts';
import { botIn, isDirectQuestion } from '#listeners/events/question.ts';
import type { OwnRole } from '#model/incident/roles.ts';
import type { Admit, Refusal, VisitingApp, Visitor } from '#workflows/rights/admit.ts';
import { MARK } from '#workflows/timeline/follow-message.ts';
import { MAGNIFIERS } from '#workflows/traces/look-into-message.ts';

/** Only show something. Guests may use them in the channels of a setting; everything else is for members. */
const LOOKS: ReadonlySet<string> = new Set([
  '/trace',
  'diagnose_message',
  'trace_logs',
  'trace_markdown',
  'trace_compare',
  'trace_verify',
  'trace_methods',
  'trace_ids',
  'trace_further',
  'trace_again',
  'app_mention',
  'message',
]);

/** What nobody is asked for, with the reason. */
export const OPEN = {
  'a link': 'It opens in the browser. Spanhound only acknowledges it.',
  app_home_opened: 'The tab names the sources and the commands, and shows only channels that this person may read.',
  'a message of an app': 'It may be an alert. Its answer comes where the app posted it.',
  'an edit': 'It follows a message that a member has chosen, and adds nothing.',
  'an event of the bot': 'It pins the overview of an incident, for which nobody has to ask.',
  'another reaction': 'No listener reads it.',
} as const satisfies Readonly<Record<string, string>>;

type Open = keyof typeof OPEN;

type Body = AnyMiddlewareArgs['body'];
type Pressed = Parameters<typeof whoPressed>[0];
type Submitted = Parameters<typeof whoSubmitted>[0];
type Typed = Parameters<typeof whoTyped>[0];

/** `own`: the team's own roles, which a sentence may name. */
export function door(admit: Admit, own: () => readonly OwnRole[]): Middleware<AnyMiddlewareArgs> {
  return async ({ body, context, next, ...args }) => {
    const visitor = visitorOf(body, context, own());
    if (typeof visitor === 'string') return await next();
    // A kind of request that no line below knows.
    if (visitor === undefined) return;
    const refusal = await admit.refusal(visitor);
    if (refusal === undefined) return await next();
    if ('isApp' in visitor) return keepIfUnsure(refusal);
    if (isForm(body)) return await ackOf(args)({ response_action: 'errors', errors: underFirstField(body, refusal) });
    if (isEvent(body)) return await refuseEvent(admit, visitor, refusal);
    await admit.turnAway(visitor, refusal.text);
    await ackOf(args)();
  };
}

function ackOf(args: object): AckFn<unknown> {
  return 'ack' in args && typeof args.ack === 'function' ? (args.ack as AckFn<unknown>) : async () => undefined;
}

/** Only words get an answer. */
async function refuseEvent(admit: Admit, visitor: Visitor, refusal: Refusal): Promise<void> {
  keepIfUnsure(refusal);
  if (visitor.threadTs !== undefined) await admit.turnAway(visitor, refusal.text);
}

/** The inbox keeps an event that fails, and repeats it. */
function keepIfUnsure({ isUnsure }: Refusal): void {
  if (isUnsure) throw new Error('Slack did not say who sent this event');
}

/** Slack shows an error only under a field of the form. */
function underFirstField({ view }: Submitted, { text }: Refusal): Record<string, string> {
  return { [Object.keys(view.state.values)[0] ?? '']: text };
}

function visitorOf(body: Body, context: Context, own: readonly OwnRole[]): Visitor | VisitingApp | Open | undefined {
  if ('command' in body) return ofCommand(body as Typed, context);
  if (isForm(body)) return { ...whoSubmitted(body, context), wants: 'act' };
  if (isEvent(body)) return ofEvent(body, context, own);
  switch (body.type) {
    case 'block_actions':
      return ofAction(body as Pressed, context);
    case 'message_action':
      return ofShortcut(body as MessageShortcut, context);
    default:
      return undefined;
  }
}

function ofCommand(command: Typed, context: Context): Visitor {
  const wants = sendsRequest(command.text) ? 'act' : wantedBy(command.command);
  return { ...whoTyped(command, context), wants };
}

function ofAction(body: Pressed, context: Context): Visitor | Open {
  const [action] = body.actions;
  const id = action?.action_id ?? '';
  if (id.startsWith('open_')) return 'a link';
  return { ...whoPressed(body, context), wants: wantedBy(id.replace(/_\d+$/, '')) };
}

function ofShortcut(body: MessageShortcut, context: Context): Visitor {
  return {
    inboxId: inboxIdOf(context),
    workspaceId: workspaceOf(body),
    userId: body.user.id,
    channelId: body.channel.id,
    responseUrl: body.response_url,
    wants: wantedBy(body.callback_id),
  };
}

type EventBody = Readonly<{
  type: 'event_callback';
  team_id: string;
  /** People of another company read the channel. */
  is_ext_shared_channel?: unknown;
  /** Who gets the event: the bot. */
  authorizations?: readonly Readonly<{ user_id?: unknown }>[];
  event: SentEvent;
}>;

/** `bot_profile` is of an app. In a channel that two companies read, the other three name the sender's workspace. */
type SentMessage = Readonly<{
  bot_id?: unknown;
  bot_profile?: Readonly<{ team_id?: unknown }>;
  user_team?: unknown;
  source_team?: unknown;
  team?: unknown;
  subtype?: unknown;
}>;

type SentEvent = SentMessage &
  Readonly<{
    type: string;
    user?: unknown;
    channel?: unknown;
    channel_id?: unknown;
    reaction?: unknown;
    item?: Readonly<{ channel?: unknown }>;
    ts?: unknown;
    text?: unknown;
    thread_ts?: unknown;
    /** The message as it is after an edit. */
    message?: SentMessage;
  }>;

function ofEvent(body: EventBody, context: Context, own: readonly OwnRole[]): Visitor | VisitingApp | Open | undefined {
  const { team_id: workspaceId, event, authorizations } = body;
  const { type, user, channel, ts, thread_ts: threadTs = ts } = event;
  if (type === 'app_home_opened') return 'app_home_opened';
  if (type === 'message' && !isDirectQuestion(event)) return ofMessage(body);
  if (type === 'app_mention' && event.bot_id !== undefined) return 'a message of an app';
  if (typeof user !== 'string') return undefined;
  if (user === authorizations?.[0]?.user_id) return 'an event of the bot';
  const by = (channelId: unknown, wants: Visitor['wants']) => ({
    inboxId: inboxIdOf(context),
    workspaceId,
    userId: user,
    channelId: text(channelId),
    responseUrl: '',
    wants,
  });
  switch (type) {
    case 'message':
    case 'app_mention':
      return { ...by(channel, wantedBySentence(body, own)), threadTs: text(threadTs) };
    case 'reaction_added':
    case 'reaction_removed':
      return ofReaction(event, by);
    case 'pin_added':
    case 'pin_removed':
      return by(event.channel_id, 'act');
    default:
      return undefined;
  }
}

const EDITS: ReadonlySet<unknown> = new Set(['message_changed', 'message_deleted']);

/** What is no question of a person: an alert, or an edit. */
function ofMessage({ event, is_ext_shared_channel: isShared }: EventBody): VisitingApp | Open {
  const { bot_id, subtype, bot_profile, user_team, source_team, team } = event.message ?? event;
  const isByApp = bot_id !== undefined || subtype === 'bot_message';
  if (isShared === true && isByApp) {
    const workspaceId = text(bot_profile?.team_id ?? user_team ?? source_team ?? team);
    return { workspaceId, channelId: text(event.channel), isApp: true };
  }
  return EDITS.has(event.subtype) ? 'an edit' : 'a message of an app';
}

function ofReaction(
  { reaction, item }: SentEvent,
  by: (channelId: unknown, wants: Visitor['wants']) => Visitor,
): Visitor | Open {
  if (MAGNIFIERS.has(text(reaction))) return by(item?.channel, 'look');
  return reaction === MARK ? by(item?.channel, 'act') : 'another reaction';
}

function wantedBy(name: string): Visitor['wants'] {
  return LOOKS.has(name) ? 'look' : 'act';
}

/** A request about an incident is for members, as the command is. A question only looks. */
function wantedBySentence(body: EventBody, own: readonly OwnRole[]): Visitor['wants'] {
  const { event } = body;
  const context = { bot: botIn(body), isDirect: event.type === 'message', own };
  return readIncidentSentence(text(event.text), context).kind === 'question' ? wantedBy(event.type) : 'act';
}

function isForm(body: Body): body is Submitted {
  return 'type' in body && body.type === 'view_submission';
}

function isEvent(body: Body): body is Body & EventBody {
  return 'type' in body && body.type === 'event_callback';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
