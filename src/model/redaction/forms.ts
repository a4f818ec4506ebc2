/**
 * Credentials with a known beginning. Two sets: the rules that secretlint maintains (`maintained-forms.ts`, written by
 * a tool), and forms that these lack or match too narrowly for log lines, where a token may be shortened. Each form is
 * tried only at its beginning, and reads a bounded length.
 */
import { MAINTAINED_FORMS } from '#model/redaction/maintained-forms.ts';

/** `pattern` matches from the beginning on; its first group, where it has one, is what stays readable. */
export type Form = Readonly<{ kind: string; beginnings: readonly string[]; pattern: string }>;

const OWN_FORMS: readonly Form[] = [
  // Vendors' documentation of their own formats.
  form('jwt', ['eyJ'], String.raw`eyJ[\w-]{5,}\.[\w-]{2,}\.[\w-]*`),
  form('aws-key', ['AKIA', 'ASIA', 'AROA', 'AIDA', 'AGPA', 'ABIA', 'ACCA'], '[A-Z]{4}[A-Z0-9]{16}(?![A-Za-z0-9])'),
  form('aws-session-token', ['FwoGZXIvYXdz', 'IQoJb3JpZ2lu'], '[A-Za-z0-9]{12}[A-Za-z0-9+/=_%-]{20,}'),
  form('github-token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], 'gh._[A-Za-z0-9]{20,}'),
  form('github-token', ['github_pat_'], String.raw`github_pat_\w{20,}`),
  form(
    'gitlab-token',
    ['glpat-', 'gldt-', 'glrt-', 'glft-', 'glcbt-', 'glptt-', 'gloas-'],
    String.raw`[a-z]+-[\w-]{20,}`,
  ),
  form(
    'slack-token',
    ['xoxa-', 'xoxb-', 'xoxc-', 'xoxd-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-'],
    'xox.-[A-Za-z0-9-]{10,}',
  ),
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
  form('google-key', ['AIza'], String.raw`AIza[\w-]{35}(?![\w-])`),
  form('google-token', ['ya29.'], String.raw`ya29\.[\w-]{20,}`),
  form('google-secret', ['GOCSPX-'], String.raw`GOCSPX-[\w-]{20,40}`),
  form('stripe-key', ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], '.k_[a-z]{4}_[A-Za-z0-9]{16,}'),
  form('stripe-key', ['whsec_'], 'whsec_[A-Za-z0-9+/=]{24,}'),
  form('api-key', ['sk-'], String.raw`sk-[\w-]{20,}`),
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
  form('doppler-token', ['dp.'], String.raw`dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9]{40,44}`),
  form('postman-key', ['PMAK-'], 'PMAK-[0-9a-f]{24}-[0-9a-f]{34}'),
  form('airtable-token', ['pat'], String.raw`pat[A-Za-z0-9]{14}\.[0-9a-f]{64}`),
  form('atlassian-token', ['ATATT3', 'ATBB', 'ATCTT3'], 'AT[A-Z]{2}[A-Za-z0-9_=-]{24,}'),
  form('square-token', ['sq0atp-', 'sq0csp-'], String.raw`sq0[a-z]{3}-[\w-]{22,43}`),
  form('netlify-token', ['nfp_'], 'nfp_[A-Za-z0-9]{36}'),
  form('supabase-token', ['sbp_'], 'sbp_[0-9a-f]{40}'),
  form('planetscale-token', ['pscale_'], String.raw`pscale_(?:tkn|pw|oauth)_[\w.-]{32,64}`),
  form('replicate-token', ['r8_'], 'r8_[A-Za-z0-9]{37}'),
  form('api-key', ['pplx-', 'xai-'], '[a-z]+-[A-Za-z0-9]{48,}'),
  form('buildkite-token', ['bkua_'], 'bkua_[0-9a-f]{40}'),
  form('sonar-token', ['sqp_', 'squ_', 'sqa_'], 'sq._[0-9a-f]{40}'),
  form('dynatrace-token', ['dt0c01.', 'dt0s01.'], String.raw`dt0[cs]01\.[A-Z0-9]{24}\.[A-Z0-9]{64}`),
  form('authorization', ['NTLM Tl', 'Negotiate YI', 'Negotiate Tl'], '((?:NTLM|Negotiate) )[A-Za-z0-9+/]{20,}=*'),
  form(
    'authorization',
    ['AWS4-HMAC-'],
    String.raw`(AWS4-HMAC-[A-Z0-9]{4,8} )[A-Z][A-Za-z]{5,12}=[^\s"'<>\\]{4,4096}(?:, ?[A-Z][A-Za-z]{5,12}=[^\s"'<>\\]{1,4096}){0,3}`,
  ),
  // Users in addresses of Oracle's driver.
  form('user-info', ['jdbc:oracle:'], String.raw`(jdbc:oracle:\w{2,8}:)[^\s/@:"']{1,64}\/[^\s@"']{1,128}(?=@)`),
  // Hashes of passwords, as crypt(3), frameworks, databases and directories store them: how they were made stays.
  form('password-hash', ['2a$', '2b$', '2x$', '2y$'], String.raw`((?<=\$)2[abxy]\$\d\d\$)[./A-Za-z0-9]{22,53}`),
  form(
    'password-hash',
    ['1$', '5$', '6$'],
    String.raw`((?<=\$)[156]\$(?:rounds=\d{1,9}\$)?)[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{20,86}`,
  ),
  form('password-hash', ['apr1$'], String.raw`((?<=\$)apr1\$)[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}`),
  form(
    'password-hash',
    ['y$', 'gy$'],
    String.raw`((?<=\$)g?y\$[./A-Za-z0-9]{1,12}\$)[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{20,86}`,
  ),
  form('password-hash', ['P$', 'H$', 'S$'], String.raw`((?<=\$)[PHS]\$)[./A-Za-z0-9]{31,55}`),
  form(
    'password-hash',
    ['argon2id$', 'argon2i$', 'argon2d$'],
    String.raw`(argon2(?:id|i|d)\$(?:v=\d{1,3}\$)?m=\d{1,9},t=\d{1,6},p=\d{1,4}\$)[A-Za-z0-9+/]{8,128}={0,2}\$[A-Za-z0-9+/]{16,256}={0,2}`,
  ),
  form('password-hash', ['pbk'], String.raw`(pbkdf2[_:-]sha-?\d{1,3}[$:]\d{1,9}\$)[\w./+=-]{1,128}\$[\w./+=-]{20,256}`),
  form('password-hash', ['scr'], String.raw`(scrypt:\d{1,9}:\d{1,4}:\d{1,4}\$)[\w./+=-]{1,128}\$[\w./+=-]{20,256}`),
  form('password-hash', ['md5', 'sha'], String.raw`((?:md5|sha1)\$)\w{1,64}\$[0-9a-f]{32,40}(?![0-9a-f])`),
  form('password-hash', ['md5'], '(md5)[0-9a-f]{32}(?![0-9A-Za-z])'),
  form(
    'password-hash',
    ['SHA', 'SSH', 'MD5', 'SMD'],
    String.raw`((?<=\{)S?(?:SHA|MD5)(?:256|384|512)?\})[A-Za-z0-9+/]{20,200}={0,2}`,
  ),
  form(
    'password-hash',
    ['SCR'],
    String.raw`(SCRAM-SHA-(?:1|256)\$\d{1,9}:)[A-Za-z0-9+/]{8,200}={0,2}\$[A-Za-z0-9+/]{8,200}={0,2}:[A-Za-z0-9+/]{8,200}={0,2}`,
  ),
  form('private-key', ['AGE-SECRET-KEY-1'], 'AGE-SECRET-KEY-1[A-Z0-9]{58}'),
];

