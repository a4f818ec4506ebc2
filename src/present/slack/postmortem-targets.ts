/** Where the postmortem of an incident was sent, and why it is not there. */
import type { StaticSelect } from '@slack/types';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import type { PostmortemTarget, SentPostmortem } from '#model/incident/postmortem-target.ts';
import { counted } from '#model/text/count-text.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button, menu } from '#present/slack/button.ts';
import { bold, bullets, link, type Part, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { readableSecond } from '#present/words/instant.ts';
import { openable } from '#present/words/links.ts';
import { shown } from '#present/words/plain-text.ts';

type Target = Pick<PostmortemTarget, 'id' | 'title'>;

const KEY_CHARS = 150;
const REASON_CHARS = 500;

/** The menu under a draft. A confirmation comes first: the place may have other readers. */
export function targetMenu(incidentId: string, targets: readonly Target[]): StaticSelect {
  const titles = new Map(targets.map(({ id, title }) => [`${incidentId}:${id}`, truncate(shown(title), LABEL_CHARS)]));
  return {
    ...menu('postmortem_export', 'Export to …', [...titles.keys()], (value) => titles.get(value) ?? value),
    confirm: {
      title: { type: 'plain_text', text: 'Export the postmortem?' },
      text: {
        type: 'plain_text',
        text: 'The whole draft goes there, with its pictures. Whoever reads there can read it.',
      },
      confirm: { type: 'plain_text', text: 'Export' },
      deny: { type: 'plain_text', text: 'Cancel' },
    },
  };
}

/** Slack takes 75 in an option. */
const LABEL_CHARS = 75;

/** `acme/ops#12`, as a link if there is an address. */
function placeParts({ key, url }: Pick<SentPostmortem, 'key' | 'url'>) {
  const address = openable(shown(url));
  const name = truncate(shown(key), KEY_CHARS);
  if (address === '') return name === '' ? [] : [words(` ${name}`)];
  return [words(' '), link(address, name === '' ? 'open' : name)];
}

/** Below the draft; nothing where it was sent nowhere. */
export function sentParts(sends: readonly SentPostmortem[], targets: readonly Target[]): Part[] {
  const arrived = sends.filter(({ sentUs }) => sentUs !== undefined);
  if (arrived.length === 0) return [];
  return [
    paragraph(bold('Exported')),
    bullets(
      arrived.map((send) =>
        paragraph(
          words(`${titleOf(send.target, targets)}, as of ${readableSecond(send.sentUs ?? 0)}:`),
          ...placeParts(send),
        ),
      ),
    ),
  ];
}

function titleOf(target: string, targets: readonly Target[]): string {
  return shown(targets.find(({ id }) => id === target)?.title ?? target);
}

type Sent = Readonly<{ incident: Incident; title: string; key: string; url: string; isUpdate: boolean }>;

export function sentThere({ incident, title, key, url, isUpdate }: Sent): SlackMessage {
  const what = `The postmortem of ${incidentName(incident)} is ${isUpdate ? 'up to date' : 'now'} in ${shown(title)}:`;
  return {
    text: escapeMrkdwn(what.replace(/:$/, '')),
    blocks: [richText(paragraph(words(what), ...placeParts({ key, url })))],
  };
}

/** `isEdited`: people wrote there, and it can be read back. */
type NotSent = Readonly<{ incident: Incident; target: string; title: string; reason: string; isEdited: boolean }>;

export function notSentThere({ incident, target, title, reason, isEdited }: NotSent): SlackMessage {
  const said = `The postmortem of ${incidentName(incident)} is not in ${shown(title)}. ${truncate(shown(reason), REASON_CHARS)}`;
  return {
    text: escapeMrkdwn(said),
    blocks: [
      richText(paragraph(words(said))),
      {
        type: 'actions',
        elements: [
          ...(isEdited
            ? [button('postmortem_take_in', 'Take in what people wrote', TAKES_IN, `${incident.id}:${target}`)]
            : []),
          button('postmortem_send', 'Try again', 'Send the postmortem there again', `${incident.id}:${target}`),
        ],
      },
    ],
  };
}

const TAKES_IN = 'Take what people wrote there into the record, then export again';

/**
 * What came into the record. `conflicts`: sections that people changed here, too. `withheld`: lines that stayed out, as
 * they say what only some people read.
 */
export type TakenIn = Readonly<{
  lines: readonly Readonly<{ title: string; count: number }>[];
  changed: number;
  struck: number;
  conflicts: readonly string[];
  withheld: number;
}>;

type Taken = Readonly<{ incident: Incident; title: string; taken: TakenIn }>;

export function takenInMessage({ incident, title, taken }: Taken): SlackMessage {
  const { changed, struck, conflicts, withheld } = taken;
  const counts = [
    ...taken.lines.map((one) => `${counted(one.count, 'line')} in ${shown(one.title)}`),
    ...(changed === 0 ? [] : [`${counted(changed, 'answer')} in other words`]),
    ...(struck === 0 ? [] : [`${counted(struck, 'struck sentence')} as ${struck === 1 ? 'a comment' : 'comments'}`]),
  ];
  const what = counts.length === 0 ? 'nothing new' : counts.join(', ');
  const both =
    conflicts.length === 0 ? '' : ` People changed ${conflicts.map(shown).join(', ')} here, too: both stand there now.`;
  const few = withheld === 0 ? '' : ` ${counted(withheld, 'line')} stayed out: only some people read these words.`;
  const said = `From ${shown(title)} into the postmortem of ${incidentName(incident)}: ${what}.${both}${few} The words from before are a version.`;
  const text = truncate(said, SAID_CHARS);
  return { text: escapeMrkdwn(text), blocks: [richText(paragraph(words(text)))] };
}

const SAID_CHARS = 1_500;

type Listed = Readonly<{ incident: Incident; targets: readonly Target[]; sends: readonly SentPostmortem[] }>;

/** To one person. */
export function targetListMessage({ incident, targets, sends }: Listed): SlackMessage {
  const name = incidentName(incident);
  const head = targets.length === 0 ? 'No place for postmortems is set up.' : `Where the postmortem of ${name} can go`;
  const ids = [...new Set([...targets.map(({ id }) => id), ...sends.map(({ target }) => target)])];
  const first = targets[0]?.id;
  return {
    text: head,
    blocks: [
      richText(
        paragraph(bold(head)),
        ...(ids.length === 0 ? [] : [bullets(ids.map((id) => paragraph(...rowOf(id, targets, sends))))]),
        ...(first === undefined ? [] : [paragraph(words(`To send it: /postmortem ${name} export ${first}`))]),
      ),
    ],
  };
}

function rowOf(id: string, targets: readonly Target[], sends: readonly SentPostmortem[]) {
  const send = sends.find(({ target }) => target === id);
  const label = words(`${titleOf(id, targets)} (${shown(id)}): `);
  return send === undefined ? [label, words('not sent')] : [label, words(standingOf(send)), ...placeParts(send)];
}

/** `sent 2026-01-06 15:04:00 UTC`; for the list of the command line, too. */
export function standingOf({ state, reason, sentUs }: SentPostmortem): string {
  const why = reason === '' ? '' : ` (${truncate(shown(reason), REASON_CHARS)})`;
  const before = sentUs === undefined ? '' : `, sent ${readableSecond(sentUs)}`;
  if (state === 'sent') return `sent ${readableSecond(sentUs ?? 0)}`;
  return `${state === 'queued' ? 'on its way' : 'refused'}${why}${before}`;
}
