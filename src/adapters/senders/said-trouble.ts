/**
 * Sentences in which a bot says that one thing fails: its name, and a word of failure or an amount at its limit. They are
 * read last, where a message has no title of an alert. What reports, people and runs of tests say is none.
 */
import { nameInTitle } from '#adapters/alert-fields.ts';
import type { Said } from '#adapters/message-text.ts';
import { appName, type Posted } from '#adapters/posted-message.ts';
import type { AlertState } from '#model/incident/alert.ts';
import { bare, nameBehindKind } from './message-subject.ts';
import { markInFront } from './state-words.ts';

type Trouble = Readonly<{ title: string; service: string; state: AlertState; key: string }>;

type Sign = Readonly<{
  kind: string;
  form: RegExp;
  /** Only behind a mark of trouble: an amount alone may be fine. */
  isMarked?: true;
}>;

const SIGNS: readonly Sign[] = [
  // https://docs.docker.com/engine/containers/run/#exit-status
  {
    kind: 'exited',
    form: /\bexited with (?:exit )?(?:code|status):? -?[1-9]\d{0,4}\b|\boom[_ -]?killed(?:=| ?: ?)true\b/i,
  },
  // https://www.rfc-editor.org/rfc/rfc9110#name-server-error-5xx
  {
    kind: 'errors',
    form: /\b(?:returned|returns|is returning|answered|answers|responded|responds|is responding)(?: with)?(?: an?)?(?: HTTP| status| code){0,2} 5(?:\d\d|xx)\b/i,
  },
  {
    kind: 'limit',
    form: /\b\d[\d,]{0,12} (?:of|out of) \d[\d,]{0,12} (?:\p{L}{2,20} ){0,2}(?:connections|slots|workers|threads|sessions|descriptors|handles|inodes|partitions|replicas) (?:are |is )?(?:in use|used|busy|open|taken|down|lost|missing)(?!\p{L})/iu,
    isMarked: true,
  },
  {
    kind: 'limit',
    form: /\b(?:disk|volume|filesystem|partition|storage|inodes|heap|memory)\b.{0,80} (?:is |at )\d{1,3}(?:\.\d{1,3})? ?% (?:full|used)\b/i,
    isMarked: true,
  },
  {
    kind: 'unfinished',
    form: /\b(?:did not|didn['’]t|has not|hasn['’]t|failed to) (?:finish|finished|complete|completed|run|start|started|arrive|arrived|report|respond|responded|check in|succeed)(?!\p{L})/iu,
    isMarked: true,
  },
  // https://supabase.com/docs/guides/platform/database-size#read-only-mode
  {
    kind: 'limit',
    form: /\bin read-only mode\b|\b(?:disk(?: space)?|storage|memory|inodes|connection pool|connections|file descriptors) (?:is|are|has been|have been) exhausted\b/i,
  },
  // https://sre.google/workbook/alerting-on-slos/
  {
    kind: 'budget',
    form: /\b(?:burn(?:s|ing|t|ed)?|consum(?:es|ing|ed)|spen(?:t|ds|ding))\b.{0,40}\berror budget\b.{0,60}\b\d{1,4}(?:\.\d{1,3})? ?(?:x|times)(?!\w)|\berror budget\b.{0,60}\bburn(?:s|ing)?\b.{0,40}\b\d{1,4}(?:\.\d{1,3})? ?(?:x|times)(?!\w)/i,
  },
  // https://pm2.keymetrics.io/docs/usage/process-management/
  {
    kind: 'ended',
    form: /^[^\p{L}\p{N}]{0,10}[a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8}(?: \([^()]{1,30}\))? (?:has |is |process )?(?:errored|crashed|panicked|segfaulted|state FATAL|died)(?!\p{L})/u,
  },
  // https://docs.snowflake.com/en/user-guide/tasks-errors
  {
    kind: 'failed',
    form: /\b(?:task|job|procedure|pipe|stream|flow|pipeline|dag|connector|function|worker|consumer) [A-Za-z]\w{0,60}(?:[._-]\w{1,60}){1,6} (?:has )?failed\b/i,
  },
];

/** Where the sentence names a thing with a dotted path behind its kind. */
const DOTTED =
  /\b(?:task|job|procedure|pipe|stream|flow|pipeline|dag|connector|function|worker|consumer) ([A-Za-z]\w{0,60}(?:[._-]\w{1,60}){1,6})(?![\w.-])/i;

