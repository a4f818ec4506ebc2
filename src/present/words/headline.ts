/**
 * The first line of an answer: what is wrong for whom, and why. At most 120 characters, no brackets, at most one number,
 * no id. The finding brings its own words (`Headline`); where it has none, its title is shortened.
 *
 *   POST /login fails: `user-service` has run out of database connections
 *   GET /orders takes 2.3 s, perhaps because `orders` waits for SELECT items, a slow query
 *   Requests to `checkout` take four times as long as before the 14:02 deploy of `cart`
 */
import type { ChangeKind } from '#model/changes/change.ts';
import type { Diagnosed, WindowAnalysis } from '#model/finding/analysis.ts';
import type { Diagnosis, Elsewhere, NamedChange } from '#model/finding/diagnosis.ts';
import type { Headline, JudgedFinding } from '#model/finding/finding.ts';
import { capitalised } from '#model/text/capitalised.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { durationText } from '#model/text/duration.ts';
import {
  endsAsSentence,
  inWords,
  numbersIn,
  quoteInWords,
  timesAsLong,
  withOneNumber,
  withoutBrackets,
  withoutIds,
  withoutLooseEnd,
  withShorterQuote,
} from '#model/text/in-words.ts';
import { LOST_ROOT } from '#model/trace/build/lost-root.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { firstAmounts, roundTimes } from '#present/words/first-amounts.ts';
import { minuteClock } from '#present/words/instant.ts';
import { failureLeftOpen } from '#present/words/left-open.ts';
import { shown } from '#present/words/plain-text.ts';
import { inSentence } from '#present/words/sentences.ts';

export const LONGEST_HEADLINE = 120;

/** A finding that explains less of the time is a part of the cause. */
const MOST_OF_IT = 1 / 3;

type Shown = Diagnosed | WindowAnalysis;

/** `root` is the verdict's finding; undefined where the verdict stands without one. */
export function headlineOf(analysis: Shown, diagnosis: Diagnosis, root: JudgedFinding | undefined): string {
  const sinceChange = analysis.trace === undefined ? headlinesOfChange(analysis, diagnosis, root) : [];
  if (sinceChange.length > 0) return withinLimits([sinceChange]);
  const own = root !== undefined && isAbout(diagnosis, root) ? root.headline : undefined;
  if (own === undefined) return withinLimits([[firstToFail(analysis), ...ofVerdict(analysis, diagnosis)]]);
  return withinLimits(forms(analysis, diagnosis, inFull(own, analysis), failureLeftOpen(analysis, root) !== undefined));
}

/** Where a part is missing, nobody knows what it records. */
function inFull({ unrecorded, ...own }: Headline, { missing }: Pick<Shown, 'missing'>): Headline {
  if (unrecorded === undefined || own.what === undefined) return own;
  return {
    ...own,
    what: `${own.what}, and ${missing === undefined ? unrecorded : `the rest of the ${missing} is missing`}`,
  };
}

/** The verdict, shortened: `wallet: it waits for a lock` → `POST /bets is slow: wallet waits for a lock`. */
function ofVerdict(analysis: Shown, { verdict, status }: Diagnosis): string[] {
  const text = shortened(verdict);
  const [, service = '', does = ''] = /^([\w.-]{1,80}): it (?=\S)(.+)$/.exec(text) ?? [];
  const failed = text.replace(/^([\w.-]{1,80}): ([^:“]{1,120}?) (?=failed\b)/, '$2 of $1 ');
  if (service === '') return [failed];
  const clause = `${inWords(service)} ${does}`;
  const symptom = analysis.trace === undefined ? windowSymptom(analysis) : '';
  const because = status === 'inconclusive' ? ', perhaps because ' : ': ';
  return [
    ...(symptom === '' ? [] : [`${symptom}${because}${withoutRepeatedName(symptom, clause)}`]),
    capitalised(clause),
  ];
}

/** Where the order of a request's log lines is the verdict. */
function firstToFail(analysis: Shown): string {
  if (analysis.trace !== undefined || analysis.seen !== undefined) return '';
  const { timeline } = analysis.request ?? {};
  const [origin] = timeline?.failed ?? [];
  if (timeline === undefined || origin === undefined) return '';
  const line = origin.entry === undefined ? '' : quoteInWords(timeline.entries[origin.entry]?.text);
  return `${inWords(origin.service)} failed first${line === '' ? ', as its callers report' : `: ${line}`}`;
}

