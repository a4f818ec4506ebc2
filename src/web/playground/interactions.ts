/**
 * Converts a person's actions on the page to Slack's payloads for an app, and handles the app's answer as Slack does. The
 * page names things (this message, that button); every payload is made here from the workspace.
 */
import type { Clock } from '#core/clock.ts';
import type { NewId } from '#core/ids.ts';
import { type Channel, directIdOf } from '#web/playground/channels.ts';
import type { SlackManifest } from '#web/playground/manifest.ts';
import { APP_ID, BOT, PEOPLE, type Person, SLACKBOT, TEAM, YOU } from '#web/playground/people.ts';
import type { Answer, InProcessReceiver } from '#web/playground/receiver.ts';
import { Refusal } from '#web/playground/refusal.ts';
import { apiMessage, pinnedItem } from '#web/playground/web-api.ts';
import type { AnyBlock, Message, View, Workspace } from '#web/playground/workspace.ts';

/** `as`: the id of the person who acts; the visitor without one. */
type Acted = Readonly<{ as?: string | undefined }>;
export type Typed = Acted & Readonly<{ channelId: string; threadTs?: string | undefined; text: string }>;
export type Pressed = Acted &
  Readonly<{
    /** The place of the element: a message, the open modal, or the app's home. */
    place: Readonly<{ kind: 'message'; channelId: string; ts: string }> | Readonly<{ kind: 'modal' | 'home' }>;
    blockId: string;
    actionId: string;
    /** The value of the chosen option, for a menu. */
    option?: string | undefined;
  }>;
/** Pins or unpins, adds or removes a reaction. */
export type Marked = Acted &
  Readonly<{ channelId: string; ts: string; mark: 'pin' | 'reaction'; name?: string; on: boolean }>;
export type Submitted = Acted & Readonly<{ values: Readonly<Record<string, Readonly<Record<string, unknown>>>> }>;
export type Chosen = Acted & Readonly<{ channelId: string; ts: string; callbackId: string }>;

export type Interactions = ReturnType<typeof openInteractions>;

type Payload = Record<string, unknown>;
type Element = Readonly<
  { type: string; action_id?: string; value?: string; options?: readonly Option[] } & Record<string, unknown>
>;
type Option = Readonly<{ value?: string } & Record<string, unknown>>;

