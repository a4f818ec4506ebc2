/**
 * The last step before a command's text leaves: nothing in it moves the cursor, names the window, hides words or turns
 * them round. The parts of a text are cleaned where they are made, too; this stands behind all of them.
 */
import type { Form } from '#cli/call.ts';

const ESCAPE = String.fromCharCode(0x1b);
/** Our own colours: bold, dim and the usual ones. ECMA-48, “Select Graphic Rendition”. */
const OWN_COLOUR = new RegExp(String.raw`${ESCAPE}\[(?:0|1|2|3[0-7]|9[0-7]|39|22)?m`, 'y');
/** Control characters except line breaks and tabs, the marks that turn text round, and characters without a width. */
const ACTING = /(?![\n\r\t])\p{Cc}|[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;
/** Our Markdown puts it into names and addresses, so that `@team` of an outsider calls nobody where somebody pastes it. */
const WORD_JOINER = '\u2060';
/** JSON has such a character in strings alone, where its escape means the same. RFC 8259 section 7. */
const ACTING_IN_JSON = /[\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

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
      return text.replace(ACTING_IN_JSON, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
    default:
      return text;
  }
}

function isOwnColour(text: string, sign: string, at: number): boolean {
  OWN_COLOUR.lastIndex = at;
  return sign === ESCAPE && OWN_COLOUR.test(text);
}
