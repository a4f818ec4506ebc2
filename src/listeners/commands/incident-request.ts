/** Parses the text after `/incident`. A pure function, so that every form and its nearest miss is a line in a test. */
import { nearestWord } from '#core/nearest-word.ts';
import { fullForm } from '#listeners/commands/full-form.ts';
import { readTypedLink } from '#listeners/commands/link-target.ts';
import { MENTION_ALONE, MENTION_IN_TEXT } from '#listeners/commands/mention.ts';
import { asksForNeedToKnow, NOT_A_NOTE, readNeedToKnow, wouldTellAll } from '#listeners/commands/need-to-know.ts';
import { noSeverity, severityBefore, severityBehind } from '#listeners/commands/severity.ts';
import {
  type ItemState,
  readIncidentNumber,
  type Severity,
  STATUSES,
  type Status,
  TITLE_CHARS,
} from '#model/incident/incident.ts';
import { type ItemProbe, PROBE_EXAMPLES, PROBE_KINDS, type ProbeKind, readProbe } from '#model/incident/item-probe.ts';
import type { AnswerState } from '#model/incident/method-answers.ts';
import { isUnowned, NO_OWNER } from '#model/incident/noted/unowned.ts';
import { type OwnRole, ROLE_WORDS, ROLES, type Role, roleName, roleWord } from '#model/incident/roles.ts';
import { REVIEW_PERIOD, readStatsPeriod, type StatsPeriod, USUAL_PERIOD } from '#model/incident/stats-period.ts';
import { cutText } from '#model/text/cut-text.ts';
import { type MethodName, methodNamed } from '#present/slack/methods-message.ts';
import { plainFromMrkdwn } from '#present/slack/text.ts';
import type { LinkTarget } from '#workflows/incidents/link-incident.ts';
import type { PageTarget } from '#workflows/pagers/page-people.ts';
import { readLength } from '#workflows/times/spoken-clock.ts';
import { readWholeTime, type SpokenTime, splitTime } from '#workflows/times/spoken-time.ts';

export type IncidentRequest =
  | Readonly<{ verb: 'help' }>
  /** What is open. */
  | Readonly<{ verb: 'list' }>
  /** `service`: '' for all. */
  | Readonly<{ verb: 'stats' | 'review'; period: StatsPeriod; service: string }>
  /** `name`: of a team or a service, or `cause`; '' for everybody whom the settings know. */
  | (Named & Readonly<{ verb: 'on-call'; name: string }>)
  /** Where the title is missing or too long, the form asks for it. */
  | Readonly<{ verb: 'declare'; severity?: Severity; title: string }>
  | (Named &
      (
        | Readonly<{ verb: 'note' | 'update' | 'tried' | 'helped'; text: string; when?: SpokenTime }>
        /** A note for its author, the commander and these people. */
        | Readonly<{ verb: 'need-to-know'; people: readonly string[]; text: string; when?: SpokenTime }>
        | Readonly<{ verb: 'impact' | 'detected'; when: SpokenTime; text?: string }>
        | Readonly<{ verb: 'role'; role: Role; holder?: string }>
        | Readonly<{ verb: 'severity'; severity: Severity; text: string }>
        | Readonly<{ verb: 'rename'; title: string }>
        | Readonly<{ verb: 'reopen'; text: string; when?: SpokenTime }>
        /** `from`: the number of the incident that it was merged into, if the person typed it. */
        | Readonly<{ verb: 'split'; text: string; when?: SpokenTime; from?: number }>
        | Readonly<{ verb: 'edit' | 'channel' | 'mitigate' | 'changes' | 'postmortem' }>
        | Readonly<{ verb: 'status-page' }>
        /** `number` stays, `other` ends. */
        | Readonly<{ verb: 'merge'; other: number }>
        | Readonly<{ verb: 'page'; target: PageTarget; text: string }>
        | Readonly<{ verb: 'link'; target: LinkTarget; label: string }>
        | Readonly<{ verb: 'status'; status: Status; text: string; when?: SpokenTime }>
        | Readonly<{ verb: 'timeline' }>
        | Readonly<{ verb: 'method'; method: MethodName }>
        | Readonly<{ verb: 'suspect'; text: string; when?: SpokenTime }>
        | Readonly<{ verb: 'hypothesis'; id: string; state: AnswerState; text: string; when?: SpokenTime }>
        | Readonly<{ verb: 'action'; text: string; owner?: string; due: string }>
        | Readonly<{ verb: 'actions' }>
        /** `item`: `A2` is 2. */
        | Readonly<{ verb: 'item-state'; item: number; state: ItemState; reason: string }>
        /** `probe`: undefined to take the check away. */
        | Readonly<{ verb: 'item-check'; item: number; probe: ItemProbe | undefined }>
      ))
  /** The text says what to do. */
  | Readonly<{ verb: 'unclear'; problem: string }>
  | Readonly<{ verb: 'unknown'; problem: string }>;

