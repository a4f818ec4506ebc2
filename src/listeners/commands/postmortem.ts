/** `/postmortem [INC-n]`: drafts the postmortem from the record; it arrives in the incident's channel. */
import type { Middleware, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { MENTION_ALONE } from '#listeners/commands/mention.ts';
import { quoteTyped } from '#listeners/commands/typed.ts';
import { whoTyped } from '#listeners/delivery.ts';
import { readIncidentNumber } from '#model/incident/incident.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';
import type { AskForReview } from '#workflows/postmortem/ask-review.ts';
import type { ShowComments } from '#workflows/postmortem/comments.ts';
import type { AskForPostmortem } from '#workflows/postmortem/draft-postmortem.ts';
import type { ExportPostmortem, ExportRequest } from '#workflows/postmortem/export.ts';
import type { RestorePostmortem } from '#workflows/postmortem/restore.ts';
import type { SendPageLink } from '#workflows/postmortem/send-link.ts';
import type { ShowVersions, VersionsRequest } from '#workflows/postmortem/versions.ts';

const POSTMORTEM_USAGE = [
  '*`/postmortem`* drafts the postmortem of the newest incident in this channel.',
  '',
  '• another one: `/postmortem INC-12`',
  '• its versions, and what changed between two: `/postmortem INC-12 versions`, `/postmortem INC-12 diff 1 2`',
  '• edit it as a page, with a link of your own: `/postmortem INC-12 edit`',
  '• to a place outside, such as a repository: `/postmortem INC-12 export github`; the places, and the links: `/postmortem INC-12 export`',
  '• take in what people wrote there, such as in the canvas, and export again: `/postmortem INC-12 take-in canvas`',
  '• ask a person to review it, with a reminder each Monday: `/postmortem INC-12 review @kim`',
  '• back to the words of an older version: `/postmortem INC-12 restore 1`',
  '• what people commented on it, and to resolve a comment: `/postmortem INC-12 comments`',
  '• after the timeline has changed: run the same command again, or press *Draft again* under the draft',
  '',
  'The draft contains what the record has, and asks people for the rest. The full draft is a Markdown file in its thread.',
].join('\n');

type PostmortemWorkflows = Readonly<{
  showVersions: ShowVersions;
  restorePostmortem: RestorePostmortem;
  sendPageLink: SendPageLink;
  exportPostmortem: ExportPostmortem;
  askForReview: AskForReview;
  showComments: ShowComments;
}>;

export function postmortemCommand(
  ask: AskForPostmortem,
  workflows: PostmortemWorkflows,
): Middleware<SlackCommandMiddlewareArgs> {
  return async ({ ack, command, context }) => {
    const typed = command.text.trim();
    if (/^(help|-h|--help|\?)$/i.test(typed)) {
      await ack({ response_type: 'ephemeral', text: POSTMORTEM_USAGE });
      return;
    }
    const asked = whoTyped(command, context);
    const request = verbIn(typed, workflows);
    if (request !== undefined) {
      await request.run(asked, { channelId: command.channel_id, number: request.number });
      await ack();
      return;
    }
    const number = readIncidentNumber(typed);
    if (typed !== '' && number === undefined) {
      const problem = `${quoteTyped(typed)} is not an incident.`;
      await ack({
        response_type: 'ephemeral',
        text: `${problem} Write \`/postmortem INC-12\`, or \`/postmortem\` alone for the newest in this channel.`,
      });
      return;
    }
    await ask({ asked, meant: number === undefined ? { channelId: command.channel_id } : { number } });
    await ack();
  };
}

type Verb = Readonly<{
  number: number;
  run(asked: AskedBy, meant: Readonly<{ channelId: string; number: number }>): Promise<unknown>;
}>;

/** Undefined for a request of the draft itself, and for what is no request. */
function verbIn(typed: string, workflows: PostmortemWorkflows): Verb | undefined {
  const { showVersions, restorePostmortem, sendPageLink, exportPostmortem, askForReview, showComments } = workflows;
  const restored = readRestore(typed);
  if (restored !== undefined) {
    const { number, version } = restored;
    return { number, run: (asked, meant) => restorePostmortem({ asked, meant, number: version }) };
  }
  const edited = readAlone(typed, 'edit');
  if (edited !== undefined) return { number: edited, run: (asked, meant) => sendPageLink({ asked, meant }) };
  const commented = readAlone(typed, 'comments');
  if (commented !== undefined) return { number: commented, run: (asked, meant) => showComments({ asked, meant }) };
  const exported = readExport(typed);
  if (exported !== undefined) {
    const { number, ...wanted } = exported;
    return { number, run: (asked, meant) => exportPostmortem({ asked, meant, ...wanted }) };
  }
  const review = readReview(typed);
  if (review !== undefined) {
    const { number, reviewer } = review;
    return { number, run: (asked, meant) => askForReview({ asked, meant, reviewer }) };
  }
  const versions = readVersions(typed);
  if (versions === undefined) return undefined;
  const { number, compared } = versions;
  return { number, run: (asked, meant) => showVersions({ asked, meant, compared }) };
}

/** `INC-12 versions`, `INC-12 diff 1 2`; undefined for anything else. */
function readVersions(typed: string): Readonly<{ number: number } & Pick<VersionsRequest, 'compared'>> | undefined {
  const [name = '', verb, from = '', to = '', ...more] = typed.toLowerCase().split(/\s+/);
  const number = readIncidentNumber(name);
  if (number === undefined) return undefined;
  if (verb === 'versions' && from === '') return { number, compared: undefined };
  if (verb !== 'diff' || !VERSION.test(from) || !VERSION.test(to) || more.length > 0) return undefined;
  return { number, compared: [Number(from), Number(to)] };
}

/** `INC-12 edit`, for a verb without more words: the number of the incident. */
function readAlone(typed: string, wanted: 'edit' | 'comments'): number | undefined {
  const [name = '', verb, ...more] = typed.toLowerCase().split(/\s+/);
  return verb === wanted && more.length === 0 ? readIncidentNumber(name) : undefined;
}

/** `INC-12 export github`, `INC-12 export`, `INC-12 take-in github`; undefined for anything else. */
function readExport(
  typed: string,
): (Readonly<{ number: number }> & Pick<ExportRequest, 'target' | 'takesIn'>) | undefined {
  const [name = '', verb, target, ...more] = typed.toLowerCase().split(/\s+/);
  const number = readIncidentNumber(name);
  if (number === undefined || more.length > 0) return undefined;
  if (verb === 'take-in' && target !== undefined) return { number, target, takesIn: true };
  return verb === 'export' ? { number, target } : undefined;
}

/** `INC-12 review <@U0123ABCD|kim>`; undefined for anything else. */
function readReview(typed: string): Readonly<{ number: number; reviewer: string }> | undefined {
  const [name = '', verb = '', person = '', ...more] = typed.split(/\s+/);
  const number = readIncidentNumber(name);
  const reviewer = MENTION_ALONE.exec(person)?.[1];
  if (number === undefined || reviewer === undefined || verb.toLowerCase() !== 'review' || more.length > 0)
    return undefined;
  return { number, reviewer };
}

/** `INC-12 restore 2`; undefined for anything else. */
function readRestore(typed: string): Readonly<{ number: number; version: number }> | undefined {
  const [name = '', verb, version = '', ...more] = typed.toLowerCase().split(/\s+/);
  const number = readIncidentNumber(name);
  if (number === undefined || verb !== 'restore' || !VERSION.test(version) || more.length > 0) return undefined;
  return { number, version: Number(version) };
}

const VERSION = /^[1-9]\d{0,5}$/;
