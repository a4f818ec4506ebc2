/**
 * Messages whose text has a form of its own: its first line or a line below it names the object and what happened to it.
 * The general reader would take such a line for prose.
 */
import { instantUs, labelsOf, nameInTitle, traceIdIn } from '#adapters/alert-fields.ts';
import type { Said } from '#adapters/message-text.ts';
import { appName, microseconds, type Posted } from '#adapters/posted-message.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';
import { isObject } from '#model/text/json-object.ts';
import { hostedIn } from './host-message.ts';
import { mailOfProvider } from './mail-message.ts';
import { bare } from './message-subject.ts';
import { lettersOf } from './payload-fields.ts';
import { runIn } from './run-message.ts';
import { healthTurned, stateEntered, troubleSaid } from './said-trouble.ts';
import { markInFront, saidState } from './state-words.ts';

type Known = Readonly<{
  title: string;
  service: string;
  state: AlertState;
  key: string;
  severity?: string;
  atUs?: number | undefined;
}>;

type Form = (said: Said, message: Posted) => Known | undefined;

/** Undefined where the message has none of these forms. */
export function knownText(message: Posted, said: Said): Omit<Alert, 'saidUs'> | undefined {
  const known = FORMS.map((form) => form(said, message)).find((one) => one !== undefined);
  return known && alertOf(known, message, said);
}

/** What is left: a sentence about one thing that fails. Undefined where no sentence says so. */
export function troubleText(message: Posted, said: Said): Omit<Alert, 'saidUs'> | undefined {
  const known = troubleSaid(said, appName(message));
  return known && alertOf(known, message, said);
}

function alertOf(known: Known, message: Posted, said: Said): Omit<Alert, 'saidUs'> {
  const texts = said.lines.flatMap(({ text, links }) => [text, ...links.map(({ url }) => url)]);
  const labels = [...said.fields].map(([name, value]) => [lettersOf(name), value.slice(0, 300)] as const);
  return {
    ...known,
    source: lettersOf(appName(message)) || 'slack',
    severity: known.severity ?? said.fields.get('severity') ?? GRADE_IN_FRONT.exec(known.title)?.[1] ?? '',
    atUs: known.atUs ?? microseconds(message.ts),
    url: said.lines.flatMap(({ links }) => links)[0]?.url ?? '',
    traceId: traceIdIn(texts.join('\n')),
    labels: labelsOf(Object.fromEntries(labels)),
  };
}

