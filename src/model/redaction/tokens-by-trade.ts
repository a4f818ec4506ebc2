/**
 * Vendors' tokens by what they are for, beside the known ones in `vendor-tokens.ts`. Most are hexadecimal, short, or
 * divided by dots, so that nothing but their form tells them from an id. Each row follows the page that it names.
 */
import { type Form, form, UUID } from '#model/redaction/form.ts';

/** Letters in both cases and a digit: no word, no hash. */
const MIXED = String.raw`(?=[\w-]{0,40}[A-Z])(?=[\w-]{0,40}[a-z])(?=[\w-]{0,40}\d)`;
const END = '(?![A-Za-z0-9])';

const PAYMENTS: readonly Form[] = [
  // docs.goshippo.com, "Authentication"; developer.flutterwave.com, "Authentication"; docs.lob.com, "API Keys"
  form('shippo-key', ['shippo_live_', 'shippo_test_'], `shippo_[a-z]{4}_[0-9a-f]{40}${END}`),
  form('flutterwave-key', ['FLWSECK-', 'FLWSECK_'], `FLWSECK(?:[_-](?:TEST|PROD))?-[0-9A-Za-z]{12,40}(?:-X)?${END}`),
  form('lob-key', ['live_', 'test_'], `(?:live|test)_[0-9a-f]{35}${END}`),
  // docs.mollie.com, "Authentication"; developer.gocardless.com, "Access tokens"
  form('payment-key', ['live_'], String.raw`(?<!pk_)(?:live_)${MIXED}[A-Za-z0-9-]{30,44}(?![\w-])`),
  // plaid.com/docs/api/items; developer.paddle.com, "API keys"; docs.xendit.co, "API keys"; docs.midtrans.com, "Access keys"
  form(
    'plaid-token',
    ['access-production-', 'access-sandbox-', 'access-development-'],
    `(?:access)-[a-z]{7,11}-${UUID}`,
  ),
  form('paddle-key', ['pdl_live_', 'pdl_sdbx_'], String.raw`pdl_[a-z]{4}_apikey_\w{40,80}`),
  form('xendit-key', ['xnd_production_', 'xnd_development_'], `xnd_[a-z]{10,11}_[A-Za-z0-9]{30,100}`),
  form('midtrans-key', ['Mid-server-', 'SB-Mid-server-'], String.raw`(?:SB-)?Mid-server-[\w-]{20,40}`),
  // docs.adyen.com/development-resources/api-credentials: base64, and behind it two more parts
  form(
    'adyen-key',
    ['AQE'],
    String.raw`(?<![+/])AQE(?=[A-Za-z+/]{0,90}\d)(?=[A-Z\d+/]{0,90}[a-z])[A-Za-z0-9+/]{77,300}={0,2}(?:-[A-Za-z0-9+/]{20,80}={0,2})?(?:-[\w!#$%&()*+,./:;<=>?@^{|}~-]{8,40})?(?![A-Za-z0-9+/=])`,
  ),
  // woocommerce.github.io/woocommerce-rest-api-docs, "Authentication"
  form('woocommerce-key', ['ck_', 'cs_'], `c[ks]_[0-9a-f]{40}${END}`),
];

const MAIL: readonly Form[] = [
  // developers.mailersend.com, "API tokens"; mailchimp.com/developer/transactional, "API keys"
  form('mailersend-token', ['mlsn.'], `mlsn\\.[0-9a-f]{64}${END}`),
  form('mandrill-key', ['md-'], String.raw`md-${MIXED}[\w-]{22}(?![\w-])`),
  // developers.klaviyo.com, "Authenticate API requests": private keys; developer.clickup.com, "Authentication"
  form('klaviyo-key', ['pk_'], `pk_[0-9a-f]{34}${END}`),
  form('clickup-token', ['pk_'], String.raw`pk_\d{5,10}_[A-Z0-9]{32}${END}`),
  // developers.asana.com, "Personal access token"; developer.atlassian.com/cloud/trello, "Authorization"
  form('asana-token', ['1/', '2/'], String.raw`[12]\/\d{10,20}(?:\/\d{10,20})?:[0-9a-f]{32}${END}`),
  form('trello-token', ['ATTA'], `(?:ATTA)[0-9a-f]{64}[0-9A-F]{0,8}${END}`),
  // developers.notion.com, "Authorization": tokens before `ntn_`
  form('notion-token', ['secret_'], `(?:secret_)${MIXED}[A-Za-z0-9]{43}${END}`),
];

