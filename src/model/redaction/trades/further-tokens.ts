/**
 * Tokens of further vendors by the beginning that each vendor documents, beside `vendor-tokens.ts` and `tokens-by-trade.ts`.
 * Each row follows the page above it. Keys that a vendor calls public are not here.
 */
import { type Form, form, UUID } from '#model/redaction/form.ts';

/** Letters in both cases and a digit: no word, no hash. */
const MIXED = String.raw`(?=[\w-]{0,40}[A-Z])(?=[\w-]{0,40}[a-z])(?=[\w-]{0,40}\d)`;
/** The same with three digits: no name of a function. */
const RANDOM = String.raw`(?=[a-z\d]{0,40}[A-Z])(?=[A-Z\d]{0,40}[a-z])(?=(?:[A-Za-z]{0,16}\d){3})`;
const END = '(?![A-Za-z0-9])';
const WORD_END = String.raw`(?![\w-])`;

const MODELS: readonly Form[] = [
  // docs.tavily.com, "Quickstart"; jina.ai/embeddings, "API key"; docs.voyageai.com, "API key"; docs.mem0.ai, "API keys"
  form('tavily-key', ['tvly-'], `tvly-(?:(?:dev|prod)-)?[A-Za-z0-9]{24,48}${END}`),
  form('jina-key', ['jina_'], String.raw`jina_[0-9a-f]{32}[\w-]{20,40}`),
  form('voyage-key', ['pa-'], String.raw`pa-${MIXED}[\w-]{43}${WORD_END}`),
  form('mem0-key', ['m0-'], `m0-${MIXED}[A-Za-z0-9]{36,48}${END}`),
  // modal.com/docs/reference, "modal token set": the id begins with `ak-`, the secret with `as-`
  form('modal-secret', ['as-'], `as-${MIXED}[A-Za-z0-9]{22}${WORD_END}`),
  // docs.wandb.ai, "API keys"; kaggle.com/docs/api, "Authentication"; docs.anyscale.com, "Credentials"
  form('wandb-key', ['wandb_v1_'], String.raw`wandb_v1_\w{30,120}`),
  form('kaggle-token', ['KGAT_'], `KGAT_[0-9a-f]{32}${END}`),
  form('anyscale-key', ['esecret_'], `esecret_[a-z0-9]{26}${END}`),
  // docs.lambda.ai, "Cloud API": the name of the key, its id, its secret
  form('lambda-key', ['secret_'], String.raw`(?:secret_)[\w-]{1,40}_[0-9a-f]{32}\.[A-Za-z0-9]{32}${END}`),
  // scale.com/docs, "Authentication"; docs.promptlayer.com, "API keys"; docs.retellai.com, "API keys"; docs.dev.runwayml.com, "Setup"
  form('scale-key', ['live_', 'test_'], `(?:live|test)_[0-9a-f]{32}${END}`),
  form('promptlayer-key', ['pl_'], `pl_[0-9a-f]{32}${END}`),
  form('retell-key', ['key_'], `(?:key_)[0-9a-f]{28}${END}`),
  form('runway-key', ['key_'], `(?:key_)[0-9a-f]{128}${END}`),
  // docs.cartesia.ai, docs.heygen.com, docs.lumalabs.ai, platform.tripo3d.ai/docs, docs.meshy.ai: "API keys"
  form('cartesia-key', ['sk_car_'], `sk_car_[A-Za-z0-9]{20,48}${END}`),
  form('heygen-key', ['sk_V2_'], String.raw`sk_V2_\w{30,120}`),
  form('luma-key', ['luma-'], `(?:luma)-${UUID}-[0-9a-f-]{8,60}${END}`),
  form('tripo-key', ['tsk_'], String.raw`(?:tsk)_${MIXED}[\w-]{36,60}${WORD_END}`),
  form('meshy-key', ['msy_'], `(?:msy)_${MIXED}[A-Za-z0-9]{36}${END}`),
  // console.upstage.ai/docs, friendli.ai/docs, docs.openpipe.ai, docs.predibase.com, docs.vectara.com, docs.nomic.ai: "API keys"
  form('upstage-key', ['up_'], `up_${MIXED}[A-Za-z0-9]{29}${END}`),
  form('friendli-token', ['flp_'], `(?:flp)_${MIXED}[A-Za-z0-9]{30,60}${END}`),
  form('openpipe-key', ['opk_'], `(?:opk)_[0-9a-f]{40,48}${END}`),
  form('predibase-key', ['pb_'], String.raw`pb_${MIXED}[\w-]{22}${WORD_END}`),
  form('vectara-key', ['zut_', 'zwt_', 'zqt_'], String.raw`(?:z[uwq]t)_${MIXED}[\w-]{36,60}${WORD_END}`),
  form('nomic-key', ['nk-'], String.raw`nk-${MIXED}[\w-]{43}${WORD_END}`),
  // docs.browserbase.com and docs.apify.com/platform/integrations/api: "API keys", "API tokens"
  form('browserbase-key', ['bb_live_', 'bb_test_'], String.raw`(?:bb_[a-z]{4})_${MIXED}[\w-]{24,44}${WORD_END}`),
  form('apify-token', ['apify_api_'], 'apify_api_[A-Za-z0-9]{30,48}'),
];

