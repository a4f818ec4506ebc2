/**
 * Finds why an image cannot be pulled, from the messages of containerd, CRI-O, Docker, the registries (OCI distribution's
 * error codes) and the kubelet.
 */
export const PULL_FAILURES = [
  'rate-limit',
  'never-pulled',
  'invalid-name',
  'missing-secret',
  'not-allowed',
  'unknown-host',
  'certificate',
  'unreachable',
  'other-platform',
  'no-space',
  'not-found',
  'not-found-or-not-allowed',
  'unknown',
] as const;

export type PullFailure = (typeof PULL_FAILURES)[number];

/** The registry or the node fails, whatever image a release names. */
export const NOT_OF_IMAGE: ReadonlySet<string> = new Set<PullFailure>(['rate-limit', 'unreachable', 'no-space']);

/** The first match counts: certain messages come before ambiguous ones. */
const WORDS: readonly (readonly [PullFailure, RegExp])[] = [
  ['rate-limit', /toomanyrequests|too many requests|pull rate limit|\b429\b/i],
  ['never-pulled', /ErrImageNeverPull|pull policy of Never/i],
  ['invalid-name', /InvalidImageName|invalid reference format|couldn't parse image/i],
  ['unknown-host', /no such host|name resolution|server misbehaving|lookup [\w.-]+( on [\d.:[\]a-f]+)?: /i],
  ['certificate', /x509:|certificate (?:signed by|has expired|is valid for)|tls: failed to verify/i],
  [
    'unreachable',
    /i\/o timeout|connection refused|connection reset|TLS handshake timeout|context deadline exceeded|no route to host|network is unreachable|connection timed out|RegistryUnavailable|unexpected status(?: code)?:? 5\d\d|\b50[234] (?:Bad Gateway|Service Unavailable|Gateway)|Client\.Timeout|unexpected EOF/i,
  ],
  ['no-space', /no space left on device/i],
  ['other-platform', /no match for platform|no matching manifest for|does not match the specified platform/i],
  [
    'not-found-or-not-allowed',
    /(?:repository )?does not exist or may require|requested access to the resource is denied|pull access denied/i,
  ],
  [
    'not-allowed',
    /unauthorized|authentication required|no basic auth credentials|authorization failed|access forbidden|\b40[13] (?:Unauthorized|Forbidden)|unexpected status(?: code)?:? 40[13]|invalid username|incorrect username or password|token has expired|permission .{0,60}denied/i,
  ],
  ['not-found', /manifest unknown|not ?found|name unknown|MANIFEST_UNKNOWN|NAME_UNKNOWN|\b404\b/i],
];

/** `texts` are the states of the container and the events about it; `isSecretMissing`: the kubelet did not find the credentials. */
export function pullFailure(texts: readonly string[], isSecretMissing: boolean): PullFailure {
  const found = WORDS.find(([, words]) => texts.some((text) => words.test(withoutImages(text))))?.[0] ?? 'unknown';
  const wantsCredentials = found === 'not-allowed' || found === 'not-found-or-not-allowed' || found === 'unknown';
  return isSecretMissing && wantsCredentials ? 'missing-secret' : found;
}

/** The part of the message that names the reason, without its introduction; empty where there is none. */
export function pullWords(texts: readonly string[], failure: PullFailure): string {
  const words = WORDS.find(([name]) => name === failure)?.[1];
  const text = texts.find((one) => words?.test(withoutImages(one))) ?? texts[0] ?? '';
  return text.replace(/^.*?(?:Failed to pull image|failed to pull and unpack image) "[^"]*": /, '');
}

/** An image may be called `not-found`; it is named in quotes. */
function withoutImages(text: string): string {
  return text.replaceAll(/"[^"]*"/g, '""');
}
