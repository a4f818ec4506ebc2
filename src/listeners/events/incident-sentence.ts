/**
 * Reads a sentence to the bot as a request about an incident, by the same rules as `/incident`. Questions begin with the
 * same words, so a sentence counts only where it begins with a verb in its full form. A pure function, so that every form
 * and its nearest miss is a line in a test.
 *
 *   @Spanhound note 14:10 rolled back       as /incident note 14:10 rolled back
 *   @Spanhound INC-4: severity P0           as /incident INC-4 severity P0
 *   @Spanhound status of checkout?          a question
 *   @Spanhound page load is slow            a question: these words name trouble, and no team
 */
import { saysNothingNew, whoseOnCall } from '#listeners/commands/full-form.ts';
import { INCIDENT_VERBS, type IncidentRequest, readIncidentRequest } from '#listeners/commands/incident-request.ts';
import { severityBefore } from '#listeners/commands/severity.ts';
import { readIncidentNumber, STATUSES } from '#model/incident/incident.ts';
import type { OwnRole } from '#model/incident/roles.ts';
import { readStatsPeriod } from '#model/incident/stats-period.ts';
import { tracesIn } from '#model/trace/traces-in-message.ts';
import { readQuestion } from '#workflows/sentences/read-question.ts';

export type SentenceRequest = Exclude<IncidentRequest, { verb: 'unclear' | 'unknown' }>;

export type Sentence = Readonly<
  | { kind: 'question' }
  | { kind: 'request'; request: SentenceRequest }
  /** A request with a mistake: the text says what to write. */
  | { kind: 'problem'; problem: string }
>;

export type SentenceContext = Readonly<{
  /** The bot's id, which the sentence mentions; undefined if Slack does not say. */
  bot: string | undefined;
  /** With the bot alone: nobody mentions it there. */
  isDirect: boolean;
  /** The team's own roles. */
  own: readonly OwnRole[];
}>;

const QUESTION: Sentence = { kind: 'question' };

export function readIncidentSentence(text: string, { own, ...context }: SentenceContext): Sentence {
  const said = behindMention(text, context);
  if (said === undefined) return QUESTION;
  const command = COMMAND.exec(said)?.groups;
  if (command !== undefined) return asSentence(readIncidentRequest(command.typed ?? '', own));
  const whose = whoseOnCall(said);
  if (whose !== undefined) return asSentence(readIncidentRequest(`on-call ${whose}`, own));
  const { name, verb, rest } = partsOf(said);
  if (saysNothingNew(`${verb} ${rest}`)) return asSentence(readIncidentRequest(`${name} ${verb} ${rest}`, own));
  if (verb === '' ? name === '' : !VERBS.has(verb)) return QUESTION;
  const typed = verb === 'declare' ? rest.replace(AN_INCIDENT, '') : rest;
  const request = readIncidentRequest(`${name} ${verb} ${typed}`, own);
  const form = verb === '' ? 'full' : formOf(verb, typed.trim(), request);
  if (form === 'none' || (form === 'doubtful' && asksForLook(text))) return QUESTION;
  return asSentence(request);
}

/** Whether the sentence asks for a look at a service or a trace. */
export function asksForLook(text: string): boolean {
  return tracesIn({ text }).length > 0 || readQuestion(text) !== undefined;
}

function asSentence(request: IncidentRequest): Sentence {
  if (request.verb === 'need-to-know') return { kind: 'problem', problem: READ_BY_ALL };
  return request.verb === 'unclear' || request.verb === 'unknown'
    ? { kind: 'problem', problem: request.problem }
    : { kind: 'request', request };
}

const READ_BY_ALL =
  'Everybody here has read this sentence. Delete it, and type the command, which nobody else sees: `/incident note need-to-know @kim: …`.';

const MENTION = /^\s*(?:<@(?<id>[A-Z0-9]{1,30})(?:\|[^<>]{0,100})?>|@spanhound\b)\s*[,:;–—-]?\s*/i;
/** As people type it out of habit. */
const COMMAND = /^\/incident(?:\s+(?<typed>.*))?$/is;
/** `declare an incident: checkout is slow` */
const AN_INCIDENT = /^(?:an?\s+|the\s+|new\s+)?(?:new\s+)?incident(?:\s*[:,;–—-]\s*|\s+(?:for|because)\s+|\s+|$)/i;

const VERBS: ReadonlySet<string> = new Set(INCIDENT_VERBS);

/** Undefined where the sentence mentions the bot only later, or does not begin with it. */
function behindMention(text: string, { bot, isDirect }: Omit<SentenceContext, 'own'>): string | undefined {
  const found = MENTION.exec(text);
  if (found === null) return isDirect ? text.trim() : undefined;
  const id = found.groups?.id;
  if (bot !== undefined && id !== undefined && id !== bot) return undefined;
  return text.slice(found[0].length).trim();
}