export function openInteractions(options: {
  workspace: Workspace;
  receiver: InProcessReceiver;
  manifest: SlackManifest;
  /** Handles a button of another app's message: that app answers, and ours gets no event. */
  pressApp(message: Message, actionId: string): Promise<unknown>;
  clock: Clock;
  newId: NewId;
}) {
  const { workspace, receiver, manifest, pressApp, clock, newId } = options;
  return { say, press, shortcut, mark, submit, closeModal: workspace.closeModal, openHome, deliver };

  /** A line from the composer: a message, or a command where it begins with a slash. */
  async function say({ channelId, threadTs, text, as }: Typed): Promise<void> {
    const by = personOf(as);
    const [, name, rest = ''] = /^(\/[\w-]+)(?:\s+([\s\S]*))?$/.exec(text.trim()) ?? [];
    if (name !== undefined) return command(by, { channelId, threadTs }, name, rest.trim());

    const message = workspace.say(channelId, asSlackText(text, mention), threadTs, by);
    const common = { user: by.id, text: message.text, ts: message.ts, channel: channelId, event_ts: message.ts };
    const thread = message.threadTs === undefined ? {} : { thread_ts: message.threadTs };
    if (text.includes(`@${BOT.name}`)) await deliver({ type: 'app_mention', ...common, ...thread });
    await deliver({ type: 'message', channel_type: typeOf(workspace.channel(channelId)), ...common, ...thread });
  }

  async function command(
    by: Person,
    { channelId, threadTs }: Pick<Typed, 'channelId' | 'threadTs'>,
    name: string,
    text: string,
  ): Promise<void> {
    const slackbot = (said: string, thread?: string) => slackbotTo(by, channelId, said, thread);
    const channel = workspace.channel(channelId);
    if (threadTs !== undefined) {
      return slackbot(`\`${name}\` is not supported in threads. Use it in the channel.`, threadTs);
    }
    if (name === '/invite' && text.replace(/^@/, '') === BOT.name) {
      workspace.join(channelId, BOT.id);
      return slackbot(`${BOT.name} was added to #${channel.name}.`);
    }
    const declared = manifest.commands.find((known) => known.command === name);
    if (declared === undefined) {
      const known = manifest.commands.map((one) => `\`${one.command} ${one.usageHint}\``).join(', ');
      return slackbot(
        `\`${name}\` is not a valid command here. This workspace knows ${known} and \`/invite @${BOT.name}\`.`,
      );
    }

    const answer = await receiver.send({
      token: 'playground',
      command: name,
      text: declared.shouldEscape ? asSlackText(text, mentionInCommand) : text,
      team_id: TEAM.id,
      team_domain: TEAM.domain,
      channel_id: channel.id,
      channel_name: channel.name || 'directmessage',
      user_id: by.id,
      user_name: by.name,
      api_app_id: APP_ID,
      is_enterprise_install: 'false',
      response_url: workspace.newResponseUrl(channel.id, { to: by.id }),
      trigger_id: workspace.newTrigger(),
    });
    showAnswer(answer, { by, what: name, channelId });
  }

  async function press(pressed: Pressed): Promise<void> {
    const { place, blockId, actionId } = pressed;
    const by = personOf(pressed.as);
    const message = place.kind === 'message' ? workspace.message(place.channelId, place.ts) : undefined;
    const view = message ? undefined : shownView(place.kind, by);
    const element = elementOf(message?.blocks ?? view?.blocks ?? [], blockId, actionId);
    if (element === undefined) throw new Refusal('action_not_found');
    if (message && message.userId !== BOT.id) {
      await pressApp(message, actionId);
      return;
    }

    const answer = await receiver.send({
      ...envelope('block_actions', by),
      ...(message ? messageContext(message, by) : viewContext(view)),
      actions: [actionOf(element, pressed, now())],
      state: { values: {} },
    });
    if (message) showAnswer(answer, { by, what: 'This button', ...message });
  }

  async function shortcut({ channelId, ts, callbackId, as }: Chosen): Promise<void> {
    const by = personOf(as);
    const known = manifest.messageShortcuts.find((one) => one.callbackId === callbackId);
    if (known === undefined) throw new Refusal('shortcut_not_found');
    const message = workspace.message(channelId, ts);
    const { channel, response_url, message: shown } = messageContext(message, by);
    const answer = await receiver.send({
      ...envelope('message_action', by),
      callback_id: callbackId,
      message_ts: ts,
      channel,
      response_url,
      message: shown,
      action_ts: now(),
    });
    showAnswer(answer, { by, what: `"${known.name}"`, ...message });
  }

  /** A person marks a message. The app gets the event where it is a member. */
  async function mark({ channelId, ts, mark: how, name = '', on, as }: Marked): Promise<void> {
    const by = personOf(as).id;
    const event_ts = now();
    if (how === 'reaction') {
      const { userId } = (on ? workspace.react : workspace.unreact)(channelId, ts, name, by);
      const item = { type: 'message', channel: channelId, ts };
      const type = on ? 'reaction_added' : 'reaction_removed';
      return deliver({ type, user: by, reaction: name, item_user: userId, item, event_ts });
    }
    const before = workspace.message(channelId, ts);
    const after = on ? workspace.pin(channelId, ts, by) : workspace.unpin(channelId, ts);
    const item = pinnedItem(on ? after : before);
    const type = on ? 'pin_added' : 'pin_removed';
    await deliver({ type, user: by, channel_id: channelId, item_user: before.userId, item, event_ts });
  }

  /** Submits the form. Returns the errors by block, where the app refused the values. */
  async function submit({ values, as }: Submitted): Promise<Readonly<Record<string, string>>> {
    const by = personOf(as);
    const view = shownView('modal', by);
    const answer = await receiver.send({
      ...envelope('view_submission', by),
      view: { ...view, state: { values } },
      response_urls: [],
    });
    if (answer.kind === 'unanswered') throw new Refusal('operation_timeout');

    const response = (answer.response ?? {}) as {
      response_action?: string;
      errors?: Record<string, string>;
      view?: View;
    };
    if (response.response_action === 'errors') return response.errors ?? {};
    if (response.response_action === 'update' && response.view) workspace.updateView(view.id, response.view);
    else workspace.closeModal();
    return {};
  }

  async function openHome({ as }: Acted = {}): Promise<void> {
    const { id: user } = personOf(as);
    await deliver({ type: 'app_home_opened', user, channel: directIdOf(user), tab: 'home', event_ts: now() });
  }

  /** Delivers only events that the manifest subscribes to, and channel events only where the app is a member. */
  async function deliver(content: Readonly<Payload> & { type: string }): Promise<void> {
    if (isElsewhere(content)) return;
    const name = content.type === 'message' ? EVENTS[content.channel_type as ChannelType] : content.type;
    if (!manifest.events.includes(name)) return;
    await receiver.send({
      type: 'event_callback',
      token: 'playground',
      team_id: TEAM.id,
      api_app_id: APP_ID,
      event_id: `Ev${newId()}`,
      event_time: Math.floor(clock.nowUs() / 1e6),
      authorizations: [
        { enterprise_id: null, team_id: TEAM.id, user_id: BOT.id, is_bot: true, is_enterprise_install: false },
      ],
      event: content,
    });
  }

  function isElsewhere({ channel, channel_id = channel, item }: Readonly<Payload>): boolean {
    const at = channel_id ?? (item as Readonly<{ channel?: string }> | undefined)?.channel;
    const known = workspace.snapshot().channels.find(({ id }) => id === at);
    return known !== undefined && !known.members.includes(BOT.id);
  }

  /** A bot acts by itself. */
  function personOf(id: string = YOU.id): Person {
    const found = workspace.person(id);
    if (found.isBot) throw new Refusal('user_not_found');
    return found;
  }

  function envelope(type: string, by: Person): Payload {
    return {
      type,
      token: 'playground',
      api_app_id: APP_ID,
      team: TEAM,
      user: { id: by.id, username: by.name, name: by.name, team_id: TEAM.id },
      is_enterprise_install: false,
      enterprise: null,
      trigger_id: workspace.newTrigger(),
    };
  }

  function messageContext(message: Message, by: Person) {
    const { channelId, ts, threadTs, ephemeral } = message;
    const { id, name } = workspace.channel(channelId);
    return {
      container: {
        type: 'message',
        message_ts: ts,
        channel_id: channelId,
        is_ephemeral: ephemeral,
        ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
      },
      channel: { id, name },
      message: apiMessage(message, true),
      response_url: workspace.newResponseUrl(channelId, { messageTs: ts, threadTs, to: by.id }),
    };
  }

  function viewContext(view: View | undefined): Payload {
    return { container: { type: 'view', view_id: view?.id }, view };
  }

  function shownView(kind: string, by: Person): View {
    const { modal, homes } = workspace.snapshot();
    const view = kind === 'modal' ? modal : homes[by.id];
    if (view === null || view === undefined) throw new Refusal('view_not_found');
    return view;
  }

  /** Shows the app's acknowledgement to the person who asked, or says that the app did not answer, as Slack does. */
  function showAnswer(
    answer: Answer,
    { by, what, channelId, threadTs }: Readonly<{ by: Person; what: string }> & Pick<Typed, 'channelId' | 'threadTs'>,
  ): void {
    if (answer.kind === 'unanswered') {
      const failed = `${what} failed: ${BOT.name} did not answer. Its log has the details.`;
      slackbotTo(by, channelId, failed, threadTs);
      return;
    }
    const { response } = answer;
    if (response === undefined || response === null || response === '') return;
    const draft =
      typeof response === 'string' ? { text: response } : (response as { text?: string; blocks?: AnyBlock[] });
    if (!draft.text && !draft.blocks?.length) return;
    workspace.whisper(channelId, by.id, { text: draft.text, blocks: draft.blocks, threadTs });
  }

  function slackbotTo(by: Person, channelId: string, text: string, threadTs?: string): void {
    workspace.whisper(channelId, by.id, { text, threadTs }, SLACKBOT);
  }

  function now(): string {
    return (clock.nowUs() / 1e6).toFixed(6);
  }
}

