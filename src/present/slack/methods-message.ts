/**
 * The methods in Slack, one rich text message each: the evidence, the answers of people, and the open parts. In an
 * incident, buttons let people fill in the open parts.
 */
import type { ActionsBlock, KnownBlock, Overflow, RichTextElement } from '@slack/types';
import type { Citation, FishboneCategory, FiveWhys, Hypothesis, Methods, Why } from '#model/finding/methods.ts';
import { type Incident, incidentName, type TimelineEntry } from '#model/incident/incident.ts';
import { type CheckedBox, type CheckedItem, type MethodAnswers, saidOfWhy } from '#model/incident/method-answers.ts';
import type { Runbook } from '#model/incident/runbook.ts';
import { firstFailureTimes } from '#present/documents/method-sections.ts';
import type { MenuId, OverflowId } from '#present/slack/action-ids.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button, overflow } from '#present/slack/button.ts';
import {
  bold,
  bullets,
  code,
  date,
  italic,
  link,
  type Part,
  paragraph,
  richText,
  words,
} from '#present/slack/rich-text.ts';
import { runbookParts } from '#present/slack/runbook-steps.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

export const METHOD_NAMES = {
  whys: '5 Whys',
  hypotheses: 'Hypotheses',
  fishbone: 'Fishbone',
  failures: 'What failed first',
  checklist: 'Checklist',
} as const;
export type MethodName = keyof typeof METHOD_NAMES;

/** The menu of all methods, for a diagnosis or an incident. */
export function methodsMenu(actionId: OverflowId, id: string): Overflow {
  const names = Object.entries(METHOD_NAMES);
  return overflow(
    actionId,
    names.map(([method, text]) => ({ text, value: `${method}:${id}` })),
  );
}

export function methodNamed(name: string): MethodName | undefined {
  return Object.hasOwn(METHOD_NAMES, name) ? (name as MethodName) : undefined;
}

/** The incident with the answers of people. Without it, a message has no buttons. */
export type InIncident = Readonly<{
  incident: Incident;
  /** The investigation of these methods; '' where the incident has no diagnosis. */
  investigationId: string;
  told: MethodAnswers;
  names: Names;
}>;

const TITLE_CHARS = 200;
const SENTENCE_CHARS = 400;
const SHORT_CHARS = 200;
const LINKS = 2;
const WHYS = 14;

/** The block's id has the context of its buttons and menus. It changes with each answer, so that Slack resets a menu. */
function blockId({ incident, investigationId, told }: InIncident, method: MethodName): string {
  const said = told.whys.size + told.hypotheses.size + told.ticks.size;
  return `method:${method}:${incident.id}:${investigationId}:${said}`;
}

function message(
  method: MethodName,
  about: string,
  parts: readonly Part[],
  actions: readonly KnownBlock[],
): SlackMessage {
  const title = METHOD_NAMES[method];
  return {
    text: escapeMrkdwn(truncate(`${title}: ${about}`, SENTENCE_CHARS)),
    blocks: [richText(paragraph(bold(title), words(`\n${truncate(about, TITLE_CHARS)}\n`)), ...parts), ...actions],
  };
}

export function whysMessage({ symptom, whys }: FiveWhys, within: InIncident | undefined): SlackMessage {
  const lines = whys
    .slice(0, WHYS)
    .map((why) => paragraph(...whyLine(why, within?.told.whys.get(why.number), within?.names)));
  const open = whys.filter(({ standing }) => standing === 'open');
  return message(
    'whys',
    symptom,
    [bullets(lines, 'ordered')],
    within === undefined ? declareFirst() : [answers(open, within)],
  );
}

function whyLine(
  { standing, text, evidence, lookAt }: Why,
  told: TimelineEntry | undefined,
  names: Names = new Map(),
): RichTextElement[] {
  if (standing === 'open' && told !== undefined)
    return [words(`${truncate(spoken(saidOfWhy(told.text), names), SENTENCE_CHARS)} `), ...saidBy(told, names)];
  if (standing === 'open') {
    return [italic(truncate(text, SHORT_CHARS)), words(`\nLook at: ${truncate(lookAt, SHORT_CHARS)}`)];
  }
  const suggested = standing === 'suggested' ? [italic('suggested, not proven: ')] : [];
  return [...suggested, words(`${truncate(text, SENTENCE_CHARS)} `), ...linksTo(evidence)];
}

function answers(open: readonly Why[], within: InIncident): ActionsBlock {
  const { incident, investigationId, told } = within;
  const buttons = open.map(({ number, text }) => {
    const verb = told.whys.has(number) ? 'Change' : 'Answer';
    const value = { incidentId: incident.id, investigationId, number: `${number}`, ask: truncate(text, SHORT_CHARS) };
    const spokenLabel = `${verb} why ${number}: opens a form`;
    return button(`method_why_${number}`, `${verb} why ${number}`, spokenLabel, JSON.stringify(value));
  });
  return actionsOf(within, 'whys', buttons);
}