/** What a bot of a provider calls a thing that has a database, functions and keys of its own. */
const PROJECT = /\bproject (?:\*([^*\n]{2,80})\*|`([^`\n]{2,80})`)/i;

/** `*cart-web* returned 500`: a name in bold, with which the sentence begins. */
const BOLD_IN_FRONT = /^(?:[^\p{L}\p{N}*:]|:[a-z0-9_+-]{1,40}:){0,20}\*([a-z0-9][\w.-]{1,80})\*\s/iu;

/** Words of reports, of people, of advice and of runs of tests. */
const NEWS =
  /\b(?:digest|report|summary|weekly|daily|monthly|yesterday|last (?:week|night|month|quarter)|docs?|runbook|guide|article|how|why|would|could|should|fix(?:ed|es)?|no longer|merged|ticket|post-?mortems?|retro|reminders?|comment(?:ed)?|asked|replied|wrote|says|tests?|testing|ci|builds?|lint|pull request|scheduled|maintenance|drill|example|resolved|recovered|bug|story|epic|backlog|transitioned|assigned)\b|\?\s{0,3}$/i;

/**
 * `Connector orders has entered the FAILED state`, and that it runs again.
 * https://docs.confluent.io/platform/current/connect/monitoring.html
 */
export function stateEntered({ lines }: Said): Trouble | undefined {
  for (const text of lines.slice(0, 3).map((line) => line.text.slice(0, 400))) {
    const title = bare(text);
    const [, entered = ''] = STATE_ENTERED.exec(title) ?? [];
    const service = entered === '' || NEWS.test(title) ? '' : nameOf(text, title);
    if (service === '') continue;
    const state = /^(?:RUNNING|HEALTHY)$/.test(entered) ? 'resolved' : 'triggered';
    return { title, service, state, key: `${service}/state` };
  }
  return undefined;
}

const STATE_ENTERED =
  /\b(?:entered|is in|is now in|went into|moved to|changed to|transitioned to) (?:the )?(FAILED|ERROR|CRASHED|DEGRADED|UNHEALTHY|RUNNING|HEALTHY) state\b/;

/** `*cart* is unhealthy: 0 of 3 replicas are ready`, and that it is healthy again: both name the same thing in front. */
export function healthTurned({ lines }: Said, message: Posted): Trouble | undefined {
  if (TRACKER.test(appName(message))) return undefined;
  for (const text of lines.slice(0, 3).map((line) => line.text.slice(0, 400))) {
    const title = bare(text);
    const said = NEWS.test(title) ? undefined : HEALTH.exec(text);
    const service = said === null || said === undefined ? '' : (said.slice(1, 3).find(Boolean) ?? '');
    if (service === '') continue;
    const state = /^(?:un|not|degraded)/i.test(said?.[3] ?? '') ? 'triggered' : 'resolved';
    return { title, service, state, key: `${service}/health` };
  }
  return undefined;
}

const HEALTH =
  /^(?:[^\p{L}\p{N}*`:]|:[a-z0-9_+-]{1,40}:){0,20}(?:[A-Za-z]{2,20} )?(?:\*([^*`\n]{2,80})\*|`([^`*\n]{2,80})`) is (?:now |currently )?(unhealthy|degraded|not ready|healthy|ready again|available again)(?![\w?])/iu;

/** Apps that post what people plan, write and meet for. */
export const TRACKER =
  /\b(?:jira|linear|asana|trello|github|gitlab|notion|clickup|shortcut|monday|youtrack|zendesk|intercom|confluence|zoom|calendar|hubspot|salesforce|geekbot|polly|donut)\b/i;

/** Apps of appointments, tasks, customers and news, which pass on no alert. What RSS posts of status pages has a form of its own. */
export const OF_PEOPLE =
  /\b(?:asana|trello|notion|clickup|donut|polly|geekbot|intercom|zoom|calendar|hubspot|salesforce|mailchimp|hacker news|newsletter|rss)\b/i;

/** Undefined where no sentence of the first lines says so. */
export function troubleSaid({ lines }: Said, app: string): Trouble | undefined {
  if (TRACKER.test(app)) return undefined;
  const shown = lines.slice(0, 3).map(({ text }) => text.slice(0, 400));
  if (shown.some((text) => NEWS.test(bare(text)))) return undefined;
  for (const text of shown) {
    const title = bare(text);
    const sign = SIGNS.find(({ form, isMarked }) => form.test(title) && (!isMarked || isMarkedAsTrouble(text)));
    const service = sign === undefined ? '' : nameOf(text, title);
    if (sign !== undefined && service !== '')
      return { title, service, state: 'triggered', key: `${service}/${sign.kind}` };
  }
  return undefined;
}

function isMarkedAsTrouble(text: string): boolean {
  return markInFront(text) === 'triggered';
}

function nameOf(text: string, title: string): string {
  return (
    nameBehindKind(text) ||
    (PROJECT.exec(text)?.slice(1).find(Boolean) ?? '') ||
    (BOLD_IN_FRONT.exec(text)?.[1] ?? '') ||
    (DOTTED.exec(title)?.[1] ?? '') ||
    nameInTitle(title)
  );
}
