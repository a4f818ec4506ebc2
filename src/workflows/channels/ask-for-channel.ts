/** `/incident channel`: a channel for this incident alone. Says where it is, if there is one. */
import { incidentName, isOver } from '#model/incident/incident.ts';
import { channelOf } from '#record/incident-channels.ts';
import { askForChannel } from '#workflows/channels/keep-channel.ts';
import {
  type AskedBy,
  type IncidentParts,
  type Meant,
  onIncident,
  type Told,
} from '#workflows/incidents/on-incident.ts';

export type ChannelWorkflows = Readonly<{
  askForChannel(request: Readonly<{ asked: AskedBy; meant: Meant }>): Promise<Told>;
}>;

export function channelAsker(parts: IncidentParts): ChannelWorkflows {
  return {
    askForChannel: ({ asked, meant }) =>
      onIncident(parts, asked, meant, async (tx, incident) => {
        const name = incidentName(incident);
        const known = await channelOf(tx, incident.id);
        if (known?.state === 'open') return { answer: `<#${known.channelId}> is the channel of ${name}.` };
        if (known?.state === 'wanted') return { answer: `I am opening a channel for ${name} already.` };
        if (isOver(incident)) {
          return {
            answer: `${name} is ${incident.status}, so it gets no channel. Open it again first: \`/incident ${name} reopen\`.`,
          };
        }
        await askForChannel(tx, parts.jobs, incident, asked.inboxId);
        return {
          answer: `I open a channel for ${name}. A line in <#${incident.channelId}> says when it is there.`,
          isInThread: true,
        };
      }),
  };
}
