/**
 * An address that a change takes out of TLS, where the failure names this address and wants a secure connection.
 *
 *   -  IMAGES=https://cdn.example      App Transport Security policy requires the use of a secure connection
 *   +  IMAGES=http://img.example         … http://img.example/5.jpg
 *   ▲── the change brings the plain address that the failure names
 */
import type { Touched } from '#model/changes/said/values.ts';

/**
 * Apple (-1022), Android and OkHttp, browsers (mixed content, HTTPS only), Flutter, .NET MAUI, gRPC, npm and Maven; in lower
 * case. https://developer.apple.com/documentation/foundation/nsurlerror/code,
 * https://developer.mozilla.org/docs/Web/Security/Mixed_content
 */
const WANTS_SECURE =
  /\bapp ?transport ?security\b|\bcleartext\b.{0,80}\bnot (?:permitted|supported|allowed|enabled)\b|\binsecure http is not allowed\b|\bmixed content\b|\binsecure (?:resource|request|content|endpoint|connection)\b|\brequires? (?:the use of )?(?:a )?(?:secure connection|https|tls)\b|\bonly https\b|\bmust (?:be|use) https\b|\bblocked mirror\b/;
const PLAIN = /\b(?:http|ws|ftp|mqtt|amqp):\/\/([a-z\d][\w.-]{2,200})/gi;
const SECURE = /\b(?:https|wss|ftps|sftp|mqtts|amqps):\/\//i;

/** Empty where the old address was as plain, or where the failure names another one. `failure`: in lower case. */
export function plainAddress({ added, removed }: Touched, failure: string): string {
  if (!WANTS_SECURE.test(failure) || !SECURE.test(removed)) return '';
  const before = new Set(hostsIn(removed));
  const said = new Set(hostsIn(failure));
  const host = hostsIn(added).find((one) => said.has(one) && !before.has(one));
  return host === undefined ? '' : `it brings the address http://${host} without TLS, which the failure refuses`;
}

function hostsIn(text: string): readonly string[] {
  return Array.from(text.matchAll(PLAIN), ([, host = '']) => host.toLowerCase().replace(/\.$/, ''));
}
