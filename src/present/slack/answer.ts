import type { KnownBlock } from '@slack/types';
import type { FirstMessage } from '#present/words/first-message.ts';

export type Head = Pick<
  FirstMessage,
  'headline' | 'headlineTime' | 'status' | 'scope' | 'scopeUrl' | 'since' | 'lookedAt' | 'otherId'
>;

/**
 * The answer to `/trace` for Slack. The picture's file exists only after the upload, so `blocks` comes without it, and
 * `picture.at` is its place.
 */
export type SlackAnswer = Readonly<{
  /** The first two lines, from which `text` and the first block are made. Missing in answers of other kinds. */
  head?: Head;
  /** The whole conclusion in one line: notifications and screen readers read this. At most 4,000 characters. */
  text: string;
  blocks: readonly KnownBlock[];
  /** An image block goes in before `blocks[at]`. `alt` and `title` are plain text. Without a trace there is none. */
  picture?: Readonly<{ at: number; alt: string; title: string }>;
  /** Detail for the message's thread: one message each. */
  thread: readonly Readonly<{ text: string; blocks: readonly KnownBlock[] }>[];
}>;

/** A message that is updated later, or that accompanies another one. */
export type SlackMessage = Pick<SlackAnswer, 'text' | 'blocks'>;