export function hypothesesMessage(hypotheses: readonly Hypothesis[], within: InIncident | undefined): SlackMessage {
  const parts = hypotheses.flatMap((hypothesis, at) => hypothesisParts(hypothesis, at, within));
  const about = hypotheses.length === 0 ? 'The evidence suggests no hypothesis.' : 'Each one names a possible cause.';
  const actions = hypotheses.length === 0 ? [] : within === undefined ? declareFirst() : [verdicts(hypotheses, within)];
  return message('hypotheses', about, parts, actions);
}

/** Per kind of evidence; the report has all. */
const GROUNDS = 2;
const CLAIM_CHARS = 300;
const GROUND_CHARS = 150;
const QUERY_CHARS = 250;
/** Only so many hypotheses show their evidence; the others show only the claim. */
const SHOWN_IN_FULL = 3;

function hypothesisParts(hypothesis: Hypothesis, at: number, within: InIncident | undefined): Part[] {
  const { id, claim, contradicts } = hypothesis;
  const told = within?.told.hypotheses.get(id);
  const state = told?.state ?? hypothesis.state;
  // Refuted hypotheses stay, so that nobody examines them again.
  const isBrief = state === 'refuted' || at >= SHOWN_IN_FULL;
  const below = isBrief ? grounds(contradicts.slice(0, 1), 'Contradicts it') : groundsOf(hypothesis);
  return [
    paragraph(
      bold(`\n${id} · ${state} `),
      words(`${truncate(claim, CLAIM_CHARS)} `),
      ...(told === undefined ? [] : saidBy(told.entry, within?.names)),
    ),
    ...(below.length === 0 ? [] : [bullets(below)]),
  ];
}

function groundsOf({ supports, contradicts, check, queries }: Hypothesis) {
  return [
    ...grounds(supports, 'Supports it'),
    ...grounds(contradicts, 'Contradicts it'),
    ...(check === '' ? [] : [paragraph(words(`Wrong if: ${truncate(check, GROUND_CHARS)}`))]),
    ...queries
      .slice(0, GROUNDS)
      .map(({ language, text }) => paragraph(words(`${language}: `), code(truncate(text, QUERY_CHARS)))),
  ];
}

function grounds(citations: readonly Citation[], how: string) {
  return citations
    .slice(0, GROUNDS)
    .map(({ text, url }) => paragraph(words(`${how}: ${truncate(text, GROUND_CHARS)} `), ...linkTo(url)));
}

/** The menu's words for each state. */
const VERDICTS = { confirmed: 'Confirm', refuted: 'Refute', open: 'Reopen' } as const;

function verdicts(hypotheses: readonly Hypothesis[], within: InIncident): ActionsBlock {
  const options = hypotheses.flatMap(({ id, claim, state }) => {
    const told = within.told.hypotheses.get(id)?.state;
    return (['confirmed', 'refuted', 'open'] as const)
      .filter((one) => one !== (told ?? state) && (one !== 'open' || told !== undefined))
      .map((one) => ({
        value: `${id}=${one}`,
        text: plain(truncate(`${VERDICTS[one]} ${id}: ${claim}`, OPTION_CHARS)),
      }));
  });
  const menu = menuOf('method_hypothesis', 'Confirm or refute…', options);
  return actionsOf(within, 'hypotheses', menu === undefined ? [] : [menu]);
}

type Element = ActionsBlock['elements'][number];

function actionsOf(within: InIncident, method: MethodName, elements: readonly Element[]): ActionsBlock {
  return { type: 'actions', block_id: blockId(within, method), elements: [...elements] };
}

type Option = Readonly<{ value: string; text: ReturnType<typeof plain> }>;

/** Slack refuses a menu without options. */
function menuOf(actionId: MenuId, placeholder: string, options: readonly Option[]): Element | undefined {
  if (options.length === 0) return undefined;
  return { type: 'static_select', action_id: actionId, placeholder: plain(placeholder), options: [...options] };
}

/** Slack's limit on an option. */
const OPTION_CHARS = 75;

/** `runbook`: that of the cause's service, if there is one. */
export function checklistMessage(
  boxes: readonly CheckedBox[],
  within: InIncident,
  runbook: Runbook | undefined,
): SlackMessage {
  const items = boxes.flatMap((box) => box.items);
  const done = items.filter(({ tick }) => tick !== 'open').length;
  const parts = boxes.flatMap((box): Part[] => [
    paragraph(bold(`\n${box.title}`), words(` · ${box.passedMinutes} of ${box.minutes} min have passed`)),
    bullets(box.items.map((item) => paragraph(...itemLine(item, within.names)))),
  ]);
  const about = `${incidentName(within.incident)}: ${done} of ${items.length} done`;
  const tickOf = (id: string) => within.told.ticks.get(id);
  const ran =
    runbook &&
    runbookParts(runbook, (id) => {
      const entry = tickOf(id);
      return entry && saidBy(entry, within.names);
    });
  const steps = ran?.steps.map(({ id, text }) => tickOption(id, text, tickOf(id) !== undefined)) ?? [];
  const menu = menuOf('method_check', 'Tick or untick…', [...items.flatMap(tickOptions), ...steps]);
  return message(
    'checklist',
    about,
    [...parts, ...(ran?.parts ?? [])],
    menu === undefined ? [] : [actionsOf(within, 'checklist', [menu])],
  );
}

