/**
 * The action items of an incident, to one person, and those that are overdue, to all; with the buttons that say what became
 * of them.
 */
import type { KnownBlock, RichTextElement } from '@slack/types';
import { type ActionItem, type Incident, incidentName, itemName } from '#model/incident/incident.ts';
import { type ItemProbe, probeText } from '#model/incident/item-probe.ts';
import { counted } from '#model/text/count-text.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, code, link, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

/** Slack takes 12,000 characters. */
const MOST_ITEMS = 10;
const TEXT_CHARS = 300;
const REASON_CHARS = 100;

/** `INC-12: 2 of 3 action items open` */
export function itemsHead(incident: Incident, items: readonly ActionItem[]): string {
  const name = incidentName(incident);
  const open = items.filter(({ state }) => state === 'open').length;
  return items.length === 0 ? `${name} has no action item.` : `${name}: ${open} of ${items.length} action items open`;
}

/** The open items come before the others, each group in the order of the due days. */
export function inOrderOfDue(items: readonly ActionItem[]): readonly ActionItem[] {
  return items.toSorted(
    (a, b) => Number(a.state !== 'open') - Number(b.state !== 'open') || (a.due < b.due ? -1 : Number(a.due > b.due)),
  );
}

export function actionItemsMessage({
  incident,
  items,
  names,
}: Readonly<{ incident: Incident; items: readonly ActionItem[]; names: Names }>): SlackMessage {
  const head = itemsHead(incident, items);
  const ordered = inOrderOfDue(items);
  const left = ordered.length - MOST_ITEMS;
  return {
    text: head,
    blocks: [
      richText(paragraph(bold(head))),
      ...ordered.slice(0, MOST_ITEMS).flatMap((item) => itemBlocks(item, names)),
      ...(left > 0 ? [richText(paragraph(words(`and ${left} more, in the postmortem`)))] : []),
      {
        type: 'actions',
        elements: [button('action_item_add', 'Add action item', 'Add an action item: opens a form', incident.id)],
      },
    ],
  };
}

const KEY_CHARS = 120;

/** ` · acme/shop#12`, as a link; why there is none where one was expected; nothing without a tracker. */
export function issuePart({ issue }: Pick<ActionItem, 'issue'>): RichTextElement[] {
  if (issue === undefined) return [];
  const { state, key, url } = issue;
  const name = truncate(shown(key), KEY_CHARS);
  if (state === 'withheld') return [words(' · no issue: the incident is private')];
  if (state === 'gone') return [words(` · ${name} is not there any more`)];
  if (key === '') return [words(state === 'refused' ? ' · no issue: the tracker refused it' : ' · issue follows')];
  const address = openable(shown(url));
  return [words(' · '), address === '' ? words(name) : link(address, name)];
}

/** In the thread: an issue that the tracker did not take, or that is not there any more. */
export function issueProblem({
  incident,
  item,
  title,
  reason,
  isGone,
}: Readonly<{ incident: Incident; item: ActionItem; title: string; reason: string; isGone: boolean }>): SlackMessage {
  const name = itemName(item);
  const what = truncate(shown(title), KEY_CHARS);
  const said = isGone
    ? `${name}: its issue ${what} is not there any more. The action item stays as it is here.`
    : `${name}: ${what} did not take the change. ${truncate(shown(reason), PROBLEM_CHARS)}`;
  return {
    text: escapeMrkdwn(`${incidentName(incident)} ${said}`),
    blocks: [
      richText(paragraph(words(said))),
      ...(isGone
        ? []
        : [
            {
              type: 'actions' as const,
              elements: [
                button('action_item_issue', 'Try again', `${name}: send it again`, `${item.incidentId}:${item.id}`),
              ],
            },
          ]),
    ],
  };
}

const PROBLEM_CHARS = 500;

/**
 * `checking`: the answer follows. `done`: the check shows that it is done. `there`, `unsure`: it stays open. `gone`: a
 * daily check found the problem no more. `needless`: somebody closed the item meanwhile.
 */
