/**
 * Messages of Sentry's Slack app: the title is linked with the issue, whose number is the key, or with the metric alert.
 * https://docs.sentry.io/organization/integrations/notification-incidents/slack/
 */
import { firstOf, instantUs, serviceInTitle } from '#adapters/alert-fields.ts';
import { jsonText } from '#adapters/json-line.ts';
import type { Said, SlackLink } from '#adapters/message-text.ts';
import { appName, messageReader, type Posted, type PostedAlert } from '#adapters/posted-message.ts';

/** The id of Sentry's app in Slack. Its metric alerts carry no app name, so only the id shows the sender. */
const APP_ID = 'A011MFBJEUU';

export const readSentryMessage = messageReader({
  source: 'sentry',
  isOwn: (message) => /^sentry\b/i.test(appName(message)) || message.app_id === APP_ID,
  read,
  endsInThread: true,
});

function read({ lines, fields }: Said, message: Posted): PostedAlert | undefined {
  for (const { url, label } of lines.flatMap(({ links }) => links)) {
    const metric = metricAlert({ url, label });
    if (metric !== undefined) return { ...metric, ...startedIn(message) };
    const key = issueIn(url);
    if (key === '' || label === '') continue;
    const texts = lines.map(({ rest }) => rest);
    // The older plugin writes the organisation before the project.
    const named = /^(?:Project:\s*)?(?:[\w.-]{1,100} )?([\w.-]{1,100})(?=\s*(?:\||$))/.exec(
      fields.get('project') ?? '',
    )?.[1];
    // The line of the context: `Project: cart-api    Alert: …    Short ID: CART-API-1Z`.
    const project = named ?? firstOf(...lines.map(({ text }) => /^Project: ([\w.-]{1,100})(?=\s|$)/.exec(text)?.[1]));
    const isOver = texts.some((text) =>
      /\bissue (?:was |has been )?(?:resolved|archived)\b|\bmarked\s{1,4}(?:this issue\s{1,3})?as resolved\b/i.test(
        text,
      ),
    );
    return {
      key,
      title: label,
      state: isOver ? 'resolved' : 'triggered',
      service: project,
      severity: fields.get('level') ?? '',
      url: url.split('?', 1)[0] ?? url,
      labels: project === '' ? {} : { project },
    };
  }
  return undefined;
}

/** `Critical: High failure rate`, `*Resolved: …*`: the state and the name of the rule. */
const METRIC_TITLE = /^\*?(?<state>Critical|Warning|Resolved): (?<name>\S[^\n]*?)\*?$/;

/** `…/alerts/rules/details/77/?alert=345`: the alert's number in its organisation, which is not the webhook's id. */
function metricAlert({ url, label }: SlackLink): PostedAlert | undefined {
  const address = URL.parse(url);
  const rule = /\/alerts\/rules\/details\/(\d{1,30})\/?$/.exec(address?.pathname ?? '')?.[1];
  const { state = '', name = '' } = METRIC_TITLE.exec(label.slice(0, 500))?.groups ?? {};
  if (rule === undefined || name === '') return undefined;
  const isOver = state === 'Resolved';
  return {
    key: `rule ${rule}/${address?.searchParams.get('alert') ?? ''}`,
    title: name,
    state: isOver ? 'resolved' : 'triggered',
    service: serviceInTitle(name),
    severity: isOver ? '' : state.toLowerCase(),
    url,
    labels: {},
  };
}

/** Slack's form of an instant, in seconds: `<!date^1773414600^Started: {date_pretty} …>`, `Started <!date^1773414600^…>`. */
const STARTED = /<!date\^(\d{10})\^Started\b|(?:\b|\\n)Started:? <!date\^(\d{10})\^/;

function startedIn({ attachments }: Posted): Pick<PostedAlert, 'atUs'> {
  const atUs = instantUs(STARTED.exec(jsonText(attachments))?.slice(1).find(Boolean));
  return atUs === undefined ? {} : { atUs };
}

/**
 * Only on Sentry's own hosts, and on self-hosted ones by the path: `/organizations/acme/issues/1/`, in older versions
 * `/acme/cart/issues/1/`. https://github.com/getsentry/sentry-plugins/blob/master/src/sentry_plugins/slack/plugin.py
 */
function issueIn(address: string): string {
  const url = URL.parse(address);
  return url === null
    ? ''
    : (/^(?:\/[\w-]{1,100}\/[\w-]{1,100})?\/issues\/(\d{1,30})\/?(?:$|events)/.exec(url.pathname)?.[1] ?? '');
}
