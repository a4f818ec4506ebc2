/**
 * Other words for the requests of `/incident`, as people type them in a hurry: `fixed`, `P0 because …`, `commander @kim`,
 * `note: …`. Each becomes the request in its full form. What may mean two things becomes a question.
 */
import { SEVERITIES } from '#model/incident/incident.ts';
import { ROLE_WORDS, roleWord } from '#model/incident/roles.ts';
import { NOTHING_NEW } from '#workflows/timeline/note-entry.ts';

export type FullForm = Readonly<{ verb: string; rest: string } | { problem: string }>;

const SEVERITY = `(?:${SEVERITIES.join('|')})(?!\\S)`;
const ROLE = String.raw`(commander|ic|comms?|communications?|tech|technical|scribe)(?:\s+lead)?`;
/** A person from Slack's list, or oneself. */
const HOLDER = '(?=<@|me$)';

const WHO_IS = String.raw`who(?:['’]?s|\s+is)\s+(?:the\s+|currently\s+|now\s+)?`;
const ON_CALL = String.raw`on[-\s]?call(?![\w-])`;
const NOTHING_SAID = /^(?:nothing\s+new|no\s+news)(?:\s+yet)?[.!]?$/i;
/** `on-call` begins a sentence of people, too, unless it asks. */
const WHO_IS_ON_CALL = new RegExp(
  String.raw`^(?:${WHO_IS}${ON_CALL}|on-?call(?=\s+for\b|\?|$))(?<whose>[^.!?\n]*)(?:[.!?][.!?\s]*)?$`,
  'i',
);

/** What follows in a sentence that asks who is on call: `for checkout`; undefined for any other sentence. */
export function whoseOnCall(said: string): string | undefined {
  return WHO_IS_ON_CALL.exec(said)?.groups?.whose;
}

export function saysNothingNew(said: string): boolean {
  return NOTHING_SAID.test(said.trim());
}

const FORMS: readonly (readonly [said: RegExp, full: string])[] = [
  [/^(?:investigating|identified|mitigated|fixed)(?!\S)/i, 'status $&'],
  [/^(?:resolved)(?!\S)/i, 'resolve'],
  [/^create(?!\S)/i, 'declare'],
  [/^(?:log|comment)(?!\S)/i, 'note'],
  [/^(?:open|incidents)$/i, 'list'],
  [new RegExp(`^(?:${WHO_IS})?${ON_CALL}[?!.]*`, 'i'), 'on-call'],
  [NOTHING_SAID, `update ${NOTHING_NEW}`],
  [/^(?:draft\s+)?(?:a\s+|the\s+)?post-?mortem(?!\S)/i, 'postmortem'],
  [/^(?:impact\s+)?(?:began|started)(?!\S)/i, 'impact'],
  [new RegExp(`^(?:sev|downgrade|upgrade|raise|lower)\\s+(?:it\\s+)?(?:to\\s+)?(?=${SEVERITY})`, 'i'), 'severity '],
  [new RegExp(`^(?=${SEVERITY}(?:$|\\s+because\\s))`, 'i'), 'severity '],
  [/^(?:i\s+)?take\s+(?:over\s+)?(?:the\s+)?(?:command|(?:incident\s+)?commander|ic)$/i, 'role commander'],
  [/^hand(?:\s?over|\s?off)\s+(?:command\s+)?(?:to\s+)?(?=<@)/i, 'role commander '],
  [new RegExp(`^${ROLE}\\s+${HOLDER}`, 'i'), 'role $1 '],
  [/^(?:role\s+)?incident\s+commander(?!\S)/i, 'role commander'],
];

/** `verb`: the first word behind the name of the incident; `rest`: what follows it. */
export function fullForm(verb: string, rest: string): FullForm {
  const typed = `${verb.replace(/[:,;]$/, '')} ${rest}`.trim();
  const form = FORMS.find(([said]) => said.test(typed));
  const full = form === undefined ? typed : typed.replace(form[0], form[1]);
  const problem = form === undefined ? twoMeanings(typed) : undefined;
  if (problem !== undefined) return { problem };
  const [first = ''] = full.split(/\s/, 1);
  return { verb: first, rest: full.slice(first.length).trim() };
}

/** A severity may begin the title of a new incident, and the name of a role may ask who has it. */
function twoMeanings(typed: string): string | undefined {
  const severity = SEVERITIES.find((one) => typed.toUpperCase().startsWith(`${one} `));
  if (severity !== undefined)
    return `\`/incident declare ${severity} what is wrong\` declares an incident. \`/incident severity ${severity} because logins fail\` changes the severity.`;
  const role = ROLE_WORDS.find(([word]) => word.test(typed))?.[1];
  if (role === undefined) return undefined;
  const word = roleWord(role);
  return `The overview shows who has this role. \`/incident role ${word}\` takes it, \`/incident role ${word} @somebody\` gives it.`;
}