/** The words that begin a request; the other forms that are understood are left out. */
export const INCIDENT_VERBS = [
  ...[
    'declare',
    'list',
    'stats',
    'review',
    'note',
    'tried',
    'helped',
    'update',
    'role',
    'severity',
    'status',
    'impact',
    'detected',
  ],
  ...[
    'link',
    'merge',
    'split',
    'page',
    'on-call',
    'channel',
    'statuspage',
    'mitigate',
    'changes',
    'action',
    'actions',
    'timeline',
    'edit',
    'postmortem',
    'whys',
  ],
  ...['hypotheses', 'hypothesis', 'checklist', 'fishbone', 'failures', 'rename', 'resolve', 'reopen', 'help'],
];

/** `INC-4` as the first word names the incident; without it, the channel's incident is meant. */
type Named = Readonly<{ number?: number }>;

/** `own`: the team's own roles. */
export function readIncidentRequest(typed: string, own: readonly OwnRole[] = []): IncidentRequest {
  const { first, rest } = split(typed);
  const number = readIncidentNumber(first);
  if (number === undefined && /^inc[-\s]?\d/i.test(typed.trim())) {
    return unclear(`${quoted(typed.trim().split(/\s+/, 2).join(' '))} is not an incident. Write it as \`INC-4\`.`);
  }
  if (number === undefined) return readFullForm(first, rest, {}, own);
  const next = split(rest);
  // `INC-4` alone shows the timeline.
  return next.first === '' ? { verb: 'timeline', number } : readFullForm(next.first, next.rest, { number }, own);
}

function readFullForm(typedVerb: string, typed: string, named: Named, own: readonly OwnRole[]): IncidentRequest {
  const full = fullForm(typedVerb, typed);
  if ('problem' in full) return unclear(full.problem);
  const request = readVerb(full.verb, full.rest, named, own);
  return request.verb !== 'need-to-know' && wouldTellAll(request) ? unclear(NOT_A_NOTE) : request;
}

function readVerb(verb: string, rest: string, named: Named, own: readonly OwnRole[]): IncidentRequest {
  switch (verb.toLowerCase()) {
    case '':
      return { verb: 'list' };
    case 'list':
      return /^(?:the\s+)?action/i.test(rest) ? { ...named, verb: 'actions' } : { verb: 'list' };
    case 'stats':
    case 'review':
      return readPeriod(verb.toLowerCase() === 'stats' ? 'stats' : 'review', rest, named);
    case 'help':
    case '-h':
    case '--help':
    case '?':
      return { verb: 'help' };
    case 'declare':
    case 'new':
      return readDeclare(rest);
    case 'note':
      return readNote('note', rest, named);
    case 'tried':
    case 'try':
      return readNote('tried', rest, named);
    case 'helped':
    case 'worked':
      return readNote('helped', rest, named);
    case 'update':
      return readNote('update', rest, named);
    case 'rename':
    case 'title':
      return behindVerb(verb, rest) ?? readTitle(rest, named);
    case 'reopen':
      return (
        behindVerb(verb, rest) ?? timed(rest, ({ when, rest: text }) => ({ ...named, verb: 'reopen', text, ...when }))
      );
    case 'edit':
    case 'correct':
      return { ...named, verb: 'edit' };
    case 'link':
    case 'relate':
      return readLink(rest, named);
    case 'merge':
      return readMerge(rest, named);
    case 'split':
    case 'unmerge':
      return readSplit(rest, named);
    case 'channel':
    case 'room':
      return readAlone('channel', rest, named);
    case 'statuspage':
    case 'status-page':
      return readStatusPage(rest, named);
    case 'mitigate':
    case 'mitigation':
    case 'mitigations':
      return readAlone('mitigate', rest, named);
    case 'changes':
    case 'changed':
      return readAlone('changes', rest, named);
    case 'page':
      return readPage(rest, named);
    case 'on-call':
      return readOnCall(rest, named);
    case 'postmortem':
      return readPostmortem(rest, named);
    case 'impact':
      return readMilestone('impact', rest, named);
    case 'detected':
    case 'detection':
      return readMilestone('detected', rest, named);
    case 'role':
      return readRole(rest, named, own);
    case 'severity':
      return readSeverity(rest, named);
    case 'status':
      return /^page(?!\w)/i.test(rest)
        ? readStatusPage(rest.slice('page'.length).trim(), named)
        : readStatus(rest, named);
    case 'resolve':
    case 'close':
      return (
        behindVerb(verb, rest) ??
        timed(rest, ({ when, rest: text }) => ({ ...named, verb: 'status', status: 'resolved', text, ...when }))
      );
    case 'hypothesis':
    case 'suspect':
      return readHypothesis(rest, named);
    case 'timeline':
      return { ...named, verb: 'timeline' };
    case 'action':
      return readItem(rest, named);
    case 'actions':
      return rest === '' ? { ...named, verb: 'actions' } : readItem(rest, named);
    default:
      if (asksForNeedToKnow(`${verb} ${rest}`)) return readNote('note', `${verb} ${rest}`, named);
      return readMethod(verb.toLowerCase(), named) ?? notKnown(verb);
  }
}

