/**
 * Mails of providers that Slack's Email app or a feed posts: the incidents of a status page, and a provider's warning about
 * one app, project or task. The subject is the first line. Invoices, sign-ins, digests and weaknesses of code are no alerts.
 * https://slack.com/help/articles/206819278-Send-emails-to-Slack
 */
import { z } from 'zod';
import { isPartOfMetric, nameBeforeColon, nameInTitle } from '#adapters/alert-fields.ts';
import type { Said } from '#adapters/message-text.ts';
import { appName, type Posted } from '#adapters/posted-message.ts';
import type { AlertState } from '#model/incident/alert.ts';
import { subjectIn } from './general-service.ts';
import { bare, nameBehindKind } from './message-subject.ts';
import { saidState, withoutState } from './state-words.ts';

type Mailed = Readonly<{ title: string; service: string; state: AlertState; key: string }>;

/**
 * A mail as Slack shows it: a file of the Email app, with the subject and the text. A person who uploads a saved mail has no
 * `bot_id`.
 * https://docs.slack.dev/reference/objects/file-object
 */
const MailFile = z.object({
  filetype: z.literal('email'),
  subject: z.string().nullish(),
  title: z.string().nullish(),
  plain_text: z.string().nullish(),
});

/** The mail as a message of the Email app; undefined where the message holds none. */
export function mailIn(message: Posted): Posted | undefined {
  const isOfApp = Boolean(message.bot_id) && ['', 'file_share', 'bot_message'].includes(message.subtype ?? '');
  const [mail, ...others] = (message.files ?? []).flatMap((file) => MailFile.safeParse(file).data ?? []);
  if (!isOfApp || mail === undefined || others.length > 0) return undefined;
  const text = `${mail.subject || mail.title || ''}\n${(mail.plain_text ?? '').slice(0, 4_000)}`;
  return { ...message, username: 'Email', text: text.trim(), blocks: null, attachments: null, files: null };
}

const MAIL_APP = /^(?:e-?mail|mail|rss(?: feeds?)?)$/i;

/** Undefined where the message is no mail, or a mail about something else. */
export function mailOfProvider({ lines }: Said, message: Posted): Mailed | undefined {
  if (!MAIL_APP.test(appName(message))) return undefined;
  const [first, ...below] = lines.map(({ text }) => text.slice(0, 400));
  const subject = bare(first ?? '').replace(/^(?:(?:fwd?|wg|tr): ?){1,3}/i, '');
  return (
    incidentIn(subject) ??
    (OTHER_MAIL.test(subject) || OF_PEOPLE.test(subject) ? undefined : (failedTask(below) ?? warningIn(subject, below)))
  );
}

/**
 * `[Acme Status] Investigating - late mails`, `Acme Status — Resolved: late mails`: a step of an incident, and its name.
 * https://support.atlassian.com/statuspage/docs/what-is-an-incident/
 */
const STEP_OF_PAGE =
  /^\[?(\S[^\][—–|]{0,80}?) Status\]? ?[—–:|-]? ?(Investigating|Identified|Monitoring|Resolved) ?[—–:|-] ?(\S.{0,300})$/;

function incidentIn(subject: string): Mailed | undefined {
  const [, vendor = '', step = '', name = ''] = STEP_OF_PAGE.exec(subject) ?? [];
  const state = saidState(step)?.state;
  return state === undefined ? undefined : { title: name, service: vendor, state, key: `${vendor}/${name}` };
}

/** What providers also write about: people, money, work that they announce, and what people may do about their code. */
const OTHER_MAIL =
  /\b(?:invoice|billing|payment|receipt|credit card|subscription|plan|trial|sign-?in|login|password|verif\w+|invit\w+|digest|summary|report|newsletter|survey|webinar|vulnerabilit\w+|security (?:advisory|alert|notice)|cve-\d+|dependabot|maintenance|scheduled|deprecat\w+|upgrade|release notes|started|test)\b/i;

