/**
 * Proposes the title of an incident: the title of its alert in plain words, else the headline of the diagnosis. A long one
 * ends with a clause of its own, never in the middle of a sentence.
 */

/** The title is in every message of the incident. */
const MOST_CHARS = 100;

/** `service`: as the alert names it; '' where it names none. A group of alerts names all of its services in its title. */
export function titleOfAlert(alert: Readonly<{ title: string; service: string }>): string {
  const whole = withoutState(alert.title.replace(/\s+/g, ' ').trim());
  const group = GROUP.exec(whole)?.groups;
  const bare = group?.name ?? whole;
  const service = group?.services === undefined ? alert.service : listed(group.services);
  if (!IDENTIFIER.test(bare)) return shortened(whole);
  const words = wordsOf(bare);
  const isNamed = service === '' || words.toLowerCase().includes(service.toLowerCase());
  return shortened(isNamed ? words : `${words} in ${service}`);
}

export function titleOfHeadline(headline: string): string {
  return shortened(headline.trim());
}

/** `HighErrorRate`, `high_error_rate`, `high-error-rate`: the name of a rule. */
const IDENTIFIER = /^[\p{L}\p{N}]+(?:[_-][\p{L}\p{N}]+)*$/u;
/** `HighErrorRate (2 alerts: checkout, cart)`, as `adapters/alert-group.ts` writes it. */
const GROUP = /^(?<name>\S+) \(\d{1,6} alerts(?:: (?<services>[^()]{1,400}))?\)$/u;

/** `checkout, cart` is `checkout and cart`. */
function listed(services: string): string {
  return services.endsWith(' and others') ? services : services.replace(/, (?=[^,]*$)/, ' and ');
}

const STATE =
  /^(?:[^\p{L}\p{N}([`"']+|[[(](?:firing|alerting|triggered|problem|critical|warning|error|alert|p\d|sev-?\d|high|low|medium|major|minor)\b[^\])]{0,20}[\])]|(?:firing|alerting|triggered|alert|alarm|problem)\s?[:|–—-])\s*/iu;
/** A title has few of them in front. */
const MOST_STATES = 5;

function withoutState(title: string): string {
  let rest = title;
  for (let step = 0; step < MOST_STATES; step += 1) {
    const next = rest.replace(STATE, '');
    if (next === rest || next === '') break;
    rest = next;
  }
  return rest;
}

/** `HTTPErrorRateHigh` is `HTTP error rate high`: an abbreviation keeps its capitals. */
function wordsOf(name: string): string {
  const parts = name.replace(/(\p{Ll}|\p{N})(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1$2 ').split(/[\s_-]+/);
  const words = parts.map((part, at) => (at === 0 || /^\p{Lu}{2,}/u.test(part) ? part : part.toLowerCase()));
  const [first = '', ...rest] = words;
  return [`${first.slice(0, 1).toUpperCase()}${first.slice(1)}`, ...rest].join(' ');
}

function shortened(title: string): string {
  if (title.length <= MOST_CHARS) return title;
  const cut = title.slice(0, MOST_CHARS);
  const clause = Math.max(...CLAUSE_ENDS.map((end) => cut.lastIndexOf(end)));
  if (clause > 0) return cut.slice(0, clause).trim();
  return cut.slice(0, Math.max(cut.lastIndexOf(' '), 0) || MOST_CHARS).replace(/[,;:.]$/, '');
}

const CLAUSE_ENDS = [': ', '; ', ', ', '. ', ' – ', ' because ', ' since '];