/** Several failures, or the order of log lines, may stand in the verdict instead of the finding's title. */
function isAbout({ verdict }: Diagnosis, { title }: JudgedFinding): boolean {
  return verdict.startsWith(title);
}

/** Best first; those of one list say the same, so the first that needs no shorter names is the best of them. */
function forms(
  analysis: Shown,
  { status, share, elsewhere }: Diagnosis,
  { what, why = '', isReading }: Headline,
  isOnlyTime: boolean,
): string[][] {
  const larger = elsewhere === undefined ? '' : partElsewhere(analysis, elsewhere);
  if (larger !== '')
    return [[...(why === '' ? [] : [`${larger}, partly because ${withoutRepeatedName(larger, why)}`]), larger]];
  if (why === '') {
    const said = isReading === true && status === 'inconclusive' ? `perhaps ${inSentence(what ?? '')}` : (what ?? '');
    return [aboutTraceOnly(analysis, what), forWhom(analysis, status, what), [capitalised(withRoot(said, analysis))]];
  }
  const joined = (said: string) => {
    if (said === '') return capitalised(why);
    const rest = withoutRepeatedName(said, why);
    if (said.endsWith(' fails') && rest.startsWith('it failed with “'))
      return `${said} ${rest.slice('it failed '.length)}`;
    if (status !== 'inconclusive' || why.startsWith('“') || what !== undefined) return `${said}: ${rest}`;
    return `${said}, ${share < MOST_OF_IT ? 'partly' : 'perhaps'} because ${rest}`;
  };
  const said = what === undefined ? symptomsOf(analysis, isOnlyTime) : [what];
  return [
    forWhom(analysis, status, what, why),
    [...(what === undefined ? withinRequest(analysis, said, why) : []), ...said.map(joined)],
    [capitalised(what ?? why)],
  ];
}

/** Where the verdict explains less than another place takes, that place comes first; empty where nothing is slow. */
function partElsewhere({ trace, judgement }: Shown, { service, operation, us, ofUs }: Elsewhere): string {
  if (trace === undefined || judgement.symptom.kind !== 'slow') return '';
  const root = rootInWords(trace);
  const name = inWords(shown(operationTemplate(operation)));
  const place = name === root ? `${inWords(shown(service))} itself` : `${name} of ${inWords(shown(service))}`;
  const part = us > ofUs / 2 ? 'most of it' : 'the largest part';
  return capitalised(`${root} takes ${durationText(ofUs)}, ${part} in ${place}`);
}

/** `track-fn fails: track-fn calls …` → `track-fn fails: it calls …` */
function withoutRepeatedName(said: string, why: string): string {
  const [name = ''] = SUBJECT.exec(why) ?? [];
  return name !== '' && ` ${said} `.includes(` ${name} `) ? `it${why.slice(name.length)}` : why;
}

/** A name, and the verb after it: `does`, `failed`, not `in` or `/login`. */
const SUBJECT = /^(?:`[^`]{1,100}`|[^\s`“]{1,100})(?= (?:[a-z]{2,20}(?:s|ed)|did|had|sent) )/;

/** Where the request neither failed nor was slow: what happened in it. */
function withinRequest({ trace }: Shown, said: readonly string[], why: string): string[] {
  if (trace === undefined || trace.spanCount === 0 || said.some((one) => one !== '')) return [];
  const operation = rootInWords(trace);
  return operation === '' || why.includes(operation) ? [] : [`In ${operation}, ${why}`];
}

/** A root that says little is named with its service. */
function withRoot(said: string, { trace }: Shown): string {
  if (trace === undefined || trace.spanCount === 0) return said;
  const operation = inWords(shown(operationTemplate(trace.operation(trace.root))));
  const isBare = said.startsWith(`${operation} `) && !said.startsWith(`${operation} of `);
  return operation !== '' && isBare ? `${rootInWords(trace)}${said.slice(operation.length)}` : said;
}

/** A cause that stands for itself, with the requests that suffer from it where those are known. */
function forWhom(analysis: Shown, status: Diagnosis['status'], what = '', why = ''): string[] {
  const symptom = analysis.trace === undefined ? windowSymptom(analysis) : '';
  if (symptom === '' || what === '' || /\brequests\b|\bfails?\b/i.test(what)) return [];
  const because = `${symptom}${status === 'inconclusive' ? ', perhaps' : ''} because ${inSentence(what)}`;
  return why === '' ? [because] : [`${because}: ${why}`, because];
}