/** What people write to each other: an answer, a question, themselves. */
const OF_PEOPLE =
  /^(?:re|aw|sv|antw|rif): ?|\?\s{0,3}$|\b(?:i|i'm|we|we're|my|me|us|anyone|somebody|question|help|why|please|hi|hello|thanks)\b/i;

/**
 * `Task SHOP.ETL.LOAD_ORDERS failed at 2026-01-06 10:00:00 UTC: …`: a task with its database and its schema.
 * https://docs.snowflake.com/en/user-guide/tasks-errors
 */
const TASK = /^Task (?:[A-Za-z_][\w$]{0,100}\.){0,2}([A-Za-z_][\w$]{0,100}) (?:has )?failed\b/;

function failedTask(below: readonly string[]): Mailed | undefined {
  for (const line of below.slice(0, 5)) {
    const [sentence = '', task = ''] = TASK.exec(bare(line)) ?? [];
    if (task === '') continue;
    const name = sentence.split(' ')[1] ?? task;
    return { title: sentence, service: task, state: 'triggered', key: `${name}/task` };
  }
  return undefined;
}

/**
 * What happened to a thing that runs, as providers write it of an app or of a project.
 * https://devcenter.heroku.com/articles/metrics#threshold-alerting
 * https://supabase.com/docs/guides/platform/database-size#read-only-mode
 */
const TROUBLE =
  /\b(?:threshold|out of (?:memory|disk|storage)|crash(?:ed|es|ing)|read-only mode|(?:is|are|went) (?:down|unhealthy|unreachable|unavailable|offline)|failing|timed? out|error rate|high (?:cpu|memory|latency)|degraded|(?:has|have) failed)\b/i;

const OVER =
  /\b(?:resolved|recovered|is over|(?:is|are) back|no longer|back (?:to normal|below|online|up)|left read-only mode)\b/i;

/** `[Acme] cart-api crashed`, `Acme: your project cart-db is …`: the provider, and what it says. */
const PROVIDER = /^(?:\[([^\]]{2,40})\]:?|([A-Z][\w. ]{1,30}):) (\S.{0,300})$/;

/** The state of an alert in brackets, alone. */
const MARK =
  /^(?:alert|alarm|alerta|alarme|problem|critical|warning|error|down|failed|failure|firing|triggered|resolved|recovery|recovered|ok|up|cleared)$/i;

/**
 * `Backup job: Nightly FILES`, below a subject that says the same: the job of a program that saves or copies.
 * https://helpcenter.veeam.com/docs/vbr/userguide/backup_job_notifications.html
 */
function jobIn(below: readonly string[], said: string): string {
  const names = below
    .slice(0, 3)
    .map((line) => /^(?:\p{L}{3,20} ){0,2}job: (\S.{0,100})$/iu.exec(bare(line))?.[1] ?? '');
  return names.find((name) => name !== '' && said.startsWith(name)) ?? '';
}

function warningIn(subject: string, below: readonly string[]): Mailed | undefined {
  const [, inBrackets, before, said = ''] = PROVIDER.exec(subject) ?? [];
  const vendor = inBrackets ?? before;
  if (vendor === undefined) return undefined;
  // A machine writes the state where a provider writes its name.
  const marked = MARK.test(inBrackets ?? '') ? saidState(vendor) : undefined;
  const job = marked === undefined ? '' : jobIn(below, said);
  if (!TROUBLE.test(said) && (marked === undefined || (job || nameBeforeColon(said)) === '')) return undefined;
  const names = [job, ...below.slice(0, 3).map(nameBehindKind), subjectIn(said), nameInTitle(said)];
  const service = names.find((name) => name !== '' && name !== 'read-only' && !isPartOfMetric(name));
  if (service === undefined) return undefined;
  const state = marked?.state ?? (OVER.test(said) ? 'resolved' : 'triggered');
  const key = [marked === undefined ? vendor : 'mail', service, withoutState(said)].join('/');
  return { title: said, service, state, key };
}
