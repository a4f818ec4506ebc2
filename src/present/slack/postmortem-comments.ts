/** The comments on a postmortem, to one person, each with the button that resolves it. */
import type { KnownBlock, RichTextUserMention } from '@slack/types';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { isPersonId } from '#model/incident/person-id.ts';
import type { PostmortemSection } from '#model/incident/postmortem.ts';
import { type Comment, commentedSection } from '#model/incident/postmortem-comments.ts';
import { counted } from '#model/text/count-text.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { truncate } from '#present/slack/text.ts';
import { readableSecond } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

/** The newest open ones; the page has all. */
const NEWEST = 15;
/** Fifteen of them are within what Slack takes in a message. */
const TEXT_CHARS = 500;
const TITLE_CHARS = 70;

export function commentsMessage(incident: Incident, comments: readonly Comment[]): SlackMessage {
  const open = comments.filter(({ resolved }) => resolved === undefined);
  const name = incidentName(incident);
  const newest = open.length > NEWEST ? `; these are the newest ${NEWEST}` : '';
  const head =
    comments.length === 0
      ? `Nobody has commented on the postmortem of ${name}.`
      : `${counted(open.length, 'open comment')} on the postmortem of ${name}, ${comments.length - open.length} resolved${newest}`;
  return {
    text: head,
    blocks: [
      richText(paragraph(bold(head))),
      ...open.slice(-NEWEST).flatMap((comment, at) => commentRow(incident, comment, at)),
    ],
  };
}

function commentRow({ id: incidentId }: Incident, comment: Comment, at: number): KnownBlock[] {
  const { id, title, text, by, atUs } = comment;
  const section = truncate(shown(title), TITLE_CHARS);
  return [
    richText(
      paragraph(
        bold(section),
        words(' · '),
        author(by),
        words(` · ${readableSecond(atUs)}\n${truncate(shown(text), TEXT_CHARS)}`),
      ),
    ),
    {
      type: 'actions',
      block_id: `postmortem-comment:${incidentId}:${at}`,
      elements: [
        button('postmortem_comment_resolve', 'Resolve', 'Say that this comment is resolved', `${incidentId}:${id}`),
      ],
    },
  ];
}

function author(by: string): RichTextUserMention | ReturnType<typeof words> {
  return isPersonId(by) ? { type: 'user', user_id: by } : words(shown(by));
}

/** As the button holds it: `key` and title of each section, a line each. */
export type CommentButton = Readonly<{ incidentId: string; sections: string }>;

/** Slack takes 2,000 characters. */
const MOST_CHARS = 1_800;

export function commentButton(incidentId: string, sections: readonly Pick<PostmortemSection, 'id' | 'title'>[]) {
  let lines = '';
  for (const { key, title } of sections.map(commentedSection)) {
    const line = `${key}\t${shown(title)}\n`;
    if (JSON.stringify(lines + line).length > MOST_CHARS) break;
    lines += line;
  }
  const value: CommentButton = { incidentId, sections: lines };
  return button(
    'postmortem_comment',
    'Comment',
    'Comment on a section of the postmortem: opens a form',
    JSON.stringify(value),
  );
}