/** A flaw of the trace data, where the request itself shows nothing wrong. */
function aboutTraceOnly({ trace, judgement }: Shown, what = ''): string[] {
  if (trace === undefined || judgement.symptom.kind !== 'none' || judgement.findings[0]?.lines !== undefined) return [];
  return [
    `Nothing wrong found in the request, but ${/^(?:A|The|Parents) /.test(what) ? what.charAt(0).toLowerCase() + what.slice(1) : what}`,
  ];
}

/** What is wrong for whom, with a number and without. `isOnlyTime`: the cause does not explain what the answer lacks. */
function symptomsOf(analysis: Shown, isOnlyTime: boolean): string[] {
  const { kind } = analysis.judgement.symptom;
  if (analysis.trace === undefined) return [windowSymptom(analysis)];
  const { trace } = analysis;
  if (trace.spanCount === 0 || kind === 'none') return [''];
  const operation = rootInWords(trace).replace(/^a request /, 'A request ');
  if (kind === 'failed') return [`${operation} fails`];
  if (kind === 'degraded' && !isOnlyTime)
    return [`${operation} answers, but not completely`, `${operation} answers incompletely`];
  return [`${operation} takes ${durationText(trace.durationOfUs(trace.root))}`, `${operation} is slow`];
}

/** A proxy's spans and some clients' have names that say nothing without the service. */
const SAYS_LITTLE =
  /^(?:(?:HTTP )?(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)?\s*\/?\*?|ingress|egress|router|proxy|(?:HTTP )?request|query|mutation)(?: \{[\w-]+\})?$/i;

/** Envoy names a span by the address that was called: `orders.shop.svc.cluster.local:8080/*`. */
const ADDRESS = /^(?:(?:inbound|outbound) )?([\w-]{1,63}(?:\.[\w-]{1,63}){0,8})(?::\d{1,5})?\/\*$/i;
/** Kubernetes' name of a service: its own, the namespace, `svc`. */
const OF_CLUSTER = /^([\w-]{1,63})\.[\w-]{1,63}\.svc\b/i;

/** The root operation; with its service where it says little alone. */
export function rootInWords(trace: Trace): string {
  const own = trace.operation(trace.root);
  const service = inWords(shown(trace.service(trace.root)));
  if (own === LOST_ROOT) return `a request of ${service}`.replace(/ of $/, '');
  const operation = shown(operationTemplate(own));
  const called = ADDRESS.exec(operation)?.[1];
  if (called !== undefined) return `a request to ${inWords(OF_CLUSTER.exec(called)?.[1] ?? called)}`;
  const name = inWords(operation);
  if (!SAYS_LITTLE.test(operation) || service === '') return name;
  return shown(trace.service(trace.root)).includes(operation) ? service : `${name} of ${service}`.trim();
}

function windowSymptom({ judgement, window, seen }: WindowAnalysis): string {
  const whose = whoSuffers({ window, seen });
  const [verb, are] = whose.isOne ? ['takes', 'is'] : ['take', 'are'];
  const [entry] = seen?.way ?? [];
  const grew = entry === undefined ? 0 : entry.now.medianUs / entry.healthy.medianUs;
  const { kind } = judgement.symptom;
  if (seen === undefined) return '';
  if (kind === 'failed') return `${whose.name} ${whose.isOne ? 'fails' : 'fail'}`;
  if (kind === 'slow')
    return grew >= 1.75 ? `${whose.name} ${verb} ${timesAsLong(grew)} before` : `${whose.name} ${are} slow`;
  return '';
}

/** This share of the affected requests have one operation. */
const MOST_OF_THEM = 0.8;

/** The operation that nearly all affected requests have, else the service. */
function whoSuffers({ window, seen }: Pick<WindowAnalysis, 'window' | 'seen'>): { name: string; isOne: boolean } {
  const requests = seen?.requests ?? [];
  const failed = requests.filter((request) => request.failed);
  const affected = failed.length > 0 ? failed : requests;
  const counts = new Map<string, number>();
  for (const { operation } of affected) {
    const name = operationTemplate(operation);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most !== undefined && most[1] >= MOST_OF_THEM * affected.length) {
    const [, ...operation] = most[0].split(' ');
    const name = shown(operation.join(' '));
    if (!SAYS_LITTLE.test(name) && !ADDRESS.test(name)) return { name: inWords(name), isOne: true };
  }
  const name = window.service === '' ? 'Requests' : `Requests to ${inWords(shown(window.service))}`;
  return { name, isOne: false };
}

