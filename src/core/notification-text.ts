/** Bodies of plain text with a `Name: value` on each line, as the mails of Nagios and its heirs have them. */

/** Longer texts are no notification. */
const LONGEST = 20_000;

const LINE = /^([A-Z][A-Za-z/ ]{0,40}):[ \t]*(\S[^\n]{0,2000})?$/;

/**
 * The values by name, a paragraph below a name without a value as its value; undefined where the text is no such
 * notification. https://github.com/NagiosEnterprises/nagioscore/blob/master/sample-config/template-object/commands.cfg.in
 */
export function notificationIn(text: string): Readonly<Record<string, string>> | undefined {
  if (text.length > LONGEST || !/^Notification Type:[ \t]*\S/m.test(text)) return undefined;
  const fields: Record<string, string> = {};
  let open = '';
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ''] = open === '' ? (LINE.exec(line.trim()) ?? []) : [];
    if (name !== undefined && value !== '') fields[name] ??= value.trim();
    else if (name !== undefined) open = name;
    else if (open !== '' && line.trim() !== '') {
      fields[open] ??= line.trim();
      open = '';
    }
  }
  return Object.keys(fields).length >= 3 ? fields : undefined;
}
