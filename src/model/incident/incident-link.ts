/**
 * The links of an incident: a web page with a label, or another incident. Each is a timeline entry of the kind `message`
 * with the value `link`, or `related=<id of the incident>`. A kind of its own would break the messages of a replica of the
 * version before.
 */
import type { TimelineEntry } from '#model/incident/incident.ts';
import { redact, redactNamed } from '#model/redaction/redaction.ts';
import { cutText } from '#model/text/cut-text.ts';

export const LINK = 'link';

const RELATED = 'related=';

/** The value of the entry that names the id of the incident that was taken in. */
export const MERGE_VALUE = 'merge=';

/** Whether another incident was merged into this one with it. */
export function isMerge({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'note' && value.startsWith(MERGE_VALUE);
}

export function relatedValue(incidentId: string): string {
  return `${RELATED}${incidentId}`;
}

export function isLink({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'message' && value === LINK;
}

/** The id of the related incident; undefined for every other entry. */
export function relatedTo({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): string | undefined {
  return kind === 'message' && value.startsWith(RELATED) ? value.slice(RELATED.length) : undefined;
}

/** Whether people linked something with it. */
export function isLinked(entry: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return isLink(entry) || relatedTo(entry) !== undefined;
}

/** In characters. Longer addresses would use up what Slack allows for a whole message. */
export const ADDRESS_CHARS = 1_000;
/** In characters: a label is a line of the overview. */
export const LABEL_CHARS = 150;

export type ReadAddress = Readonly<
  | {
      url: string;
      /** A user, a password, or parameters with a secret were left out. */
      isRedacted: boolean;
    }
  | { problem: string }
>;

/**
 * Reads the address of a web page. It leaves out credentials, because everybody who reads the timeline could use them. A
 * secret in the path cannot be left out: the page would be another one.
 */
export function readAddress(typed: string): ReadAddress {
  if (typed.length > ADDRESS_CHARS) {
    const length = typed.length.toLocaleString('en');
    return {
      problem: `This link has ${length} characters. At most ${ADDRESS_CHARS.toLocaleString('en')} are possible. Most tools have a short link under *Share*.`,
    };
  }
  const url = /^https?:\/\//i.test(typed) ? URL.parse(typed) : null;
  if (url === null || url.hostname === '') return { problem: NO_ADDRESS };
  const whole = url.href;
  url.username = '';
  url.password = '';
  if (url.search !== '') url.search = withoutSecrets(url.search, '?');
  if (url.hash !== '') url.hash = withoutSecrets(url.hash, '#');
  if ([url.href, decoded(url.href)].some((text) => redact(text) !== text)) return { problem: SECRET_PATH };
  if (url.href.length > ADDRESS_CHARS) return { problem: TOO_MANY_SIGNS };
  return { url: url.href, isRedacted: url.href !== whole };
}

const NO_ADDRESS =
  'A link begins with `https://` or `http://`: `/incident link https://grafana.example/d/checkout the board`.';
const SECRET_PATH =
  'This link holds a secret or an email address that cannot be left out, so I do not keep it. Everybody who reads the timeline could use it.';
const TOO_MANY_SIGNS =
  'This link is too long once its special characters are encoded. Most tools have a short link under *Share*.';

/** `?a=1&token=2#x` without the parameters that hold a secret; '' if none is left. A route of an app may hold some too. */
function withoutSecrets(part: string, begin: '?' | '#'): string {
  const [route, ...rest] = part.slice(1).split('?');
  const parameters = (text: string) =>
    text
      .split('&')
      .filter((one) => !isSecret(one))
      .join('&');
  const left = [parameters(route ?? ''), ...(rest.length === 0 ? [] : [parameters(rest.join('?'))])];
  const said = left.filter((text) => text !== '').join('?');
  return said === '' ? '' : `${begin}${said}`;
}

function isSecret(parameter: string): boolean {
  const equals = parameter.indexOf('=');
  const texts = [parameter, `?${parameter}`, decoded(parameter)];
  if (texts.some((text) => redact(text) !== text)) return true;
  if (equals === -1) return false;
  const [name, value] = [decoded(parameter.slice(0, equals)), decoded(parameter.slice(equals + 1))];
  return value !== '' && redactNamed(name, value) !== value;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The host, as people recognise a page by it. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? '';
}

/** The label of a page without words: `grafana.example/d/checkout`. */
export function labelOfAddress(url: string): string {
  const { host = '', pathname = '' } = URL.parse(url) ?? {};
  return cutText(`${host}${pathname === '/' ? '' : decoded(pathname)}`, ADDRESS_LABEL_CHARS);
}

const ADDRESS_LABEL_CHARS = 80;