/** Best first; none without a change. Where requests neither fail nor take longer, the finding says what is worse. */
function headlinesOfChange(
  analysis: WindowAnalysis,
  { change, status }: Diagnosis,
  root: JudgedFinding | undefined,
): readonly string[] {
  if (change === undefined || isBesideCause(change, root)) return [];
  const service = inWords(shown(change.service));
  const isOwn = change.service !== '' && change.service === analysis.window.service;
  const whose = change.service === '' ? '' : ` of ${service}`;
  const when = `${changeTime(change.atUs)} ${CHANGE_WORDS[change.kind]}`;
  // An order in time is no cause, and a reader takes it for one.
  const since = status === 'inconclusive' ? ', perhaps because of' : ' since';
  const ofVersion = worseVersion(root);
  if (ofVersion !== '') return [`${ofVersion}${since} its ${when}`];
  const symptom = windowSymptom(analysis);
  if (symptom !== '') {
    const the = isOwn && symptom.includes(service) ? `its ${when}` : `the ${when}${whose}`;
    const isCompared = symptom.endsWith(' before') && status !== 'inconclusive';
    return [isCompared ? `${symptom} ${the}` : `${symptom}${since} ${the}`];
  }
  // Nothing shows that anything is worse: no first line of a fault.
  if (root?.facts.isNear === true) return [`Only its time makes the ${when}${whose} suspect`];
  const forms = harmForms(worseOf(analysis, root));
  const its = (text: string) => (whose !== '' && text.includes(service) ? `its ${when}` : `the ${when}${whose}`);
  return [
    ...forms.map((text) => `${capitalised(text)}${since} ${its(text)}`),
    unnamedHarm(analysis, isOwn, `${since} ${isOwn ? `its ${when}` : `the ${when}${whose}`}`),
  ];
}

/** In full, and without what stands after a colon. */
function harmForms(harm: string): readonly string[] {
  const said = harm.replace(/ since \d\d:\d\d(?: UTC)?$/, '');
  return [...new Set([said, said.split(': ', 1)[0] ?? ''])].filter((text) => text !== '');
}

/** What is wrong comes first; a change that is only near stands below. */
function isBesideCause({ knownBy }: NamedChange, root: JudgedFinding | undefined): boolean {
  return knownBy === 'nearness' && root?.facts.isNear !== true;
}

/** What only instances of the new version do is not what the service does; empty where nothing compares the two. */
function worseVersion(root: JudgedFinding | undefined): string {
  return root?.facts.isSideBySide === true ? (root.headline?.what ?? '') : '';
}

/** Where no finding says what is worse. */
function unnamedHarm(analysis: WindowAnalysis, isOwn: boolean, since: string): string {
  const { name, isOne } = whoSuffers(analysis);
  if (analysis.seen !== undefined) return `${name} ${isOne ? 'behaves' : 'behave'} differently${since}`;
  return isOwn
    ? `${inWords(shown(analysis.window.service))} has got worse${since}`
    : `${name} ${isOne ? 'has' : 'have'} got worse${since}`;
}

/** What is worse, by the first finding that says more than that there was a change; empty where none does. */
function worseOf(analysis: WindowAnalysis, root: JudgedFinding | undefined): string {
  const { judgement } = analysis;
  const found = [...(root === undefined ? [] : [root]), ...judgement.findings].find(
    ({ headline, evidence = [] }) => headline !== undefined && evidence.every(({ kind }) => kind !== 'change'),
  );
  if (found?.headline === undefined) return '';
  const { what, why = '' } = inFull(found.headline, analysis);
  return what ?? why;
}

export function changeTime(atUs: number): string {
  return `${minuteClock(atUs)} UTC`;
}

const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  deploy: 'deploy',
  commit: 'commit',
  config: 'config change',
  scale: 'scaling',
  flag: 'flag change',
  migration: 'migration',
};

/** The longest beginning that ends with a clause. */
function shortened(title: string): string {
  const text = withoutBrackets(shown(title));
  if (isWithin(text)) return text;
  const ends = [...text.matchAll(/; |, | — |: “/g)].map(({ index }) => text.slice(0, index)).reverse();
  return ends.find((beginning) => isWithin(beginning)) ?? text;
}