const BUILDS: readonly Form[] = [
  // docs.convex.dev/cli/deploy-key-types: the kind and the deployment, a sign, the key
  form(
    'convex-key',
    ['prod:', 'dev:', 'preview:', 'project:'],
    String.raw`(?:prod|dev|preview|project):[\w:-]{3,80}\|(?:[0-9a-f]{40,200}|eyJ[\w+/=-]{20,400})`,
  ),
  // inngest.com/docs/platform/signing-keys; trigger.dev/docs/apikeys; liveblocks.io/docs/authentication
  form(
    'inngest-key',
    ['signkey-prod-', 'signkey-test-', 'signkey-branch-', 'signkey-dev-'],
    `signkey-[a-z]{3,6}-[0-9a-f]{32,64}${END}`,
  ),
  form(
    'trigger-key',
    ['tr_prod_', 'tr_dev_', 'tr_stg_', 'tr_preview_', 'tr_pat_'],
    String.raw`(?:tr)_[a-z]{3,7}_(?=[a-z]{0,40}[A-Z\d])[A-Za-z0-9]{18,48}${END}`,
  ),
  form('liveblocks-key', ['sk_prod_', 'sk_dev_'], String.raw`(?:sk)_[a-z]{3,4}_${MIXED}[\w-]{30,100}${WORD_END}`),
  // daytona.io/docs, "API keys"; docs.val.town, "API tokens"; buildkite.com/docs/agent/tokens; wakatime.com/developers
  form('daytona-key', ['dtn_'], `(?:dtn)_[0-9a-f]{64}${END}`),
  form('valtown-token', ['vtwn_'], `(?:vtwn)_${MIXED}[A-Za-z0-9]{20,48}${END}`),
  form('buildkite-token', ['bkct_', 'bkaj_'], String.raw`bk[ca][tj]_[\w-]{32,200}`),
  form('wakatime-key', ['waka_'], `(?:waka)_${UUID}${WORD_END}`),
  // browserstack.com/docs/percy, "Project token": the kind of the project; lambdatest.com/support/docs, "Access key"
  form('percy-token', ['web_', 'app_', 'auto_', 'ss_'], `(?:web|app|auto|ss)_[0-9a-f]{64}${END}`),
  form('lambdatest-key', ['LT_'], `LT_${MIXED}[A-Za-z0-9]{40,60}${END}`),
  // confluence.atlassian.com/bitbucketserver, "HTTP access tokens"
  form('bitbucket-token', ['BBDC-'], String.raw`BBDC-[A-Za-z0-9+/@_-]{40,50}(?![\w+/@-])`),
  // jetbrains.com/help/youtrack, "Manage permanent token": the user and the name in base64, the secret
  form(
    'youtrack-token',
    ['perm:', 'perm-'],
    String.raw`(?:perm)[:-][A-Za-z0-9+/]{4,200}={0,2}\.[A-Za-z0-9+/-]{2,200}={0,2}\.[A-Za-z0-9]{24,60}${END}`,
  ),
  // apollographql.com/docs/graphos, "API keys": a graph or a person, the key
  form(
    'apollo-key',
    ['service:', 'user:gh.'],
    String.raw`(?:service:[\w-]{2,64}|user:gh\.[\w-]{4,60}):${MIXED}[\w-]{22}${WORD_END}`,
  ),
  // docs.socket.dev, help.aikido.dev, help.nightfall.ai: "API keys", "CI tokens"
  form('socket-key', ['sktsec_'], String.raw`sktsec_[\w-]{24,80}`),
  form('aikido-key', ['AIK_CI_', 'AIK_SECRET_', 'AIK_API_'], String.raw`AIK_[A-Z]{2,6}_\w{40,100}`),
  form('nightfall-key', ['NF-'], `NF-${MIXED}[A-Za-z0-9]{32}${END}`),
  // builder.io/c/docs, "Private key"; shopify.dev, "Partner API", "Theme Access"; figma.com/developers, "OAuth"
  form('builder-key', ['bpk-'], `(?:bpk)-[0-9a-f]{32}${END}`),
  form('shopify-token', ['prtapi_', 'shptka_'], `(?:prtapi|shptka)_[0-9a-f]{32}${END}`),
  form('figma-token', ['figu_', 'figur_'], String.raw`(?:figur?)_${MIXED}[\w-]{36,60}${WORD_END}`),
];

