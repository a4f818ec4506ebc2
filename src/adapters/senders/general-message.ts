/**
 * Reads the message of an alerting app whose layout no reader knows: its title, its fields, the colour of its card and
 * its links. Apps post much that is no alert, so a message counts only if its title or its fields are those of an alert.
 */
import { labelsOf, nameInTitle, traceIdIn } from '#adapters/alert-fields.ts';
import { httpLinks, isWebAddress, type NamedAddress } from '#adapters/alert-links.ts';
import { type Line, partsOfLine, type Said, saidIn } from '#adapters/message-text.ts';
import { noTroubleIn } from '#adapters/no-trouble.ts';
import { appName, firstLines, microseconds, type Posted, shownIn } from '#adapters/posted-message.ts';
import type { Alert, AlertState } from '#model/incident/alert.ts';
import { isAlertFor, isFinding, resourceOfFinding } from './card-forms.ts';
import { fluxError } from './flux-message.ts';
import { gradeAsState } from './general-alert.ts';
import {
  checkInFields,
  checkOnHost,
  isNoticeOfCheck,
  isObjectOfKind,
  nameBehindType,
  namedByKind,
  serviceAmong,
  serviceNamed,
  subjectIn,
} from './general-service.ts';
import { stateOfColour } from './general-state.ts';
import { changesWhatRuns, jenkinsResult } from './jenkins-message.ts';
import { isErrorInFile, knownText, troubleText } from './known-texts.ts';
import { isQuietLine, loggedError } from './log-message.ts';
import {
  GRADE_BESIDE,
  GRADE_BETWEEN,
  GRADE_OF_ALERT,
  GRADE_OF_LINE,
  gradeBelow,
  gradeInOutput,
  gradeOfEmoji,
  markedGrade,
} from './message-grade.ts';
import { keyOfMessage } from './message-key.ts';
import {
  boldBeforeVerb,
  checkBeforeAddress,
  codeInFront,
  errorBelow,
  jobBelow,
  labelledBelow,
  linkedSubject,
  markedSubject,
  nameBehindKind,
  nameBesideMark,
  nameInNamespace,
  projectInAddress,
  projectInBrackets,
  runOnHost,
  subjectOfSentence,
} from './message-subject.ts';
import { startSaid } from './moments.ts';
import { isObjectInTrouble, isObjectMade, workloadIn } from './object-event.ts';
import { isOverLimit } from './over-limit.ts';
import { type Field, fieldsIn, lettersOf } from './payload-fields.ts';
import { pickText } from './pick-field.ts';
import { OF_PEOPLE, TRACKER } from './said-trouble.ts';
import { isSentenceOfState, markInFront, type SaidState, saidState, stateInTitle, wordsOf } from './state-words.ts';
import { titleBelow } from './telling-title.ts';

/** Undefined where the message is no alert. */
export function generalMessage(message: Posted): Omit<Alert, 'saidUs'> | undefined {
  const said = saidIn(message);
  const isQuiet = noTroubleIn(...firstLines(said)) !== undefined || isQuietLine(said) || isErrorInFile(said);
  const failed = fluxError(message) ?? jenkinsResult(message, said);
  if (failed !== undefined) return failed;
  if (isQuiet) return undefined;
  if (OF_PEOPLE.test(appName(message))) return knownText(message, said);
  return (
    knownText(message, said) ??
    loggedError(message, said) ??
    titledAlert(message, said) ??
    (NO_ALERT.test((said.lines[0]?.text ?? '').slice(0, 300)) ? undefined : troubleText(message, said))
  );
}

/** A mail is no alert unless it has a form that is known: people write mails, too. */
export function generalMail(mail: Posted): Omit<Alert, 'saidUs'> | undefined {
  const said = saidIn(mail);
  return noTroubleIn(...firstLines(said)) === undefined ? knownText(mail, said) : undefined;
}

/** The alert by its title and its fields. */
function titledAlert(message: Posted, said: Said): Omit<Alert, 'saidUs'> | undefined {
  const shown = titleIn(said, appName(message));
  if (shown === undefined) return undefined;
  const fields = fieldsOf(said, message);
  if (!isStateOfCheck(shown, message) && isNews(shown, fields)) return undefined;
  const status = pickText(fields, { names: STATUS, fits: ({ value }) => saidState(value) !== undefined });
  const seen: Seen = { shown, fields, status, message, preview: previewIn(said) };
  const state = stateOf(seen);
  if (state === undefined || !isAlert(seen)) return undefined;
  const title = plain(errorBelow(said)) || withoutClock(plain(shown.text), fields);
  const checked = checkOnHost(title) ?? checkInFields(title, fields);
  const links = httpLinks(addressesIn(said, message));
  const service = checked?.service ?? (serviceOf(seen, said) || projectInAddress(shown.url || links.url));
  const url = shown.url || links.url;
  const texts = said.lines.flatMap(({ text, links: inLine }) => [text, ...inLine.map((link) => link.url)]);
  return {
    source: lettersOf(appName(message)) || 'slack',
    key: checked === undefined ? keyOfMessage({ title, service, url, fields }) : `${checked.host}/${checked.check}`,
    title: titleBelow(said, title),
    service,
    severity: severityOf(seen, said),
    state,
    atUs:
      startSaid({
        fields,
        title,
        below: linesAsPosted(message),
        postedUs: microseconds(message.ts),
        isOver: state === 'resolved',
      }) ?? microseconds(message.ts),
    url,
    traceId: traceIdIn(texts.join('\n')),
    labels: labelsOf(Object.fromEntries(fields.map(({ name, value }) => [name, value.slice(0, 300)]))),
    ...(Object.keys(links.others).length > 0 && { links: links.others }),
  };
}

