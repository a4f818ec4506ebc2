/**
 * Lists of users and their passwords, each pair in quotes and alone in its line: pgbouncer.org/config.html, "Authentication
 * file format". Another text has such lines by chance. So the text names the list, or it has no other lines and one of the
 * values is a word that nobody says.
 *
 *   "ledger" "hunter2"
 *   "shop" "md5…"
 */
import type { Sensitive } from '#model/redaction/scan.ts';
import { looksChosen } from '#model/redaction/sentences.ts';

const DIVIDER = '" "';
const ROW = /^[ \t]{0,8}"[\w.@$-]{1,63}" "((?:[^"\r\n\v]|""){1,400})"(?: "[^"\r\n\v]{0,200}"){0,3}[ \t]{0,8}$/;
/** A comment, an empty line, a user without a password. */
const NO_ROW = /^\s*$|^[ \t]{0,8}(?:[#;]|"[\w.@$-]{1,63}" ""\s*$)/;
const NAMES_LIST = /pgbouncer|userlist|auth_file|auth_type|odyssey|pgcat/i;

/** The passwords, in order; empty for other texts. */
export function passwordsOfUsers(text: string): readonly Sensitive[] {
  if (!text.includes(DIVIDER)) return NOTHING;
  const found: Sensitive[] = [];
  let isAlone = true;
  let at = 0;
  for (const line of text.split(/[\n\v]/)) {
    const [, value = ''] = ROW.exec(line.endsWith('\r') ? line.slice(0, -1) : line) ?? [];
    isAlone &&= value !== '' || NO_ROW.test(line);
    const start = at + line.indexOf(DIVIDER) + DIVIDER.length;
    if (value !== '' && !MARKED.test(value)) found.push({ kind: 'secret', start, end: start + value.length });
    at += line.length + 1;
  }
  if (found.length === 0) return NOTHING;
  const isList = NAMES_LIST.test(text) || (isAlone && found.some(({ start, end }) => isChosen(text.slice(start, end))));
  return isList ? found : NOTHING;
}

/** A letter, a digit and a capital or a sign, and no name with its number, no version, file or address. */
function isChosen(value: string): boolean {
  return looksChosen(value) && CHOSEN.test(value) && !/^v?\d|[\s/]|\.[a-z]{2,5}$/.test(value);
}

const CHOSEN = /^(?=.*[a-z])(?=.*\d)(?=.*[A-Z!#$%^*+?~@]).{8,100}$/;

const MARKED = /^\[redacted:/;
const NOTHING: readonly Sensitive[] = [];
