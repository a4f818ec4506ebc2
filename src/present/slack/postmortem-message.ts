/**
 * A postmortem's draft in Slack: the summary, the metrics, the open questions, the action items. The Markdown file in the
 * thread has the full draft.
 */
import type { KnownBlock } from '@slack/types';
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import type { Postmortem } from '#model/incident/postmortem.ts';
import type { PostmortemTarget, SentPostmortem } from '#model/incident/postmortem-target.ts';
import { counted } from '#model/text/count-text.ts';
import {
  isUnaccepted,
  openCounts,
  REWRITE_TITLE,
  rewritesShown,
  type ShownPostmortem,
  spoken,
  stateLines,
  titleOf,
  wordsText,
} from '#present/documents/postmortem-text.ts';
import { issuePart } from '#present/slack/action-items.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { commentButton } from '#present/slack/postmortem-comments.ts';
import { sentParts, targetMenu } from '#present/slack/postmortem-targets.ts';
import { bold, bullets, code, italic, type Part, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE_CHARS = 200;
const SENTENCE_CHARS = 400;
/** The newest; the file has all. */
const ITEMS = 8;
const ITEM_CHARS = 200;
const OWNER_CHARS = 60;

/**
 * `hasPage`: people can edit it as a page. `targets`: the places to which they can export it; `sends`: what was sent there.
 */
export type MessageOptions = Readonly<{
  hasPage?: boolean;
  targets?: readonly Pick<PostmortemTarget, 'id' | 'title'>[];
  sends?: readonly SentPostmortem[];
}>;

export function postmortemMessage(
  shownPostmortem: ShownPostmortem,
  { hasPage = false, targets = [], sends = [] }: MessageOptions = {},
): SlackMessage {
  const { postmortem } = shownPostmortem;
  const title = truncate(titleOf(shownPostmortem), TITLE_CHARS);
  const times = postmortem.metricRows.map(({ name, value }) => `${name} ${value ?? 'unknown'}`);
  const [state = '', standing = ''] = stateLines(shownPostmortem);
  return {
    text: escapeMrkdwn(`${title}. ${postmortem.acceptance === undefined ? 'Draft' : 'Accepted'}. ${times.join(', ')}`),
    blocks: [
      richText(
        paragraph(bold(title), words(`\n${standing}\n`), italic(state)),
        ...happened(shownPostmortem),
        paragraph(bold('Times')),
        bullets(
          postmortem.metricRows.map(({ name, value, means }) =>
            paragraph(words(`${name}: `), bold(value ?? 'unknown'), words(` ${means}`)),
          ),
        ),
        paragraph(bold('Still open: '), words(openText(shownPostmortem))),
        ...commented(postmortem),
        ...actionItems(shownPostmortem),
        ...toRewrite(shownPostmortem),
        ...sentParts(sends, targets),
      ),
      buttons(shownPostmortem, { hasPage, targets }),
      {
        type: 'context',
        elements: [
          {
            type: 'plain_text',
            text: 'The thread has the questions, and the full draft as its newest Markdown file.',
            emoji: false,
          },
        ],
      },
    ],
  };
}

/** The first sentences of the file: the incident, its detection, its cause, its end. */
function happened({ postmortem, names }: ShownPostmortem): Part[] {
  const summary = postmortem.sections.find(({ id }) => id === 'summary');
  const said = (summary?.statements ?? []).map((statement) =>
    truncate(wordsText(statement.words, names), SENTENCE_CHARS),
  );
  return said.length === 0 ? [] : [bullets(said.map((text) => paragraph(words(text))))];
}

function commented({ comments, name }: Postmortem): Part[] {
  const open = comments.filter(({ resolved }) => resolved === undefined).length;
  return open === 0
    ? []
    : [paragraph(words(`${counted(open, 'open comment')}: `), code(`/postmortem ${name} comments`))];
}

function openText({ postmortem }: ShownPostmortem): string {
  const { questions, moreQuestions, metrics } = openCounts(postmortem);
  const more = moreQuestions === 0 ? '' : ` (and ${moreQuestions} that can wait)`;
  const open = [`${questions} ${questions === 1 ? 'question' : 'questions'} for people${more}`];
  if (metrics > 0) open.push(`${metrics} ${metrics === 1 ? 'time' : 'times'} missing from the record`);
  if (postmortem.actionItems.length === 0) open.push('no action item yet');
  return open.join(', ');
}

function actionItems({ postmortem, names }: ShownPostmortem): Part[] {
  const items = postmortem.actionItems;
  if (items.length === 0) return [];
  const newest = items.slice(-ITEMS);
  const title = newest.length < items.length ? `Action items (${newest.length} of ${items.length})` : 'Action items';
  return [
    paragraph(bold(title)),
    bullets(
      newest.map(({ mark, text, owner, due, state, issue }) => {
        const whose = `${mark} ${truncate(spoken(text, names), ITEM_CHARS)} (${truncate(spoken(owner, names), OWNER_CHARS)}, `;
        return state === 'open'
          ? paragraph(words(`${whose}due `), code(shown(due)), words(')'), ...issuePart({ issue }))
          : paragraph(words(whose), bold(state), words(')'), ...issuePart({ issue }));
      }),
    ),
  ];
}

/** The most urgent; the file has all. */
const REWRITES = 3;

function toRewrite(shownPostmortem: ShownPostmortem): Part[] {
  const rewrites = rewritesShown(shownPostmortem);
  if (rewrites.length === 0) return [];
  const left = rewrites.length - REWRITES;
  return [
    paragraph(bold(REWRITE_TITLE)),
    bullets([
      ...rewrites
        .slice(0, REWRITES)
        .map(({ where, sentence, rule, advice }) =>
          paragraph(words(`${where}: “${truncate(sentence, ITEM_CHARS)}” `), italic(rule), words(`.${advice}`)),
        ),
      ...(left > 0 ? [paragraph(words(`and ${counted(left, 'sentence')} more, at the end of the file`))] : []),
    ]),
  ];
}

function buttons(
  { postmortem }: ShownPostmortem,
  { hasPage, targets }: Required<Pick<MessageOptions, 'hasPage' | 'targets'>>,
): KnownBlock {
  const { incident } = postmortem;
  return {
    type: 'actions',
    block_id: `postmortem:${incident.id}`,
    elements: [
      button('action_item_add', 'Add action item', 'Add an action item: opens a form', incident.id),
      button('action_item_list', 'Action items', 'Show me the action items, to say what is done', incident.id),
      button('postmortem_again', 'Draft again', 'Draft the postmortem again from the record as it is now', incident.id),
      ...(hasPage
        ? [button('postmortem_page', 'Edit as a page', 'Send me my link to edit it as a page', incident.id)]
        : []),
      commentButton(incident.id, postmortem.sections),
      ...(isOver(incident) && isUnaccepted(postmortem) ? [acceptButton(incident.id)] : []),
      ...(targets.length > 0 ? [targetMenu(incident.id, targets)] : []),
    ],
  };
}

function acceptButton(incidentId: string) {
  return button('postmortem_accept', 'Accept', 'Accept the postmortem as it is, with your name', incidentId);
}

/** Slack refuses a message that mentions anything else. */
const PERSON = /^[UW][A-Z0-9]{6,20}$/;

type Unaccepted = Readonly<{
  /** The person who was asked to review it, else the commander, else the person who declared the incident. */
  owner: string;
  /** Somebody accepted it, and its record changed after that. */
  isChanged: boolean;
}>;

/** Each Monday until somebody accepts it. */
export function unacceptedMessage(incident: Incident, { owner, isChanged }: Unaccepted): SlackMessage {
  const name = incidentName(incident);
  return isChanged
    ? toReview(incident, owner, {
        what: `the postmortem of ${name} changed after somebody accepted it`,
        ask: 'Read the draft, then accept it again.',
      })
    : toReview(incident, owner, {
        what: `nobody has accepted the postmortem of ${name}`,
        ask: 'Read the draft, answer its questions, then accept it.',
      });
}

/** `asker`: the name of the person who asks. */
export function askedToReview(incident: Incident, { reviewer, asker }: Readonly<{ reviewer: string; asker: string }>) {
  return toReview(incident, reviewer, {
    what: `${truncate(shown(asker), OWNER_CHARS)} asks you to review the postmortem of ${incidentName(incident)}`,
    ask: 'Read the draft, correct it where it is wrong, then accept it.',
  });
}

function toReview(
  incident: Incident,
  owner: string,
  { what, ask }: Readonly<{ what: string; ask: string }>,
): SlackMessage {
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: ${what}`),
    blocks: [
      richText(
        paragraph(
          ...(PERSON.test(owner) ? [{ type: 'user' as const, user_id: owner }, words(': ')] : []),
          words(`${what}. ${ask}`),
        ),
      ),
      { type: 'actions', elements: [acceptButton(incident.id)] },
    ],
  };
}
