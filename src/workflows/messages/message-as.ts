/**
 * What a message of Slack says about an incident, other than that it was said: somebody tried something, the impact began,
 * the status changed, a cause is suspected. It happened when the message was written.
 */
import { isoFromUs } from '#core/clock.ts';
import { DETECTED, IMPACT_START, STATUSES } from '#model/incident/incident.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { CLAIM_CHARS, type HypothesisWorkflows } from '#workflows/hypotheses/change-hypothesis.ts';
import type { ChangeWorkflows } from '#workflows/incidents/change-incident.ts';
import { type AskedBy, incidentMeant, onIncident, type Told } from '#workflows/incidents/on-incident.ts';
import { type MessageParts, whyNot } from '#workflows/messages/add-messages.ts';
import { type ChosenMessage, entryOfChosen, namingFiles } from '#workflows/timeline/follow-message.ts';
import type { NoteWorkflows } from '#workflows/timeline/note-entry.ts';
import { readWholeTime, type SpokenTime } from '#workflows/times/spoken-time.ts';

export const MESSAGE_SAYS = ['tried', 'helped', 'hypothesis', IMPACT_START, DETECTED, ...STATUSES] as const;
export type MessageSays = (typeof MESSAGE_SAYS)[number];

type SayRequest = Readonly<{ asked: AskedBy; incidentId: string; message: ChosenMessage; says: MessageSays }>;

export type SayByMessage = (request: SayRequest) => Promise<Told>;

type Changes = Pick<NoteWorkflows, 'note' | 'enterMilestone'> &
  Pick<ChangeWorkflows, 'setStatus'> &
  Pick<HypothesisWorkflows, 'suspect'>;

/** Everybody who reads the incident reads the words, so all of them must be able to read the channel of the message. */
export function messageSayer(
  parts: Pick<MessageParts, 'store' | 'jobs' | 'kick' | 'mayRead' | 'mayShowIn' | 'directory'>,
  changes: Changes,
): SayByMessage {
  return async ({ asked, incidentId, message, says }) => {
    const meant = { incidentId };
    const incident = await incidentMeant(parts, asked, meant);
    const problem = 'problem' in incident ? undefined : await whyNot(parts, asked, incident, [message]);
    if (problem !== undefined) return await onIncident(parts, asked, meant, async () => ({ answer: problem }));

    const { text, atUs } = entryOfChosen(namingFiles(message), '', asked.userId);
    const when = timeOf(atUs);
    if (says === IMPACT_START || says === DETECTED)
      return await changes.enterMilestone({ asked, meant, milestone: says, when });
    if (says === 'hypothesis')
      return await changes.suspect({ asked, meant, text: cutLine(text, CLAIM_CHARS - 1), when });
    if (says === 'tried' || says === 'helped') {
      const link = await parts.directory.permalink(message);
      return await changes.note({ asked, meant, kind: says, text, when, link });
    }
    return await changes.setStatus({ asked, meant, status: says, text, when });
  };
}

/** To the second, as people write and read it. */
function timeOf(us: number): SpokenTime {
  const time = readWholeTime(isoFromUs(Math.floor(us / 1e6) * 1e6));
  if ('problem' in time) throw new Error(`the time of a message cannot be read: ${us}`);
  return time;
}