/** The texts of blocks and attachments with Slack's marks, in which an instant is a number. */
function linesAsPosted({ text, blocks, attachments }: Posted): readonly string[] {
  const fields = fieldsIn({ text, blocks, attachments });
  return fields.filter(({ kind }) => kind === 'text').flatMap(({ value }) => value.split('\n').slice(0, 40));
}

function serviceOf({ shown, fields, preview, message }: Seen, said: Said): string {
  const title = plain(shown.text);
  return (
    namedByKind(title) ||
    nameBehindType(title) ||
    serviceNamed(fields) ||
    resourceOfFinding(title, fields) ||
    projectInBrackets(title) ||
    workloadIn(fields) ||
    projectOfRun(title, fields) ||
    nameBehindKind(shown.text) ||
    checkBeforeAddress(title) ||
    boldSubject(shown.text) ||
    boldBeforeVerb(shown.text) ||
    // The title beside it is the name of a chart.
    preview?.host ||
    subjectIn(title) ||
    subjectOfSentence(title) ||
    nameInNamespace(title) ||
    markedSubject(title) ||
    linkedSubject(said) ||
    labelledBelow(said) ||
    kindBelow(said) ||
    jobBelow(said) ||
    serviceAmong(fields) ||
    runOnHost(title) ||
    nameInTitle(title) ||
    nameAlone(said) ||
    subjectBelow(said) ||
    codeInFront(said) ||
    nameBesideMark(said) ||
    (isStateOfCheck(shown, message) ? (CHECK_IS.exec(title)?.[1] ?? '') : '') ||
    nameInTitle(shownIn(said).slice(0, 1_000).replaceAll(EMOJI, ' '))
  );
}

function severityOf({ shown, fields, status, preview }: Seen, said: Said): string {
  const title = plain(shown.text);
  const written = (form: RegExp) => form.exec(title)?.slice(1).find(Boolean) ?? '';
  const severity = pickText(fields, { names: SEVERITY, fits: ({ value }) => value.length <= 40 })?.value ?? '';
  return (
    severity ||
    gradeAsState(status?.value ?? '') ||
    markedGrade(said) ||
    gradeOfEmoji(shown.text) ||
    written(GRADED) ||
    written(GRADE_BETWEEN) ||
    (preview?.grade ?? '') ||
    written(GRADE_OF_LINE) ||
    gradeBelow(said) ||
    gradeInOutput(fields) ||
    written(GRADE_OF_ALERT) ||
    written(/\b(P[0-5]|SEV-?\d)\b|\[(critical|high|error|warning|low|info)\]/i) ||
    written(GRADE_BESIDE) ||
    (/\b(critical|warning)$/i.exec(shown.heading ?? '')?.[1] ?? '')
  );
}

/**
 * Netdata's older card says in its preview what its title leaves out: the host and the grade.
 * https://github.com/netdata/netdata/blob/master/src/health/notifications/alarm-notify.sh.in
 */
function previewIn({ fallback }: Said): Preview | undefined {
  const [, host = '', grade = ''] =
    /^([\w.-]{1,200}) (CRITICAL|WARNING|CLEAR|RECOVERED) - \S/.exec(fallback.slice(0, 400)) ?? [];
  const state = saidState(grade)?.state;
  return state === undefined ? undefined : { host, state, grade: state === 'resolved' ? '' : grade.toLowerCase() };
}

type Preview = Readonly<{ host: string; state: AlertState; grade: string }>;

/** A name behind its kind in the lines below the title. */
function kindBelow({ lines }: Said): string {
  const named = lines.slice(1, 4).map(({ text }) => nameBehindKind(text) || nameBehindType(text));
  return named.find((name) => name !== '') ?? '';
}

