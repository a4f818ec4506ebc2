/**
 * Finnish personal identity codes: the day of birth, the century, a counter and a check character. The name of the code is often
 * missing beside it, so a word for a person counts too, if the check character is right.
 */

/** dvv.fi, "Personal identity code": the signs since 2023 are letters, too. */
const FORM = /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(\d{2})[-A-FU-Y](\d{3})([\dA-Y])$/;
const CHECKS = '0123456789ABCDEFHJKLMNPRSTUVWXY';
const CHARS = 11;
/** People, and offices that know them. */
const PERSON =
  /hetu|henkil|potila|asiak|syntym|vakuutet|hakija|oppila|opiskelij|työntekij|tyontekij|jäsen|jasen|huoltaj|lapsen|lapsi|saaja|omistaj|kela|omakanta|kanta\b|dvv|suomi\.fi|patient|person|customer|client|citizen|tunnus/i;
const BEFORE_CHARS = 60;
const BEHIND_CHARS = 30;

/** Whether the run from `start` to `end` is such a code beside a word for a person in its line. */
export function isFinnishCode(text: string, start: number, end: number): boolean {
  if (end - start !== CHARS) return false;
  const [, day = '', month = '', year = '', counter = '', check = ''] = FORM.exec(text.slice(start, end)) ?? [];
  if (day === '' || CHECKS[Number(day + month + year + counter) % CHECKS.length] !== check) return false;
  const before =
    text
      .slice(Math.max(0, start - BEFORE_CHARS), start)
      .split(/[\r\n\v]/)
      .at(-1) ?? '';
  const behind = text.slice(end, end + BEHIND_CHARS).split(/[\r\n\v]/, 1)[0] ?? '';
  return PERSON.test(before) || PERSON.test(behind);
}