function isWithin(text: string): boolean {
  return text.length <= LONGEST_HEADLINE && numbersIn(text) <= 1;
}

/** The first form that obeys the limits; else the last one, cut. */
export function withinLimits(lists: readonly (readonly string[])[]): string {
  const texts = lists.map((forms) => forms.map(cleaned).filter((text) => text !== ''));
  for (const forms of texts) {
    // A cut may leave digits that look like an id.
    const shortest = forms.toSorted((a, b) => a.length - b.length);
    const fitting = [...forms.filter((text) => text.length <= LONGEST_HEADLINE), ...shortest.map(fitted)]
      .map((text) => withoutIds(text))
      .find((text) => isWithin(text) && endsAsSentence(text));
    if (fitting !== undefined) return fitting;
  }
  const cuts = texts.flat().map((text) => withoutLooseEnd(withoutIds(atClause(text))));
  const cut = cuts.findLast((text) => text !== '') ?? '';
  // A cut may open a pair of backticks or of quotes.
  const whole = (cut.match(/`/g)?.length ?? 0) % 2 === 0 ? cut : cut.replaceAll('`', '');
  return whole.lastIndexOf('“') > whole.lastIndexOf('”') ? `${whole}…”` : whole;
}

/** The quote is shortened, then the longest names: the end of the sentence stays. */
function fitted(text: string): string {
  const tooMany = text.length - LONGEST_HEADLINE;
  if (tooMany <= 0) return text;
  const shorter = withShorterQuote(text, tooMany) ?? text;
  return shorter.length <= LONGEST_HEADLINE ? shorter : withShorterNames(shorter);
}

/** A shorter name is hard to recognise. In characters. */
const SHORTEST_NAME = 14;
/** A headline has fewer long names. */
const MOST_NAMES = 6;

function withShorterNames(text: string): string {
  let shorter = text;
  for (let name = 0; name < MOST_NAMES && shorter.length > LONGEST_HEADLINE; name += 1) {
    // A name in a quote is a part of what was said.
    const longest = shorter
      .replace(/“[^“”]*”/g, '')
      .split(' ')
      .filter((word) => word.length > SHORTEST_NAME && !word.includes('…'))
      .sort((a, b) => b.length - a.length)[0];
    if (longest === undefined) return shorter;
    const most = Math.max(SHORTEST_NAME, longest.length - (shorter.length - LONGEST_HEADLINE) - 1);
    shorter = shorter.replace(longest, () => shorterName(longest, most));
  }
  return shorter;
}

/** The end of a path: `…/owners/{id}`, `…tasks.send_mail`; of any other name both ends: `TravelPlan…Controller`. */
function shorterName(name: string, most: number): string {
  const isPath = /[/:]/.test(name) && !name.startsWith('`');
  const ends = isPath
    ? [...name.matchAll(/\/(?=[^/.])|(?<=[.:])(?=[^/.:])/g)].map(({ index }) => name.slice(index))
    : [];
  const end = ends.find((part) => part.length < most && part.length >= most / 2);
  return end === undefined ? inMiddle(name, most) : `…${end}`;
}

/** `TravelPlan…Controller` */
function inMiddle(name: string, most: number): string {
  const half = Math.floor((most - 1) / 2);
  return `${name.slice(0, half).toWellFormed()}…${name.slice(-half).toWellFormed()}`;
}

/** The last resort: the longest beginning that is a clause with one number, else whole words. */
function atClause(text: string): string {
  if (isWithin(text)) return text.replace(/…$/, '');
  const ends = [...text.matchAll(/; |, | — |: |…(?= |$)/g)].map(({ index }) => text.slice(0, index)).reverse();
  const clause = ends.find((beginning) => isWithin(beginning) && beginning.length >= SHORTEST_CLAUSE);
  if (clause !== undefined) return clause;
  const cut = withOneNumber(cutLine(text, LONGEST_HEADLINE - 3)).replace(/…$/, '');
  return cut.length < text.length && cut.includes(' ') ? cut.slice(0, cut.lastIndexOf(' ')) : cut;
}

/** A shorter beginning says nothing. In characters. */
const SHORTEST_CLAUSE = 20;

/** Minutes and hours need no smaller unit beside them; a redacted value needs no brackets. */
function cleaned(text: string): string {
  const plain = roundTimes(firstAmounts(withoutIds(shown(text)))).replace(/\[redacted:[^\][]*\]/g, '…');
  return plain.replace(/[()[\]]/g, '');
}
