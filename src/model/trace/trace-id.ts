/**
 * Finds the trace id in any pasted text: the bare id, a link to Jaeger, Tempo or Grafana, a `traceparent`, a log line,
 * and each of these as Slack changes it.
 */

/** For help texts: the first recorded case, so that the example works in the playground. */
export const EXAMPLE_TRACE_ID = 'c7afda18c2abf11e7001849ddac01d4a';

export type TraceReference = Readonly<
  /** Lower-case hex, with the given number of digits. */
  | { kind: 'trace'; id: string }
  /** An id without the form of a trace id, such as an order's or a request's. The logs are searched for it. */
  | { kind: 'text'; text: string }
>;

/** Shorter tokens are words (`help`, `now`) or hit lines that have nothing to do with the id. */
export const MIN_ID_LENGTH = 6;

/** Longer than any id in use: a longer token is a pasted blob, and no log store is searched for it. */
const MAX_TEXT_LENGTH = 256;

/** The reference in the text; undefined where there is none, or where it names several traces. */
export function readTraceId(text: string): TraceReference | undefined {
  const pasted = unwrap(text);
  const id = idInside(pasted);
  if (id !== undefined) return isZero(id) ? undefined : { kind: 'trace', id };

  if (/\s/.test(pasted) || pasted.length < MIN_ID_LENGTH || pasted.length > MAX_TEXT_LENGTH) return undefined;
  // A link without an id, and an id of zeros, are mistakes, not texts to search for.
  if (pasted.includes('://') || isZero(pasted)) return undefined;
  return /[\p{L}\p{N}]/u.test(pasted) ? { kind: 'text', text: pasted } : undefined;
}

/** A line of words to search the logs for; undefined for a link and for a text without a letter. */
export function readSearchText(text: string): TraceReference | undefined {
  const pasted = unwrap(text);
  const isLine = pasted.length >= MIN_ID_LENGTH && pasted.length <= MAX_TEXT_LENGTH && !/[\r\n]|:\/\//.test(pasted);
  return isLine && /\p{L}/u.test(pasted) ? { kind: 'text', text: pasted } : undefined;
}

/**
 * The ids of a text that consists of several, such as `A B` or the `A...B` of a comparison in Jaeger; empty for any other
 * text. A log line with several ids is read by `readTraceId`.
 */
export function severalTraceIds(text: string): readonly string[] {
  const pasted = unwrap(text);
  const [, ...joined] = JOINED.exec(decoded(pasted)) ?? [];
  const parts = joined.length > 0 ? joined : pasted.split(/[\s,;]+/);
  const ids = parts.map((part) => {
    if (!part.includes('://') && /[=:]/.test(part)) return ''; // the field of a log line
    const reference = readTraceId(part);
    return reference?.kind === 'trace' ? reference.id : '';
  });
  const different = ids.filter((id, at) => ids.findIndex((other) => sameTraceId(other, id)) === at);
  // A shorter one is a word, or the id of a span next to its trace's.
  const areIds = different.every((id) => id.length >= MIN_NAMED_LENGTH && id.length === different[0]?.length);
  return areIds && different.length > 1 ? different : [];
}

/**
 * The first id that a generated text labels as a trace id: `trace_id=…`, `"traceID": "…"`, `traceparent: …`, a link to
 * a trace. Never bare hex: in alerts that is usually a fingerprint, a rule or a request.
 */
export function namedTraceId(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const said = decoded(line.replaceAll('&amp;', '&'));
    for (const form of SPOKEN_FORMS) {
      for (const [, id = ''] of said.matchAll(form)) {
        const bare = id.replaceAll('-', '').toLowerCase();
        if (!isZero(bare) && bare.length >= MIN_NAMED_LENGTH) return bare;
      }
    }
  }
  return undefined;
}

/** Whether two ids name one trace: stores differ in case and in leading zeros. */
export function sameTraceId(a: string, b: string): boolean {
  return padded(a.toLowerCase()) === padded(b.toLowerCase());
}

/** The forms in which a store may know the trace: as given, with 32 digits, and with 16 for a 64-bit id. */
export function traceIdForms(id: string): readonly string[] {
  const full = padded(id.toLowerCase());
  const forms = [id.toLowerCase(), full];
  if (full.length === FULL_LENGTH && full.startsWith(HALF_ZEROS)) forms.push(full.slice(HALF_LENGTH));
  return [...new Set(forms)];
}

/** Without leading zeros: the part that every form of the id contains. */
export function traceIdDigits(id: string): string {
  return id.toLowerCase().replace(/^0+/, '');
}

const FULL_LENGTH = 32;
const HALF_LENGTH = 16;
const HALF_ZEROS = '0'.repeat(HALF_LENGTH);

function padded(id: string): string {
  return id.padStart(FULL_LENGTH, '0');
}

function isZero(id: string): boolean {
  return /^(0x)?[0-]+$/i.test(id);
}

