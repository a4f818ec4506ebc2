/**
 * Reads the messages of PagerDuty's Slack app: those of the current app (no subtype, `bot_id` and `app_id`), of the
 * classic ones (`bot_message`, no user), in current and older wording, in attachments, and as edits. The link to the
 * incident identifies a message, because every wording contains it.
 *
 *   :red_circle: *<https://acme.pagerduty.com/incidents/Q1?utm…|[#42] High CPU on web-01>* triggered
 *   *Resolved* <https://acme.pagerduty.com/incidents/Q1?utm…|[#42] High CPU on web-01>
 */
import { z } from 'zod';
import { type Line, type Said, type SlackLink, saidIn } from '#adapters/message-text.ts';
import {
  isByApp,
  isReply,
  microseconds,
  type Posted,
  type PostedEvent,
  postedIn,
  replyNote,
  shownIn,
} from '#adapters/posted-message.ts';
import type { Alert, AlertMessage, AlertState } from '#model/incident/alert.ts';
import { namedTraceId } from '#model/trace/trace-id.ts';

/** PagerDuty's app in Slack's marketplace, the same in every workspace. */
const PAGERDUTY_APP = 'A1FKYAUUX';

export function readPagerDutyMessage(event: unknown): AlertMessage | undefined {
  const posted = postedIn(event);
  if (posted === undefined || !isByApp(posted.message)) return undefined;
  if (isReply(posted.message)) return isPagerDuty(posted.message) ? replyNote('pagerduty', posted) : undefined;
  return read(posted);
}

/** A message arrives in Slack later than PagerDuty's webhook or its message in another channel. */
const MESSAGE_LAG_US = 60_000_000;

function read({ channelId, message, editedTs }: PostedEvent): AlertMessage | undefined {
  const edited = editedTs !== undefined;
  const said = saidIn(message);
  const place = { channelId, ts: message.ts, edited };
  if (isNote(said)) return { ...place, noAlert: 'a note changes no state of the incident' };
  const incident = incidentIn(said, isPagerDuty(message)) ?? legacyIncident(message, said);
  if (incident !== undefined) return { ...place, alert: alertOf(incident, said, { ts: message.ts, editedTs }) };
  // An edit cannot be something new; other apps' messages are ignored.
  if (edited || !isPagerDuty(message)) return undefined;
  const seen = shownIn(said);
  return NO_ALERT.test(seen) ? undefined : { ...place, unreadable: seen, sender: 'PagerDuty', hasReader: true };
}

/**
 * `Ann added a note to <incident>: "…"`. The webhook brings the note itself (`incident.annotated`).
 * https://support.pagerduty.com/main/docs/slack-integration-guide
 */
function isNote({ lines }: Said): boolean {
  const about = lines.find(({ links }) => links.some(({ url }) => incidentId(url) !== undefined));
  return about !== undefined && /\badded a note (?:to|on)\b/i.test(around(about));
}

function alertOf(
  { key, title, state, again, url, service, labels }: Incident,
  said: Said,
  { ts, editedTs }: Readonly<{ ts: string; editedTs: string | undefined }>,
): Alert {
  const spoken = [...said.lines.flatMap(({ text, links }) => [text, ...links.map((link) => link.url)])].join('\n');
  const saidUs = microseconds(editedTs ?? ts);
  return {
    source: 'pagerduty',
    key,
    title,
    service,
    severity: severityOf(said, title),
    state,
    atUs: again ? saidUs : microseconds(ts),
    saidUs: editedTs === undefined && !again ? saidUs - MESSAGE_LAG_US : saidUs,
    url,
    traceId: namedTraceId(spoken) ?? '',
    labels,
  };
}

/** Other messages of PagerDuty: on-call changes, and its own setup. */
const NO_ALERT = /\bon[- ]call\b|\bshift\b|\bschedule\b|\bsubscri|\b(?:connected|disconnected|linked) (?:to|from)\b/i;