function form(kind: string, beginnings: readonly string[], pattern: string): Form {
  return { kind, beginnings, pattern };
}

type Known = Readonly<{ kind: string; beginning: string; pattern: RegExp }>;

/** Forms by the first two characters of their beginnings. */
const FORMS_BY_PAIR: ReadonlyMap<number, readonly Known[]> = Map.groupBy(
  [...OWN_FORMS, ...MAINTAINED_FORMS].flatMap(({ kind, beginnings, pattern }) => {
    const sticky = new RegExp(pattern, 'y');
    return beginnings.map((beginning) => ({ kind, beginning, pattern: sticky }));
  }),
  ({ beginning }) => pairOf(beginning.charCodeAt(0), beginning.charCodeAt(1)),
);

/**
 * For each pair of first characters: 0 where no form begins with it, otherwise an index; and a bit for each possible
 * third character, by its last five bits.
 */
const PAIRS = new Uint8Array(128 * 128);
const THIRDS = new Int32Array(FORMS_BY_PAIR.size + 1);
for (const [at, [pair, forms]] of [...FORMS_BY_PAIR].entries()) {
  PAIRS[pair] = at + 1;
  for (const { beginning } of forms)
    THIRDS[at + 1] = (THIRDS[at + 1] ?? 0) | (beginning.length === 2 ? -1 : 1 << (beginning.charCodeAt(2) & 31));
}

/** Whether a form may begin here; false for most words. */
export function mayBeginForm(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  const pair = next < 128 ? (PAIRS[pairOf(text.charCodeAt(at), next)] ?? 0) : 0;
  return pair !== 0 && ((THIRDS[pair] ?? 0) & (1 << (text.charCodeAt(at + 2) & 31))) !== 0;
}

/** For ASCII characters. */
function pairOf(first: number, second: number): number {
  return (first << 7) | second;
}

/**
 * The longest credential that begins here, of the form with the longest known beginning; undefined where none begins.
 * The text may end inside of it.
 */
export function formAt(text: string, at: number): Readonly<{ kind: string; start: number; end: number }> | undefined {
  let found: { kind: string; start: number; end: number } | undefined;
  let known = 0;
  for (const { kind, beginning, pattern } of FORMS_BY_PAIR.get(pairOf(text.charCodeAt(at), text.charCodeAt(at + 1))) ??
    []) {
    if (!text.startsWith(beginning, at)) continue;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const end = match === null ? cutEnd(text, at, beginning) : at + match[0].length;
    const isLonger = end > (found?.end ?? at) || (end === found?.end && beginning.length > known);
    if (!isLonger) continue;
    found = { kind, start: at + (match?.[1] ?? '').length, end };
    known = beginning.length;
  }
  return found;
}

/** The end of a truncated token: the end of the text, or dots that mark the cut. 0 where it is not truncated. */
function cutEnd(text: string, at: number, beginning: string): number {
  if (beginning.length < DISTINCT_CHARS || beginning.includes('/')) return 0;
  CUT_TOKEN.lastIndex = at + beginning.length;
  const rest = CUT_TOKEN.exec(text);
  return rest === null ? 0 : CUT_TOKEN.lastIndex - (rest[1] ?? '').length;
}

/** A shorter beginning may match by chance. */
const DISTINCT_CHARS = 4;
const CUT_TOKEN = /[\w-]{6,200}(\.\.\.|…|$)/y;