const OPERATIONS: readonly Form[] = [
  // thethingsindustries.com/docs/api/concepts/auth: the type, an id, the secret
  form('ttn-key', ['NNSXS.'], String.raw`NNSXS\.[A-Z0-9]{39}\.[A-Z0-9]{52}${END}`),
  // docs.dynatrace.com, "Token prefixes": platform tokens, clients of OAuth
  form(
    'dynatrace-token',
    ['dt0s02.', 'dt0s03.', 'dt0s04.', 'dt0s08.', 'dt0s16.'],
    String.raw`dt0s\d\d\.[A-Z0-9]{8,24}\.[A-Z0-9]{64}`,
  ),
  // docs.sentry.io/account/auth-tokens: tokens of integrations and applications
  form('sentry-token', ['sntryi_', 'sntrya_', 'sntryr_'], `sntry[air]_[0-9a-f]{64}${END}`),
  // docs.datadoghq.com/account_management: tokens of people and services, application keys
  form('datadog-token', ['ddpat_', 'ddsat_', 'ddapp_'], String.raw`dd(?:pat|sat|app)_${MIXED}\w{30,120}`),
  // docs.honeybadger.io, docs.mezmo.com, healthchecks.io/docs/api: keys of their interfaces
  form('honeybadger-key', ['hbp_'], `(?:hbp)_${MIXED}[A-Za-z0-9]{36}${END}`),
  form('mezmo-key', ['sts_'], `(?:sts)_[0-9a-f]{32}${END}`),
  form('healthchecks-key', ['hcw_', 'hcr_'], `(?:hc[wr])_${MIXED}[A-Za-z0-9]{28}${END}`),
  // uptimerobot.com/api: the number of the account or the monitor, the key
  form(
    'uptimerobot-key',
    ['u', 'm', 'ur'].flatMap((kind) => Array.from('123456789', (digit) => kind + digit)),
    String.raw`(?:ur?|m)\d{5,10}-(?=[a-f]{0,24}\d)(?=\d{0,24}[a-f])[0-9a-f]{24,32}${WORD_END}`,
  ),
  // developer.pagerduty.com, "OAuth": the account, a UUID
  form('pagerduty-token', ['pdus+_', 'pdeu+_'], String.raw`pd[a-z]{2}\+_[A-Z0-9]{6,10}_${UUID}${WORD_END}`),
  // launchdarkly.com/docs/sdk/relay-proxy; configcat.com/docs; docs.devcycle.com, "Server keys"; docs.statsig.com/console-api
  form('launchdarkly-key', ['rel-'], `(?:rel)-${UUID}${WORD_END}`),
  form('configcat-key', ['configcat-sdk-1/'], String.raw`configcat-sdk-1\/[\w-]{22}\/[\w-]{22}`),
  form('devcycle-key', ['dvc_server_'], String.raw`dvc_server_[\w]{16,60}`),
  form('statsig-key', ['console-'], `(?:console)-${RANDOM}[A-Za-z0-9]{40,50}${END}`),
  // posthog.com/docs/feature-flags, "Secure API key": public keys begin with `phc_`
  form('posthog-key', ['phs_'], `(?:phs)_${MIXED}[A-Za-z0-9]{40,50}${END}`),
  // docs.doppler.com/docs/service-accounts: tokens of an identity
  form('doppler-token', ['dp.said.'], String.raw`dp\.said\.[A-Za-z0-9]{40,44}`),
  // developer.hashicorp.com/boundary/docs, "Auth tokens": an id, the token
  form('boundary-token', ['at_'], `at_[A-Za-z0-9]{10}_${MIXED}[A-Za-z0-9]{40,400}${END}`),
  // developer.okta.com/docs/guides/create-an-api-token
  form('okta-token', ['00'], String.raw`00${MIXED}[\w-]{40}${WORD_END}`),
  // ory.sh/docs, "Token formats"; authelia.com/integration, "OpenID Connect": tokens and codes
  form(
    'ory-token',
    ['ory_'],
    String.raw`(?:ory)_(?:pat|apikey|wak|ac|at|rt|st|lo)_[\w-]{24,100}(?:\.[\w-]{24,100})?${WORD_END}`,
  ),
  form('authelia-token', ['authelia_'], String.raw`(?:authelia)_(?:at|rt|ac|par)_[\w-]{20,100}(?:\.[\w-]{20,100})?`),
  // element-hq.github.io/synapse, "Access tokens"; element-hq.github.io/matrix-authentication-service
  form('matrix-token', ['syt_'], `(?:syt)_[A-Za-z0-9+/]{1,200}={0,2}_[A-Za-z0-9]{20}_[0-9A-Za-z]{6}${END}`),
  form(
    'matrix-token',
    ['mat_', 'mar_', 'mct_', 'mcr_'],
    `(?:m[ac][tr])_${MIXED}[A-Za-z0-9]{20,40}_[A-Za-z0-9]{6}${END}`,
  ),
  // learning.postman.com/docs, "Collection access keys"
  form('postman-key', ['PMAT-'], `PMAT-[A-Z0-9]{26}${END}`),
  // techdocs.akamai.com/developer, "Create authentication credentials": a client or an access token. Its host begins alike.
  form('akamai-token', ['akab-'], String.raw`(?:akab)-[A-Za-z0-9]{16}-[A-Za-z0-9]{16}(?![\w-]|\.[a-z])`),
  // scaleway.com/en/docs, community.exoscale.com, upcloud.com/docs, docs.confluent.io, backblaze.com/docs: keys of a cloud
  form('scaleway-key', ['SCW'], `SCW(?=[A-Z]{0,16}[0-9])[A-Z0-9]{17}${END}`),
  form('exoscale-key', ['EXO'], `EXO[0-9a-z]{24}${END}`),
  form('upcloud-token', ['ucat_'], `(?:ucat)_[A-Z0-9]{26}${END}`),
  form('confluent-secret', ['cflt'], '(?:cflt)[A-Za-z0-9+/]{60}(?![A-Za-z0-9+/])'),
  form(
    'backblaze-key',
    ['K001', 'K002', 'K003', 'K004', 'K005'],
    '(?:K00[1-5])(?=[a-z\\d+/]{0,26}[A-Z])[A-Za-z0-9+/]{27}(?![A-Za-z0-9+/])',
  ),
  // cockroachlabs.com/docs, docs.fauna.com, materialize.com/docs: service accounts, secrets, app passwords
  form('cockroach-key', ['CCDB1_'], `CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}${END}`),
  form('fauna-secret', ['fnA'], String.raw`fnA[A-Z]${MIXED}[\w-]{36}${WORD_END}`),
  form('materialize-password', ['mzp_'], `(?:mzp)_[0-9a-f]{64}${END}`),
  // porkbun.com/api, dnsimple.com/api: `pk1_` is the key, `sk1_` its secret
  form('porkbun-key', ['sk1_', 'pk1_'], `(?:[sp]k1)_[0-9a-f]{64}${END}`),
  form('dnsimple-token', ['dnsimple_a_', 'dnsimple_u_', 'dnsimple_i_'], 'dnsimple_[aiu]_[A-Za-z0-9]{30,40}'),
  // docs.dash0.com, "Auth tokens"; docs.dagster.io, "Agent tokens": the organisation stands before the token
  form('dash0-token', ['auth_'], `(?:auth)_${MIXED}[A-Za-z0-9]{32}${END}`),
  form('dagster-token', ['agent:'], String.raw`(?:agent):[\w-]{2,60}:[0-9a-f]{32}${END}`),
];