function isPagerDuty({ app_id, bot_profile, username }: Posted): boolean {
  if (app_id === PAGERDUTY_APP || bot_profile?.app_id === PAGERDUTY_APP) return true;
  return /^pagerduty$/i.test(bot_profile?.name ?? '') || /^pagerduty$/i.test(username ?? '');
}

type Incident = Readonly<{
  key: string;
  title: string;
  state: AlertState;
  /** It was resolved and is open again. */
  again: boolean;
  url: string;
  service: string;
  labels: Readonly<Record<string, string>>;
}>;

function incidentIn(said: Said, trusted: boolean): Incident | undefined {
  const linked = said.lines.flatMap((line) => line.links.map((link) => ({ line, link })));
  const { line, link } = linked.find((candidate) => incidentId(candidate.link.url) !== undefined) ?? {};
  if (line !== undefined && link !== undefined) {
    // Another app's link is an alert if its line holds only the link and the state; otherwise it is a mention.
    if (!trusted && !STATE_ALONE.test(around(line))) return undefined;
    const state = stateOf(line, link) ?? stateIn(said.fields.get('status') ?? '');
    return incidentAt(link, { state, again: isAgain(around(line), link.label, said) }, said);
  }
  return trusted ? incidentBehindButton(said) : undefined;
}

function incidentBehindButton(said: Said): Incident | undefined {
  const [first] = said.lines;
  const addresses = said.buttons.map((button) => button.url);
  const url = addresses.find((address) => incidentId(address) !== undefined) ?? bareLink(said);
  if (url === undefined || first === undefined) return undefined;
  const label = first.text.replaceAll(/[*_~]|:[a-z0-9_+-]+:/g, '').trim();
  const state = stateIn(said.fields.get('status') ?? '') ?? stateAtEdge(label);
  return incidentAt({ url, label }, { state, again: isAgain('', label, said) }, said);
}

function incidentAt(
  link: SlackLink,
  { state = 'triggered', again }: Readonly<{ state: AlertState | undefined; again: boolean }>,
  said: Said,
): Incident | undefined {
  const key = incidentId(link.url);
  return key === undefined ? undefined : { key, state, again, url: withoutQuery(link.url), ...named(link, said) };
}

/** Only in old attachments, the state precedes the name, so the name itself may begin with such a word. */
function isAgain(around: string, label: string, { fields }: Said): boolean {
  return (
    /\bre-?(?:opened|triggered)\b/i.test(`${around} ${fields.get('status') ?? ''}`) ||
    /^(?:incident\s+)?re-?opened\b/i.test(label)
  );
}

function bareLink({ lines }: Said): string | undefined {
  const links = lines.flatMap(({ text }) => text.match(/https:\/\/\S+/g) ?? []);
  return links.find((url) => incidentId(url) !== undefined);
}

/** Only on PagerDuty's own hosts: anybody can put `pagerduty.com` into an address. */
function incidentId(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { hostname, pathname } = new URL(address);
  if (!hostname.endsWith('.pagerduty.com')) return undefined;
  return /^\/incidents\/([A-Za-z0-9]+)\/?$/.exec(pathname)?.[1]?.toUpperCase();
}

function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}

/** `[#42] High CPU` and `Triggered #42: High CPU`: the number and the state are not part of the name. */
const LABEL = /^(?:(?:triggered|acknowledged|resolved|re-?opened)\b:?\s*)?(?:\[?#(\d+)\]?:?\s*)?(.*)$/is;

function named({ label }: SlackLink, { lines, fields }: Said): Pick<Incident, 'title' | 'service' | 'labels'> {
  const [, number = '', rest = ''] = LABEL.exec(label) ?? [];
  const title = rest.trim() || lines[0]?.text || 'PagerDuty incident';
  const labels: Record<string, string> = { ...(number && { incident_number: number }) };
  for (const [name, value] of fields) labels[name.replaceAll(' ', '_')] = value;
  return { title, service: fields.get('service') ?? fields.get('impacted service') ?? serviceInBraces(title), labels };
}

/** Rules that put their labels into the name: `High error rate {service="checkout"}`, `{service:checkout}`. */
function serviceInBraces(title: string): string {
  for (const [, inside = ''] of title.matchAll(/\{([^{}]*)\}/g)) {
    const service = [...inside.matchAll(/\bservice(?:_name|\.name)?\s*[=:]\s*"?([^",]+)/gi)].at(-1)?.[1];
    if (service !== undefined) return service.trim();
  }
  return '';
}