function notKnown(verb: string): IncidentRequest {
  const meant = nearestWord(verb, INCIDENT_VERBS);
  const said = `I do not know \`/incident ${inCode(verb)}\`.`;
  return unknown(meant === undefined ? said : `${said} Did you mean \`${meant}\`? Nothing changed.`);
}

/** The name of another incident, or of an action item, where the text of this one is awaited. */
function behindVerb(verb: string, rest: string): IncidentRequest | undefined {
  const [first = ''] = plain(rest).split(/[\s:,]+/, 1);
  const number = readIncidentNumber(first);
  if (number !== undefined) return unclear(`Put the name first: \`/incident INC-${number} ${inCode(verb)} …\`.`);
  if (verb.toLowerCase() === 'rename' || !/^a[1-9]\d{0,3}$/i.test(first)) return undefined;
  const item = first.toUpperCase();
  return unclear(
    `Is this about the action item ${item}? \`/incident action done ${item}\`, or \`action reopen ${item}\`. For the incident, begin with another word.`,
  );
}

/** Other names of the methods. */
const METHOD_WORDS: Readonly<Record<string, MethodName>> = {
  why: 'whys',
  '5whys': 'whys',
  'five-whys': 'whys',
  ishikawa: 'fishbone',
  first: 'failures',
};

function readMethod(word: string, named: Named): IncidentRequest | undefined {
  const method = methodNamed(word) ?? (Object.hasOwn(METHOD_WORDS, word) ? METHOD_WORDS[word] : undefined);
  return method && { ...named, verb: 'method', method };
}

const HYPOTHESIS =
  '`/incident hypothesis the cache was flushed` puts a suspicion on the board. `hypothesis S1 tested flushed one node, no effect` says what was tried, `S1 refuted …` and `S1 confirmed …` decide it.';

/** Words for each state, as people write them. */
const HYPOTHESIS_STATES: Readonly<Record<string, AnswerState>> = {
  tested: 'tested',
  tried: 'tested',
  refuted: 'refuted',
  refute: 'refuted',
  confirmed: 'confirmed',
  confirm: 'confirmed',
  open: 'open',
  reopen: 'open',
  reopened: 'open',
};

/** A suspicion in words, or the id of one, its state, a time and words. */
function readHypothesis(rest: string, named: Named): IncidentRequest {
  const typed = plain(rest);
  if (typed === '') return { ...named, verb: 'method', method: 'hypotheses' };
  const { first, rest: behind } = split(typed);
  const id = first.replace(/:$/, '').toUpperCase();
  if (/^[HS][1-9]\d{0,2}$/.test(id)) {
    const { first: word, rest: words } = split(behind);
    const name = word.replace(/:$/, '').toLowerCase();
    const state = Object.hasOwn(HYPOTHESIS_STATES, name) ? HYPOTHESIS_STATES[name] : undefined;
    const isMistyped = name === '' || nearestWord(name, Object.keys(HYPOTHESIS_STATES)) !== undefined;
    if (state === undefined && isMistyped) return unclear(`What about ${id}? ${HYPOTHESIS}`);
    // `S3 answers with errors` is about a service of that name.
    if (state === undefined) return { ...named, verb: 'suspect', text: typed };
    return timed(words.replace(BECAUSE, ''), ({ when, rest: text }) => ({
      ...named,
      verb: 'hypothesis',
      id,
      state,
      text: isEmpty(text) ? '' : text,
      ...when,
    }));
  }
  return timed(typed, ({ when, rest: text }) =>
    isEmpty(text) ? unclear(HYPOTHESIS) : { ...named, verb: 'suspect', text, ...when },
  );
}

