/** Finds a person's id or a trace's id in stored texts, in the forms in which systems write it. */
import { traceIdDigits } from '#model/trace/trace-id.ts';

export type Mentions = Readonly<{
  /** In lower case: a text that mentions it contains one of these. */
  literals: readonly string[];
  isIn(text: string): boolean;
  /** The text with `FORGOTTEN` in place of each mention. */
  without(text: string): string;
}>;

/** Stands in place of a person or an id. Safe inside of JSON, and no id of anything. */
export const FORGOTTEN = 'forgotten';

/** Stands in place of a whole text. */
export const FORGOTTEN_TEXT = 'Forgotten on request';

export function mentionsOfPerson(userId: string): Mentions {
  return mentions([userId], userId.toLowerCase());
}

/** In hexadecimal with any leading zeros, as AWS X-Ray writes it, in base64 (OTLP, Tempo), in decimal (Datadog). */
export function mentionsOfTrace(id: string): Mentions {
  const core = traceIdDigits(id);
  const full = core.padStart(FULL_DIGITS, '0');
  const base64 = [full, ...(core.length <= HALF_DIGITS ? [core.padStart(HALF_DIGITS, '0')] : [])].map((hex) =>
    Buffer.from(hex, 'hex').toString('base64').replaceAll('=', ''),
  );
  const decimal = BigInt(`0x${full.slice(HALF_DIGITS)}`).toString();
  const xRay = `1-${full.slice(0, X_RAY_TIME_DIGITS)}-${full.slice(X_RAY_TIME_DIGITS)}`;
  const numbers = decimal.length < LEAST_DECIMAL_DIGITS ? [] : [decimal];
  const literals = [core, xRay, ...base64, ...numbers];
  return mentions([`0*${core}`, xRay, ...base64.map(asPattern), ...numbers], ...literals);
}

const FULL_DIGITS = 32;
const HALF_DIGITS = 16;
const X_RAY_TIME_DIGITS = 8;
/** A shorter number may be anything. A random id is shorter in one of 10,000 cases. */
const LEAST_DECIMAL_DIGITS = 16;

/** The slash of base64 may be escaped in JSON. */
function asPattern(base64: string): string {
  return base64.replaceAll('+', '\\+').replaceAll('/', '\\\\?/');
}

/** A longer word that contains the id is another id. */
function mentions(patterns: readonly string[], ...literals: readonly string[]): Mentions {
  const source = `(?<![A-Za-z0-9])(?:${patterns.join('|')})(?![A-Za-z0-9])`;
  const any = new RegExp(source, 'i');
  const all = new RegExp(source, 'gi');
  return {
    literals: literals.map((literal) => literal.toLowerCase()),
    isIn: (text) => any.test(text),
    without: (text) => text.replace(all, FORGOTTEN),
  };
}