/** The text around the link. The name itself may contain "resolved" and mean a DNS name. */
function stateOf(line: Line, { label }: SlackLink): AlertState | undefined {
  const emoji = /:(?:large_)?green_circle:|:white_check_mark:|\u{1f7e2}|\u2705/u.test(line.rest)
    ? 'resolved'
    : undefined;
  return stateIn(around(line)) ?? stateAtEdge(label) ?? emoji;
}

/** Without emphasis and emoji. */
function around({ rest }: Line): string {
  return rest.replace(/[*_~•·]|:[a-z0-9_+-]+:|\p{Extended_Pictographic}|\ufe0f/gu, ' ').trim();
}

const STATE_ALONE = /^(?:triggered|acknowledged|resolved|re-?opened)$/i;

const STATES: readonly (readonly [RegExp, AlertState])[] = [
  [/\b(?:unacknowledged|re-?opened|re-?triggered|triggered|open|escalated|reassigned)\b/i, 'triggered'],
  [/\b(?:acknowledged|acked)\b/i, 'acknowledged'],
  [/\b(?:resolved|closed)\b/i, 'resolved'],
];

/** The first word that names one: `resolved by Ann, triggered an hour ago`. */
function stateIn(text: string): AlertState | undefined {
  const found = STATES.map(([said, state]) => ({ at: text.search(said), state })).filter(({ at }) => at >= 0);
  return found.sort((a, b) => a.at - b.at)[0]?.state;
}

/** `Triggered #42: …`, the form of old attachments. */
function stateAtEdge(label: string): AlertState | undefined {
  const [, word = ''] = /^(?:incident\s+)?(triggered|acknowledged|resolved|re-?opened)\b\s*[:#]?/i.exec(label) ?? [];
  return stateIn(word);
}

const LegacyAttachment = z.object({
  title: z.string().regex(/^incident (?:triggered|acknowledged|resolved)$/i),
  text: z.string().regex(/\bincident has been\b/i),
  callback_id: z.string().nullish(),
  footer: z.string().nullish(),
});

/** Buttons of the first apps: no link, the incident's id in `callback_id`, service and person in the footer. */
function legacyIncident({ attachments, ts }: Posted, { fields }: Said): Incident | undefined {
  for (const attachment of attachments ?? []) {
    const legacy = LegacyAttachment.safeParse(attachment);
    if (!legacy.success) continue;
    const { title, callback_id, footer } = legacy.data;
    const service = fields.get('service') ?? footer?.split(' - ')[0]?.trim() ?? '';
    const labels = footer ? { footer } : {};
    return {
      key: callback_id || ts,
      title,
      state: stateIn(title) ?? 'triggered',
      again: false,
      url: '',
      service,
      labels,
    };
  }
  return undefined;
}

/** As in the webhook, the urgency where there is no priority. */
function severityOf({ fields }: Said, title: string): string {
  const named = fields.get('priority') ?? fields.get('severity') ?? severityIn(title);
  return named || (fields.get('urgency') ?? '').toLowerCase();
}

/** `[Critical]`, `[P1]` in a name, if no field has it. */
function severityIn(title: string): string {
  return /\[(P[0-5]|SEV-?\d|critical|high|error|warning|low|info)\]/i.exec(title)?.[1] ?? '';
}