/** Removes what Slack, mail and an imprecise selection put around an id. */
function unwrap(text: string): string {
  return text
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, '') // zero-width characters come along from web pages
    .replace(/<((?:https?:\/\/)[^|<>\s]+)(?:\|[^<>]*)?>/gi, '$1') // Slack's form of a link
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚]/g, "'")
    .trim()
    .replace(/^["'`*_~<([{]+/, '')
    .replace(/(?<!["'`*_~>)\]}.,;:!?…])["'`*_~>)\]}.,;:!?…]+$/, '')
    .trim();
}

function idInside(text: string): string | undefined {
  return text.includes('://') ? idInLink(text) : (idAlone(text) ?? idInLine(text));
}

const HEX = '[0-9a-f]';
const UUID = `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`;

const HEX_ALONE = new RegExp(`^${HEX}{${MIN_ID_LENGTH},${FULL_LENGTH}}$`, 'i');
const UUID_ALONE = new RegExp(`^${UUID}$`, 'i');

/** One token that is an id by its form. */
function idAlone(text: string): string | undefined {
  const bare = text.replace(/^0x/i, '');
  if (HEX_ALONE.test(bare)) return bare.toLowerCase();
  if (UUID_ALONE.test(text)) return text.replaceAll('-', '').toLowerCase();
  return undefined;
}

/** Headers that services forward, alone or within a line. */
const HEADER_FORMS: readonly RegExp[] = [
  // W3C: version-trace-parent-flags
  /(?:^|[^0-9a-z])[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9a-z])/gi,
  // B3 in one header: trace-span-sampled
  /(?:^|[^0-9a-z-])([0-9a-f]{32}|[0-9a-f]{16})-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?(?![0-9a-z-])/gi,
  // Jaeger's uber-trace-id: trace:span:parent:flags
  /(?:^|[^0-9a-z:])([0-9a-f]{6,32}):[0-9a-f]{1,16}:[0-9a-f]{1,16}:[0-9a-f]{1,2}(?![0-9a-z:])/gi,
];

/** AWS X-Ray: OpenTelemetry joins the time and the random part. */
const XRAY = /(?:^|[^0-9a-z-])1-([0-9a-f]{8})-([0-9a-f]{24})(?![0-9a-z-])/i;

/** `1-5759e988-bd862e3fe1be46a994272793`; undefined for an id without 128 bits, of which X-Ray has none. */
export function xrayTraceId(id: string): string | undefined {
  const [, time, random] = /^(?!0{8})([0-9a-f]{8})([0-9a-f]{24})$/.exec(padded(id.toLowerCase())) ?? [];
  return time === undefined ? undefined : `1-${time}-${random}`;
}

function xrayIn(text: string): string | undefined {
  const xray = XRAY.exec(text);
  return xray ? `${xray[1]}${xray[2]}`.toLowerCase() : undefined;
}

/** `trace_id=…`, `"traceID":"…"`, `trace.id: …`, `X-B3-TraceId: …`, `trace:id = "…"` of TraceQL. */
const NAMED = new RegExp(
  `trace[ ._:-]?id\\\\?["']?\\s*(?:[:=]|=>)\\s*\\\\?["']?(?:0x)?(${UUID}|${HEX}{${MIN_ID_LENGTH},${FULL_LENGTH}})(?![0-9a-z-])`,
  'gi',
);

/** A token that can be nothing but a 128-bit id. */
const WHOLE = /(?<![0-9a-z-])([0-9a-f]{32})(?![0-9a-z-])/gi;

const LINE_FORMS: readonly RegExp[] = [NAMED, ...HEADER_FORMS, WHOLE];

function idInLine(text: string): string | undefined {
  return firstToName(text, LINE_FORMS) ?? xrayIn(text);
}

/** W3C's header with its name; without the name it may come from the delivery of the text. */
const TRACEPARENT = /traceparent["']?\s*[:=]\s*["']?[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9a-z])/gi;

/** `…/trace/<id>` of Jaeger and Tempo, `…/traces/<id>` of their APIs. */
const PATH = new RegExp(`/traces?/(?:0x)?(${UUID}|${HEX}{1,${FULL_LENGTH}})(?![0-9a-z-])`, 'gi');

/** The query of a pane in Grafana's Explore, where it is nothing but an id. */
const PANE_QUERY = new RegExp(
  `\\\\?"query\\\\?"\\s*:\\s*\\\\?"\\s*(${HEX}{${MIN_ID_LENGTH},${FULL_LENGTH}})\\s*\\\\?"`,
  'gi',
);

/** Shorter ones are words, dates and numbers: stores strip leading zeros, but hardly more than four of sixteen. */
const MIN_NAMED_LENGTH = 12;

/** `Example trace 4bf9…`: a 128-bit id behind the word. */
const SPOKEN = /(?<!stack[ -])\btrace:?\s{1,3}[`"'(]?([0-9a-f]{32})(?![0-9a-z-])/gi;

const SPOKEN_FORMS: readonly RegExp[] = [NAMED, TRACEPARENT, PATH, PANE_QUERY, SPOKEN];

/** Slack and mail write three dots as one character. */
const JOINED = new RegExp(
  `(?<![0-9a-z-])(${UUID}|${HEX}{${MIN_NAMED_LENGTH},${FULL_LENGTH}})(?:\\.{2,3}|…)(${UUID}|${HEX}{${MIN_NAMED_LENGTH},${FULL_LENGTH}})(?![0-9a-z-])`,
  'i',
);

/** A link has a fixed place for its id; a bare 16-digit token in it is as likely a span or a data source. */
function idInLink(text: string): string | undefined {
  return firstToName(decoded(text), [PATH, PANE_QUERY, NAMED, WHOLE]);
}

/** A pane is encoded once, and once more when the link was itself a parameter of a login page. */
const MAX_DECODINGS = 3;

function decoded(link: string): string {
  let text = link;
  for (let round = 0; round < MAX_DECODINGS; round += 1) {
    const next = text.replace(/(?:%[0-9a-f]{2})+/gi, decodedOrKept);
    if (next === text) return text;
    text = next;
  }
  return text;
}

function decodedOrKept(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return escapes; // not UTF-8, so it is no id
  }
}

/** The id that the first matching form names; undefined where that form names several. */
function firstToName(text: string, forms: readonly RegExp[]): string | undefined {
  for (const form of forms) {
    const ids = [...text.matchAll(form)].map((match) => (match[1] ?? '').replaceAll('-', '').toLowerCase());
    const [first, ...others] = ids;
    if (first !== undefined) return others.every((other) => sameTraceId(first, other)) ? first : undefined;
  }
  return undefined;
}