type Parts = Readonly<{ name: string; verb: string; rest: string }>;

/** `INC-4: note …`, `INC-4, note: …`, `note …`. The verb is '' where only an incident is named. */
function partsOf(said: string): Parts {
  const [first, behind] = firstWord(said);
  if (readIncidentNumber(first) === undefined) return { name: '', verb: first.toLowerCase(), rest: behind };
  const [verb, rest] = firstWord(behind);
  return { name: first, verb: verb.toLowerCase(), rest };
}

/** The word, without the mark behind it, and what follows. */
function firstWord(text: string): readonly [word: string, rest: string] {
  const space = text.search(/\s/);
  const [word, rest] = space === -1 ? [text, ''] : [text.slice(0, space), text.slice(space).trim()];
  return [word.replace(/[:,;.!]$/, ''), rest.replace(/^[:–—-]\s+/, '')];
}

/** `doubtful`: a question has the same words, and goes first if it can be read as one. */
type Form = 'full' | 'doubtful' | 'none';

function formOf(verb: string, rest: string, request: IncidentRequest): Form {
  // What follows is somebody's own words, also a question: `note did anybody restart the pool?`
  if (verb === 'note' || verb === 'hypothesis') return 'full';
  if (/\?\s*$/.test(rest) || ASKS.test(rest)) return 'none';
  if (ALONE.has(verb)) return isAlone(verb, rest) ? 'full' : 'none';
  const isRead = request.verb !== 'unclear' && request.verb !== 'unknown';
  return (FORMS[verb] ?? WHOLE)(rest, isRead);
}

const ASKS = /^(?:why|what|whether|how|who|where|when|which|if)\b/i;

/** Nothing follows these in a request, and anything in a question: `failures in checkout`. */
const ALONE: ReadonlySet<string> = new Set([
  ...['list', 'help', 'timeline', 'edit', 'whys', 'hypotheses', 'checklist', 'fishbone', 'failures'],
  ...['channel', 'mitigate', 'changes', 'statuspage', 'postmortem'],
]);
const OPEN_ONES = /^(?:all\s+|the\s+)*(?:open\s+)?(?:incidents?|action\s+items?|actions)$/i;

function isAlone(verb: string, rest: string): boolean {
  const bare = rest.replace(/(?<![\s,.!])[\s,.!]+$/, '').replace(/(?:^|(?<![\s,])[\s,]+)(?:please|pls|thanks)$/i, '');
  return bare === '' || (verb === 'list' && OPEN_ONES.test(bare));
}

type ReadForm = (rest: string, isRead: boolean) => Form;

/** The request itself proves it, or it is the beginning of ordinary words. */
const WHOLE: ReadForm = (_, isRead) => (isRead ? 'full' : 'doubtful');
/** People's own words follow an order. */
const ORDER: ReadonlySet<string> = new Set(['declare', 'tried', 'rename', 'resolve', 'reopen']);

const FORMS: Readonly<Record<string, ReadForm>> = {
  ...Object.fromEntries([...ORDER].map((verb) => [verb, (): Form => 'full'])),
  status: (rest, isRead) => (isRead || STATUSES.some((one) => wordBefore(rest) === one) ? 'full' : 'none'),
  severity: (rest, isRead) => {
    if (!isRead) return severityBefore(rest) === undefined ? 'doubtful' : 'full';
    // `severity P1 alerts in checkout`
    return /^\S+\s+(?:alerts?|alarms?|incidents?|errors?|issues?|problems?|pages?)\b/i.test(rest) ? 'none' : 'full';
  },
  update: (rest, isRead) => {
    if (/^(?:me|us)\b/i.test(rest)) return 'none';
    // `update on checkout`, but `update on checkout: half of the pods are back`
    return isRead && !/^(?:on|about|of|regarding)\s[^:;,–—]*$/i.test(rest) ? 'full' : 'doubtful';
  },
  page: (rest, isRead) => {
    // A person or a group from Slack's list, a name alone, or a name with a mark behind it.
    const isNamed = /^(?:<[@!]\S+|\S+[:,;])(?:\s|$)|^\S+$|^\S+\s+[–—-]\s/.test(rest);
    return isRead && isNamed ? 'full' : 'doubtful';
  },
  // `on-call for checkout` is read above.
  'on-call': () => 'none',
  stats: readPeriodForm,
  review: readPeriodForm,
};

/** `review checkout` may ask for a look. */
function readPeriodForm(rest: string, isRead: boolean): Form {
  const isTimed = rest.split(/\s+/).some((word) => readStatsPeriod(word) !== undefined);
  return isRead && (rest === '' || isTimed) ? 'full' : 'none';
}

function wordBefore(rest: string): string {
  return firstWord(rest)[0].toLowerCase();
}