export type CheckSaid = 'checking' | 'done' | 'there' | 'unsure' | 'gone' | 'needless';

export type CheckedItem = Readonly<{
  incident: Incident;
  item: ActionItem;
  said: CheckSaid;
  /** What the check found. */
  text: string;
  /** The person who said that it is done, or the tracker in which its issue was closed; '' for a daily check. */
  by: string;
  /** Which issue that is, if nobody said it here: `acme/ops#12 in GitHub`. */
  closed?: string | undefined;
}>;

/** In the thread: whether an action item is done, by its check. */
export function checkMessage({ incident, item, said, text, by, closed }: CheckedItem): SlackMessage {
  const { probe } = item;
  const name = itemName(item);
  const found = truncate(shown(text), PROBLEM_CHARS);
  const check = probe === undefined ? '' : truncate(shown(probeText(probe)), PROBLEM_CHARS);
  const from = closed === undefined ? '' : `Somebody closed ${shown(closed)}. `;
  const line = `${from}${
    {
      checking: `${name}: ${probe === undefined ? 'I look at the requests of the last hour' : `I look whether ${check}`} before it counts as done.`,
      done: `${name} is done: ${found}.`,
      there: `${name} is not done yet: ${found}.${alsoBefore(probe)}`,
      unsure: `${name} stays open, because I could not check it: ${found}.`,
      gone: `${name}: ${found}. Is it done?`,
      needless: `${name} is ${item.state} already, so I checked nothing.`,
    }[said]
  }`;
  const value = `${item.incidentId}:${item.id}`;
  const staysOpen = said === 'there' || said === 'unsure';
  const buttons = [
    ...(staysOpen ? [button('action_item_anyway', 'Done anyway', `${name} is done: asks for the reason`, value)] : []),
    ...(said === 'gone' ? [button('action_item_done', 'Done', `${name} is done: opens a form`, value)] : []),
  ];
  const isForPerson = staysOpen && PERSON.test(by);
  return {
    text: escapeMrkdwn(`${incidentName(incident)} ${line}`),
    blocks: [
      richText(paragraph(...(isForPerson ? [{ type: 'user' as const, user_id: by }, words(' ')] : []), words(line))),
      ...(buttons.length === 0 ? [] : [{ type: 'actions' as const, elements: buttons }]),
    ],
  };
}

/** Requests from before a change may still count. */
function alsoBefore(probe: ItemProbe | undefined): string {
  if (probe?.kind === 'rule') return '';
  const time = probe?.kind === 'p99' ? 'day' : 'hour';
  return ` Requests of the last ${time} count, also those from before a change in that ${time}.`;
}

/** `days` since its due day began. */
export type OverdueItem = Readonly<{ item: ActionItem; days: number }>;

/**
 * For the thread or the channel: each item with its owner, who gets a notice, and since when it is overdue. `unreachable`:
 * the owners who get no direct message.
 */
export function overdueMessage({
  incident,
  overdue,
  names,
  unreachable,
}: Readonly<{
  incident: Incident;
  overdue: readonly OverdueItem[];
  names: Names;
  unreachable: ReadonlySet<string>;
}>): SlackMessage {
  const what = overdue.length === 1 ? 'An action item is' : `${overdue.length} action items are`;
  const head = `${incidentName(incident)}: ${what} overdue`;
  const ordered = overdue.toSorted((a, b) => b.days - a.days);
  const left = ordered.length - MOST_ITEMS;
  return {
    text: head,
    blocks: [
      richText(paragraph(bold(head))),
      ...ordered
        .slice(0, MOST_ITEMS)
        .flatMap((one) => overdueBlocks(one, { names, isUnreachable: unreachable.has(one.item.owner) })),
      ...(left > 0 ? [richText(paragraph(words(`and ${left} more, in the postmortem`)))] : []),
    ],
  };
}

/** Slack’s id of a person; an owner may also be a name. */
const PERSON = /^[UW][A-Z0-9]{6,20}$/;

