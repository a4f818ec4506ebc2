/**
 * Tokens with a known beginning, from each vendor's documentation of its format. Public keys, which pages give to every
 * visitor, are not here (`public-keys.ts`).
 */
import { type Form, form } from '#model/redaction/form.ts';
import { MORE_TOKENS } from '#model/redaction/tokens-by-trade.ts';

/** The end of a routable token of GitLab. */
const ROUTED = String.raw`(?:(?:\.[0-9a-z]{2})?\.[0-9a-z]{9}(?![\w]))?`;

export const VENDOR_TOKENS: readonly Form[] = [
  // apereo.github.io/cas, "Protocol specification": tickets of a login
  form(
    'cas-ticket',
    ['ST-', 'PT-', 'PGT-', 'PGTIOU-', 'TGT-'],
    String.raw`(?:ST|PT|PGT|PGTIOU|TGT)-\d{1,9}-(?=[\w-]{0,60}[a-z])(?=[\w-]{0,60}[A-Z])(?=[\w-]{0,60}\d)[A-Za-z\d-]{16,120}(?:\.[\w.-]{1,60})?`,
  ),
  // RFC 7519 and RFC 7515; a log may have only two of the three parts, or break it between two lines.
  form(
    'jwt',
    ['eyJ'],
    String.raw`eyJ[\w-]{5,}\.(?:[\w-]{2,}\.[\w-]*|eyJ[\w-]{5,}(?:[ \t]{0,8}\r?[\n\v][ \t]{0,16}[\w-]{4,200}\.[\w-]{20,})?|[\w-]{27,})`,
  ),
  // github.com/paseto-standard/paseto-spec: tokens that are encrypted or signed
  form(
    'paseto',
    ['v1.', 'v2.', 'v3.', 'v4.'],
    String.raw`v[1-4]\.(?:local|public)\.(?=[\w-]{0,60}[A-Z])(?=[\w-]{0,60}\d)[\w-]{20,}(?:\.[\w-]{4,})?`,
  ),
  // docs.aws.amazon.com/bedrock, "API keys"
  form('bedrock-key', ['ABSK'], '(?:ABSK)[A-Za-z0-9+/]{40,400}={0,2}(?![A-Za-z0-9+/])'),
  form('aws-key', ['AKIA', 'ASIA', 'AROA', 'AIDA', 'AGPA', 'ABIA', 'ACCA'], '[A-Z]{4}[A-Z0-9]{16}(?![A-Za-z0-9])'),
  form('aws-session-token', ['FwoGZXIvYXdz', 'IQoJb3JpZ2lu'], '[A-Za-z0-9]{12}[A-Za-z0-9+/=_%-]{20,}'),
  form('github-token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], 'gh._[A-Za-z0-9]{20,}'),
  form('github-token', ['github_pat_'], String.raw`github_pat_\w{20,}`),
  // docs.gitlab.com/security/tokens; handbook.gitlab.com, "Routable Tokens": a version, a length and a checksum follow
  form(
    'gitlab-token',
    ['glpat-', 'gldt-', 'glrt-', 'glft-', 'glcbt-', 'glptt-', 'gloas-'],
    String.raw`[a-z]+-[\w-]{20,}${ROUTED}`,
  ),
  form(
    'slack-token',
    ['xoxa-', 'xoxb-', 'xoxc-', 'xoxd-', 'xoxe-', 'xoxp-', 'xoxr-', 'xoxs-'],
    'xox.-[A-Za-z0-9-]{10,}',
  ),
  // Two letters that begin names, too: an old form, which goes on with digits.
  form('slack-token', ['xoxo-'], '(?:xoxo)-[0-9][A-Za-z0-9-]{10,}'),
  form('slack-token', ['xapp-'], 'xapp-[A-Za-z0-9-]{10,}'),
  form(
    'slack-webhook',
    ['hooks.slack.com/'],
    String.raw`(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+`,
  ),
  form(
    'discord-webhook',
    ['discord.com/api/webhooks/'],
    String.raw`(discord\.com\/api\/webhooks\/\d{10,20}\/)[\w-]{20,}`,
  ),
  // learn.microsoft.com/entra/identity-platform, "Authorization code flow": codes and refresh tokens
  form('entra-code', ['0.A', '1.A'], String.raw`[01]\.A[A-Za-z]{1,3}(?=[\w-]{0,60}\d)[\w-]{36,}`),
  // developers.cloudflare.com/cloudflare-one, "Tunnel tokens": base64 of `{"a":"`
  form('cloudflare-token', ['eyJhIjoi'], '(?:eyJhIjoi)[A-Za-z0-9+/_-]{60,}={0,2}'),
  // laravel.com/docs/encryption, "Configuration"
  form('laravel-key', ['base64:'], String.raw`(?<=KEY["'=:\s]{1,6})base64:[A-Za-z0-9+/]{42,88}={0,2}`),
  form('google-key', ['AIza'], String.raw`AIza[\w-]{35}(?![\w-])`),
  form('google-token', ['ya29.'], String.raw`ya29\.[\w-]{20,}`),
  form('google-secret', ['GOCSPX-'], String.raw`GOCSPX-[\w-]{20,40}`),
  form('stripe-key', ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], '.k_[a-z]{4}_[A-Za-z0-9]{16,}'),
  form('stripe-key', ['whsec_'], 'whsec_[A-Za-z0-9+/=]{24,}'),
  // OpenAI, OpenRouter, Langfuse and others: a letter in upper case, a long part or a UUID; a pod of scikit-learn, as in
  // `sk-learn-trainer-7d9f8b6c5d-x2v4q`, has none of them.
  form(
    'api-key',
    ['sk-'],
    String.raw`sk-(?=[\w-]{0,100}?(?:[A-Z]|(?=[a-z]{0,40}\d)[a-z0-9]{20}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-))[\w-]{20,}`,
  ),
  // resend.com/docs/api-reference: a part of eight signs, and a longer one
  form(
    'resend-key',
    ['re_'],
    String.raw`re_(?=[A-Za-z\d_]{0,60}[A-Z])(?=[A-Za-z\d_]{0,60}\d)[A-Za-z\d]{8}_[A-Za-z\d]{20,40}(?![\w-])`,
  ),
  form('sendgrid-key', ['SG.'], String.raw`SG\.[\w-]{16,32}\.[\w-]{16,64}`),
  form('twilio-key', ['SK'], 'SK[0-9a-f]{32}(?![0-9a-f])'),
  form('mailgun-key', ['key-'], 'key-[0-9a-f]{32}(?![0-9a-f])'),
  form('pypi-token', ['pypi-'], String.raw`pypi-[\w-]{50,}`),
  form('rubygems-key', ['rubygems_'], 'rubygems_[0-9a-f]{48}'),
  form('digitalocean-token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], 'do._v1_[0-9a-f]{64}'),
  form('heroku-key', ['HRKU-'], String.raw`HRKU-[\w-]{30,}`),
  form('newrelic-key', ['NRAK-', 'NRII-', 'NRAA-'], 'NR[A-Z]{2}-[A-Za-z0-9_-]{24,42}'),
  form('sentry-token', ['sntrys_', 'sntryu_'], 'sntry[su]_[A-Za-z0-9+/=_-]{40,}'),
  form('pulumi-token', ['pul-'], 'pul-[0-9a-f]{40}'),
  form('doppler-token', ['dp.'], String.raw`dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{2,35}\.)?[A-Za-z0-9]{40,44}`),
  form('postman-key', ['PMAK-'], 'PMAK-[0-9a-f]{24}-[0-9a-f]{34}'),
  form('airtable-token', ['pat'], String.raw`pat[A-Za-z0-9]{14}\.[0-9a-f]{64}`),
  form('atlassian-token', ['ATATT3', 'ATBB', 'ATCTT3'], 'AT[A-Z]{2}[A-Za-z0-9_=-]{24,}'),
  // developer.paypal.com/braintree/docs/guides/authorization: merchant and key of an access token
  form(
    'braintree-token',
    ['access_token$'],
    String.raw`access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[0-9a-f]{32}`,
  ),
  // docs.easypost.com/docs/authentication: keys of production and of tests
  form('easypost-key', ['EZAK', 'EZTK'], 'EZ[AT]K[A-Za-z0-9]{50,70}(?![A-Za-z0-9])'),
  form('square-token', ['sq0atp-', 'sq0csp-'], String.raw`sq0[a-z]{3}-[\w-]{22,43}`),
  form('netlify-token', ['nfp_'], 'nfp_[A-Za-z0-9]{36}'),
  form('supabase-token', ['sbp_'], 'sbp_[0-9a-f]{20,}'),
  form('planetscale-token', ['pscale_'], String.raw`pscale_(?:tkn|pw|oauth)_[\w.-]{32,64}`),
  form('replicate-token', ['r8_'], 'r8_[A-Za-z0-9]{37}'),
  form('api-key', ['pplx-', 'xai-'], '[a-z]+-[A-Za-z0-9]{48,}'),
  form('buildkite-token', ['bkua_'], 'bkua_[0-9a-f]{40}'),
  form('sonar-token', ['sqp_', 'squ_', 'sqa_'], 'sq._[0-9a-f]{40}'),
  form('dynatrace-token', ['dt0c01.', 'dt0s01.'], String.raw`dt0[cs]01\.[A-Z0-9]{24}\.[A-Z0-9]{64}`),
  // platform.openai.com/docs/api-reference/authentication; docs.anthropic.com/en/api/getting-started
  form('openai-key', ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], String.raw`sk-[a-z]+-[\w-]{20,}`),
  form('anthropic-key', ['sk-ant-'], String.raw`sk-ant-[\w-]{20,}`),
  // console.groq.com/docs/quickstart; huggingface.co/docs/hub/security-tokens; docs.nvidia.com/ngc, "API keys"
  form('groq-key', ['gsk_'], 'gsk_[A-Za-z0-9]{40,}'),
  form('huggingface-token', ['hf_'], 'hf_[A-Za-z0-9]{30,}'),
  form('nvidia-key', ['nvapi-'], String.raw`nvapi-[\w-]{40,}`),
  // docs.langchain.com/langsmith/create-account-api-key; docs.pinecone.io, "Manage API keys"
  form('langsmith-key', ['lsv2_pt_', 'lsv2_sk_'], 'lsv2_[ps][tk]_[0-9a-f]{32}_[0-9a-f]{10}'),
  form('pinecone-key', ['pcsk_'], String.raw`pcsk_\w{30,}`),
  // docs.npmjs.com/about-access-tokens; doc.rust-lang.org/cargo/reference/registry-authentication.html
  form('npm-token', ['npm_'], 'npm_[A-Za-z0-9]{36}(?![A-Za-z0-9_])'),
  form('crates-token', ['cio'], 'cio[A-Za-z0-9]{32}(?![A-Za-z0-9_-])'),
  // docs.docker.com/security/access-tokens and /enterprise/security/access-tokens
  form('docker-token', ['dckr_pat_', 'dckr_oat_'], String.raw`dckr_[po]at_[\w-]{27,}`),
  // shopify.dev/docs/apps/build/authentication-authorization/access-tokens
  form('shopify-token', ['shppa_', 'shpca_', 'shpat_', 'shpss_'], 'shp[a-z]{2}_[A-Za-z0-9]{32,64}'),
  // grafana.com/docs/grafana/latest/administration/service-accounts; …/grafana-cloud/security-and-account-management
  form('grafana-token', ['glsa_'], 'glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}'),
  form('grafana-token', ['glc_'], 'glc_[A-Za-z0-9+/]{32,400}={0,2}'),
  // linear.app/developers; developers.notion.com/docs/authorization; developers.figma.com/docs/rest-api/authentication
  form('linear-token', ['lin_api_', 'lin_oauth_'], String.raw`lin_[a-z]+_\w{32,128}`),
  form('notion-token', ['ntn_'], 'ntn_[0-9]{11}[A-Za-z0-9]{35}'),
  form('figma-token', ['figd_'], String.raw`figd_[\w-]{40,200}`),
  // developer.1password.com/docs/service-accounts: base64 of JSON, which begins with `{"`
  form('1password-token', ['ops_eyJ'], String.raw`ops_eyJ[\w+/=-]{60,}`),
  // developer.hashicorp.com/vault/docs/concepts/tokens and /docs/commands/operator/rekey
  form('vault-token', ['hvs.', 'hvb.', 'hvr.'], String.raw`hv[sbr]\.[\w-]{20,}`),
  // vercel.com/docs, "Token formats"; developers.cloudflare.com/fundamentals/api/get-started/token-formats
  form('vercel-token', ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], 'vc[a-z]_[A-Za-z0-9]{20,60}'),
  form('cloudflare-token', ['cfk_', 'cfut_', 'cfat_'], 'cf[a-z]{1,2}_[A-Za-z0-9]{40}[0-9a-f]{8}'),
  // docs.databricks.com/aws/en/dev-tools/auth/pat; tailscale.com/kb/1252/key-secret-management
  form('databricks-token', ['dapi'], 'dapi[A-Fa-f0-9]{32}(?:-[0-9])?(?![A-Fa-f0-9])'),
  form('tailscale-token', ['tskey-'], String.raw`tskey-[a-z]{2,20}-[\w-]{16,100}`),
  // docs.honeycomb.io/configure/environments/manage-api-keys: ingest keys of each region, management keys
  form(
    'honeycomb-key',
    ['hcaik_', 'hcbik_', 'hcxik_', 'hcamk_', 'hcxmk_'],
    'hc[abx][im]k_[a-z0-9]{26}[A-Za-z0-9]{20,40}',
  ),
  // launchdarkly.com/docs/sdk/concepts/client-side-server-side: SDK keys are secret, `mob-` and client-side ids are not
  form('launchdarkly-key', ['sdk-', 'api-'], '(?:sdk|api)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])'),
  // supabase.com/docs/guides/api/api-keys: `sb_publishable_` is public
  form('supabase-key', ['sb_secret_'], String.raw`sb_secret_[\w-]{20,}`),
  // developers.hubspot.com/docs/apps/legacy-apps/authentication/intro-to-auth: a region and a UUID
  form(
    'hubspot-token',
    ['pat-na', 'pat-eu', 'pat-ap'],
    String.raw`pat-[a-z]{2}\d-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`,
  ),
  // discord.com/developers/docs/reference#authentication: id in base64, time, HMAC
  form(
    'discord-token',
    [
      'MT',
      'MD',
      'MU',
      'MV',
      'MW',
      'MX',
      'MY',
      'MZ',
      'Mj',
      'Mz',
      'ND',
      'NT',
      'NX',
      'NE',
      'NU',
      'Nj',
      'Nz',
      'OD',
      'OT',
      'OX',
      'OU',
    ],
    String.raw`[MNO][A-Za-z0-9]{15,40}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])`,
  ),
  // learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
  form(
    'teams-webhook',
    ['webhook.office.com/'],
    String.raw`(webhook\.office\.com\/webhookb2\/)[\w@-]{20,120}\/IncomingWebhook\/[\w/-]{32,200}`,
  ),
  // devblogs.microsoft.com/microsoft365dev, "Retirement of Office 365 connectors": addresses before they had a tenant's name
  form(
    'teams-webhook',
    ['outlook.office.com/', 'outlook.office365.com/'],
    String.raw`(outlook\.office(?:365)?\.com\/webhook\/)[\w@-]{20,120}\/IncomingWebhook\/[\w/-]{32,200}`,
  ),
  // learn.microsoft.com/nuget/nuget-org/scoped-api-keys; docs.nats.io/running-a-nats-service/configuration/securing_nats/
  // auth_intro/nkey_auth: seeds begin with `S` and their role; public keys begin with the role.
  form('nuget-key', ['oy2'], 'oy2[a-z0-9]{43}(?![A-Za-z0-9])'),
  form('nats-seed', ['SU', 'SA', 'SO', 'SC', 'SN', 'SX'], 'S[UAOCNX][A-Z2-7]{56}(?![A-Za-z0-9])'),
  // The other prefixes of GitLab
  form('gitlab-token', ['glsoat-', 'glimt-', 'glagent-', 'glffct-', 'glwt-'], String.raw`gl[a-z]+-[\w-]{20,}${ROUTED}`),
  // docs.mapbox.com/help/glossary/access-token: `sk.` is secret, `pk.` is public
  form('mapbox-token', ['sk.eyJ', 'tk.eyJ'], String.raw`[st]k\.eyJ[\w-]{8,}\.[\w-]{20,}`),
  // posthog.com/docs/api: `phx_` is personal, `phc_` is public
  form('posthog-key', ['phx_'], 'phx_[A-Za-z0-9]{30,}'),
  // developers.brevo.com/docs/getting-started; contentful.com/developers/docs; developer.typeform.com
  form('brevo-key', ['xkeysib-', 'xsmtpsib-'], 'x[a-z]+-[0-9a-f]{64}-[A-Za-z0-9]{16}'),
  form('contentful-token', ['CFPAT-'], String.raw`CFPAT-[\w-]{40,}`),
  form('typeform-token', ['tfp_'], String.raw`tfp_\w{40,}`),
  // circleci.com/docs/managing-api-tokens; neon.com/docs/manage/api-keys; api-docs.render.com/reference/authentication
  form('circleci-token', ['CCIPAT_', 'CCIPRJ_'], 'CCIP[A-Z]{2}_[A-Za-z0-9]{20,24}_[0-9a-f]{40}'),
  form('neon-key', ['napi_'], 'napi_[a-z0-9]{40,}'),
  form('render-key', ['rnd_'], 'rnd_[A-Za-z0-9]{24,}'),
  // fly.io/docs/security/tokens
  form('fly-token', ['fm1r_', 'fm2_', 'fo1_'], String.raw`f[mo]\d\w?_[\w+/=-]{40,}`),
  // axiom.co/docs/reference/tokens; docs.getdbt.com/docs/dbt-cloud-apis/authentication; docs.sourcegraph.com, "sgp_"
  form('axiom-token', ['xaat-', 'xapt-'], 'xa[ap]t-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'),
  form('dbt-token', ['dbtc_', 'dbtu_'], String.raw`dbt[cu]_[\w-]{30,}`),
  form('sourcegraph-token', ['sgp_'], 'sgp_(?:[A-Za-z0-9]{16}_|local_)?[0-9a-f]{40}'),
  // docs.defined.net/guides/automating-host-creation; docs.dependencytrack.org/integrations/rest-api
  form('defined-key', ['dnkey-'], String.raw`(?:dnkey)-[\w=-]{20,30}-[\w=-]{45,60}`),
  form('dependency-track-key', ['odt_'], '(?:odt_)[A-Za-z0-9_]{32,80}(?![A-Za-z0-9])'),
  // octopus.com/docs/octopus-rest-api/how-to-create-an-api-key
  form('octopus-key', ['API-'], '(?:API-)[A-Z0-9]{25,40}(?![A-Za-z0-9])'),
  // developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens: an id stands before it.
  form('terraform-token', ['atlasv1.'], String.raw`atlasv1\.[A-Za-z0-9_=-]{40,100}`),
  // kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens, in the list of protocols of a WebSocket
  form('kubernetes-token', ['base64url.bearer.'], String.raw`(base64url\.bearer\.authorization\.k8s\.io\.)[\w-]{20,}`),
  ...MORE_TOKENS,
];
