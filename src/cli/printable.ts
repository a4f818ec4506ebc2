/**
 * The last step before a command's text leaves: nothing in it moves the cursor, names the window, hides words or turns
 * them round. The parts of a text are cleaned where they are made, too; this stands behind all of them.
 */
import type { Form } from '#cli/call.ts';

const ESCAPE = String.fromCharCode(0x1b);
/** Our own colours: bold, dim and the usual ones. ECMA-48, “Select Graphic Rendition”. */
const OWN_COLOUR = new RegExp(String.raw`${ESCAPE}\[(?:0|1|2|3[0-7]|9[0-7]|39|22)?m`, 'y');
/**
 * Control characters except line breaks and tabs, and what Unicode calls format: marks that turn text round, characters
 * without a width, and tags that spell hidden words. Joiners of emoji and Indian scripts stay.
 */
const ACTING = /(?![\n\r\t])\p{Cc}|(?![\u200c\u200d])\p{Cf}|[\u2028\u2029]/gu;
/** Our Markdown puts it into names and addresses, so that `@team` of an outsider calls nobody where somebody pastes it. */
const WORD_JOINER = '\u2060';
/** JSON has such a character in strings alone, where its escape means the same. RFC 8259 section 7. */
const ACTING_IN_JSON = /(?!\p{ASCII})\p{Cc}|\u007f|(?![\u200c\u200d])\p{Cf}|[\u2028\u2029]/gu;

/** `colour`: whether our colours stay. Pages and pictures stay as they are: no terminal shows them. */
export function printable(text: string, form: Form, colour: boolean): string {
  switch (form) {
    case 'text':
    case 'md': {
      const isOurs = (sign: string, at: number) =>
        (form === 'md' && sign === WORD_JOINER) || (colour && isOwnColour(text, sign, at));
      return text.replace(ACTING, (sign, at: number) => (isOurs(sign, at) ? sign : ''));
    }
    case 'json':
      return text.replace(ACTING_IN_JSON, escapedUnits);
    default:
      return text;
  }
}

/** JSON escapes each UTF-16 unit. */
function escapedUnits(sign: string): string {
  return sign.split('').reduce((text, unit) => `${text}\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`, '');
}

function isOwnColour(text: string, sign: string, at: number): boolean {
  OWN_COLOUR.lastIndex = at;
  return sign === ESCAPE && OWN_COLOUR.test(text);
}