const CLOUDS: readonly Form[] = [
  // developers.google.com/identity/protocols/oauth2: refresh tokens
  form('google-token', ['1//'], String.raw`1\/\/[\w-]{30,200}`),
  // The same: a code that is exchanged for them
  form('google-token', ['4/0A'], String.raw`4\/0A[\w-]{24,200}`),
  // developers.cloudflare.com/fundamentals/api/get-started/ca-keys
  form('cloudflare-token', ['v1.0-'], String.raw`v1\.0-[0-9a-f]{24}-[0-9a-f]{100,200}`),
  // aiven.io/docs and docs.digitalocean.com: passwords of the databases that they run
  form('database-password', ['AVNS_'], String.raw`(?:AVNS_)[\w-]{15,40}`),
  // docs.databricks.com, "OAuth machine-to-machine"; mongodb.com/docs/atlas/api/service-accounts
  form('databricks-token', ['dose', 'dkea'], `(?:dose|dkea)[0-9a-f]{32}${END}`),
  form('atlas-secret', ['mdb_sa_sk_'], String.raw`mdb_sa_sk_[\w-]{20,80}`),
  // elastic.co, "Elastic Cloud API keys"; yandex.cloud/docs/iam: keys of services and IAM tokens
  form('elastic-key', ['essu_'], 'essu_[A-Za-z0-9]{30,200}={0,2}'),
  form('yandex-key', ['AQVN'], String.raw`(?:AQVN)[\w-]{35,38}(?![\w-])`),
  form('yandex-token', ['t1.'], String.raw`t1\.[\w-]{10,400}={0,2}\.[\w-]{86}={0,2}`),
  // alibabacloud.com/help, "AccessKey pair"; cloud.tencent.com, "CAM": ids, as those of AWS
  form('alibaba-key', ['LTAI'], `(?:LTAI)${MIXED}[A-Za-z0-9]{12,26}${END}`),
  form('tencent-key', ['AKID'], `(?:AKID)${MIXED}[A-Za-z0-9]{32}${END}`),
  // developer.salesforce.com, "Session ID": the organisation stands before the sign
  form('salesforce-session', ['00D'], '00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{60,200}'),
  // firebase.google.com/docs/cloud-messaging: keys of servers; developers.facebook.com, "Access tokens"
  form('firebase-key', ['AAAA'], String.raw`(?:AAAA)[\w-]{7}:APA91b[\w-]{100,200}`),
  form('facebook-token', ['EAA'], 'EAA[A-Za-z0-9]{60,400}'),
  // developers.dropbox.com, "OAuth guide"; dev.twitch.tv/docs/chat/authenticating
  form('dropbox-token', ['sl.'], String.raw`sl\.(?:u\.)?[\w-]{100,2000}`),
  form('twitch-token', ['oauth:'], `(?:oauth:)[a-z0-9]{30}${END}`),
];