/** `[PAGE] …`: whom an alert of a budget calls. https://sre.google/workbook/alerting-on-slos/ */
const GRADE_IN_FRONT = /^[^\p{L}\p{N}[]{0,20}\[(page|ticket|critical|warning|p[1-5]|sev-?\d)\]/iu;

/**
 * TrueNAS lists new alerts, those that are cleared, and all that remain. A message with a new one is about it.
 * https://github.com/truenas/middleware/blob/master/src/middlewared/middlewared/alert/base.py
 */
function listOfTrueNas({ lines }: Said): Known | undefined {
  const [, host = ''] = /^TrueNAS @ ([\w.-]{1,200})\s{0,4}$/.exec(lines[0]?.text ?? '') ?? [];
  if (host === '') return undefined;
  for (const [heading, state] of TRUENAS_LISTS) {
    const at = lines.findIndex(({ text }) => heading.test(text));
    const title = at < 0 ? '' : (lines[at + 1]?.text ?? '').replace(/^[*•-]\s{1,3}/, '').slice(0, 500);
    if (title === '') continue;
    const pool = /^Pool ([\w.-]{1,100}) state is /.exec(title)?.[1] ?? '';
    return { title, service: pool || host, state, key: `${host}/${title}` };
  }
  return undefined;
}

const TRUENAS_LISTS: readonly (readonly [heading: RegExp, state: AlertState])[] = [
  [/^New alerts?:$/, 'triggered'],
  [/^(?:The following alert has|These alerts have) been cleared:$/, 'resolved'],
];

/**
 * Atlantis reports the applies of a directory. A plan that failed changes nothing.
 * https://github.com/runatlantis/atlantis/blob/main/server/events/webhooks/slack_client.go
 */
function applyOfAtlantis({ lines, fields }: Said): Known | undefined {
  const [, repository = ''] = /^Apply failed for ([\w./-]{1,200})$/.exec(bare(lines[0]?.text ?? '')) ?? [];
  const directory = fields.get('directory') ?? '';
  if (repository === '' || directory === '') return undefined;
  const service = directory === '.' ? (repository.split('/').at(-1) ?? repository) : directory;
  const title = `Apply failed for ${repository}`;
  return { title, service, state: 'triggered', key: [repository, directory, fields.get('workspace') ?? ''].join('/') };
}

/**
 * The gem exception_notification names the class of the error, and the action that was processed.
 * https://github.com/smartinez87/exception_notification/blob/master/lib/exception_notifier/slack_notifier.rb
 */
function exceptionOfRails({ lines, fields }: Said): Known | undefined {
  const title = bare(lines[0]?.text ?? '');
  const [, error = ''] = /^(?:An?|\d{1,9}) ([A-Z][\w:]{1,200}) occurr?ed (?:while|in background)\b/.exec(title) ?? [];
  if (error === '') return undefined;
  const action = /\bwas processed by ([\w/:]{1,200}#\w{1,100})/.exec(title)?.[1] ?? '';
  const service = fields.get('application') ?? fields.get('hostname') ?? action;
  return { title, service, state: 'triggered', key: [error, action].filter((part) => part !== '').join('/') };
}

/**
 * `HOST: web-1   SERVICE: smtp   MESSAGE: CRITICAL - timeout`: a line of Nagios' macros, as the script posts it that Slack's
 * integration for Nagios began with. The output is another one at the end.
 * https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html
 */
function lineOfNagios({ lines }: Said): Known | undefined {
  const text = (lines[0]?.text ?? '').slice(0, 500);
  const [, host = '', service = '', output = ''] =
    /\bHOST: ([\w.-]{1,200})\s{1,8}(?:SERVICE: (\S[^:\n]{0,100}?)\s{1,8})?(?:STATE: [A-Z]{2,20}\s{1,8})?(?:MESSAGE|OUTPUT|INFO): (\S[^\n]{0,300})/.exec(
      text,
    ) ?? [];
  const result = /\b(?:OK|UP|CRITICAL|WARNING|DOWN|UNREACHABLE|UNKNOWN)\b/.exec(output)?.[0] ?? '';
  const state = markInFront(text) ?? saidState(result)?.state;
  if (host === '' || state === undefined) return undefined;
  const severity = state === 'triggered' ? result : '';
  return { title: output, service: host, state, severity, key: `${host}/${service || 'host'}` };
}

/** A play that failed on a host: the modules of Ansible leave the words to the playbook, which names both. */
function failedPlay({ lines }: Said): Known | undefined {
  const title = bare(lines[0]?.text ?? '');
  const [, play = '', host = ''] =
    /^[^\p{L}]{0,20}(?:ansible )?play(?:book)? ([\w./-]{1,100}) (?:has )?failed on (?:host )?([\w.-]{1,200})/iu.exec(
      title,
    ) ?? [];
  return play === '' ? undefined : { title, service: host, state: 'triggered', key: `${host}/${play}` };
}

/**
 * Flagger writes the canary and its namespace as the author of the card.
 * https://docs.flagger.app/usage/alerting
 */
function failedCanary({ lines }: Said, { attachments }: Posted): Known | undefined {
  const authors = (attachments ?? []).flatMap((one) =>
    isObject(one) && typeof one.author_name === 'string' ? [one.author_name] : [],
  );
  const name = authors.find((author) => /^[a-z0-9][a-z0-9.-]{0,250}\.[a-z0-9-]{1,63}$/.test(author));
  const title = lines.map(({ text }) => text.slice(0, 400)).find((text) => CANARY_FAILED.test(text));
  if (name === undefined || title === undefined) return undefined;
  return { title, service: name.replace(/\.[^.]*$/, ''), state: 'triggered', key: `${name}/canary` };
}

const CANARY_FAILED = /^(?:Canary (?:analysis )?failed\b|Progress deadline exceeded\b|Rolling back \S{1,300} )/i;

/**
 * Slack's RSS app posts the incidents of a vendor's status page. Announced work is no incident.
 * https://slack.com/help/articles/218688467-Add-RSS-feeds-to-Slack
 */
function incidentOfVendor({ lines }: Said, { attachments }: Posted): Known | undefined {
  for (const one of attachments ?? []) {
    if (!isObject(one) || typeof one.title !== 'string') continue;
    const page = typeof one.title_link === 'string' ? one.title_link : '';
    const service = vendorIn(one.service_name) || vendorOfPage(page, one.title);
    const steps = lines.flatMap(({ text }) => INCIDENT_STEP.exec(text.slice(0, 200))?.[1] ?? []);
    const state = saidState(steps[0] ?? '')?.state;
    if (service === '' || state === undefined) continue;
    return { title: one.title.slice(0, 500), service, state, key: page || one.title };
  }
  return undefined;
}

function vendorIn(feed: unknown): string {
  return typeof feed === 'string' ? (/^(\S.{0,80}?) Status - Incident History$/.exec(feed)?.[1] ?? '') : '';
}

/**
 * An incident on `acmestatus.com` or `status.acme.com`, in a feed whose name is not shown. Its title may name the component:
 * `Incident with Actions`.
 */
function vendorOfPage(page: string, title: string): string {
  const [, first, second] =
    /^https:\/\/(?:www\.)?(?:status\.([a-z0-9-]{2,60})|([a-z0-9-]{2,60}?)-?status)\.[a-z.]{2,20}\/(?:incidents?|notices)\/\S/.exec(
      page,
    ) ?? [];
  const vendor = first ?? second ?? '';
  const component = /^(?:Incident|Disruption|Issues|Problems|Outage) (?:with|in|of) (?:some )?(\S.{1,60})$/.exec(
    title,
  )?.[1];
  return vendor === '' ? '' : (component ?? vendor);
}

/** `*Acme Status* — Investigating: late mails. …`: the same from an app that is called like the page. */
function incidentOfPage({ lines }: Said, message: Posted): Known | undefined {
  const [, vendor = ''] = /^(\S.{0,80}?) Status$/.exec(appName(message)) ?? [];
  const [first] = lines;
  if (vendor === '' || first === undefined) return undefined;
  const [, page = '', step = '', title = ''] = STEP_OF_PAGE.exec(bare(first.text)) ?? [];
  const state = saidState(step)?.state;
  if (page !== `${vendor} Status` || state === undefined) return undefined;
  return { title: title.trim(), service: vendor, state, key: first.links[0]?.url || `${vendor}/${title.trim()}` };
}

const STEP_OF_PAGE =
  /^(\S.{0,80}? Status) ?[—–:|-] ?(Investigating|Identified|Monitoring|Resolved) ?[—–:|-] (\S.{0,300}?)(?:\. .{0,500})?$/;

/** https://support.atlassian.com/statuspage/docs/what-is-an-incident/ */
const INCIDENT_STEP = /^(Investigating|Identified|Monitoring|Resolved) - \S/;

/** `Hall-3 was disconnected`, as controllers of networks report a device. Other apps say so of people and accounts. */
function lostDevice({ lines }: Said, message: Posted): Known | undefined {
  if (!NETWORK_APP.test(appName(message))) return undefined;
  const title = bare(lines[0]?.text ?? '');
  const [, device = '', what = ''] =
    /(?:^|[\s:])([A-Za-z]\w{0,40}(?:[-_.]\w{1,40}){1,8}) (?:was|has) (disconnected|reconnected)(?![\w-])/.exec(title) ??
    [];
  if (device === '') return undefined;
  return {
    title,
    service: device,
    state: what === 'disconnected' ? 'triggered' : 'resolved',
    key: `${device}/connection`,
  };
}

const NETWORK_APP = /unifi|omada|meraki|mikrotik|aruba|ruckus|network|netz|wi-?fi|wlan|router|\biot\b|mqtt|monitor/i;

/**
 * A process that its supervisor does not start again, as Elixir's reports name it.
 * https://hexdocs.pm/logger/Logger.html#module-erlang-otp-integration
 */
function endedProcess({ lines }: Said): Known | undefined {
  const title = bare(lines[0]?.text ?? '');
  const [name = ''] =
    /^[^\p{L}\p{N}]{0,20}(?:GenServer ([\w.]{2,100})|(\w{1,60}[._]\w{1,60})) terminating(?![\w-])/u
      .exec(title)
      ?.slice(1)
      .filter(Boolean) ?? [];
  return name === '' ? undefined : { title, service: name, state: 'triggered', key: `${name}/terminating` };
}

/** ``Error in `price-model`: no rows``: what fails, as R and scripts write it. */
function errorIn(said: Said): Known | undefined {
  const name = placeOfError(said);
  if (name === '' || FILE.test(name)) return undefined;
  return { title: bare(said.lines[0]?.text ?? ''), service: name, state: 'triggered', key: `${name}/error` };
}

function placeOfError({ lines }: Said): string {
  const form = /^[^\p{L}\p{N}]{0,20}(?::[a-z0-9_+-]{1,40}: )?(?:fatal )?error in \*?[`"'‘“]([\w.-]{2,100})[`"'’”]/iu;
  return form.exec((lines[0]?.text ?? '').slice(0, 500))?.[1] ?? '';
}

/** Whether the message is about an error in a file that somebody edits: nothing that runs is broken. */
export function isErrorInFile(said: Said): boolean {
  return FILE.test(placeOfError(said));
}

/** A name with the ending of a file of sources: what people edit. */
const FILE = /\.(?:[jt]sx?|ya?ml|json|toml|py|rb|go|rs|java|php|cs|md|sh|tf|sql|xml|html|s?css|txt|csv)$/i;

/**
 * Beszel writes whether a value is above or below the limit of its rule. Of these values the high ones are the trouble.
 * https://github.com/henrygd/beszel/blob/main/internal/alerts/alerts_system.go
 */
function overThreshold({ lines }: Said): Known | undefined {
  const title = bare(lines[0]?.text ?? '');
  const [, subject = '', side = ''] = /^(\S.{1,200}) (above|below) threshold$/.exec(title) ?? [];
  const measured = MEASURED.exec(subject)?.[0] ?? '';
  if (measured === '') return undefined;
  const name = subject.slice(0, subject.length - measured.length).trim();
  const service = nameInTitle(name) || name;
  return { title, service, state: side === 'above' ? 'triggered' : 'resolved', key: `${service}/${measured.trim()}` };
}

const MEASURED =
  / (?:CPU|GPU|memory|disk usage|bandwidth|temperature|(?:1 min |5 min |15 min )?load(?: average)?|\d{1,2}m load avg)$/i;

/**
 * The host, the service and the event of Monit, whose names come in pairs: `Does not exist` and `Exists`.
 * https://mmonit.com/monit/documentation/monit.html#Events
 */
function eventOfMonit({ lines }: Said, message: Posted): Known | undefined {
  const title = bare(lines[0]?.text ?? '');
  if (!/\bmonit\b/i.test(appName(message))) return undefined;
  const [, host = '', service = '', event = ''] =
    /^(?:([\w.-]{1,200}) )?([\w.-]{1,100}) - ([A-Z][A-Za-z ]{3,40}): \S/.exec(title) ?? [];
  const state = MONIT_EVENTS.find(([names]) => names.test(event))?.[1];
  return state === undefined ? undefined : { title, service, state, key: `${host}/${service}` };
}

const MONIT_EVENTS: readonly (readonly [names: RegExp, state: AlertState])[] = [
  [/(?:\bfailed|\bmatched|\berror|\bexceeded|^Does not exist|^Timeout|^Link down|^Invalid type)$/, 'triggered'],
  [/(?:\bsucceeded|\bok|^Exists|^Timeout recovery|^Link up)$/, 'resolved'],
];

/**
 * A sensor of PRTG, its device and its state: `[Office] Ping (gate-1) Down (timeout)`. A pause is no trouble.
 * https://www.paessler.com/manuals/prtg/sensor_states
 */
function sensorOfPrtg({ lines }: Said, message: Posted): Known | undefined {
  if (!/\bprtg\b/i.test(appName(message))) return undefined;
  const title = bare(lines[0]?.text ?? '');
  const [, sensor = '', device = '', status = ''] =
    /^(?:\[[^\]]{1,100}\] )?(\S.{0,100}?) \(([^()]{2,100})\) (Down \((?:Acknowledged|Partial)\)|Down|Warning|Unusual|Up)(?=\s|$)/.exec(
      title,
    ) ?? [];
  const [, inWords = '', on = '', said = ''] = SENSOR_IN_WORDS.exec(title) ?? [];
  const state = PRTG_STATES[status || said];
  const [name, host] = status === '' ? [inWords, on] : [sensor, device];
  return state === undefined ? undefined : { title, service: host, state, key: `${host}/${name}` };
}

/** `Sensor Ping on device gate-1 is Down (timeout)`, and the same in German. */
const SENSOR_IN_WORDS =
  /\bSensor (\S.{0,100}?) (?:on|of|auf|von) (?:(?:device|Gerät|the device|dem Gerät) )?([\w.-]{2,100}) (?:is|ist) (?:now |jetzt )?((?:Down|Fehler)(?: \((?:Acknowledged|Partial|Bestätigt|Teilweise)\))?|Warning|Warnung|Unusual|Ungewöhnlich|Up|OK)(?=\s|[.:,]|$)/u;

const PRTG_STATES: Readonly<Record<string, AlertState>> = {
  Down: 'triggered',
  'Down (Partial)': 'triggered',
  'Down (Acknowledged)': 'acknowledged',
  Warning: 'triggered',
  Unusual: 'triggered',
  Up: 'resolved',
  Fehler: 'triggered',
  'Fehler (Teilweise)': 'triggered',
  'Fehler (Bestätigt)': 'acknowledged',
  Warnung: 'triggered',
  Ungewöhnlich: 'triggered',
  OK: 'resolved',
};

/**
 * `Origin *fra-1* in pool *eu* for shop.example changed from Healthy to *Unhealthy*`: a target of a load balancer.
 * https://developers.cloudflare.com/load-balancing/monitors/health-monitor-notifications/
 */
function turnedTarget({ lines }: Said): Known | undefined {
  for (const title of lines.slice(0, 4).map(({ text }) => bare(text))) {
    const [, target = '', after = ''] = TURNED_TARGET.exec(title) ?? [];
    const state = saidState(after)?.state;
    if (target !== '' && state !== undefined) return { title, service: target, state, key: `${target}/health` };
  }
  return undefined;
}

const TURNED_TARGET =
  /\b(?:origin|endpoint|pool|backend|target) ([A-Za-z0-9][\w.-]{1,100})(?: [^\n]{0,120}?)? changed from (?:Healthy|Unhealthy|Degraded|Critical|Unknown|Up|Down) to (Healthy|Unhealthy|Degraded|Critical|Up|Down)(?!\w)/i;

/**
 * `Alert OPEN — Queries: scanned has gone above 1000`, and below it the project, the cluster and the host: the cluster is
 * what serves.
 * https://www.mongodb.com/docs/atlas/tutorial/third-party-service-integrations/
 */
function alertOfAtlas({ lines }: Said, message: Posted): Known | undefined {
  if (!/\batlas\b/i.test(appName(message))) return undefined;
  const [title = '', ...below] = lines.slice(0, 8).map(({ text }) => bare(text));
  const [, step = '', what = ''] =
    /^[^\p{L}]{0,20}(?:alert )?(OPEN|CLOSED|ACKNOWLEDGED|RESOLVED) ?[—–:|-] ?(\S.{0,300})$/iu.exec(title) ?? [];
  const cluster = below.flatMap((line) => /\bCluster: ([\w.-]{1,100})/.exec(line)?.[1] ?? [])[0] ?? '';
  const state = saidState(step)?.state;
  if (cluster === '' || state === undefined) return undefined;
  const measured = what.split(/ (?:has|have|is|was) /, 1)[0] ?? what;
  return { title, service: cluster, state, key: `${cluster}/${measured}` };
}

/**
 * Graylog's default text: a part about the rule and one about the event, with a name and a value in each line. `Key` holds
 * the values of the fields that the rule groups by. An event that is no alert has `Alert: false`.
 * https://github.com/Graylog2/graylog2-server/blob/master/graylog2-web-interface/src/integrations/event-notifications/event-notification-types/SlackNotificationForm.tsx
 */
function eventOfGraylog({ lines }: Said): Known | undefined {
  const at = lines.findIndex(({ text }) => /^-{2,} \[Event Definition\] -/.test(text));
  if (at < 0) return undefined;
  const below = lines.slice(at + 1, at + 40).map(({ text }) => text);
  const end = below.findIndex((text) => /^-{2,} \[Backlog\] -/.test(text));
  const named = (end < 0 ? below : below.slice(0, end)).flatMap((text) => {
    const [, name = '', value = ''] = /^([A-Za-z][\w ]{0,40}): {1,40}(\S.{0,300})$/.exec(text) ?? [];
    return name === '' ? [] : [[lettersOf(name), value.trim()] as const];
  });
  const said = (name: string) => named.find(([one]) => one === name)?.[1] ?? '';
  const title = said('title');
  if (title === '' || said('alert') === 'false') return undefined;
  const key = said('key');
  const isName = /^[\w.-]{2,100}$/.test(key);
  return {
    title,
    service: said('service') || said('servicename') || (isName ? key : nameInTitle(title)),
    state: 'triggered',
    key: [title, key].filter((part) => part !== '').join('/'),
    severity: GRAYLOG_PRIORITIES[said('priority')] ?? '',
    atUs: instantUs(said('timestamp')),
  };
}

/** https://go2docs.graylog.org/current/interacting_with_your_log_data/event_definitions.html */
const GRAYLOG_PRIORITIES: Readonly<Record<string, string>> = { 1: 'low', 2: 'normal', 3: 'high', 4: 'critical' };

const FORMS: readonly Form[] = [
  eventOfGraylog,
  eventOfMonit,
  sensorOfPrtg,
  lineOfNagios,
  listOfTrueNas,
  applyOfAtlantis,
  exceptionOfRails,
  failedPlay,
  failedCanary,
  incidentOfVendor,
  incidentOfPage,
  mailOfProvider,
  hostedIn,
  turnedTarget,
  alertOfAtlas,
  lostDevice,
  endedProcess,
  errorIn,
  overThreshold,
  stateEntered,
  healthTurned,
  runIn,
];