function readDeclare(rest: string): IncidentRequest {
  const typed = plain(rest);
  const said = severityBefore(typed);
  if (said === undefined) {
    const behind = severityBehind(typed);
    return behind === undefined
      ? { verb: 'declare', title: titleOf(typed) }
      : unclear(`Is ${behind} the severity? Put it first: \`/incident declare P1 what is wrong\`.`);
  }
  return 'problem' in said
    ? unclear(said.problem)
    : { verb: 'declare', title: titleOf(said.rest), severity: said.severity };
}

function titleOf(typed: string): string {
  return isEmpty(typed) ? '' : typed;
}

const WHAT_IS = {
  note: 'What is the note? `/incident note at 14:35 restarted the pool` notes it with the time.',
  tried: 'What was tried, without effect? `/incident tried at 14:35 restarted the pool`.',
  helped: 'What helped? `/incident helped at 14:35 turned the retries off, errors fall to 12 %`.',
  update: 'What is the update? `/incident update logins work again in EU, next: US` tells it to everybody.',
} as const;

function readNote(verb: keyof typeof WHAT_IS, typed: string, named: Named): IncidentRequest {
  const known = readNeedToKnow(typed);
  if (known !== undefined && 'problem' in known) return unclear(known.problem);
  if (known !== undefined && verb !== 'note') return unclear(NOT_A_NOTE);
  const kind = known === undefined ? { verb } : ({ verb: 'need-to-know', people: known.people } as const);
  return timed(known?.rest ?? typed, ({ when, rest: text }) =>
    isEmpty(text) ? unclear(WHAT_IS[verb]) : { ...named, ...kind, text, ...when },
  );
}

function readTitle(rest: string, named: Named): IncidentRequest {
  const title = plain(rest);
  if (isEmpty(title)) return unclear('What is the new title? `/incident rename logins fail in EU`.');
  if (title.length > TITLE_CHARS) return unclear(`A title has at most ${TITLE_CHARS} characters.`);
  return { ...named, verb: 'rename', title };
}

function readLink(rest: string, named: Named): IncidentRequest {
  const typed = readTypedLink(rest);
  return 'problem' in typed ? unclear(typed.problem) : { ...named, verb: 'link', ...typed };
}

const MERGE = 'The incident that stays comes first: `/incident INC-4 merge INC-7` merges INC-7 into INC-4.';

/** `merge INC-7`, `merge with INC-7`, `merge INC-7 into INC-4`. The button of the question shows the direction once more. */
function readMerge(rest: string, named: Named): IncidentRequest {
  const typed = plain(rest)
    .replace(/[.!]$/, '')
    .replace(/^with\s+/i, '');
  const [first = '', ...more] = typed.split(/[\s,;:]+/);
  if (/^(?:in|into|to)$/i.test(first)) return readMergeInto(more, named);
  const other = readIncidentNumber(first);
  if (other === undefined)
    return unclear(first === '' ? `Which incident? ${MERGE}` : `${quoted(typed)} names no incident. ${MERGE}`);
  if (more.length === 0) return { ...named, verb: 'merge', other };
  const [into = '', target = '', ...left] = more;
  const number = readIncidentNumber(target);
  if (!/^(?:in|into|to)$/i.test(into) || number === undefined || left.length > 0)
    return unclear(`Name one incident, without further words. ${MERGE}`);
  if (named.number !== undefined && named.number !== number)
    return unclear(`You named INC-${named.number} and INC-${number}, and only one incident can stay. ${MERGE}`);
  return { verb: 'merge', number, other };
}