const OPERATIONS: readonly Form[] = [
  // developer.harness.io, "Manage API keys": the account, the id, the secret
  form('harness-token', ['pat.', 'sat.'], String.raw`(?:[ps]at)\.[\w-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}`),
  // developer.hashicorp.com/vault/docs/concepts/tokens: service tokens before Vault 1.10
  form('vault-token', ['s.'], String.raw`s\.${MIXED}[A-Za-z0-9]{24}(?![\w.(-])`),
  // docs.gitlab.com/security/tokens: runners' registration tokens
  form('gitlab-token', ['GR1348941'], String.raw`GR1348941[\w-]{20,}`),
  // jfrog.com/help, "API Key" and "Reference Token"
  form('jfrog-key', ['AKCp'], '(?:AKCp)[A-Za-z0-9]{60,80}'),
  form('jfrog-token', ['cmVmdGtuO'], 'cmVmdGtuO[A-Za-z0-9+/_-]{40,80}={0,2}'),
  // docs.rootly.com, docs.firehydrant.com, and docs.incident.io, "API keys"; docs.snyk.io, "Authentication for API"
  form('rootly-key', ['rootly_'], `(?:rootly_)[0-9a-f]{64}${END}`),
  form('incident-io-key', ['inc_'], `(?:inc_)[0-9a-f]{64}${END}`),
  // github.com/clojars/clojars-web/wiki, "Deploy Tokens"
  form('clojars-token', ['CLOJARS_'], `CLOJARS_[0-9a-z]{60}${END}`),
  form('firehydrant-key', ['fhb-'], `fhb-[0-9a-f]{32}${END}`),
  form('snyk-token', ['snyk_uat.', 'snyk_sat.'], String.raw`snyk_[us]at\.[\w-]{8}\.[\w.-]{20,200}`),
  // docs.getunleash.io, "API tokens": project, environment, hash; docs.flagsmith.com, "Server-side keys"; docs.statsig.com
  form(
    'unleash-token',
    ['development.', 'production.'],
    String.raw`(?<=(?:^|[\s"'=])(?:[\w-]{1,40}|\*|\[\]):)(?:development|production)\.[0-9a-f]{48,64}${END}`,
  ),
  form('flagsmith-key', ['ser.'], String.raw`ser\.${MIXED}[A-Za-z0-9]{20,24}(?![\w.(-])`),
  form('statsig-key', ['secret-'], `(?:secret-)${MIXED}[A-Za-z0-9]{40,50}${END}`),
  // stytch.com/docs/api, "Authentication"; www.pubnub.com/docs, "Keys"
  form('stytch-secret', ['secret-live-', 'secret-test-'], String.raw`(?:secret-[a-z]{4})-[\w=-]{36,60}`),
  form('pubnub-key', ['sec-c-'], 'sec-c-[A-Za-z0-9=-]{36,60}'),
  // bitwarden.com/help/access-tokens; infisical.com/docs, "Service tokens"; support.1password.com/secret-key
  form('bitwarden-token', ['0.'], String.raw`0\.${UUID}\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==`),
  form('infisical-token', ['st.'], String.raw`st\.[0-9a-f]{24}\.[0-9a-f]{32}\.[0-9a-f]{32}`),
  form('1password-key', ['A3-'], `A3-[A-Z0-9]{6}-[A-Z0-9]{6}(?:-[A-Z0-9]{5}){4}${END}`),
];

const MODELS: readonly Form[] = [
  // elevenlabs.io/docs/api-reference/authentication; docs.firecrawl.dev; inference-docs.cerebras.ai
  form('elevenlabs-key', ['sk_'], `sk_[0-9a-f]{48}${END}`),
  form('firecrawl-key', ['fc-'], '(?:fc-)[0-9a-f]{32}(?![0-9A-Za-z-])'),
  form('cerebras-key', ['csk-'], `csk-[a-z0-9]{48}${END}`),
  // docs.together.ai, docs.fireworks.ai, docs.runpod.io, docs.cloud.llamaindex.ai, e2b.dev/docs: "API keys"
  form('together-key', ['tgp_v1_'], String.raw`tgp_v1_[\w-]{30,60}`),
  form('fireworks-key', ['fw_'], `fw_${MIXED}[A-Za-z0-9]{22,24}${END}`),
  form('runpod-key', ['rpa_'], `rpa_[A-Z0-9]{40,50}[a-z0-9]{0,8}${END}`),
  form('llama-key', ['llx-'], 'llx-[A-Za-z0-9]{40,60}'),
  form('e2b-key', ['e2b_'], `e2b_[0-9a-f]{40}${END}`),
];

