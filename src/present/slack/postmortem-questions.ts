/** The first questions of a draft, each with what answers it: one click, a form, the form of an action item. */
import type { Button, KnownBlock } from '@slack/types';
import { IMPACT_START, type Incident, incidentName } from '#model/incident/incident.ts';
import { probeWritten } from '#model/incident/item-probe.ts';
import type { Postmortem } from '#model/incident/postmortem.ts';
import { type Question, questionOf } from '#model/incident/postmortem-questions.ts';
import { counted } from '#model/text/count-text.ts';
import { openCounts, type ShownPostmortem, spoken } from '#present/documents/postmortem-text.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { isoInstant, readableSecond } from '#present/words/instant.ts';
import type { Names } from '#present/words/people-names.ts';

const QUESTION_CHARS = 400;
/** As a form shows it above the field. */
const ASK_CHARS = 150;

export function questionsMessage({ postmortem, names }: ShownPostmortem): SlackMessage {
  const { incident, firstAnswerable: questions } = postmortem;
  const { moreQuestions } = openCounts(postmortem);
  const name = incidentName(incident);
  const head =
    questions.length === 0
      ? `${name}: the first questions of the postmortem are answered`
      : `${name}: ${counted(questions.length, 'question')} for the postmortem that only people can answer`;
  const more = moreQuestions === 0 ? '' : ` The file has ${counted(moreQuestions, 'more question')}, which can wait.`;
  return {
    text: escapeMrkdwn(head),
    blocks: [
      richText(
        paragraph(bold(head), words(`\nAn answer goes into the timeline, with your name, and into the draft.${more}`)),
      ),
      ...questions.flatMap((question, at): KnownBlock[] => [
        richText(paragraph(words(truncate(spoken(question.text, names), QUESTION_CHARS)))),
        {
          type: 'actions',
          block_id: `postmortem-question:${incident.id}:${at}`,
          elements: answers(incident, question, names),
        },
      ]),
      ...proposed(postmortem, names),
    ],
  };
}

function proposed({ incident, proposals }: Postmortem, names: Names): KnownBlock[] {
  if (proposals.length === 0) return [];
  const head = `${counted(proposals.length, 'action item')} proposed from the record`;
  return [
    richText(
      paragraph(
        bold(head),
        words('\nAccept opens the form: you choose the owner and the day. What you decline is not proposed again.'),
      ),
    ),
    ...proposals.flatMap(({ id, type, text: written, cites, probe }, at): KnownBlock[] => {
      const text = truncate(spoken(written, names), PROPOSAL_CHARS);
      const check = probe && { check: probe.kind, probe: probeWritten(probe) };
      const value = JSON.stringify({ incidentId: incident.id, proposal: id, type, text, ...check });
      return [
        richText(paragraph(words(`To ${type}: ${text} (${cites.join(', ')})`))),
        {
          type: 'actions',
          block_id: `postmortem-proposal:${incident.id}:${at}`,
          elements: [
            button('action_item_accept', 'Accept', `Accept to ${type}: opens a form`, value),
            button('action_item_decline', 'Decline', `Decline to ${type}: it is not proposed again`, value),
          ],
        },
      ];
    }),
  ];
}

/** As the form takes it. */
const PROPOSAL_CHARS = 300;

/** The question as the button's value holds it: the form shows it again. */
export type AskedQuestion = Readonly<{ incidentId: string; question: string; ask: string; at?: string }>;

function answers({ id: incidentId }: Incident, question: Question, names: Names): Button[] {
  const ask = truncate(spoken(question.text, names), ASK_CHARS);
  switch (question.kind) {
    case 'action-item':
      return [button('action_item_add', 'Add action item', 'Add an action item: opens a form', incidentId)];
    case 'why': {
      const { investigationId, number } = question;
      const value = {
        incidentId,
        investigationId,
        number: `${number}`,
        ask: truncate(spoken(question.ask, names), ASK_CHARS),
      };
      return [button(`method_why_${number}`, 'Answer', `Answer why ${number}: opens a form`, JSON.stringify(value))];
    }
    case 'impact-start': {
      const { proposedUs } = question;
      const asked: AskedQuestion = { incidentId, question: IMPACT_START, ask };
      const form = button(
        'postmortem_answer',
        'Answer',
        'Say when the impact began: opens a form',
        JSON.stringify(asked),
      );
      if (proposedUs === undefined) return [form];
      const label = `At ${readableSecond(proposedUs)}`;
      const value = JSON.stringify({ ...asked, at: isoInstant(proposedUs) });
      return [form, button('postmortem_quick', label, `The impact began at ${readableSecond(proposedUs)}`, value)];
    }
    case 'words': {
      const { label = '', quick } = questionOf(question.id) ?? {};
      const value = JSON.stringify({ incidentId, question: question.id, ask } satisfies AskedQuestion);
      const form = button('postmortem_answer', 'Answer', `${label}: opens a form for the answer`, value);
      return quick === undefined
        ? [form]
        : [form, button('postmortem_quick', quick.label, `${label}: ${quick.said}`, value)];
    }
  }
}
