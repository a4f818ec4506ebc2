/** The form for a comment on a section of a postmortem. */
import type { Middleware, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { whoSubmitted } from '#listeners/delivery.ts';
import { choiceField, choiceIn, label, metadataIn, textField, textIn } from '#listeners/views/form.ts';
import type { CommentedSection } from '#model/incident/postmortem-comments.ts';
import type { CommentButton } from '#present/slack/postmortem-comments.ts';
import type { AddComment } from '#workflows/postmortem/comments.ts';

export const COMMENT_FORM = 'postmortem_comment_form';

const TEXT_CHARS = 2_000;
/** Slack's limit for a list. */
const MOST_SECTIONS = 100;

/** `channelId`: the channel where the form was opened. */
export type CommentForm = CommentButton & Readonly<{ channelId: string }>;

export function commentForm(opened: CommentForm): ModalView {
  const choices = sectionsIn(opened.sections).map(({ key, title }) => ({ value: key, text: title }));
  return {
    type: 'modal',
    callback_id: COMMENT_FORM,
    private_metadata: JSON.stringify(opened),
    title: label('Comment'),
    submit: label('Comment'),
    close: label('Cancel'),
    blocks: [
      choiceField({ id: 'section', title: 'Section', choices }),
      textField({
        id: 'text',
        title: 'Your comment',
        hint: 'It stays with the postmortem until somebody resolves it. The exported file does not have it.',
        multiline: true,
        maxLength: TEXT_CHARS,
      }),
    ],
  };
}

function sectionsIn(lines: string): readonly CommentedSection[] {
  const sections = lines.split('\n').flatMap((line) => {
    const [key = '', title = ''] = line.split('\t');
    return key === '' || title === '' ? [] : [{ key, title }];
  });
  return [...new Map(sections.map((one) => [one.key, one])).values()].slice(0, MOST_SECTIONS);
}

export function commentSubmitted(addComment: AddComment): Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>> {
  return async ({ ack, body, view, context }) => {
    const { incidentId = '', sections = '' } = metadataIn(view.private_metadata);
    const { values } = view.state;
    const known = sectionsIn(sections);
    const key = choiceIn(
      values,
      'section',
      known.map((one) => one.key),
    );
    const section = known.find((one) => one.key === key);
    if (section === undefined)
      return await ack({ response_action: 'errors', errors: { section: 'Choose a section.' } });
    const asked = whoSubmitted(body, context);
    const result = await addComment({ asked, incidentId, section, text: textIn(values, 'text') });
    if (result.kind === 'done') return await ack();
    await ack({ response_action: 'errors', errors: { text: result.text } });
  };
}
