/** Tokens of further vendors, and names, ids and hashes that begin like them. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const hex = (length: number) => '7b3e0c9a5f21d846'.repeat(20).slice(0, length);
const mixed = (length: number) => 'k3V9zq0xR7mW2p8Ty'.repeat(20).slice(0, length);
const upper = (length: number) => 'K3V9ZQ0XR7MW2P8TY'.repeat(20).slice(0, length);
const lower = (length: number) => 'k3v9zq0xr7mw2p8ty'.repeat(20).slice(0, length);
const UUID = '5f21d846-7b3e-4c9a-a5f2-1d8467b3e0c9';

const TOKENS: readonly string[] = [
  ...[
    `tvly-${mixed(32)}`,
    `tvly-dev-${mixed(32)}`,
    `jina_${hex(32)}${mixed(28)}`,
    `pa-${mixed(43)}`,
    `m0-${mixed(40)}`,
  ],
  ...[`as-${mixed(22)}`, `wandb_v1_${mixed(40)}`, `KGAT_${hex(32)}`, `esecret_${lower(26)}`],
  ...[`secret_lab_${hex(32)}.${mixed(32)}`, `live_${hex(32)}`, `pl_${hex(32)}`, `key_${hex(28)}`, `key_${hex(128)}`],
  ...[`sk_car_${mixed(22)}`, `sk_V2_${mixed(40)}`, `luma-${UUID}-${hex(20)}`, `tsk_${mixed(43)}`, `msy_${mixed(36)}`],
  ...[
    `up_${mixed(29)}`,
    `flp_${mixed(46)}`,
    `opk_${hex(40)}`,
    `pb_${mixed(22)}`,
    `zut_${mixed(40)}`,
    `nk-${mixed(43)}`,
  ],
  ...[
    `bb_live_${mixed(27)}`,
    `apify_api_${mixed(36)}`,
    `prod:happy-otter-123|${hex(60)}`,
    `dev:calm-owl-7|eyJ2MiI6${mixed(40)}`,
  ],
  ...[`signkey-prod-${hex(64)}`, `tr_prod_${mixed(20)}`, `sk_prod_${mixed(60)}`, `dtn_${hex(64)}`, `vtwn_${mixed(24)}`],
  ...[`bkct_${mixed(40)}`, `waka_${UUID}`, `web_${hex(64)}`, `LT_${mixed(40)}`, `BBDC-${mixed(44)}`],
  ...[`perm:${mixed(8)}.${mixed(8)}.${mixed(30)}`, `service:my-graph:${mixed(22)}`, `user:gh.4f1b:${mixed(22)}`],
  ...[`sktsec_${mixed(40)}_api`, `AIK_CI_${mixed(64)}`, `NF-${mixed(32)}`, `bpk-${hex(32)}`, `prtapi_${hex(32)}`],
  ...[`shptka_${hex(32)}`, `figu_${mixed(40)}`, `NNSXS.${upper(39)}.${upper(52)}`, `dt0s16.${upper(8)}.${upper(64)}`],
  ...[
    `sntryi_${hex(64)}`,
    `ddpat_${mixed(22)}_${mixed(32)}`,
    `ddapp_${mixed(34)}`,
    `hbp_${mixed(36)}`,
    `sts_${hex(32)}`,
  ],
  ...[`hcw_${mixed(28)}`, `u1234567-${hex(24)}`, `m779999999-${hex(24)}`, `pdus+_0XBPWQQ_${UUID}`, `rel-${UUID}`],
  ...[`configcat-sdk-1/${mixed(22)}/${mixed(22)}`, `dvc_server_${lower(20)}_7b3e0c9`, `console-${mixed(45)}`],
  ...[`phs_${mixed(43)}`, `dp.said.${mixed(40)}`, `at_${mixed(10)}_${mixed(80)}`, `00${mixed(40)}`],
  ...[`ory_pat_${mixed(32)}`, `ory_at_${mixed(43)}.${mixed(43)}`, `authelia_at_${mixed(43)}.${mixed(43)}`],
  ...[
    `syt_am8_${mixed(20)}_${mixed(6)}`,
    `mat_${mixed(30)}_${mixed(6)}`,
    `PMAT-${upper(26)}`,
    `akab-${mixed(16)}-${mixed(16)}`,
  ],
  ...[`SCW${upper(17)}`, `EXO${lower(24)}`, `ucat_${upper(26)}`, `cflt${mixed(60)}`, `K005${mixed(27)}`],
  ...[
    `CCDB1_${mixed(22)}_${mixed(40)}`,
    `fnAE${mixed(36)}`,
    `mzp_${hex(64)}`,
    `sk1_${hex(64)}`,
    `dnsimple_a_${mixed(32)}`,
  ],
  ...[`auth_${mixed(32)}`, `agent:hooli:${hex(32)}`, `secret-token:${mixed(30)}`, `cfsk_ma_prod_${hex(32)}_${hex(8)}`],
  ...[
    `test_${mixed(35)}`,
    `sandbox_${mixed(40)}`,
    `duffel_test_${mixed(43)}`,
    `fio-u-${mixed(64)}`,
    `skey_test_${lower(19)}`,
  ],
  ...[`key_${mixed(22)}`, `APP_USR-1234567890123456-120112-${hex(32)}-123456789`, `sk_sbox_${lower(27)}`],
  ...[
    `oa_prod_${mixed(43)}`,
    `bxt_${mixed(36)}`,
    `mk_live_${hex(40)}`,
    `v2x${hex(64)}`,
    `LIVE_API_KEY:${hex(32)}:${hex(32)}`,
  ],
  ...[`api_live.${mixed(11)}.${mixed(32)}`, `api_sandbox_eu.${mixed(11)}.${mixed(32)}`, `persona_production_${UUID}`],
  ...[`sbx:${mixed(22)}.${mixed(32)}`, `ev:key:1:${mixed(60)}:${mixed(6)}:${mixed(6)}`, `sk_${mixed(28)}`],
  ...[`secret_live_${mixed(32)}`, `n8n_api_${hex(80)}`, `retool_01${lower(24)}`, `mb_${mixed(43)}=`, `hxtp_${hex(64)}`],
  ...[
    `cal_live_${hex(32)}`,
    `cal_${hex(32)}`,
    `pt_secret_${hex(32)}`,
    `bb_pr_${hex(30)}`,
    `api_${mixed(22)}.${mixed(22)}`,
  ],
  ...[`dG9rOj${mixed(44)}=`, `cs${hex(40)}`, `ak_${hex(64)}`, `KEY${hex(32).toUpperCase()}_${mixed(22)}`],
  ...[`live_${mixed(25)}`, `WPL_AP1.${mixed(16)}.ab12+g==`, `pina_${upper(60)}`, `act.${mixed(60)}!4521.va`],
  ...[`IGQVJ${mixed(150)}`],
];

test.each(TOKENS)('redacts %s', (token) => {
  const redacted = redact(`x.Error key=${token} plan=1`).replace(
    /^x\.Error key=|'?\[redacted:[a-z\d-]+\]'?| plan=1$/g,
    '',
  );
  expect(redacted).toBe('');
  expect(redact(`run -u 'jo' -P '${token}' -h eu1.test`)).not.toContain(token.slice(-8));
});

test.each([
  ['Ably client xVLyHw.A1bC2d:DGWG4aykaidGjG4k failed', 'Ably client xVLyHw.A1bC2d:[redacted:ably-key] failed'],
])('%s keeps the name of the key', (text, expected) => {
  expect(redact(text)).toBe(expected);
});

/** One line for each row: a name, a short id or a hash with the same beginning. */
const INNOCENT: readonly string[] = [
  'tvly-search-worker restarted; tvly-dev.internal answered 200',
  'jina_embeddings_v3 loaded, pa-7 is down, m0-base has 3 pods',
  'as-set AS-ROUTES-EU, as-14061, subnet as-west-2b-private-routing',
  'wandb_v1_runs dropped, KGAT_for_ACL trained, esecret_store missing',
  'secret_lab_access denied for secret_rotation_2026',
  'live_orders 44, test_login_with_expired_session passed, pl_core_news_sm loaded',
  'key_partitions=12 key_order_customer_id_idx rebuilt, key_7b3e is cold',
  'sk_car_model, sk_V2_schema, luma-api-7d9f8b6c5d-x2v4q ready, tsk_runner exited',
  'msy_table locked, up_since=2026-12-01T00:01:02Z up_migrations_20261201000102',
  'flp_draft_20261201, opk_count=4, pb_message_size 4096, zut_queue empty, nk-store-eu-west-1-a7',
  'bb_live_view opened, apify_api_url is set',
  'prod:checkout-api|deploy ok, dev:happy-otter-123|log, project:web|build 4471',
  'signkey-prod-rotation job finished, tr_prod_orders_total 17, tr_dev_null',
  'sk_prod_category_translations has 40 rows, dtn_gateway up, vtwn_ready',
  'bkct_schedule_nightly, waka_time_plugin 4.1, web_7b3e0c9a5f21d846 deployed, app_config_map',
  'auto_increment_lock_mode=2, ss_tun_1080, LT_VERSION_MISMATCH, BBDC-9 fixed',
  'perm:read granted, perm-check.sh.bak, service:checkout:latency_p99, user:gh.jo:admin',
  'sktsec_scan done, AIK_CI_STATUS=ok, NF-12 open, bpk-cache-miss',
  'prtapi_calls 7, shptka_theme, figu_width=40, NNSXS is the type of a key',
  'dt0s16 and dt0c01 are types, dt0s16.ABCD, sntryi_ is a prefix, ddpat_ and ddapp_ too',
  'hbp_monitor_pressure_systolic, sts_assume_role_duration_seconds 0.4, hcw_reader, hcr_list',
  'u1234567 logged in, m7-large, u1-24tb1, ur5 robot stopped, m5-2xlarge-eu-west-1a',
  'pdus+_ is a prefix, rel-2026.12.01, rel-checkout-7d9f8b6c5d-x2v4q, configcat-sdk-1 loaded',
  'dvc_server_count=2, console-operator-7d9f8b6c5d-x2v4q ready, phs_phase_change, dp.said is one',
  'at_least_once delivery, at_exit_handler_called, 00123456789, 00:14:22:01:23:45',
  'ory_kratos_session_lifespan=24h, authelia_session missing, syt_run_7, mat_view_refresh_total',
  'mct_bus 4, PMAT-7, akab-h05tnam3wl42son7-nktnlnnxn5zkzqhl.luna.akamaiapis.net answered 401',
  'SCWIFI down, SCWARNINGS, EXOPLANET, ucat_id, cfltools 2.1, K001 and K005 are lanes, K8S',
  'CCDB1_backup ok, fnAfterCommit called, mzp_queue, pk1_index, sk1_seq, dnsimple_a_record updated',
  'auth_provider_x509_cert_url set, auth_middleware_handles_expired_tokens, agent:linux:amd64',
  'secret-token: expired, cfsk_ma_errors, test_that_Upload_Works, test_HandlesUserLoginWithOAuth2AndRedirect',
  'sandbox_mode=on, duffel_test_offers, fio-u-turn, skey_length=32, APP_USR-1, TEST-4471',
  'sk_sbox_errors, oa_prod_pool, bxt_count, mk_live_reload, v2x-gateway, LIVE_API_KEY is not set',
  'api_live.checkout.internal, api_sandbox_eu.host, persona_production_rollout, sbx:7, prd:checkout',
  'ev:key:1 loaded, sk_orders_customer_fk, secret_live_view, n8n_api_calls 4, retool_01 page',
  'mb_strtolower() expects parameter 1, mb_free=204, hxtp_config, cal_live_events, cal_2026',
  'pt_secret_santa, bb_pr_review, api_gateway.requests_total, dG9rOj, cs7b3e, ak_lane 4',
  'KEY0 pressed, KEYCLOAK_VERSION, Ably connected in 20 ms, WPL_AP1 zone, pina_colada, act.up, rft.x, IGAA 3',
  'commit 7b3e0c9a5f21d8467b3e0c9a5f21d8467b3e0c9a on branch user_7b3e0c9a, image sha256:7b3e0c9a5f21d846',
  'trace 7b3e0c9a5f21d8467b3e0c9a5f21d846 span 5f21d8467b3e0c9a request 5f21d846-7b3e-4c9a-a5f2-1d8467b3e0c9',
];

test.each(INNOCENT)('keeps %s', (text) => {
  expect(redact(text)).toBe(text);
});
