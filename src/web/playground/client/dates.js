/** Times in the reader's time zone and language. */

/** @param {string} ts a Slack timestamp */
export function timeOf(ts) {
  return new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(instant(ts));
}

/** Without AM and PM, where there is little room. */
export function briefTimeOf(ts) {
  const parts = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).formatToParts(instant(ts));
  const told = parts.filter(({ type }) => type !== 'dayPeriod').map(({ value }) => value);
  return told.join('').trim();
}

export function dayOf(ts) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'full' }).format(instant(ts));
}

export function wholeTimeOf(ts) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' }).format(instant(ts));
}

export function isoOf(ts) {
  return instant(ts).toISOString();
}

function instant(ts) {
  return new Date(Number(ts) * 1000);
}

const FORMS = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_pretty: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_short_pretty: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  date_long_pretty: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
};

/** The `{date_short} {time}` of a `<!date^…>` token. */
export function formatDate(seconds, format) {
  const at = new Date(seconds * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name === 'ago') return ago(at);
    return name in FORMS ? new Intl.DateTimeFormat(undefined, FORMS[name]).format(at) : whole;
  });
}

/** Each unit in milliseconds, the largest first. */
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** `34 minutes ago`, of the moment in which the message is drawn. */
function ago(at) {
  const ms = Date.now() - at.getTime();
  const [unit, length] = UNITS.find(([, each]) => Math.abs(ms) >= each) ?? ['second', 1_000];
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'always' }).format(-Math.round(ms / length), unit);
}
