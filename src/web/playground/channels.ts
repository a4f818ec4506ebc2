/** The channels of the workspace in memory: two from the start, those that the bot opens, and its direct messages. */
import type { Clock } from '#core/clock.ts';
import { BOT, PAGERDUTY, PEOPLE, YOU } from '#web/playground/people.ts';
import { Refusal } from '#web/playground/refusal.ts';

export type Channel = Readonly<{
  id: string;
  name: string;
  topic: string;
  members: readonly string[];
  /** Who created it, and when: for a channel that the bot opened. */
  created?: Readonly<{ by: string; atUs: number }>;
  isPrivate: boolean;
  isArchived: boolean;
  /** The other person of a direct message of the bot. */
  directTo?: string;
  bookmarks: readonly Readonly<{ title: string; link: string }>[];
}>;

/** The channel of the playground. */
export const INCIDENTS = 'C0INCIDENTS';

const LONGEST_NAME = 80;
/** Slack's limit of a topic. */
const LONGEST_TOPIC = 250;

/** `changed` hears of each channel that is new or different. Each function throws `Refusal` with Slack's code. */
export function openChannels({ clock, changed }: { clock: Clock; changed(channel: Channel): void }) {
  const channels = new Map<string, Channel>(firstChannels().map((channel) => [channel.id, channel]));
  return { all, channel, create, join, invite, setTopic, archive, addBookmark, directTo };

  function all(): readonly Channel[] {
    return [...channels.values()];
  }

  function channel(id: string): Channel {
    const found = channels.get(id) ?? all().find(({ name }) => `#${name}` === id);
    if (found === undefined) throw new Refusal('channel_not_found');
    return found;
  }

  function store(next: Channel): Channel {
    channels.set(next.id, next);
    changed(next);
    return next;
  }

  function create(name: string, isPrivate: boolean): Channel {
    if (!/^[\p{Ll}\p{N}_-]+$/u.test(name)) throw new Refusal('invalid_name_specials');
    if (name.length > LONGEST_NAME) throw new Refusal('invalid_name_maxlength');
    if (all().some((one) => one.name === name)) throw new Refusal('name_taken');
    const created = { by: BOT.id, atUs: clock.nowUs() };
    return store({ ...emptyChannel(`C0OPENED${channels.size}`, name, [BOT.id]), created, isPrivate });
  }

  function join(channelId: string, userId: string): Channel {
    const before = channel(channelId);
    if (before.members.includes(userId)) return before;
    return store({ ...before, members: [...before.members, userId] });
  }

  /** Those who are in it already are no error if somebody else is new. */
  function invite(channelId: string, userIds: readonly string[]): Channel {
    const before = changeable(channelId);
    const unknown = userIds.find((id) => !PEOPLE.some((person) => person.id === id));
    if (unknown !== undefined) throw new Refusal('user_not_found');
    const added = userIds.filter((id) => !before.members.includes(id));
    if (added.length === 0) throw new Refusal('already_in_channel');
    return store({ ...before, members: [...before.members, ...added] });
  }

  function setTopic(channelId: string, topic: string): Channel {
    if (topic.length > LONGEST_TOPIC) throw new Refusal('too_long');
    return store({ ...changeable(channelId), topic });
  }

  function archive(channelId: string): Channel {
    const before = channel(channelId);
    if (before.isArchived) throw new Refusal('already_archived');
    return store({ ...changeable(channelId), isArchived: true });
  }

  function addBookmark(channelId: string, bookmark: Channel['bookmarks'][number]): Channel {
    const before = changeable(channelId);
    return store({ ...before, bookmarks: [...before.bookmarks, bookmark] });
  }

  /** The bot's direct message with a person; Slack opens it with the first message to the person's id. */
  function directTo(userId: string): Channel {
    const id = directIdOf(userId);
    return channels.get(id) ?? store({ ...emptyChannel(id, '', [BOT.id, userId]), directTo: userId });
  }

  /** Only a member changes a channel, and nobody an archived one; the caller is the bot. */
  function changeable(channelId: string): Channel {
    const found = channel(channelId);
    if (!found.members.includes(BOT.id)) throw new Refusal('not_in_channel');
    if (found.isArchived) throw new Refusal('is_archived');
    return found;
  }
}

/** The id of the bot's direct message with a person. */
export function directIdOf(userId: string): string {
  return userId === YOU.id ? 'D0SPANHOUND' : `D${userId.slice(1)}`;
}

function emptyChannel(id: string, name: string, members: readonly string[]): Channel {
  return { id, name, topic: '', members, isPrivate: false, isArchived: false, bookmarks: [] };
}

/** One channel with the bot, and one without it, to show this case too. */
function firstChannels(): readonly Channel[] {
  const people = PEOPLE.filter(({ isBot }) => !isBot).map(({ id }) => id);
  return [
    {
      ...emptyChannel(INCIDENTS, 'incidents', [...people, BOT.id, PAGERDUTY.id]),
      topic: 'Recorded incidents to try Spanhound on. Nothing here leaves this machine.',
    },
    {
      ...emptyChannel('C0GENERAL', 'general', people),
      topic: 'A channel that Spanhound was not invited to.',
    },
  ];
}