const MONEY: readonly Form[] = [
  // RFC 8959: the scheme of an address that is a token; docs.mercury.com, "API tokens"
  form('secret-token', ['secret-token:'], String.raw`(?:secret-token):[\w.~%+=-]{12,400}`),
  // docs.cashfree.com, "API keys"; apidocs.chargebee.com, "Authentication"; docs.mollie.com, "Authentication"
  form('cashfree-key', ['cfsk_ma_'], `cfsk_ma_[a-z]{4}_[0-9a-f]{32}_[0-9a-f]{8}${END}`),
  form('payment-key', ['test_'], `(?:test)_${RANDOM}[A-Za-z0-9]{30,44}${WORD_END}`),
  // developer.gocardless.com, "Access tokens"; duffel.com/docs; developer.frame.io; docs.omise.co; developers.conekta.com
  form('payment-key', ['sandbox_'], String.raw`(?:sandbox)_${MIXED}[\w-]{40}${WORD_END}`),
  form('duffel-token', ['duffel_live_', 'duffel_test_'], String.raw`duffel_[a-z]{4}_[\w=-]{30,60}`),
  form('frameio-token', ['fio-u-'], String.raw`fio-u-[\w=-]{40,80}`),
  form('omise-key', ['skey_'], `(?:skey)_(?:test_)?[0-9a-z]{19}${END}`),
  form('conekta-key', ['key_'], `(?:key)_${MIXED}[A-Za-z0-9]{20,24}${END}`),
  // mercadopago.com/developers, "Credentials": the application, the date, a hash, the user
  form('mercadopago-token', ['APP_USR-', 'TEST-'], String.raw`(?:APP_USR|TEST)-\d{10,20}-\d{6}-[0-9a-f]{32}-\d{5,12}`),
  // checkout.com/docs, "API keys"; developer.revolut.com, "Open Banking"; developer.brex.com; docs.middesk.com; developers.bitgo.com
  form('checkout-key', ['sk_sbox_'], `(?:sk_sbox)_[a-z0-9]{27}${END}`),
  form('revolut-token', ['oa_prod_', 'oa_sand_'], String.raw`(?:oa)_[a-z]{4}_${MIXED}[\w-]{30,60}${WORD_END}`),
  form('brex-token', ['bxt_'], `(?:bxt)_${MIXED}[A-Za-z0-9]{36}${END}`),
  form('middesk-key', ['mk_live_', 'mk_test_'], `(?:mk)_[a-z]{4}_[0-9a-f]{40}${END}`),
  form('bitgo-token', ['v2x'], `v2x[0-9a-f]{64}${END}`),
  // developers.circle.com, "API keys": the environment, an id, a secret
  form('circle-key', ['LIVE_API_KEY:', 'TEST_API_KEY:'], '(?:LIVE|TEST)_API_KEY:[0-9a-f]{32}:[0-9a-f]{32}'),
  // documentation.onfido.com, "API tokens": a region, an id, a secret; docs.withpersona.com; docs.sumsub.com, "App tokens"
  form(
    'onfido-token',
    ['api_live', 'api_sandbox'],
    String.raw`(?:api)_(?:live|sandbox)(?:_(?:us|ca|eu))?\.[\w-]{11}\.[\w-]{32}${WORD_END}`,
  ),
  form('persona-key', ['persona_production_', 'persona_sandbox_'], `persona_[a-z]{7,10}_${UUID}${WORD_END}`),
  form('sumsub-token', ['sbx:', 'prd:'], String.raw`(?:sbx|prd):${MIXED}[A-Za-z0-9]{20,24}\.[A-Za-z0-9]{32}${END}`),
  // docs.evervault.com, "API keys"; revenuecat.com/docs, "Secret API keys"; adapty.io/docs, "Server-side API"
  form(
    'evervault-key',
    ['ev:key:1:'],
    String.raw`ev:key:\d:[A-Za-z0-9+/=]{40,120}:[A-Za-z0-9+/=]{4,12}:[A-Za-z0-9+/=]{4,12}`,
  ),
  form('revenuecat-key', ['sk_'], `sk_${MIXED}[A-Za-z0-9]{28}${END}`),
  form('adapty-key', ['secret_live_', 'secret_test_'], String.raw`(?:secret_[a-z]{4})[._]${MIXED}[\w]{30,60}${END}`),
];

