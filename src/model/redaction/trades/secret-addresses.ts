/**
 * Addresses that are secrets themselves, beside those of `webhooks.ts`: incoming hooks of chats and automations, addresses that
 * a job calls, and the schemes by which Apprise names a service with its token.
 */
import { type Form, form, UUID } from '#model/redaction/form.ts';

/** A token: letters and digits, no word of a path. */
const TOKEN = String.raw`(?=[\w.~:-]{0,200}\d)[\w.~:-]{6,200}`;

/** github.com/caronc/apprise/wiki: what stands between the slashes is the token, and what follows is who gets the message. */
const FIRST_PART = [
  ...['pbul', 'pover', 'prowl', 'join', 'ifttt', 'ntfys', 'simplepush', 'spush', 'schan', 'bark', 'barks', 'pushy'],
  ...[
    'pushed',
    'push',
    'pushme',
    'techulus',
    'wxteams',
    'webex',
    'ryver',
    'flock',
    'gchat',
    'guilded',
    'line',
    'lametric',
  ],
  ...['msgbird', 'clickatell', 'opsgenie', 'pagerduty', 'pagertree', 'spontit', 'streamlabs', 'victorops', 'splunk'],
  ...['mailgun', 'sendgrid', 'sparkpost', 'brevo', 'resend', 'smtp2go', 'dingtalk', 'feishu', 'wecombot', 'lark'],
  ...['slack', 'discord', 'msteams', 'workflow', 'revolt', 'twist', 'zulip', 'signl4'],
];

export const SECRET_ADDRESSES: readonly Form[] = [
  ...FIRST_PART.map((scheme) =>
    form(
      'webhook',
      [`${scheme}://`],
      String.raw`(${scheme}:\/\/(?:[^\s/@"'<>]{1,60}@)?)(?![a-z][a-z.-]{1,60}(?:[/?#\s"']|$)|(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}(?::\d{1,5})?(?:[/?#\s"']|$)|localhost|\d{1,3}(?:\.\d{1,3}){3})${TOKEN}(?:\/(?![#@*!])${TOKEN}){0,3}`,
    ),
  ),
  // A bot's token: its number, a colon, 35 characters
  form('telegram-token', ['tgram://'], String.raw`(tgram:\/\/)(?:bot)?\d{6,12}:[\w-]{20,60}`),
  // The same with a host in front of the token
  form(
    'webhook',
    ['mmost://', 'mmosts://', 'rocket://', 'rockets://', 'gotify://', 'gotifys://', 'hassio://', 'hassios://'],
    String.raw`([a-z]{5,7}:\/\/[\w.-]{1,100}(?::\d{1,5})?\/)(?=[\w.-]{0,200}\d)[\w.-]{12,200}(?:\/[\w.-]{12,100})?`,
  ),
  // developer.webex.com, "Incoming Webhooks"
  form(
    'webhook',
    ['webexapis.com/', 'api.ciscospark.com/'],
    String.raw`((?:webexapis|api\.ciscospark)\.com\/v1\/webhooks\/incoming\/)[\w+/=-]{20,200}`,
  ),
  // apidocs.bitrix24.com, "Webhooks": the user, the secret, the method
  form(
    'webhook',
    ['rest/'],
    String.raw`(?<=:\/\/[\w.-]{1,100}(?::\d{1,5})?\/)(rest\/\d{1,8}\/)(?=[a-z]{0,40}\d|[a-z0-9]{16}\/)[a-z0-9]{10,40}(?=\/|["'\s]|$)`,
  ),
  // learn.microsoft.com/power-automate and /microsoftteams, "Incoming Webhooks": the signature of a workflow has a name
  form(
    'webhook',
    ['webhookb2/', 'webhook/'],
    String.raw`(?<=\.office(?:365)?\.com\/)(webhook(?:b2)?\/)${UUID}@${UUID}\/IncomingWebhook\/[0-9a-zA-Z]{20,64}(?:\/${UUID})?(?:\/[\w-]{10,80})?`,
  ),
  // pipedream.com/docs/workflows/building-workflows/triggers: the host is the key
  form('webhook', ['eo', 'en'], String.raw`e[on][a-z0-9]{11,22}(?=\.m\.pipedream\.net)`),
  // docs.n8n.io, "Webhook node"; docs.activepieces.com: a key of letters and digits at their own hosts
  form(
    'webhook',
    ['webhook/', 'webhook-test/', 'webhooks/'],
    String.raw`(?<=\.(?:app\.n8n\.cloud|n8n\.cloud|activepieces\.com)\/(?:api\/v1\/)?)(webhook(?:-test|s)?\/)(?=[\w-]{0,80}\d)[\w-]{12,80}`,
  ),
  // healthchecks.io/docs, "Pinging API", at hosts of one's own: a UUID, or a ping key before the name of a check
  form(
    'webhook',
    ['ping/'],
    String.raw`(?<=:\/\/[\w.-]{1,100}(?::\d{1,5})?\/)(ping\/)(?:${UUID}|(?=[\w-]{0,22}\d)(?=[\w-]{0,22}[A-Z])[\w-]{22}(?=\/))`,
  ),
  // cronitor.io/docs/telemetry-api: the key of the account before the name of a monitor
  form(
    'webhook',
    ['ping/', 'cronitor.link/ping/'],
    String.raw`(?<=cronitor\.(?:link|io)\/)(ping\/)[0-9a-f]{20,40}(?=\/)`,
  ),
  // ohdear.app, "Cron job monitoring"; docs.sentry.io, "Crons"; checklyhq.com/docs/heartbeat-monitors; updown.io/doc
  form('webhook', ['ping.ohdear.app/'], String.raw`(ping\.ohdear\.app\/)${UUID}`),
  form('webhook', ['ping.checklyhq.com/'], String.raw`(ping\.checklyhq\.com\/)${UUID}`),
  form('webhook', ['pulse.updown.io/'], String.raw`(pulse\.updown\.io\/)[a-z0-9]{4}\/[a-z0-9]{8,40}`),
  form('webhook', ['heartbeat.uptimerobot.com/'], String.raw`(heartbeat\.uptimerobot\.com\/)m\d{6,12}-[0-9a-f]{20,64}`),
  // developers.google.com/workspace/chat/quickstart/webhooks names key and token. developer.zoho.com/cliq, "Webhook tokens"
  form('webhook', ['zapikey='], String.raw`(zapikey=)[\w.]{20,120}`),
  // pumble.com, "Incoming webhooks"; developers.dingtalk names access_token; learn.guilded.gg, "Webhooks"; docs.workato.com
  form(
    'webhook',
    ['api.pumble.com/'],
    String.raw`(api\.pumble\.com\/workspaces\/[0-9a-f]{20,30}\/incomingWebhooks\/postMessage\/)[\w-]{16,80}`,
  ),
  form(
    'webhook',
    ['media.guilded.gg/', 'www.guilded.gg/'],
    String.raw`((?:media|www)\.guilded\.gg\/webhooks\/${UUID}\/)[\w-]{40,120}`,
  ),
  form('webhook', ['webhooks.workato.com/'], String.raw`(webhooks\.workato\.com\/webhooks\/rest\/)${UUID}`),
];
