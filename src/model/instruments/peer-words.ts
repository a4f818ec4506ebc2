/** The host that the message of a failed connection names, where its client recorded no peer. */
import { NAME_UNRESOLVED } from '#model/instruments/address-words.ts';
import { CONNECTION_CUT, NOBODY_LISTENS } from '#model/instruments/cut-words.ts';

/** A message is one of a few lines; what comes after is a stack. */
const LONGEST_READ = 2_000;

/**
 * `stock.internal:8443` in `connect ECONNREFUSED stock.internal:8443`: the end of a connection, with its port if that is
 * said. Empty where the message is about something else, or names no other end.
 */
export function peerIn(message: string): string {
  const text = message.slice(0, LONGEST_READ);
  const isAboutConnection = NOBODY_LISTENS.test(text) || NAME_UNRESOLVED.test(text) || CONNECTION_CUT.test(text);
  if (!isAboutConnection) return '';
  for (const form of FORMS) {
    const [, host = '', port] = form.exec(text) ?? [];
    if (host !== '') return port === undefined ? host : `${host}:${port}`;
  }
  return '';
}

const FORMS: readonly RegExp[] = [
  // Go's net/http, reqwest, Spring's RestTemplate: the address of the request
  /\bhttps?:\/\/(?:[^\s"'/@]{1,120}@)?([\w.-]{1,253})(?::(\d{1,5}))?(?=[/"')\s?#]|$)/i,
  // urllib3 https://urllib3.readthedocs.io/en/stable/reference/urllib3.connectionpool.html
  /ConnectionPool\(host='([\w.-]{1,253})', port=(\d{1,5})\)/,
  // libpq https://www.postgresql.org/docs/current/libpq-connect.html, Ruby's connect(2), curl
  /\bserver at "([\w.-]{1,253})"(?: \([\d.:a-f]{2,45}\))?, port (\d{1,5})/,
  /\bfor "([\w.-]{1,253})" port (\d{1,5})/,
  /\bconnect to ([\w.-]{1,253}) port (\d{1,5})/,
  // Node.js, Go, Java, .NET, aiohttp: host and port; OkHttp and Netty add the address behind a slash
  /(?<![\w.:/-])((?=[\w.-]{0,252}[a-z])(?![\w.-]{0,252}\.(?:java|kt|scala|[cm]?[jt]sx?|py|go|rb|php|cs|rs|exs?):)[\w-]{1,63}(?:\.[\w-]{1,63}){0,9})(?:\/[\d.a-f:]{0,40})?:(\d{2,5})(?!:?\w)/i,
  // Node.js, Go, curl, Java: the name alone
  /\b(?:ENOTFOUND|EAI_AGAIN|lookup|UnknownHostException:|resolve(?: host)?:?) ['"]?((?=[\w.-]{0,252}[a-z])[\w-]{1,63}(?:\.[\w-]{1,63}){0,9})\b/i,
];