const WORK: readonly Form[] = [
  // docs.n8n.io/api, docs.retool.com, metabase.com/docs, learn.hex.tech: tokens of their interfaces
  form('n8n-key', ['n8n_api_'], `n8n_api_[0-9a-f]{60,100}${END}`),
  form('retool-token', ['retool_01'], `retool_01[a-z0-9]{20,30}${END}`),
  form(
    'metabase-key',
    ['mb_'],
    String.raw`mb_(?=[A-Za-z+/]{0,44}\d)(?=[a-z\d+/]{0,44}[A-Z])[A-Za-z0-9+/]{42,44}={0,2}(?![A-Za-z0-9+/=])`,
  ),
  form('hex-token', ['hxtp_', 'hxtw_'], `(?:hxt[pw])_[0-9a-f]{60,140}${END}`),
  // cal.com/docs/api-reference, savvycal.com/docs/api, developers.bannerbear.com
  form('cal-key', ['cal_live_', 'cal_'], `(?:cal)_(?:live_)?[0-9a-f]{32}${END}`),
  form('savvycal-token', ['pt_secret_'], `(?:pt_secret)_[0-9a-f]{32}${END}`),
  form('bannerbear-key', ['bb_pr_', 'bb_ma_'], `(?:bb)_[a-z]{2}_[0-9a-f]{30}${END}`),
  // developer.close.com, "Authentication with API keys"; developers.intercom.com: base64 of `tok:`
  form('close-key', ['api_'], String.raw`(?:api)_${MIXED}[A-Za-z0-9]{22}\.[A-Za-z0-9]{22}${END}`),
  form('intercom-token', ['dG9rOj', 'dG9rOg'], '(?:dG9rO[jg])[A-Za-z0-9+/]{30,120}={0,2}'),
  // contentstack.com/docs, "Management tokens"; docs.imgix.com, "API keys"
  form('contentstack-token', ['cs'], `cs(?=[a-f]{0,20}\\d)[0-9a-f]{40}${END}`),
  form('imgix-key', ['ak_'], `ak_[0-9a-f]{64}${END}`),
  // developers.telnyx.com, "API keys"; developers.messagebird.com; ably.com/docs/auth: an application, a key, the secret
  form('telnyx-key', ['KEY'], `(?:KEY)[0-9A-F]{32}_[A-Za-z0-9]{22}${END}`),
  form('messagebird-key', ['live_'], `(?:live)_${MIXED}[A-Za-z0-9]{25}${END}`),
  form(
    'ably-key',
    ['ably', 'Ably', 'ABLY'],
    String.raw`((?:[Aa]bly|ABLY)[^\r\n\v]{0,40}?[\s"'=:][\w-]{6}\.[\w-]{6}:)[\w-]{16,60}${WORD_END}`,
  ),
  // learn.microsoft.com/linkedin, developers.pinterest.com, developers.tiktok.com, developers.facebook.com/docs/instagram
  form('linkedin-secret', ['WPL_AP1.'], String.raw`WPL_AP1\.[A-Za-z0-9]{16}\.[A-Za-z0-9+/]{6,8}={0,2}`),
  form('pinterest-token', ['pina_', 'pinr_'], `(?:pin[ar])_(?=[A-Za-z]{0,60}\\d)[A-Za-z0-9]{32,160}${END}`),
  form('tiktok-token', ['act.', 'rft.'], String.raw`(?:act|rft)\.[A-Za-z0-9]{30,100}![\w.]{3,20}`),
  form('instagram-token', ['IGQV', 'IGAA'], String.raw`(?:IG(?:QV|AA))[\w-]{80,400}`),
];

export const FURTHER_TOKENS: readonly Form[] = [...MODELS, ...BUILDS, ...OPERATIONS, ...MONEY, ...WORK];
