/** Answers to sentences about incidents that need a form: Slack opens one only for a press. */
import { TITLE_CHARS } from '#model/incident/incident.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';

type FormButton = Readonly<{
  id: 'incident_declare' | 'status_page_draft';
  label: string;
  spoken: string;
  why: string;
}>;

export const DECLARE_FORM_BUTTON: FormButton = {
  id: 'incident_declare',
  label: 'Declare incident',
  spoken: 'Declare an incident: opens a form first',
  why: `What is wrong? The form asks for a title of at most ${TITLE_CHARS} characters.`,
};

export const STATUS_PAGE_FORM: FormButton = {
  id: 'status_page_draft',
  label: 'Status page',
  spoken: 'Draft an update for customers: opens a form first',
  why: 'The form has a draft for customers.',
};

/** `value`: what the button brings back. */
export function sentenceForm({ id, label, spoken, why }: FormButton, value?: string): SlackMessage {
  return {
    text: `${why} Press ${label}.`,
    blocks: [
      { type: 'context', elements: [{ type: 'mrkdwn', text: why }] },
      { type: 'actions', elements: [button(id, label, spoken, value)] },
    ],
  };
}
