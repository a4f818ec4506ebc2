/** `/incident …`: stored and acknowledged at once; the answer comes to the one who asked, the change to everybody. */
import type { Middleware, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { type IncidentRequest, readIncidentRequest } from '#listeners/commands/incident-request.ts';
import { whoTyped } from '#listeners/delivery.ts';
import { declareForm } from '#listeners/views/declare-incident.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import type { ChangeWorkflows } from '#workflows/change-incident.ts';
import type { DeclareIncident } from '#workflows/declare-incident.ts';
import type { NoteWorkflows } from '#workflows/note-entry.ts';
import type { AskedBy, Meant } from '#workflows/on-incident.ts';
import type { ShowMethod } from '#workflows/show-method.ts';
import type { ShowTimeline } from '#workflows/show-timeline.ts';
import type { MethodTelling } from '#workflows/tell-method.ts';

const INCIDENT_USAGE = [
  '*`/incident`* keeps the record while people work.',
  '',
  '• `/incident declare P1 checkout is slow` declares one in this channel; without a title it opens a form',
  '• `/incident note restarted the pool`, or `note at 14:35 …`, `note 20 min ago …` for what happened earlier',
  '• `/incident role commander`, `technical` or `communications`; for somebody else add `@them`',
  '• `/incident severity P0`',
  '• `/incident status identified`: investigating, identified, mitigated, fixed, resolved; `at 14:40` and a word on it if you like',
  '• `/incident impact at 14:20` says when the impact began',
  '• `/incident timeline`',
  '• `/incident whys`, `hypotheses`, `checklist`, `fishbone` or `failures`: the diagnosis as people reason, with places to fill',
  '• `/incident resolve all checks are green`',
  '',
  'It means the incident that is open in the channel. For another one, put its name first: `/incident INC-4 note …`.',
  'A message that you pin or mark with :pushpin: goes into the timeline. Slack has no commands in threads: the overview’s buttons work there too.',
].join('\n');

export type IncidentWorkflows = ChangeWorkflows &
  NoteWorkflows &
  MethodTelling &
  Readonly<{ declareIncident: DeclareIncident; showTimeline: ShowTimeline; showMethod: ShowMethod }>;

export function incidentCommand(workflows: IncidentWorkflows): Middleware<SlackCommandMiddlewareArgs> {
  return async ({ ack, command, context, client }) => {
    const request = readIncidentRequest(command.text);
    if (request.verb === 'help') {
      await ack({ response_type: 'ephemeral', text: INCIDENT_USAGE });
      return;
    }
    if (request.verb === 'unclear') {
      await ack({ response_type: 'ephemeral', text: `${request.problem}\n\n${INCIDENT_USAGE}` });
      return;
    }
    const channelId = command.channel_id;
    if (request.verb === 'declare' && request.title === '') {
      await openModal(client, command.trigger_id, declareForm({ channelId }));
      await ack();
      return;
    }
    await carryOut(workflows, request, whoTyped(command, context), channelId);
    await ack();
  };
}

type Carried = Exclude<IncidentRequest, { verb: 'help' | 'unclear' }>;

async function carryOut(
  workflows: IncidentWorkflows,
  request: Carried,
  asked: AskedBy,
  channelId: string,
): Promise<void> {
  if (request.verb === 'declare') {
    await workflows.declareIncident({ asked, origin: { channelId }, title: request.title, severity: request.severity });
    return;
  }
  const meant: Meant = { channelId, number: request.number };
  switch (request.verb) {
    case 'note':
      await workflows.note({ asked, meant, kind: 'note', text: request.text, when: request.when });
      return;
    case 'impact':
      await workflows.setImpactStart({ asked, meant, when: request.when });
      return;
    case 'role':
      await workflows.assignRole({ asked, meant, role: request.role, holder: request.holder });
      return;
    case 'severity':
      await workflows.setSeverity({ asked, meant, severity: request.severity });
      return;
    case 'status':
      await workflows.setStatus({ asked, meant, status: request.status, text: request.text, when: request.when });
      return;
    case 'method':
      await workflows.showMethod({ asked, meant, method: request.method });
      return;
    case 'timeline':
      await workflows.showTimeline({ asked, meant });
      return;
  }
}
