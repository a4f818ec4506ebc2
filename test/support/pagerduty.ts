/** PagerDuty as Slack and the webhook see it: messages of its app, and signed requests. */
import { createHmac } from 'node:crypto';

export const PAGERDUTY_SECRET = 'secret-of-the-subscription';

const APP = { user: 'U0PAGER', bot_id: 'B0PAGER', app_id: 'A1FKYAUUX', bot_profile: { app_id: 'A1FKYAUUX' } };

export type Incident = Readonly<{ id: string; number?: number; title: string; host?: string }>;

/** `<https://acme.pagerduty.com/incidents/Q7…|[#42] Checkout is slow>`, as Slack hands it over. */
export function incidentLink({ id, number = 42, title, host = 'acme' }: Incident): string {
  const label = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<https://${host}.pagerduty.com/incidents/${id}?utm_campaign=channel&amp;utm_source=slack|[#${number}] ${label}>`;
}

/** Today's wording, and the root that names itself as its thread. */
export function pagerdutyMessage(
  incident: Incident,
  { channel, ts, state = 'triggered' }: Readonly<{ channel: string; ts: string; state?: string }>,
) {
  const text = `:red_circle: *${incidentLink(incident)}* ${state}`;
  return {
    type: 'message',
    channel,
    channel_type: 'channel',
    ...APP,
    ts,
    thread_ts: ts,
    text,
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }],
  };
}

/** The edit of that message: an event of its own instant about the older message. */
export function pagerdutyEdit(incident: Incident, place: Readonly<{ channel: string; ts: string; state: string }>) {
  const { channel, channel_type: _, ...message } = pagerdutyMessage(incident, place);
  return {
    type: 'message',
    subtype: 'message_changed',
    channel,
    ts: '1800000000.000900',
    hidden: true,
    message: { ...message, edited: { user: 'B0PAGER', ts: '1800000000.000000' } },
  };
}

export function pagerdutyEvent(
  { id, number = 42, title }: Incident,
  {
    eventId,
    type = 'triggered',
    atMs,
    service = 'Checkout',
  }: Readonly<{ eventId: string; type?: string; atMs: number; service?: string }>,
) {
  const at = new Date(atMs).toISOString();
  return {
    event: {
      id: eventId,
      event_type: `incident.${type}`,
      resource_type: 'incident',
      occurred_at: at,
      agent: null,
      client: null,
      data: {
        id,
        type: 'incident',
        html_url: `https://acme.pagerduty.com/incidents/${id}`,
        number,
        status: type,
        incident_key: null,
        created_at: at,
        title,
        service: { id: 'PSERVICE', summary: service },
        assignees: [],
        priority: null,
        urgency: 'high',
        body: undefined as unknown,
      },
    },
  };
}

export function pagerdutySignature(body: string, secret = PAGERDUTY_SECRET): string {
  return `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