/** `INC-7 merge into INC-4`: the incident that ends has to have a name. */
function readMergeInto([typed = '', ...more]: readonly string[], { number: other }: Named): IncidentRequest {
  const number = readIncidentNumber(typed);
  if (number === undefined || more.length > 0) return unclear(MERGE);
  if (other === undefined) {
    return unclear(
      `Which one goes into INC-${number}? \`/incident INC-${number} merge INC-7\` merges INC-7 into INC-${number}.`,
    );
  }
  return { verb: 'merge', number, other };
}

const SPLIT = '`/incident split INC-7` splits INC-7 off from the incident that took it in.';

/** `split INC-7`, `split off INC-7 from INC-4 another cause`; `INC-7 split` names it first. */
function readSplit(rest: string, named: Named): IncidentRequest {
  const typed = plain(rest).replace(/^off\b\s*/i, '');
  const { first, rest: behind } = split(typed);
  const typedNumber = readIncidentNumber(first.replace(/[.,;:!]$/, ''));
  const number = typedNumber ?? named.number;
  if (number === undefined) return unclear(`Which incident? ${SPLIT}`);
  const words = typedNumber === undefined ? typed : behind;
  const said = FROM.exec(words)?.groups;
  const from = readIncidentNumber(said?.name ?? '') ?? named.number ?? number;
  return timed((said?.words ?? words).replace(BECAUSE, ''), ({ when, rest: text }) => ({
    verb: 'split',
    number,
    text: isEmpty(text) ? '' : text,
    ...when,
    ...(from === number ? {} : { from }),
  }));
}

const FROM = /^from\s+(?<name>inc-\d{1,9})(?!\w)[.,;:!]?\s*(?<words>.*)$/is;

/** The longest name of a service that a report has. */
const SERVICE_CHARS = 200;

/** A period and a service, in any order. */
function readPeriod(verb: 'stats' | 'review', rest: string, { number }: Named): IncidentRequest {
  const call = `/incident ${verb}`;
  const forms = `\`${call}\`, \`${call} 90d\`, \`${call} month\`, each with the name of one service: \`${call} 90d checkout\`.`;
  if (number !== undefined) {
    const what = verb === 'stats' ? 'The numbers are of' : 'A review is about';
    return unclear(`${what} all incidents. Try ${forms}`);
  }
  const typed = plain(rest)
    .split(/\s+/)
    .filter((word) => word !== '');
  const periods = typed.flatMap((word) => readStatsPeriod(word) ?? []);
  const services = typed.filter((word) => readStatsPeriod(word) === undefined);
  const [service = ''] = services;
  if (periods.length > 1 || services.length > 1 || service.length > SERVICE_CHARS) {
    return unclear(`I read one period and one service. Try ${forms}`);
  }
  // `30` and `2w` are periods to whoever types them, and no service.
  if (/^\d+[a-z]?$/i.test(service)) return unclear(`${quoted(service)} is no period that I know. Try ${forms}`);
  return { verb, period: periods[0] ?? (verb === 'stats' ? USUAL_PERIOD : REVIEW_PERIOD), service };
}

const CHANNEL =
  '`/incident channel` alone opens a channel for the incident. Its name comes from the setting `incidents.channel.name`; you can rename it in Slack.';

const MITIGATE = '`/incident mitigate` alone shows what can be requested. Nothing is sent before you have read it.';

const CHANGES = '`/incident changes` alone lists what changed before the incident and in it.';

const ALONE = { channel: CHANNEL, mitigate: MITIGATE, changes: CHANGES } as const;

function readAlone(verb: keyof typeof ALONE, rest: string, named: Named): IncidentRequest {
  return rest === '' ? { ...named, verb } : unclear(ALONE[verb]);
}

const STATUS_PAGE = '`/incident statuspage` alone opens a form with a draft for customers. Write your words there.';

function readStatusPage(rest: string, named: Named): IncidentRequest {
  return rest === '' ? { ...named, verb: 'status-page' } : unclear(STATUS_PAGE);
}

const PAGE =
  '`/incident page @kim the queue is full` calls a person or a user group, `/incident page payments-team` who is on call for a team or a service.';

