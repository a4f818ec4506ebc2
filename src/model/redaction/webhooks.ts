/**
 * Addresses that anybody may post to who knows them: the part behind the vendor's host is the secret. Each row follows
 * the page that it names.
 */
import { type Form, form, UUID } from '#model/redaction/form.ts';

export const WEBHOOKS: readonly Form[] = [
  // help.zapier.com, "Trigger Zaps from webhooks": the account, the hook
  webhook(
    ['hooks.zapier.com/'],
    String.raw`hooks\.zapier\.com\/hooks\/(?:catch|standard)\/(?:\d{1,12}\/)?`,
    String.raw`(?!\d{1,12}\/)\w{5,60}`,
  ),
  // help.make.com, "Webhooks", also before its new name
  webhook(['hook.'], String.raw`hook\.(?:[a-z]{2}\d\.make\.com|make\.com|integromat\.com)\/`, '[a-z0-9]{20,60}'),
  // ifttt.com/maker_webhooks
  webhook(
    ['maker.ifttt.com/'],
    String.raw`maker\.ifttt\.com\/(?:trigger\/[\w-]{1,80}(?:\/json)?\/with|use)\/(?:key\/)?`,
    String.raw`[\w-]{16,60}`,
  ),
  // support.pagerduty.com, "Events API"; help.victorops.com, "REST endpoint"; betterstack.com/docs and healthchecks.io/docs,
  // "Heartbeats"; deadmanssnitch.com/docs
  webhook(
    ['events.pagerduty.com/', 'events.eu.pagerduty.com/'],
    String.raw`events(?:\.eu)?\.pagerduty\.com\/(?:integration|generic)\/`,
    '[0-9a-z]{32}',
  ),
  webhook(
    ['alert.victorops.com/'],
    String.raw`alert\.victorops\.com\/integrations\/[\w-]{1,40}\/\d{8}\/alert\/`,
    String.raw`[\w-]{20,60}`,
  ),
  webhook(
    ['uptime.betterstack.com/', 'betteruptime.com/'],
    String.raw`(?:uptime\.betterstack|betteruptime)\.com\/api\/v1\/heartbeat\/`,
    String.raw`\w{20,60}`,
  ),
  webhook(['hc-ping.com/'], String.raw`hc-ping\.com\/`, String.raw`(?:${UUID}|[\w-]{22}(?=\/))`),
  webhook(['nosnch.in/'], String.raw`nosnch\.in\/`, '[0-9a-f]{10}'),
  // grafana.com/docs/oncall, "Inbound webhook"; support.squadcast.com, "Webhook"; docs.zenduty.com; docs.spike.sh; docs.signl4.com;
  // docs.ilert.com, "Alert sources": addresses that take alerts
  webhook(
    ['integrations/v1/'],
    String.raw`(?<=:\/\/[\w.-]{1,100}(?::\d{1,5})?\/(?:[\w-]{1,20}\/)?)integrations\/v1\/[a-z_]{3,40}\/`,
    String.raw`[A-Za-z0-9]{20,40}(?![\w-])`,
  ),
  webhook(
    ['incidents/'],
    String.raw`(?<=\.squadcast\.com\/(?:v\d\/)?)incidents\/(?!api\/)?[\w-]{1,40}\/`,
    '[0-9a-f]{32,64}',
  ),
  webhook(['integration/'], String.raw`(?<=zenduty\.com\/api\/)integration\/[\w-]{1,40}\/`, String.raw`[\w-]{20,60}`),
  webhook(['hooks.spike.sh/'], String.raw`hooks\.spike\.sh\/`, String.raw`[\w-]{16,60}`),
  webhook(['connect.signl4.com/'], String.raw`connect\.signl4\.com\/webhook\/`, String.raw`\w{6,40}`),
  webhook(['events/'], String.raw`(?<=\.ilert\.com\/api\/v1\/)events\/[\w-]{1,40}\/`, String.raw`\w{12,80}`),
  // docs.anaconda.com, "Tokens": the token of a channel is a step of its address
  webhook(['t/'], String.raw`(?<=:\/\/[\w.-]{1,100}(?::\d{1,5})?\/(?:api\/)?)t\/`, `[a-z]{2}-${UUID}(?![\\w-])`),
  // docs.netlify.com, "Build hooks"; vercel.com/docs/deploy-hooks
  webhook(['api.netlify.com/'], String.raw`api\.netlify\.com\/build_hooks\/`, '[0-9a-f]{20,30}'),
  webhook(
    ['api.vercel.com/'],
    String.raw`api\.vercel\.com\/v1\/integrations\/deploy\/prj_\w{10,40}\/`,
    String.raw`\w{8,40}`,
  ),
  // open.feishu.cn and open.larksuite.com, "Custom bots"; developer.work.weixin.qq.com, "Group robots"
  webhook(
    ['open.feishu.cn/', 'open.larksuite.com/'],
    String.raw`open\.(?:feishu\.cn|larksuite\.com)\/open-apis\/bot\/(?:v2\/)?hook\/`,
    UUID,
  ),
  webhook(['qyapi.weixin.qq.com/'], String.raw`qyapi\.weixin\.qq\.com\/cgi-bin\/webhook\/send\?key=`, UUID),
  // developers.mattermost.com, "Incoming webhooks"; docs.rocket.chat, "Integrations"
  webhook(
    ['hooks/'],
    String.raw`(?<=:\/\/[\w.-]{1,100}(?::\d{1,5})?\/)hooks\/`,
    String.raw`(?:[a-z0-9]{26}|[0-9a-f]{24}\/[A-Za-z0-9]{30,60}|[A-Za-z0-9]{17}\/[A-Za-z0-9]{30,60})(?![\w-])`,
  ),
  // docs.metamask.io/services and alchemy.com/docs: nodes of Ethereum, whose key is the end of the address
  webhook(['v3/'], String.raw`(?<=\binfura\.io\/(?:ws\/)?)v3\/`, '[0-9a-f]{32}'),
  webhook(['v2/'], String.raw`(?<=\.g\.alchemy\.com\/)v2\/`, String.raw`[\w-]{21,40}`),
  // help.cloudsmith.io, "Entitlement tokens"; packagecloud.io/docs; fury.co/docs; docs.myget.org: a token before the packages
  webhook(
    ['dl.cloudsmith.io/'],
    String.raw`dl\.cloudsmith\.io\/(?:basic\/)?`,
    String.raw`(?!public\/|basic\/)\w{12,40}(?=\/)`,
  ),
  webhook(['packagecloud.io/'], String.raw`packagecloud\.io\/(?:priv\/)?`, String.raw`[0-9a-f]{40,64}(?=\/)`),
  webhook(
    ['fury.io/', 'pypi.fury.io/', 'gem.fury.io/', 'npm.fury.io/'],
    String.raw`(?:pypi\.|gem\.|npm\.)?fury\.io\/`,
    String.raw`(?=[\w-]{0,40}\d)(?=[\w-]{0,40}[A-Z])[\w-]{16,40}(?=\/)`,
  ),
  webhook(['auth/'], String.raw`(?<=myget\.org\/F\/[\w.-]{1,80}\/)auth\/`, UUID),
  // uptime.kuma.pet and cronitor.io/docs: addresses that a job calls; quicknode.com/docs: nodes
  webhook(['push/'], String.raw`(?<=:\/\/[\w.-]{1,100}(?::\d{1,5})?\/api\/)push\/`, '[A-Za-z0-9]{10,40}(?![\\w-])'),
  webhook(['cronitor.link/'], String.raw`cronitor\.link\/p\/`, '[0-9a-f]{20,40}'),
  webhook(['quiknode.pro/'], String.raw`quiknode\.pro\/`, '[0-9a-f]{32,64}'),
  // help.sumologic.com, "HTTP Logs and Metrics Source"; documentation.solarwinds.com/loggly, "HTTP/S Event Endpoint"
  webhook(['receiver/'], String.raw`(?<=\.sumologic\.com\/)receiver\/v1\/http\/`, '[A-Za-z0-9_+/-]{40,200}={0,2}'),
  webhook(['inputs/', 'bulk/'], String.raw`(?<=\.loggly\.com\/)(?:inputs|bulk)\/`, UUID),
  // docs.tines.com and docs.n8n.io, "Webhooks": hosts of each customer
  webhook(['webhook/'], String.raw`(?<=\.tines\.com\/)webhook\/[\w-]{1,80}\/`, '[0-9a-f]{20,64}'),
  // docs.n8n.io, home-assistant.io and tines.com, "Webhooks": a UUID right behind the host of a customer
  webhook(
    ['webhook/', 'webhook-test/', 'webhook-waiting/', 'hook/', 'trigger/'],
    String.raw`(?<=:\/\/[\w.-]{1,100}(?::\d{1,5})?\/(?:api\/)?)(?:webhook(?:-test|-waiting)?|hook|trigger)\/`,
    `${UUID}(?![\\w-])`,
  ),
  webhook(
    ['webhook.site/', 'requestbin.net/'],
    String.raw`(?:webhook\.site|requestbin\.net)\/(?:r\/)?`,
    `${UUID}(?![\\w-])`,
  ),
  // discord.com/developers/docs, "Receiving and Responding": the answer to a button, good for 15 minutes
  webhook(
    ['interactions/'],
    String.raw`(?<=discord(?:app)?\.com\/[\w/]{0,20})interactions\/\d{10,20}\/`,
    String.raw`[\w-]{40,400}`,
  ),
  // api.slack.com/interactivity/handling, "response_url"
  webhook(
    ['actions/', 'commands/', 'app/', 'triggers/', 'workflows/'],
    String.raw`(?<=hooks\.slack\.com\/)(?:actions|commands|app|triggers|workflows)\/[TE][A-Z0-9]{3,14}\/(?:[A-Z][A-Z0-9]{6,14}\/)?(?=\d{8,20}\/)`,
    String.raw`\d{8,20}\/[A-Za-z0-9]{20,60}`,
  ),
  // docs.datadoghq.com/api/latest/logs, "Send logs"
  webhook(['input/'], String.raw`(?<=\/v[12]\/)input\/`, '[0-9a-f]{32}(?![0-9A-Za-z])'),
  webhook(
    ['discordapp.com/api/webhooks/'],
    String.raw`discordapp\.com\/api\/webhooks\/\d{10,20}\/`,
    String.raw`[\w-]{20,}`,
  ),
];

function webhook(beginnings: readonly string[], address: string, secret: string): Form {
  return form('webhook', beginnings, `(${address})(?:${secret})`);
}