type ChannelType = keyof typeof EVENTS;

/** Slack's name of the event of a message, by the type of its channel. */
const EVENTS = { channel: 'message.channels', group: 'message.groups', im: 'message.im' } as const;

function typeOf({ isPrivate, directTo }: Channel): ChannelType {
  if (directTo !== undefined) return 'im';
  return isPrivate ? 'group' : 'channel';
}

/** Converts typed text to Slack's stored form: three escaped signs, and known names as mentions. */
function asSlackText(text: string, mentionOf: (person: Person) => string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replaceAll(/(?<!\w)@(\w+)/g, (typed, name) => {
    const person = PEOPLE.find((one) => one.name === String(name).toLowerCase());
    return person === undefined ? typed : mentionOf(person);
  });
}

function mention({ id }: Person): string {
  return `<@${id}>`;
}

/** The form for commands that ask for the name. */
function mentionInCommand({ id, name }: Person): string {
  return `<@${id}|${name}>`;
}

function elementOf(blocks: readonly AnyBlock[], blockId: string, actionId: string): Element | undefined {
  const block = blocks.find((one) => one.block_id === blockId) as
    | { accessory?: Element; elements?: readonly Element[]; element?: Element }
    | undefined;
  const elements = [...(block?.elements ?? []), block?.accessory, block?.element];
  return elements.find((one) => one?.action_id === actionId);
}

function actionOf(element: Element, { blockId, actionId, option }: Pressed, ts: string): Payload {
  const common = { type: element.type, block_id: blockId, action_id: actionId, action_ts: ts };
  if (element.options === undefined) {
    const { text, value, style } = element;
    return { ...common, text, ...(value === undefined ? {} : { value }), ...(style === undefined ? {} : { style }) };
  }
  const chosen = element.options.find((one) => one.value === option);
  if (chosen === undefined) throw new Refusal('option_not_found');
  return { ...common, selected_option: chosen };
}