/** Falco and others begin with the time of the event, and name its rule in a field. */
function withoutClock(title: string, fields: readonly Field[]): string {
  const rest = title.replace(/^(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?:?\s/, '');
  return rest === title ? title : (fields.find(({ name }) => name === 'rule')?.value ?? rest);
}

/** `*cart-api* nightly backup FAILED on db-1`: what a message begins with, in bold, is its subject. */
function boldSubject(text: string): string {
  const begin = text
    .slice(0, 400)
    .replace(/^\s{0,3}\[[A-Z]{2,20}\]\s{1,3}/, '')
    .replace(/^(?::[a-z0-9_+-]{1,40}:\s{0,2}|[^\p{L}*`:]){1,10}/u, '');
  const bold = /^\*([a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8})\*:?\s/.exec(begin)?.[1];
  return bold ?? CODE_BEFORE_VERB.exec(begin)?.[1] ?? '';
}

/** `` `cart-import` failed after 3 attempts on web-1 ``: as code, before the verb. */
const CODE_BEFORE_VERB =
  /^`([a-z][a-z0-9]{0,40}(?:[-_.][a-z0-9]{1,40}){1,8})` (?:has |have |was |is )?(?:failed|crashed|errored|aborted|died|stopped|timed out|down|unreachable|recovered)(?!\w)/;

/** What the lines below the title say is broken: `` Pipe `orders` is 94 minutes behind ``. */
function subjectBelow({ lines }: Said): string {
  const named = lines.slice(1, 4).map(({ text }) => subjectIn(text));
  return named.find((name) => name !== '') ?? '';
}

type Title = Readonly<{
  text: string;
  url: string;
  rest: string;
  /** The line above the title in which the app says that it posts an alert. */
  heading?: string;
}>;

/** The first line that holds words; a line that is a link is the alert's page. */
function titleIn(said: Said, app: string): Title | undefined {
  const [first, ...below] = said.lines;
  if (first === undefined || !isHeading(first.text, app)) return titleOf(said);
  const named = below.find(({ text }) => /^(?:name|alert|monitor|rule|title): \S/i.test(text));
  const title =
    named === undefined ? titleOf({ ...said, lines: below }) : ofLine(named, named.text.replace(/^\w+: /, ''));
  return title === undefined ? titleOf(said) : { ...title, heading: first.text };
}

/**
 * `WAZUH Alert`, `Sumo Logic Monitor Alert`: the app's name and that it is an alert. The title stands below.
 * https://github.com/wazuh/wazuh/blob/main/integrations/slack.py
 */
function isHeading(text: string, app: string): boolean {
  const words = wordsOf(plain(text));
  const ofApp = new Set(wordsOf(app));
  if (words.length > 6 || !words.some((word) => ofApp.has(word))) return false;
  return words.some((word) => word === 'alert') && words.every((word) => ofApp.has(word) || HEADING_WORDS.has(word));
}

const HEADING_WORDS: ReadonlySet<string> = new Set([
  'alert',
  'alerts',
  'check',
  'critical',
  'health',
  'monitor',
  'monitoring',
  'new',
  'notification',
  'resolved',
  'uptime',
  'warning',
]);

function titleOf({ lines, fallback }: Said): Title | undefined {
  const [first, second] = lines;
  const isSecond = first && second && (isMarkedBelow(first.text, second.text) || isNamedBelow(first.text, second.text));
  if (isSecond) return ofLine(second, second.text);
  const rule = lines.slice(0, 6).flatMap(({ text }) => RULE_LINE.exec(text.slice(0, 400))?.[1] ?? [])[0];
  if (rule !== undefined) return { text: rule, url: '', rest: '' };
  const line =
    lines.find(({ text }) => MONITOR_LINE.test(text.slice(0, 400))) ??
    lines.find(({ text }, at) => wordsOf(plain(text)).length > 1 && !isField(text, at)) ??
    lines.find(({ text }) => wordsOf(plain(text)).length > 0);
  if (line === undefined)
    return fallback === '' ? undefined : { text: fallback.split('\n', 1)[0] ?? '', url: '', rest: '' };
  return ofLine(line, line.text);
}

/** The text of a notification may be shorter than the header below it, which has the mark and the word of state. */
function isMarkedBelow(first: string, second: string): boolean {
  const isSame = plain(first) !== '' && wordsOf(plain(first)).join(' ') === wordsOf(plain(second)).join(' ');
  if (isSame && markInFront(first) === undefined && markInFront(second) !== undefined) return true;
  const isShort = wordsOf(first).length <= 4 && stateInTitle(first) === undefined;
  return isShort && /^[^\p{L}\p{N}]{0,4}:[a-z0-9_+-]{1,40}: \S/u.test(second) && stateInTitle(second)?.isStep === true;
}

/** `cart-web` above `Application cart-web has degraded.`: the name alone, and the sentence about it. */
function isNamedBelow(first: string, second: string): boolean {
  const isName = /^[a-z0-9]{1,40}(?:[-_.][a-z0-9]{1,40}){0,8}$/.test(first);
  return isName && second.slice(0, 200).split(/\s+/).includes(first) && stateInTitle(second) !== undefined;
}

/** The name above the sentence about it; empty in other messages. */
function nameAlone({ lines: [first, second] }: Said): string {
  return first !== undefined && second !== undefined && isNamedBelow(first.text, second.text) ? first.text : '';
}

function ofLine({ links, rest }: Line, text: string): Title {
  const [link] = links.filter(({ url }) => isWebAddress(url));
  return { text, url: link?.url ?? '', rest };
}

/**
 * Kibana's default text: the reason with its values, then the rule and its state, which is the same at every run.
 * https://github.com/elastic/kibana/blob/main/x-pack/solutions/observability/plugins/apm/common/rules/default_action_message.ts
 */
const RULE_LINE =
  /^(\S.{0,200} (?:(?:is active|(?:alert )?is firing)(?= (?:with|because of) the following conditions:?$)|has recovered\.?$))/;

/** Uptime Kuma names the monitor and its state in brackets: `[Shop] [🔴 Down] timeout`. */
const MONITOR_LINE = /^\[([^\]\n]{1,200})\] \[[^\p{L}\]]{0,6}(?:down|up)\]/iu;

const FIELD_LINE = /^\s*\*?([A-Z][A-Za-z ]{1,30}):\*?\s/;

/** `Alert triggered: High response time` and `Triggered: High response time` in front are titles with their state. */
function isField(text: string, at: number): boolean {
  const name = FIELD_LINE.exec(text)?.[1];
  if (name === undefined || at > 0 || saidState(name)?.isStep !== true) return name !== undefined;
  return wordsOf(name).length === 1 && !STEP_AND_NAME.test(text);
}

/** A word that no field has as its name, or a field of it whose value is a time. */
const STEP_AND_NAME = /^\s*\*?(?:triggered|firing|alerting|resolved|recovered|acknowledged):\*?\s(?!\d)/i;

/** Without the link at the end that only says what it opens: `… is full. Open deployment`. */
function withoutButton({ text, rest }: Title): string {
  return rest === '' ? text : text.replace(/(?<=[.!)\]:] ?)(?:Open|View|Show|See) [a-z ]{1,30}$/, '');
}

/** Slack's names of emoji; the minutes of a time are none. */
const EMOJI = /(?<!\d):[a-z0-9_+-]{1,40}:/g;

/** Without Slack's emphasis and emoji. */
function plain(text: string): string {
  return text
    .slice(0, 500)
    .replaceAll(EMOJI, ' ')
    .replaceAll(/[*~`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** `Trigger Type` is Sumo Logic's: `Critical`, `ResolvedCritical`. https://www.sumologic.com/help/docs/alerts/webhook-connections/ */
const STATUS =
  /^(?:(?:alert|incident|problem|issue|current|new|monitor|check)?(?:state|status|phase|condition|transition)|triggertype|estado|état|statut|zustand|stato|状态|状態|ステータス|상태|статус)$/u;
const SEVERITY =
  /^(?:(?:alert|incident)?(?:severity|priority|urgency|criticality|level)|schweregrad|dringlichkeit|priorität|severidade?|gravedad|gravidade|gravité|gravità|priorité|prioridade?|priorità|ernst|prioriteit|priorytet|важность|приоритет|级别|告警级别|优先级|重要度|優先度|심각도|우선순위)$/u;

function fieldsOf({ fields, lines }: Said, message: Posted): readonly Field[] {
  const listed: (readonly [string, string])[] = [...fields].flatMap(([name, value]) => [
    [name, partsOfLine(value).parts[0] ?? value] as const,
    ...(GROUPED.test(name) ? tagsIn(value) : []),
  ]);
  for (const { text } of lines) {
    const monitor = MONITOR_LINE.exec(text.slice(0, 400))?.[1];
    if (monitor !== undefined) listed.push(['monitor', monitor]);
    const [, named = '', marked = ''] =
      /^[●•*-]\s{1,3}([A-Za-z][\w ]{0,30}?) `([^`]{1,200})`$/.exec(text.slice(0, 300)) ?? [];
    if (named !== '') listed.push([named, marked]);
  }
  for (const { text } of lines) listed.push(...tagsInCode(text));
  for (const { text } of lines) {
    const { pairs, parts } = partsOfLine(text);
    listed.push(...pairs);
    for (const part of parts.flatMap((one) => one.split(/\s[|•·]\s/))) {
      const [, name = '', value = ''] =
        /^[\s•*·>-]{0,6}([\p{L}][\p{L} _.-]{0,30}?)\*?[:：=]\*?\s{0,3}(\S.{0,300})$/u.exec(
          part.slice(0, 400).replace(/^(?::[a-z0-9_+-]{1,40}:\s?){1,3}/, ''),
        ) ?? [];
      if (name !== '' && !value.startsWith('//')) listed.push([name, value]);
    }
  }
  const colours = attachmentsOf(message).flatMap(({ color }) =>
    typeof color === 'string' ? [['color', color] as const] : [],
  );
  return [...listed, ...colours].map(([name, value]) => ({
    name: lettersOf(name),
    holders: [],
    value: plain(value).replace(/^["'<]|["'>]$/g, ''),
    kind: 'text' as const,
    isWritten: false,
  }));
}

/** `Group: service=cart, zone=b`: the values by which a rule groups. */
const GROUPED = /^(?:group(?:s|ed by| by)?|group values?)$/;

function tagsIn(value: string): readonly (readonly [string, string])[] {
  const tags = value.slice(0, 1_000).matchAll(/(?<![\w.])([A-Za-z][\w.]{0,40})=([\w./-]{1,200})/g);
  return [...tags].map(([, name = '', said = '']) => [name, said]);
}

/** Some list tags so: `component: database` `service: shop`. */
function tagsInCode(text: string): readonly (readonly [string, string])[] {
  const tags = text.slice(0, 2_000).matchAll(/`([A-Za-z][\w.]{0,40}):\s{0,3}([^`\n]{1,200})`/g);
  return [...tags].map(([, name = '', value = '']) => [name, value]);
}

function attachmentsOf({ attachments }: Posted): readonly Readonly<Record<string, unknown>>[] {
  return (attachments ?? []).filter((one) => typeof one === 'object' && one !== null) as Readonly<
    Record<string, unknown>
  >[];
}

type Seen = Readonly<{
  shown: Title;
  fields: readonly Field[];
  status: Field | undefined;
  message: Posted;
  preview: Preview | undefined;
}>;

function stateOf({ shown, fields, status, message, preview }: Seen): AlertState | undefined {
  const field = status === undefined ? undefined : saidState(status.value);
  const title = stateInTitle(shown.text);
  const around: SaidState | undefined = shown.url === '' || shown.rest === '' ? undefined : stateInTitle(shown.rest);
  const colour = colourOf(fields);
  const above = shown.heading === undefined ? undefined : stateInTitle(shown.heading);
  const steps = [title, around, field, above].filter((said) => said?.isStep);
  const over = steps.find((said) => said?.state !== 'triggered')?.state ?? happenedBelow(message);
  if (over !== undefined) return over;
  const said = field ?? title ?? around ?? firstWords(message);
  if (said === undefined)
    return preview?.state ?? colour ?? (isReported(shown.text, message) ? 'triggered' : undefined);
  // The card of an end is green, and so is its mark, whatever its rule is called.
  const isGreen = colour === 'resolved' || GREEN_IN_FRONT.test(shown.text);
  return !said.isStep && isGreen ? 'resolved' : said.state;
}

const GREEN_IN_FRONT = /^\s{0,3}(?:🟢|✅|:(?:large_)?green_circle:|:white_check_mark:|:heavy_check_mark:)/u;

/** `Acknowledged by Ann Lee`, `… acknowledged: Yes`, `RESOLVED · Service cart`: what happened, in a line below the title. */
function happenedBelow(message: Posted): AlertState | undefined {
  const form =
    /^(?:(?:the )?(?:alert|incident|issue|problem) (?:was |has been |is )?)?(acknowledged|resolved|closed) (?:by\b|[·•|](?=\s))|^.{0,200}[,;] (acknowledged): yes\b/i;
  const [done] = saidIn(message)
    .lines.slice(1)
    .flatMap(({ text }) => form.exec(plain(text))?.slice(1).find(Boolean) ?? []);
  return done === undefined ? undefined : saidState(done)?.state;
}

/** What has no word of a state, but is trouble: an error below its heading, a grade, an amount above its limit. */
function isReported(title: string, message: Posted): boolean {
  return errorBelow(saidIn(message)) !== '' || isGradedOrOver(title.slice(0, 400));
}

/** A grade in front, or an amount above its limit. */
function isGradedOrOver(title: string): boolean {
  return GRADED.test(title) || SPIKE.test(title) || isOverLimit(title);
}

/** `Spike in errors of cart`, as trackers of errors say it of a project. */
const SPIKE = /^[^\p{L}\p{N}]{0,20}spike (?:in|of) (?:\p{L}{1,12} ){0,2}(?:events|errors|crashes|exceptions)\b/iu;

/** The first words of the message's other texts. */
function firstWords(message: Posted): SaidState | undefined {
  const { lines } = saidIn(message);
  return lines.slice(0, 4).flatMap(({ text }) => stateInTitle(text) ?? [])[0];
}

/**
 * Reports, chats, reviews, deployments, and changes of other things. Tines calls its automations stories, and they pass on
 * alerts: https://www.tines.com/docs/stories/
 */
const NO_ALERT =
  /(?<![\w/.-])(?:daily|weekly|monthly|digest|report|summary|reminder|stand-?up|retro|poll|survey|pull request|merge request|PR #?\d+|commit(?:ted|s)?|pushed|deploy(?:ed|ing|ment(?! [*`]?[\w.-]{1,100}[*`]? (?:is|has become) (?:unhealthy|degraded|unavailable|down)))?|released?|rollout|on-?call|shift|(?<!\b(?:on|behind) )schedule|handoff|handover|rotation|birthday|welcome|joined|invited|maintenance|postmortem|post-mortem|retrospective|(?<!\bnot )meeting|(?:un)?muted|downtime ?(?:start|end|removed|cancell?ed)|approved|assigned|commented|comment|mentioned|subscri\w+|connected|integration|test message|task(?! (?:[*`"][^*`"\n]{1,100}[*`"] |[\w.-]{1,100} )?(?:has )?(?:failed|FAILED)\b)|ticket|(?<!\bby )story|vulnerabilit(?:y|ies)|sprint|backlog|review|build passed|quality gate|dependabot|(?:code|secret) scanning|security advisor(?:y|ies)|synced|sync succeeded|silenced?|action items?|follow-?ups?|invoice|payment (?:received|failed for (?:cus|ch|pi|in|sub)_\w+)|order)(?![\w-])/i;

/** What is no alert: reports, chats, changes. What the error of an alert says may hold any word, as may its button. */
function isNews(shown: Title, fields: readonly Field[]): boolean {
  const text = withoutButton(shown).slice(0, 400);
  if (isObjectMade(text, fields)) return true;
  if (isFailedRun(text, fields) || ALERT_IN_FRONT.test(text) || isNoticeOfCheck(plain(text))) return false;
  if (RUN_FAILED.test(plain(text)) && branchesIn(fields).length > 0) return true;
  if (DOCUMENT.test(text) || CAMPAIGN.test(text) || QUESTION.test(text) || isWeakness(text)) return true;
  return NO_ALERT.test(text.replace(DETAILS_OF_ERROR, '').slice(0, 300));
}

/** `Ticket desk is Down`, from an app of alerts: the name of a check may hold any word. */
function isStateOfCheck({ text }: Title, message: Posted): boolean {
  return ALERT_APP.test(appName(message)) && CHECK_IS.test(plain(text)) && !/\bmaintenance\b/i.test(text);
}

const CHECK_IS =
  /^[^\p{L}\p{N}]{0,10}(?:(?:monitor|check|website|site) )?["“'‘]?(?!(?:monitor|check|website|site|service|host|server|heartbeat|endpoint|job|node) (?:is|went))(\p{L}[^:|"”'’\n]{1,80})["”'’]? (?:is|went) (?:now |back )?(?:down|up|offline|online|unreachable|critical|in (?:trouble|critical))(?![\w-])/iu;

/**
 * `Critical Alert: orders backlog (Shop)`: the name of a rule may hold any word.
 * https://help.splunk.com/en/splunk-observability-cloud/create-alerts-detectors-and-service-level-objectives/create-alerts-and-detectors
 */
const ALERT_IN_FRONT = /^[^\p{L}\p{N}]{0,20}(?:critical|major|minor|warning) alert: \S/iu;

/** Alerts ask nothing. */
const QUESTION = /\?["”’']?\s{0,3}$/u;

/** A known weakness by its number, and no attack that uses it. https://www.cve.org/ */
function isWeakness(text: string): boolean {
  return /\bCVE-\d{4}-\d{1,7}\b/.test(text) && !/\b(?:exploit|attack|attempt|intrusion|scan)\w{0,6}\b/i.test(text);
}

/** A document about a failure. */
const DOCUMENT =
  /\b(?:runbook|page|document|docs?|wiki|article|guide)\b[*`"]{0,2} (?:was|has been) (?:updated|edited|published|added)\b/i;

/** How many people a mailing reached: its subject, in quotes, may hold any word. */
const CAMPAIGN =
  /\b(?:sent|delivered) to [\d,. ]{1,12} (?:contacts|subscribers|recipients|people|leads)\b|\b\d[\d.,]{0,5} ?% (?:opened|clicked|open rate|click rate)\b/i;

const DETAILS_OF_ERROR =
  /(?<=\b(?:failed|failing|down|error|FAILED)\b.{0,80}?)(?: with the following error|,? error|,? reason| last output)?: .*$/su;

/**
 * A job that changes what runs, of the branch that runs.
 * https://github.com/CircleCI-Public/slack-orb/tree/master/src/message_templates
 */
function isFailedRun(title: string, fields: readonly Field[]): boolean {
  const branches = branchesIn(fields);
  const isOfMain = branches.length > 0 && branches.every((one) => MAIN_BRANCH.test(one));
  const names = /^(?:job|jobname|workflow|pipeline|stage|environment)$/;
  const runs = fields.filter(({ name }) => names.test(name)).map(({ value }) => value);
  return isOfMain && RUN_FAILED.test(plain(title)) && [title, ...runs].some(changesWhatRuns);
}

const RUN_FAILED =
  /\b(?:job|build|workflow|pipeline|deploy(?:ment)?|release|run)\b(?: [\w`*#.-]{1,60}){0,4}? (?:has |was )?(?:failed|errored|unsuccessful)\b/i;

const MAIN_BRANCH = /^(?:main|master|trunk|prod(?:uction)?|release\b.*)$/;

function branchesIn(fields: readonly Field[]): readonly string[] {
  return fields
    .filter(({ name }) => /^(?:branch|ref|gitbranch|branchname)$/.test(name))
    .map(({ value }) => value.trim());
}

/** What a failed run was about to change: its project. */
function projectOfRun(title: string, fields: readonly Field[]): string {
  if (!isFailedRun(title, fields)) return '';
  return (
    pickText(fields, { names: /^(?:project|repository|repo)(?:name)?$/, fits: ({ value }) => value !== '' })?.value ??
    ''
  );
}

/** Words of a title about what fails. */
const TROUBLE_TITLE =
  /\b(?:firing|triggered|outage|downtime|unhealthy|unreachable|degraded|anomaly|violation|threshold|exceed(?:s|ed)|above \d|below \d|error rate|latency|response time|is (?:now )?down|is (?:now )?up|went (?:down|up)|back up|failing|crash(?:es|ed|ing)?|not responding|recovered|back to normal|no data|crashloop\w*|oomkilled|high cpu|cpu usage|memory usage|disk (?:usage|full|space|almost)|timed? ?out|5xx|4xx|p9[059]|queue|(?:problem|recovery) notification)\b|告警|报警|警報|アラート|障害|異常|恢复|復旧|경고|장애|복구|авария|störung|ausgelöst|déclenché|🔴|🚨|🔥|🟢|:(?:rotating_light|red_circle|large_green_circle|fire|alert|siren):/iu;

/** Those that say trouble, and not only what is measured: a red card about a threshold may be one about its settings. */
const TROUBLE_ITSELF =
  /\b(?:anomaly|anomalies|unhealthy|unreachable|degraded|outage|crash(?:es|ed|ing)?|crashloop\w*|oomkilled|exceed(?:s|ed)|not responding|timed? ?out)\b/i;

/** Words that other apps say too. They count with the name of a service, or in brackets. */
const GRADE_TITLE =
  /\b(?:alert(?:ing|s)?|alarm|incident|problem|critical|warning|failed|resolved|acknowledged|sev-?\d|p[0-3]|down|error)\b|behoben|résolu|resuelto|resolvido|risolto|opgelost|решен|проблема|fehlgeschlagen|gescheitert|abgestürzt|abgebrochen|ausgefallen|échec|échou|falló|fallado|fallido|falhou|falha|fallit[oa]|mislukt|nie powiod|(?<!\p{L})(?:alerte|alerta|alarme|alarma|allarme)(?!\p{L})|не удал|сбой|ошибк|失敗|失败|실패|エラー/iu;

/** `High severity detection`, as automations of security tools name what they pass on. */
const GRADED =
  /^[^\p{L}\p{N}]{0,20}(critical|high|medium|low)[ -]severity (?:detection|alert|alarm|incident|event|threat|finding|anomaly)\b/iu;

/**
 * `host-1 needs attention, `chart`, *name = value*`: the host, its state and the chart.
 * https://github.com/netdata/netdata/blob/master/src/health/notifications/alarm-notify.sh.in
 */
const CHART_OF_HOST = /^[\w.-]{1,200} (?:needs attention|is critical|recovered), [`*]{1,2}[\w.-]/;

/**
 * Callbacks of Airflow post what they like; the form that is copied everywhere names the task and its DAG.
 * https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/callbacks.html
 */
const TASK_FAILED = /\b(?:task|dag) (?:has )?failed\b/i;

/** `*basket* incident resolved`: the name in bold, what it is, and a step of it. */
const ENDED_BEHIND =
  /^[^\p{L}\p{N}*]{0,20}\*[^*\n]{2,80}\* (?:incident|alert|problem) (?:started|opened|acknowledged|resolved|closed|cleared)(?: by \S.{0,60})?[.!]?\s{0,3}$/iu;

const BRACKETED = /^[^\p{L}\p{N}[]{0,20}\[[^\]]{1,40}\]/u;

/** Fields that only alerts have. */
const ALERT_FIELD =
  /^(?:alert\w*|alarm\w*|incident\w*|monitor\w*|check\w*|severity|trigger\w*|rule\w*|condition\w*|policy|threshold|metric|firedat|urgency|impact\w*|affected\w*|runbook\w*|告警\w*|重要度|심각도)$/;

/** Apps whose name says what they post, and those whose webhooks are alerts. */
const ALERT_APP =
  /alert|alarm|incident|monitor|pager|uptime|down(?:time)?\b|on-?call|ops ?genie|watch|status|ilert|new ?relic|sentinel|probe|health|observ|signal|metric|error|pingdom|trace|prometheus|nagios|icinga|zabbix|sensu|dynatrace|splunk|elastic|kibana|cloudwatch|azure|signoz|checkly|site24|freshping|graylog|loggly|papertrail|pulsetic|hetrix|instana|appsignal|überwach|wächter|surveill|vigil|störmeld|better ?stack|rootly|netdata|snitch|cronitor|监控|監視|告警|报警|アラート|モニタ|모니터|prtg|falco|\bmonit\b|exception|guard\b|bugsnag|rollbar|airbrake|honey ?badger|raygun|squad ?cast|fire ?hydrant|robusta|check_?mk|zenduty|x ?matters|victor|coroot|gatus|komodor|oneuptime|hyperping|oh ?dear|glitchtip/i;

function isAlert({ shown, fields, status, message, preview }: Seen): boolean {
  const title = shown.text.slice(0, 400);
  const hasFields = fields.some(({ name }) => ALERT_FIELD.test(name));
  const isAlertApp = ALERT_APP.test(appName(message));
  if (hasKnownForm({ shown, fields, hasFields }) || preview !== undefined) return true;
  const isOfAlert = () => isOfAlerts(title) || CHECK_IS.test(plain(title)) || isRuleWithAnnotations(title, fields);
  if (isAlertApp && (hasFields || status !== undefined || isOfAlert())) return true;
  if (isStateOfSomething(title, message) || isColouredAlert(title, fields, message)) return true;
  if (TROUBLE_TITLE.test(title))
    return isAlertApp || hasFields || status !== undefined || stateInTitle(title) !== undefined || isOverLimit(title);
  if (!GRADE_TITLE.test(title)) return hasFields && status !== undefined && hasAlertState(status.value);
  return (
    isAlertApp ||
    BRACKETED.test(plain(title)) ||
    ENDED_BEHIND.test(title) ||
    checkBeforeAddress(plain(title)) !== '' ||
    nameInTitle(plain(title)) !== '' ||
    nameInNamespace(plain(title)) !== '' ||
    runOnHost(plain(title)) !== '' ||
    nameBehindKind(title) !== '' ||
    (hasFields && status !== undefined)
  );
}

/** A red card whose title says trouble, and a coloured one of an alert with the fields of one. */
function isColouredAlert(title: string, fields: readonly Field[], message: Posted): boolean {
  const colour = TRACKER.test(appName(message)) ? undefined : colourOf(fields);
  if (colour === 'triggered' && TROUBLE_ITSELF.test(title)) return true;
  const isOfAlert = /\b(?:alert|alarm|incident)\b/i.test(title) && fields.some(({ name }) => ALERT_FIELD.test(name));
  return colour !== undefined && isOfAlert;
}

/** What the colour of the card says. */
function colourOf(fields: readonly Field[]): AlertState | undefined {
  return fields.filter(({ name }) => name === 'color').flatMap(({ value }) => stateOfColour(value) ?? [])[0];
}

/** A state alone, with its thing below, or a sentence that says so of a thing. */
function isStateOfSomething(title: string, message: Posted): boolean {
  if (isStateAlone(title) && kindBelow(saidIn(message)) !== '') return true;
  return isSentenceOfState(title) && (nameBehindKind(title) !== '' || nameInTitle(plain(title)) !== '');
}

/** `RESUELTA — ALERTA CRÍTICA`: words of state and nothing else. What it is about stands below. */
function isStateAlone(title: string): boolean {
  const words = wordsOf(plain(title));
  return words.length > 0 && words.every((word) => saidState(word) !== undefined);
}

/** A title that, from an app of alerts, is that of one. */
function isOfAlerts(title: string): boolean {
  const subject = subjectIn(plain(title)) || markedSubject(plain(title)) || nameOfBold(title);
  const state = stateInTitle(title);
  return (
    ERROR_CLASS.test(title) ||
    SPIKE.test(title) ||
    isOverLimit(title) ||
    saidState(STATE_IN_FRONT.exec(title)?.[1] ?? '') !== undefined ||
    state?.isStep === true ||
    (subject !== '' && state !== undefined)
  );
}

/** `[OK] (High): full queue` */
const STATE_IN_FRONT = /^[^\p{L}\p{N}[]{0,20}\[(\p{L}{2,20})\]\s/u;

/** The class of an error, as trackers name what occurred. */
const ERROR_CLASS = /\b[A-Z]\w{1,60}(?:Exception|Error)\b/;

/** The name beside a word of state in bold: `*web-1 Disk* on web-1 *Down*`. */
function nameOfBold(title: string): string {
  return /\s\*(?:Down|Up|Warning|Critical|Error|OK)\*(?:\s|$)/i.test(title) ? nameInTitle(plain(title)) : '';
}

/** A warning of Kubernetes about an object, which the sender of the event shows as a field. */
function isWarningOfObject(title: string, fields: readonly Field[]): boolean {
  const isEvent = fields.some(
    ({ name, value }) => /^(?:object|involvedobject|regarding)$/.test(name) && isObjectOfKind(value),
  );
  return (
    isEvent && /^[^\p{L}\p{N}]{0,20}warning\b/iu.test(plain(title)) && fields.some(({ name }) => name === 'reason')
  );
}

/** Forms in which an app says itself that it posts an alert. */
function hasKnownForm({
  shown: { text, heading },
  fields,
  hasFields,
}: Pick<Seen, 'shown' | 'fields'> & Readonly<{ hasFields: boolean }>): boolean {
  const title = text.slice(0, 400);
  if (CHART_OF_HOST.test(title) || isWarningOfObject(title, fields)) return true;
  if (isObjectInTrouble(title, fields) || isFailedRun(title, fields)) return true;
  if (isFinding(title, fields) || isAlertFor(title, fields)) return true;
  if (TASK_FAILED.test(title) && fields.some(({ name }) => /^dag(?:id)?$/.test(name))) return true;
  if (heading !== undefined && stateInTitle(title) !== undefined) return true;
  if (KIND_OF_ALERT.test(plain(title)) && fields.some(isFailedStatus)) return true;
  return hasFields && (heading !== undefined || GRADED.test(title) || STEP_IN_FRONT.test(title));
}

/** `InstanceDown`: https://prometheus.io/docs/practices/alerting/#naming */
const RULE_NAME = /^[A-Z][a-z0-9]{1,40}(?:[A-Z][A-Za-z0-9]{1,40}){1,8}$/;

/** The annotations of a rule of Prometheus below its name. */
function isRuleWithAnnotations(title: string, fields: readonly Field[]): boolean {
  return RULE_NAME.test(title) && fields.some(({ name }) => /^(?:summary|description)$/.test(name));
}

/**
 * `dbt test alert` above the fields: Elementary names the table and the status of the test there.
 * https://docs.elementary-data.com/oss/guides/alerts/alerts-code-configuration
 */
const KIND_OF_ALERT = /^(?:[\w-]{1,30} ){1,4}alert$/i;

function isFailedStatus({ name, value }: Field): boolean {
  return name === 'status' && /^(?:fail(?:ed|ing)?|error|warn(?:ing)?)\b/i.test(value);
}

/** That something occurred or is back, in brackets of East Asia. Tickets are closed, urgent and done too. */
const STEP_IN_FRONT =
  /^[^\p{L}\p{N}【]{0,20}【[^】\n]{0,20}(?:発生|発報|復旧|回復|触发|觸發|发生|恢复|恢復|발생|복구)[^】\n]{0,20}】/u;

/** States of tickets, such as open and closed, are those of many things. */
function hasAlertState(value: string): boolean {
  return /firing|trigger|alert|alarm|critical|resolved|recovered|acknowledged|down|problem|告警|恢复|障害|復旧/i.test(
    value,
  );
}

function addressesIn(said: Said, message: Posted): readonly NamedAddress[] {
  const inLines = said.lines.flatMap(({ text, links }) =>
    links.map(({ url, label }) => ({ name: `${label === url ? text.slice(0, 60) : label} link`, value: url })),
  );
  const titled = attachmentsOf(message).flatMap(({ title_link }) =>
    typeof title_link === 'string' ? [{ name: 'titlelink', value: title_link }] : [],
  );
  const buttons = said.buttons.map(({ label, url }) => ({ name: `${label} link`, value: url }));
  return [...titled, ...inLines, ...buttons];
}