/** A person or a user group from Slack's list, or a name; then what they should know. */
function readPage(rest: string, named: Named): IncidentRequest {
  const { first: typedName, rest: behind } = split(rest);
  const first = typedName.replace(/[:,;]$/, '');
  if (isEmpty(plain(first))) return unclear(`Who? ${PAGE}`);
  if (/^<!(?:channel|here|everyone)/i.test(first) || /^@(?:channel|here|everyone)$/i.test(first))
    return unclear(`I page a person, a group, a team or a service, and no whole channel. ${PAGE}`);
  const id = MENTION_ALONE.exec(first)?.[1] ?? GROUP.exec(first)?.[1];
  if (id === undefined && /^[<@#]/.test(first))
    return unclear(`I do not know who ${quoted(first)} is. Write \`@\` and choose the person from Slack's list.`);
  if (/^(?:(?:and|und|or|,|&)\s*)?(?:<@[UW]|<!subteam)/i.test(behind))
    return unclear(`One page at a time: if nobody answers, I page the next one. ${PAGE}`);
  const typed = plain(behind).replace(/^[:,;–—-]\s*/, '');
  const text = isEmpty(typed) ? '' : typed;
  if (text.length > PAGE_CHARS) return unclear(`A page has at most ${PAGE_CHARS} characters. Add more as a \`note\`.`);
  const name = plain(first);
  if (id === undefined && readIncidentNumber(name) !== undefined)
    return unclear(`Put the name first: \`/incident ${name} page …\`.`);
  return { ...named, verb: 'page', target: id === undefined ? { name } : { id }, text };
}

/** `who is on call for checkout?` */
function readOnCall(rest: string, named: Named): IncidentRequest {
  const name = plain(rest)
    .replace(/^(?:now\s+)?(?:(?:for|in|of|at)\s+)?(?:the\s+)?/i, '')
    .replace(/[\s?.!]{1,9}$/, '');
  const said = /^(?:now|today|right now)?$/i.test(name) ? '' : name;
  return said.length > SERVICE_CHARS
    ? unclear('For one team or one service: `/incident on-call payments-team`.')
    : { ...named, verb: 'on-call', name: said };
}

const POSTMORTEM =
  '`/incident postmortem` alone drafts the postmortem. Its other steps have a command of their own: `/postmortem help`.';

/** `postmortem INC-7` names it behind the verb, as `/postmortem INC-7` does. */
function readPostmortem(rest: string, named: Named): IncidentRequest {
  const number = readIncidentNumber(plain(rest)) ?? named.number;
  if (rest !== '' && readIncidentNumber(plain(rest)) === undefined) return unclear(POSTMORTEM);
  return number === undefined ? { verb: 'postmortem' } : { verb: 'postmortem', number };
}

const PAGE_CHARS = 300;
const GROUP = /^<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>$/;

/** `impact at 14:20`, also with words behind the time: `impact at 14:20 as the graph shows`. */
function readMilestone(verb: 'impact' | 'detected', rest: string, named: Named): IncidentRequest {
  const typed = plain(rest);
  const when = readWholeTime(typed);
  if (!('problem' in when)) return { ...named, verb, when };
  const said = splitTime(typed.replace(/^(?:since|from|seit)\s+/i, ''));
  if (said.when !== undefined && /[\p{L}\p{N}]/u.test(said.rest))
    return { ...named, verb, when: said.when, text: said.rest };
  const ask = verb === 'impact' ? 'When did the impact begin?' : 'When was it detected?';
  return unclear(`${ask} \`/incident ${verb} at 14:20\`. ${typed === '' ? '' : when.problem}`.trim());
}

const ITEM_STATE =
  /^(?:(?<done>done|finish(?:ed)?)|(?<dropped>drop(?:ped)?)|(?<open>open|reopen))(?:\s+a\s?(?<item>[1-9]\d{0,3})(?!\w)[\s:,–—-]*(?<reason>.*)|\s*)$/isu;

function readItem(rest: string, named: Named): IncidentRequest {
  return readItemState(rest, named) ?? readItemCheck(rest, named) ?? readAction(rest, named);
}

const ITEM_CHECK = /^check\s+a\s?(?<item>[1-9]\d{0,3})(?!\w)[\s:,–—-]*(?<kind>\S*)\s*(?<asked>.*)$/isu;
const KIND_WORDS: Readonly<Record<string, ProbeKind>> = {
  rule: 'rule',
  alert: 'rule',
  attribute: 'attribute',
  p99: 'p99',
};

/** `action check A2 rule CheckoutErrors`. Undefined where it is about a new item, such as `check the backups`. */
function readItemCheck(rest: string, named: Named): IncidentRequest | undefined {
  const said = ITEM_CHECK.exec(plain(rest))?.groups;
  if (said === undefined) return undefined;
  const word = (said.kind ?? '').toLowerCase();
  const about = { ...named, verb: 'item-check', item: Number(said.item) } as const;
  if (word === 'none' || word === 'off') return { ...about, probe: undefined };
  const kind = Object.hasOwn(KIND_WORDS, word) ? KIND_WORDS[word] : undefined;
  if (kind === undefined)
    return unclear(`How? ${PROBE_KINDS.map((one) => checkExample(said.item, one)).join(', ')}, or \`none\`.`);
  const read = readProbe(kind, (said.asked ?? '').replace(/^of\s+/i, ''));
  return 'probe' in read ? { ...about, probe: read.probe } : unclear(read.problem);
}

function checkExample(item = '', kind: ProbeKind): string {
  return `\`/incident action check A${item} ${kind} ${PROBE_EXAMPLES[kind]}\``;
}

/** `action done A2 the query takes 4 ms`. Undefined where it is about a new item, such as `drop the old index`. */
function readItemState(rest: string, named: Named): IncidentRequest | undefined {
  const said = ITEM_STATE.exec(plain(rest))?.groups;
  if (said === undefined) return undefined;
  if (said.item === undefined)
    return unclear('Which action item? `/incident action done A2`; `/incident actions` shows them.');
  const state = said.done ? 'done' : said.dropped ? 'dropped' : 'open';
  const typed = (said.reason ?? '').replace(BECAUSE, '');
  const reason = isEmpty(typed) ? '' : typed;
  if (/^(?:(?:and|und|&|\+)\s*)?a[1-9]\d{0,3}(?!\w)/i.test(reason))
    return unclear('One action item at a time: `/incident action done A2`.');
  if (state === 'dropped' && reason === '')
    return unclear(`Why is it dropped? \`/incident action drop A${said.item} because the service is gone\`.`);
  return { ...named, verb: 'item-state', item: Number(said.item), state, reason };
}

/** Before a reason. */
const BECAUSE = /^(?:because|weil|since(?!\s+\d))\b[\s:,]*/i;

const ACTION_CHARS = 300;
/** The last match counts: `reduce load by half by Friday`. */
const DUE = /(?:^|\s)(?:due|by|until|bis)\s+(?:on\s+)?(?=\S)/gi;

/**
 * `action add the index @kim due 2026-12-01`. Without a person, the person who asks is the owner, unless the text says that
 * nobody is.
 */
function readAction(rest: string, named: Named): IncidentRequest {
  const owner = MENTION_IN_TEXT.exec(rest)?.[1];
  const typed = plain(rest.replace(MENTION_IN_TEXT, ''));
  if (isEmpty(typed)) return unclear(`What will be done? ${ACTION_EXAMPLE}`);
  const place = [...typed.matchAll(DUE)].at(-1);
  if (place === undefined) return unclear(`When is it due? An action item needs a day. ${ACTION_EXAMPLE}`);
  const text = typed.slice(0, place.index).trim();
  if (isEmpty(text)) return unclear(`What will be done? ${ACTION_EXAMPLE}`);
  if (text.length > ACTION_CHARS) return unclear(`An action item has at most ${ACTION_CHARS} characters.`);
  const due = typed.slice(place.index + place[0].length);
  const whose = owner ?? (isUnowned(text) ? NO_OWNER : undefined);
  return { ...named, verb: 'action', text, due, ...(whose === undefined ? {} : { owner: whose }) };
}

const ACTION_EXAMPLE = '`/incident action add an index on users.email @kim due 2026-12-01`.';

function readRole(rest: string, named: Named, own: readonly OwnRole[]): IncidentRequest {
  const { first } = split(rest);
  const { role, behind: who } = ownRoleBefore(rest, own) ?? roleBefore(rest);
  if (role === undefined) {
    const none = first === '' ? 'Which role?' : `There is no role ${quoted(first)}.`;
    const words = [...ROLES, ...own].map((one) => `\`${roleWord(one)}\``);
    return unclear(
      `${none} \`/incident role \` and ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, and \`@somebody\` if it is not you.`,
    );
  }
  if (who === '' || who.toLowerCase() === 'me') return { ...named, verb: 'role', role };
  const holder = MENTION_ALONE.exec(who)?.[1];
  if (holder === undefined) {
    return unclear(
      `I do not know who ${quoted(who)} is. Write \`@\` and choose the person from Slack's list, or leave it out to take the role yourself.`,
    );
  }
  return { ...named, verb: 'role', role, holder };
}

type RoleBefore = Readonly<{ role: Role | undefined; behind: string }>;

/** The longest name counts: a team may have `DBA` and `DBA lead`. */
function ownRoleBefore(rest: string, own: readonly OwnRole[]): RoleBefore | undefined {
  const longest = own.toSorted((a, b) => b.length - a.length);
  for (const role of longest) {
    const name = roleName(role);
    const behind = rest.slice(name.length);
    if (rest.slice(0, name.length).toLowerCase() === name.toLowerCase() && /^(?:\s|$)/.test(behind))
      return { role, behind: behind.trim() };
  }
  return undefined;
}

/** `tech`, `technical lead`, `technical-lead`, as people write it. */
function roleBefore(rest: string): RoleBefore {
  const { first, rest: behind } = split(rest);
  const role = ROLE_WORDS.find(([word]) => word.test(first))?.[1];
  return { role, behind: behind.replace(/^lead\b\s*/i, '') };
}

function readSeverity(rest: string, named: Named): IncidentRequest {
  const typed = plain(rest);
  const said = severityBefore(typed);
  if (said === undefined) return unclear(noSeverity(typed));
  if ('problem' in said) return unclear(said.problem);
  const text = said.rest.replace(BECAUSE, '');
  if (isTimeAlone(text))
    return unclear(
      `The severity changes now. Give the reason: \`/incident severity ${said.severity} because logins fail\`. For an earlier time, add a note.`,
    );
  return { ...named, verb: 'severity', severity: said.severity, text: isEmpty(text) ? '' : text };
}

/** `at 14:20`, `yesterday`. A reason may begin with a time, and what got worse must not wait for its author. */
function isTimeAlone(text: string): boolean {
  const { when, rest, problem } = splitTime(text);
  return when === undefined ? problem !== undefined && /^\p{L}+$/u.test(text) : isEmpty(rest);
}

function readStatus(rest: string, named: Named): IncidentRequest {
  const { first, rest: behind } = split(rest);
  const status = STATUSES.find((one) => one === first.toLowerCase());
  if (status === undefined) {
    const none = first === '' ? 'Which status?' : `There is no status ${quoted(first)}.`;
    return unclear(`${none} There are ${STATUSES.join(', ')}: \`/incident status ${STATUSES[1]}\`.`);
  }
  return timed(behind, ({ when, rest: text }) =>
    beginsAhead(text)
      ? unclear(`This says that it is not ${status} yet. Set the status when it is; use a \`note\` for plans.`)
      : { ...named, verb: 'status', status, text, ...when },
  );
}

/** `in 10 minutes` */
function beginsAhead(text: string): boolean {
  const length = /^in\s+(?<length>\d.*)$/is.exec(text)?.groups?.length;
  return length !== undefined && readLength(length) !== undefined;
}

type Timed = Readonly<{ when: Readonly<{ when?: SpokenTime }>; rest: string }>;

function timed(rest: string, read: (timed: Timed) => IncidentRequest): IncidentRequest {
  const { when, rest: text, problem } = splitTime(plain(rest));
  if (problem !== undefined) return unclear(problem);
  return read({ when: when === undefined ? {} : { when }, rest: text });
}

/** Also true for text that only looks empty: zero-width characters, formatting marks around nothing. */
function isEmpty(text: string): boolean {
  return !/[^\s\p{C}*_~`]/u.test(text);
}

function unclear(problem: string): IncidentRequest {
  return { verb: 'unclear', problem };
}

function unknown(problem: string): IncidentRequest {
  return { verb: 'unknown', problem };
}

function plain(text: string): string {
  return plainFromMrkdwn(text).trim();
}

function quoted(text: string): string {
  return `\`${inCode(text)}\``;
}

/** Truncated text that can neither end the code nor mention anyone. */
function inCode(text: string): string {
  return cutText(plain(text), 80).replaceAll('`', "'").replace(/[&<>]/g, '');
}

function split(text: string): Readonly<{ first: string; rest: string }> {
  const trimmed = text.trim();
  const space = trimmed.search(/\s/);
  return space === -1
    ? { first: trimmed, rest: '' }
    : { first: trimmed.slice(0, space), rest: trimmed.slice(space).trim() };
}