/** The checklist without an incident. It has no menu for ticking. */
export function checklistOf(checklist: Methods['checklist']): SlackMessage {
  const parts = checklist.flatMap((box): Part[] => [
    paragraph(bold(`\n${box.title}`), words(` · ${box.minutes} min`)),
    bullets(
      box.items.map((item) =>
        paragraph(...itemLine({ ...item, tick: item.done === '' ? 'open' : 'evidence' }, new Map())),
      ),
    ),
  ]);
  return message('checklist', 'Spanhound ticked the steps that it did.', parts, declareFirst());
}

function itemLine({ text, done, tick, entry, evidence }: CheckedItem, names: Names): RichTextElement[] {
  if (tick === 'open') return [words(`☐ ${text}`)];
  if (tick === 'person' && entry !== undefined) return [words(`☑ ${text} `), ...saidBy(entry, names)];
  if (entry !== undefined) {
    return [
      words(`☑ ${text}`),
      italic(`: ${truncate(spoken(entry.text, names), SHORT_CHARS)} `),
      ...saidBy(entry, names),
    ];
  }
  return [words(`☑ ${text}`), italic(`: ${truncate(done, SHORT_CHARS)} `), ...linksTo(evidence)];
}

/** Steps ticked by evidence or by the record cannot be unticked. */
function tickOptions({ id, text, tick }: CheckedItem) {
  if (tick !== 'open' && tick !== 'person') return [];
  return [tickOption(id, text, tick !== 'open')];
}

function tickOption(id: string, text: string, isTicked: boolean): Option {
  const [verb, state] = isTicked ? ['Untick', 'open'] : ['Tick', 'done'];
  return { value: `${id}=${state}`, text: plain(truncate(`${verb}: ${shown(text)}`, OPTION_CHARS)) };
}

export function fishboneMessage({ effect, categories }: Methods['fishbone']): SlackMessage {
  return message('fishbone', effect, categories.flatMap(categoryParts), []);
}

const STATES: Readonly<Record<FishboneCategory['state'], string>> = {
  found: '',
  'nothing-found': ' · nothing found',
  'not-looked-at': ' · not checked',
};

function categoryParts({ name, state, entries }: FishboneCategory): Part[] {
  const of = (standing: FishboneCategory['entries'][number]['standing']) =>
    entries.filter((entry) => entry.standing === standing);
  const problems = (standing: 'ruled-out' | 'not-looked-at') =>
    of(standing).flatMap(({ evidence }) => evidence.map(({ text }) => text));
  const named = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : [paragraph(words(`${title}: ${truncate(names.join(', '), SENTENCE_CHARS)}`))];
  const lines = [
    ...of('found').map(({ text, evidence }) =>
      paragraph(bold('Found: '), words(`${truncate(text, SENTENCE_CHARS)} `), ...linksTo(evidence)),
    ),
    ...named('Ruled out', problems('ruled-out')),
    ...named('Not checked', problems('not-looked-at')),
    ...of('question').map(({ text }) => paragraph(italic(`Ask: ${text}`))),
  ];
  return [paragraph(bold(`\n${name}`), words(STATES[state])), ...(lines.length === 0 ? [] : [bullets(lines)])];
}

export function firstFailuresMessage(failures: Methods['firstFailures']): SlackMessage {
  const lines = failures.map(({ atUs, afterUs, service, operation, text, evidence }, at) =>
    paragraph(
      words(`${firstFailureTimes(atUs, afterUs, at)} `),
      bold(truncate([service, operation].filter((part) => part !== '').join(' '), SHORT_CHARS)),
      words(` ${truncate(text, SHORT_CHARS)} `),
      ...linksTo([evidence]),
    ),
  );
  const about =
    lines.length === 0
      ? 'No span failed, and no log line reports a failure.'
      : 'Times count from the start of the request.';
  return message('failures', about, lines.length === 0 ? [] : [bullets(lines, 'ordered')], []);
}

function declareFirst(): KnownBlock[] {
  const text = 'Declare an incident to fill in the open parts. The answers go into its timeline.';
  return [{ type: 'context', elements: [{ type: 'plain_text', text, emoji: false }] }];
}

function saidBy({ source, atUs }: Pick<TimelineEntry, 'source' | 'atUs'>, names: Names = new Map()): RichTextElement[] {
  return [italic(`(${spoken(source, names)}, `), date(atUs), italic(')')];
}

function spoken(text: string, names: Names): string {
  return shown(withNames(text, names));
}

function linksTo(evidence: readonly Citation[]): RichTextElement[] {
  const urls = [...new Set(evidence.map(({ url }) => url).filter((url) => url !== ''))];
  return urls.slice(0, LINKS).flatMap((url) => [words(' '), ...linkTo(url)]);
}

function linkTo(url: string): RichTextElement[] {
  return url === '' ? [] : [link(url, 'see it')];
}

function plain(text: string) {
  return { type: 'plain_text', text, emoji: false } as const;
}