function overdueBlocks(
  one: OverdueItem,
  { names, isUnreachable }: Readonly<{ names: Names; isUnreachable: boolean }>,
): KnownBlock[] {
  const { owner } = one.item;
  const person = truncate(shown(withNames(owner, names)), REASON_CHARS);
  return [
    richText(
      paragraph(
        PERSON.test(owner) ? { type: 'user', user_id: owner } : words(person),
        words(' · '),
        ...overdueWords(one, names),
        words(isUnreachable ? ' · I cannot write to the owner about it. Who takes it over?' : ''),
      ),
    ),
    itemButtons(one.item),
  ];
}

function overdueWords({ item, days }: OverdueItem, names: Names): RichTextElement[] {
  return [
    bold(itemName(item)),
    words(` ${truncate(shown(withNames(item.text, names)), TEXT_CHARS)} (due `),
    code(shown(item.due)),
    words(`, ${counted(days, 'day')} ago)`),
    ...issuePart(item),
  ];
}

/** With the address of the incident's overview; '' where it is not known. */
export type OwnOverdueItem = OverdueItem & Readonly<{ incident: Incident; url: string }>;

/** For the owner alone: their overdue items of all incidents that they may see. */
export function ownOverdueMessage({
  overdue,
  names,
}: Readonly<{ overdue: readonly OwnOverdueItem[]; names: Names }>): SlackMessage {
  const head =
    overdue.length === 1 ? 'An action item of yours is overdue' : `${overdue.length} action items of yours are overdue`;
  const left = overdue.length - MOST_ITEMS;
  return {
    text: head,
    blocks: [
      richText(paragraph(bold(head))),
      ...overdue
        .slice(0, MOST_ITEMS)
        .flatMap(({ incident, url, ...one }) => [
          richText(
            paragraph(
              link(url, incidentName(incident)),
              words(` ${truncate(shown(withNames(incident.title, names)), REASON_CHARS)}`),
            ),
            paragraph(...overdueWords(one, names)),
          ),
          itemButtons(one.item),
        ]),
      ...(left > 0 ? [richText(paragraph(words(`and ${left} more: /incident actions lists them`)))] : []),
    ],
  };
}

function itemButtons(item: ActionItem): KnownBlock {
  const { id, incidentId, state, issue } = item;
  const value = `${incidentId}:${id}`;
  const name = itemName(item);
  const isUnsent = issue?.state === 'refused' || issue?.state === 'withheld';
  return {
    type: 'actions',
    elements: [
      ...(state === 'open'
        ? [
            button('action_item_done', 'Done', `${name} is done: opens a form`, value),
            button('action_item_drop', 'Drop', `${name} will not be done: opens a form for the reason`, value),
          ]
        : [button('action_item_open', 'Open again', `${name} is not done yet`, value)]),
      ...(isUnsent ? [button('action_item_issue', 'Send to tracker', `${name}: try again`, value)] : []),
    ],
  };
}

function itemBlocks(item: ActionItem, names: Names): KnownBlock[] {
  const { text, owner, due, state, reason } = item;
  const said = (written: string, chars: number) => truncate(shown(withNames(written, names)), chars);
  const name = itemName(item);
  const standing =
    state === 'open'
      ? [words('due '), code(shown(due))]
      : [bold(state), words(reason === '' ? '' : `: ${said(reason, REASON_CHARS)}`)];
  return [
    richText(
      paragraph(
        bold(name),
        words(` ${said(text, TEXT_CHARS)} (${said(owner, REASON_CHARS)}, `),
        ...standing,
        words(')'),
        ...issuePart(item),
      ),
      ...(item.probe === undefined ? [] : [paragraph(words(`Check: ${said(probeText(item.probe), TEXT_CHARS)}`))]),
      ...(item.check === undefined ? [] : [paragraph(words(`Checked: ${said(item.check.text, TEXT_CHARS)}`))]),
    ),
    itemButtons(item),
  ];
}
