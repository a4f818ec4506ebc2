/** Lines in which a service counts refusals like that of this request: they show whether one sender is wrong, or all are. */
import { KEY_UNKNOWN, SIGNATURE_REFUSED } from '#model/instruments/key-words.ts';
import { isErrorLevel } from '#model/logs/log-failure.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';

/** As long as such tools as fail2ban remember a failure: `findtime` is ten minutes by default. */
const COUNTED_WITHIN_US = 600_000_000;
/** `412 webhooks`, `all tokens`, `every delivery`. */
const COUNTS =
  /\b(?:all|every|\d{2,9}) (?:\w{1,20} ){0,2}(?:tokens?|requests?|webhooks?|events?|deliver(?:y|ies)|signatures?|callbacks?)\b/i;

/** `own`: the lines that are certain to be of the request. The lines that count belong to no request. */
export function countedRefusals(own: readonly LogLine[], lines: readonly LogLine[]): readonly LogLine[] {
  const refused = own.find((line) => isErrorLevel(line.level) && signOf(line) !== undefined);
  const sign = refused && signOf(refused);
  if (refused === undefined || sign === undefined) return [];
  return lines.filter(
    (line) =>
      line.service === refused.service &&
      line.traceId === '' &&
      isErrorLevel(line.level) &&
      Math.abs(epochUsOf(line) - epochUsOf(refused)) <= COUNTED_WITHIN_US &&
      sign.test(line.line) &&
      COUNTS.test(line.line),
  );
}

function signOf({ line }: LogLine): Pick<RegExp, 'test'> | undefined {
  return [KEY_UNKNOWN, SIGNATURE_REFUSED].find((sign) => sign.test(line));
}