const WORK: readonly Form[] = [
  // docs.prefect.io, docs.readme.com, packagist.com/docs/api, depot.dev/docs, checklyhq.com/docs, chromatic.com/docs: keys of
  // their interfaces
  form('prefect-key', ['pnu_', 'pnb_'], `pn[ub]_[A-Za-z0-9]{36}${END}`),
  form('readme-key', ['rdme_'], `rdme_[a-z0-9]{60,80}${END}`),
  form('packagist-token', ['packagist_'], `packagist_[a-z]{3}_[0-9a-f]{60,80}${END}`),
  form('depot-token', ['depot_project_', 'depot_org_', 'depot_user_'], `depot_[a-z]{3,7}_[0-9a-f]{64}${END}`),
  form('checkly-key', ['cu_'], `cu_[0-9a-f]{32}${END}`),
  form('chromatic-token', ['chpt_'], `chpt_[0-9a-f]{12,20}${END}`),
  // jenkins.io/doc/book/system-administration/authenticating-scripted-clients: a version and 32 digits
  form('jenkins-token', ['11'], `11(?=[0-9a-f]{0,30}[a-f])(?=[a-f]{0,30}[0-9])[0-9a-f]{32}${END}`),
  // documentation.onesignal.com, appwrite.io/docs, shopify.dev, developer-docs.amazon.com/sp-api, zoho.com/accounts/protocol
  form('onesignal-key', ['os_v2_app_', 'os_v2_org_'], `os_v2_[a-z]{3}_[a-z0-9]{60,140}${END}`),
  form('appwrite-key', ['standard_'], `standard_[0-9a-f]{200,300}${END}`),
  form('shopify-token', ['shpua_'], `shpua_[0-9a-f]{32}${END}`),
  form('amazon-secret', ['amzn1.oa2-cs.v1.'], String.raw`(?:amzn1)\.oa2-cs\.v1\.[0-9a-f]{64}${END}`),
  form('zoho-token', ['1000.'], String.raw`(?:1000)\.[0-9a-f]{32}\.[0-9a-f]{32}${END}`),
  // yandex.cloud/docs/iam/concepts/authorization/iam-token, dev.vk.com/api/access-token
  form('yandex-token', ['t1.9eu', 't1.9'], String.raw`t1\.9[\w-]{60,400}(?:\.[\w-]{40,200})?`),
  form('vk-token', ['vk1.a.'], String.raw`vk1\.a\.[\w-]{60,400}`),
  // ghost.org/docs/admin-api: an id and a secret
  form(
    'ghost-key',
    ['ghost', 'Ghost', 'GHOST'],
    `([Gg][Hh][Oo][Ss][Tt][^\\r\\n\\v]{0,40}?[ :="'])[0-9a-f]{24}:[0-9a-f]{64}${END}`,
  ),
  // developers.deepl.com/docs: a UUID behind its scheme
  form(
    'deepl-key',
    ['DeepL-Auth-Key ', 'DEEPL_AUTH_KEY', 'DEEPL_API_KEY'],
    `((?:DeepL-Auth-Key |DEEPL_(?:AUTH|API)_KEY["']?[=:] ?["']?))${UUID}(?::fx)?`,
  ),
  // learn.microsoft.com/azure/event-grid/authenticate-with-access-keys
  form(
    'azure-key',
    ['aeg-sas-key', 'aeg-sas-token'],
    String.raw`(aeg-sas-(?:key|token)["']?: ?["']?)[A-Za-z0-9+/]{40,200}={0,2}`,
  ),
];

export const MORE_TOKENS: readonly Form[] = [...WORK, ...PAYMENTS, ...MAIL, ...CLOUDS, ...OPERATIONS, ...MODELS];
