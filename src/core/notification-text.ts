/** Bodies of plain text: a line that says its state in front, or with a `Name: value` on each line: the mails of Nagios and its heirs, OpenSearch's default, Robusta's webhook. */

/** Longer texts are no notification. */
const LONGEST = 20_000;

const LINE = /^([A-Z][A-Za-z/ ]{0,40}):[ \t]*(\S[^\n]{0,2000})?$/;

/**
 * The values by name, a paragraph below a name without a value as its value; undefined where the text is no such
 * notification. https://github.com/NagiosEnterprises/nagioscore/blob/master/sample-config/template-object/commands.cfg.in
 */
export function notificationIn(text: string): Readonly<Record<string, string>> | undefined {
  return text.length > LONGEST
    ? undefined
    : (enteredAlert(text) ?? mailed(text) ?? investigated(text) ?? shouted(text));
}

function mailed(text: string): Readonly<Record<string, string>> | undefined {
  if (!/^Notification Type:[ \t]*\S/m.test(text)) return undefined;
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

/**
 * Robusta's webhook: the title, then lines with where to look and the cluster.
 * https://github.com/robusta-dev/robusta/blob/master/src/robusta/core/sinks/webhook/webhook_sink.py
 */
function investigated(text: string): Readonly<Record<string, string>> | undefined {
  const [title = ''] = text.trim().split(/\r?\n/, 1);
  const source = /^Source: (\S.{0,200})$/m.exec(text)?.[1];
  if (source === undefined || title.includes(': ')) return undefined;
  const url = /^Investigate: (https?:\S{1,1000})$/m.exec(text)?.[1];
  const state = /\bresolved\b/i.test(title) ? 'resolved' : 'firing';
  return {
    Alert: title,
    State: state,
    'Source cluster': source,
    ...(url !== undefined && { Url: url }),
    Message: text.trim(),
  };
}

/** What a script posts as it is: `ALERT: nightly-copy on nas-2: 40 h old`, `ALERT fx-rates: 40 h old`. Prose begins with no word in capitals and a colon. */
function shouted(text: string): Readonly<Record<string, string>> | undefined {
  const [title = '', ...below] = text.trim().split(/\r?\n/);
  const shouted = SHOUTED.exec(title);
  if (below.length > MOST_BELOW || shouted === null) return undefined;
  const name = shouted.groups?.name;
  return { Title: title, Message: text.trim(), ...(name !== undefined && { Service: name }) };
}

const MOST_BELOW = 20;
const SHOUTED =
  /^(?:\[(?:ALERT|ALARM|CRITICAL|PROBLEM|WARNING|FIRING|RECOVERY|RECOVERED|RESOLVED)\]:?|(?:ALERT|ALARM|CRITICAL|PROBLEM|WARNING|FIRING|RECOVERY|RECOVERED|RESOLVED)(?: (?<name>[a-z][\w.-]{1,100}))?:) [^\s{[<]\S{0,200} \S/;

/** `Monitor orders just entered alert status. Please investigate the issue.` Detectors of anomalies say the same. */
const ENTERED = /^(?:Monitor|Detector) (\S.{0,200}?) just entered alert status\b/;

/**
 * The default message of a monitor's action, whose lines are a list. The trigger tells what is wrong; no message tells of
 * the end.
 * https://docs.opensearch.org/latest/observing-your-data/alerting/actions/
 */
function enteredAlert(text: string): Readonly<Record<string, string>> | undefined {
  const [first = '', ...lines] = text.trim().split(/\r?\n/);
  const monitor = ENTERED.exec(first)?.[1];
  if (monitor === undefined) return undefined;
  const listed = lines.flatMap((line) => {
    const [, name, value = ''] = LINE.exec(line.trim().replace(/^-\s{1,3}/, '')) ?? [];
    return name === undefined || value === '' ? [] : [[name, value.trim()] as const];
  });
  const fields = Object.fromEntries(listed);
  const title = [monitor, fields.Trigger ?? ''].filter((part) => part !== '').join(': ');
  return { ...fields, Title: title, Status: 'alert' };
}
