/**
 * Creates and changes the channels of incidents: one call each, no retry. Slack's permanent refusal is an answer, any
 * other error is thrown, to be retried: after a lost answer the channel may be there.
 */
import type { WebClient } from '@slack/web-api';
import { permanentIn } from './sender.ts';

export type IncidentChannels = Readonly<{
  create(
    channel: Readonly<{ name: string; isPrivate: boolean }>,
  ): Promise<
    Readonly<{ kind: 'created'; channelId: string } | { kind: 'taken' } | { kind: 'refused'; reason: string }>
  >;
  /** The channel with this name that the bot itself created at `sinceUs` or later, by Slack's clock. */
  findOwn(channel: Readonly<{ name: string; isPrivate: boolean; sinceUs: number }>): Promise<string | undefined>;
  /** Slack's code if it refuses; '' if it did it, now or before. So do the next two. */
  setTopic(channelId: string, topic: string): Promise<string>;
  invite(channelId: string, userId: string): Promise<string>;
  archive(channelId: string): Promise<string>;
  /** The addresses of the bookmarks there; Slack's code if it refuses. */
  bookmarks(channelId: string): Promise<readonly string[] | string>;
  addBookmark(channelId: string, bookmark: Readonly<{ title: string; url: string }>): Promise<string>;
}>;

const PAGE_CHANNELS = 999;
/** The bot is in few channels, compared with a workspace. */
const MOST_PAGES = 20;

/**
 * What Slack's reference says of these methods alone: the same call would be refused again, until somebody changes the
 * setting, the name or the person. https://docs.slack.dev/reference/methods/conversations.create
 */
const FINAL = new Set([
  ...['name_taken', 'invalid_name', 'invalid_name_maxlength', 'invalid_name_punctuation', 'invalid_name_required'],
  ...['invalid_name_specials', 'no_channel', 'cannot_create_channel', 'is_bot', 'user_is_ultra_restricted'],
  ...['too_many_convos_for_team', 'too_many_convos_for_app_on_team', 'access_denied', 'no_permission'],
  ...['already_in_channel', 'cant_invite', 'cant_invite_self', 'invitee_cant_see_channel', 'org_user_not_in_team'],
  ...['no_external_invite_permission', 'no_user', 'ura_max_channels', 'user_is_restricted', 'user_not_found'],
  ...['already_archived', 'cant_archive_general', 'cant_archive_required', 'too_long'],
  'method_not_supported_for_channel_type',
]);
/** The same call before this one did it. */
const DONE_BEFORE = new Set(['already_in_channel', 'already_archived']);

export function incidentChannels({ client }: Readonly<{ client: WebClient }>): IncidentChannels {
  return {
    async create({ name, isPrivate }) {
      const { channel, refused } = await refusable(client.conversations.create({ name, is_private: isPrivate }));
      if (refused !== undefined)
        return refused === 'name_taken' ? { kind: 'taken' } : { kind: 'refused', reason: refused };
      if (!channel?.id) throw new Error('Slack did not name the channel that it created');
      return { kind: 'created', channelId: channel.id };
    },

    async findOwn({ name, isPrivate, sinceUs }) {
      const { user_id: botUser } = await client.auth.test();
      let cursor: string | undefined;
      for (let page = 0; page < MOST_PAGES; page++) {
        const { channels = [], response_metadata } = await client.users.conversations({
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: PAGE_CHANNELS,
          ...(cursor && { cursor }),
        });
        const ours = channels.find(
          (one) =>
            one.name === name &&
            one.creator === botUser &&
            Boolean(one.is_private) === isPrivate &&
            Number(one.created) * 1e6 >= sinceUs,
        );
        if (ours?.id !== undefined) return ours.id;
        cursor = response_metadata?.next_cursor;
        if (!cursor) break;
      }
      return undefined;
    },

    setTopic: async (channel, topic) => await refusedIn(client.conversations.setTopic({ channel, topic })),
    invite: async (channel, users) => await refusedIn(client.conversations.invite({ channel, users })),
    archive: async (channel) => await refusedIn(client.conversations.archive({ channel })),

    async bookmarks(channel_id) {
      const { bookmarks = [], refused } = await refusable(client.bookmarks.list({ channel_id }));
      return refused ?? bookmarks.flatMap(({ link }) => link ?? []);
    },
    addBookmark: async (channel_id, { title, url: link }) =>
      await refusedIn(client.bookmarks.add({ channel_id, title, type: 'link', link })),
  };
}

/** Slack's code; '' where it did what was asked. */
async function refusedIn(asked: Promise<object>): Promise<string> {
  const { refused = '' } = await refusable(asked);
  return DONE_BEFORE.has(refused) ? '' : refused;
}

async function refusable<T extends object>(asked: Promise<T>): Promise<Partial<T> & { refused?: string }> {
  try {
    return await asked;
  } catch (error) {
    const refused = permanentIn(error, FINAL);
    return { refused } as Partial<T> & { refused: string };
  }
}
