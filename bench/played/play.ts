/**
 * Plays one script against the real bot: Bolt over HTTP, a stateful Slack in this process, SQLite, a clock that the story
 * steps. Then `/postmortem` drafts it, and the file of its thread is the result.
 */
import assert from 'node:assert/strict';
import type { KnownBlock } from '@slack/types';
import { DETECTED, IMPACT_START, type TimelineEntry } from '#model/incident/incident.ts';
import { reportOf } from '#present/json/report.ts';
import { findIncident } from '#record/find-incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { timelineOf } from '#record/timeline.ts';
import { addDiagnosisEntry } from '#record/timeline-evidence.ts';
import { analysisOf, spanAt } from '#test/analysis.ts';
import { openBot } from '#test/bot.ts';
import { followBot } from '#test/bot-at-work.ts';
import { openSlackSide, sendToBot } from '#test/slack-side.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { server, span, traceOf } from '#test/trace.ts';
import { waitSoon } from '#test/wait-soon.ts';
import type { Script, Step } from './script.ts';

export type Played = Readonly<{
  /** The draft in Markdown. */
  draft: string;
  /** `14:02:10 Kim: /incident note …`, and below it what the bot answered. */
  answers: readonly string[];
}>;

const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;
/** The story's time at each look that waits for the bot. */
const TURN_MS = 10;
/** Nobody answers there: the stories have no traces. */
const NOWHERE = 'http://127.0.0.1:9';

export async function play(script: Script): Promise<Played> {
  const acts = actsOf(script);
  const [first = assert.fail('nobody declares it')] = acts;
  const clock = steppedClock(first.atUs - MINUTE_US);
  // The emulator stamps each message with the machine's time: it is the story's.
  const machineNow = Date.now;
  Date.now = () => Math.floor(clock.nowUs() / 1_000);
  const slack = await openSlackSide();
  const work = followBot();
  const bot = await openBot({ slack, jaegerUrl: NOWHERE, lokiUrl: NOWHERE, clock, env: SETTINGS });
  const people = peopleOf(script);
  for (const [name, id] of people) slack.proxy.person(id, { name: loginOf(name), real_name: name, tz: script.zone });
  const answers: string[] = [];
  /** What the steps left, by incident and number: their entries, or the message that they marked. */
  const left = new Map<string, Left>();
  /** The names that the bot gave, by id of the script. */
  const numbers = new Map<string, number>();
  const soon = <T>(look: () => Promise<T | undefined> | T | undefined) =>
    waitSoon({ clock, work, turnMs: TURN_MS }, look);

  const until = async (us: number) => {
    while (us > clock.nowUs()) {
      const most = us - clock.nowUs() > HOUR_US ? 10 * MINUTE_US : MINUTE_US;
      await clock.tick(Math.min(most, us - clock.nowUs()) / 1_000);
      await soon(async () => ((await work.isIdle()) ? true : undefined));
    }
  };
  const idOf = (name: string) => people.get(name) ?? assert.fail(`nobody is called ${name}`);
  const mention = (name: string) => `<@${idOf(name)}|${loginOf(name)}>`;
  const nameOf = (id: string) => `INC-${numbers.get(id) ?? assert.fail(`${id} is not declared yet`)}`;
  const incident = async (id: string) => {
    const found = await findIncident(bot.store, { workspaceId: slack.team, number: numbers.get(id) ?? 0 });
    return found ?? assert.fail(`there is no ${id}`);
  };
  const entries = async (id: string) => await timelineOf(bot.store, (await incident(id)).id);
  const asWho = (who: string) => ({ id: idOf(who), username: loginOf(who), name: loginOf(who), team_id: slack.team });
  const said = (who: string, what: string, answer: string) => {
    const time = new Date(clock.nowUs() / 1_000).toISOString().slice(0, 19);
    answers.push(`${time} ${who}: ${what}\n  ${answer.replaceAll(/\s+/g, ' ')}`);
  };
  const answerTo = async (responseUrl = '') => {
    const id = responseUrl.slice(responseUrl.lastIndexOf('/') + 1);
    const { body } = await soon(() => slack.proxy.responses.find(({ urlId }) => urlId === id));
    return String(body.text);
  };
  const type = async (who: string, text: string) => {
    const asked = { command: '/incident', user_id: idOf(who), user_name: loginOf(who) };
    const command = slack.command(text.trim(), asked);
    const { body } = await sendToBot(bot.url, command);
    said(who, `/incident ${text}`, body === '' ? await answerTo(command.response_url) : body);
  };
  const press = async (who: string, actionId: string, value: string) => {
    const body = slack.action({ ts: '1.1', text: '', user: '' }, actionId, value);
    await sendToBot(bot.url, { ...body, user: asWho(who) });
    said(who, `[${actionId}]`, await answerTo(body.response_url));
  };
  const react = async (what: 'added' | 'removed', ts: string, who: string) => {
    const { channel } = slack;
    await slack.call(what === 'added' ? 'reactions.add' : 'reactions.remove', { channel, timestamp: ts, name: MARK });
    const item = { type: 'message', channel, ts };
    await sendToBot(bot.url, slack.event({ type: `reaction_${what}`, reaction: MARK, user: idOf(who), item }));
  };
  const message = async (act: StepAct): Promise<string> => {
    const { ts } = await slack.post(escaped(act.step.text));
    slack.proxy.wrote(idOf(act.step.who), ts);
    await react('added', ts, act.step.who);
    await soon(async () => (await entries(act.incident)).find((entry) => entry.kind === 'message' && isOf(entry, ts)));
    return ts;
  };
  const changeMessage = async (ts: string, text: string) => {
    await slack.call('chat.update', { channel: slack.channel, ts, text: escaped(text) });
    const event = { type: 'message', subtype: 'message_changed', channel: slack.channel, message: { ts } };
    await sendToBot(bot.url, slack.event(event));
  };
  /** In the form of the timeline. */
  const correct = async (act: StepAct, entry: TimelineEntry, filledIn: FilledIn) => {
    const { who } = act.step;
    const { id } = await incident(act.incident);
    const what = isMoment(entry) ? entry.value : entry.id;
    const chosen = slack.chosen({ ts: '1.1', text: '', user: '' }, 'incident_correct', `incident:${id}:correct`, what);
    await sendToBot(bot.url, { ...chosen, user: asWho(who), trigger_id: slack.proxy.trigger() });
    const { callback_id, private_metadata } = await slack.proxy.openedForm();
    const form = { ...slack.submission({ callback_id, private_metadata }, filledIn), user: asWho(who) };
    said(who, `corrects “${entry.text}”`, (await sendToBot(bot.url, form)).body);
  };
  /** The forms of a status and of a milestone have no such field. */
  const whyOf = ({ text }: Step, entry: TimelineEntry): FilledIn =>
    isMoment(entry) || entry.kind === 'status' ? {} : { why: text };
  const change = async (
    act: StepAct,
    number: number,
    { text, at }: Readonly<{ text?: string | undefined; at?: number | undefined }>,
  ) => {
    const before = left.get(`${act.incident}/${number}`) ?? assert.fail(`there is no step ${number} before this one`);
    const isStruck = act.step.does === 'strike';
    if (before.messageTs !== undefined) {
      if (isStruck) await react('removed', before.messageTs, act.step.who);
      else await changeMessage(before.messageTs, text ?? '');
      return;
    }
    const entry = (await entries(act.incident)).find(({ id }) => before.entryIds.includes(id));
    if (entry === undefined) assert.fail('that step left no entry');
    const words = text ?? (entry.kind === 'status' ? '' : entry.text);
    const withdraw = isStruck ? { withdraw: { chosen: 'withdraw' } } : {};
    await correct(act, entry, {
      ...(isMoment(entry) ? {} : { text: words }),
      ...(at === undefined ? {} : { when: wholeTime(at) }),
      ...whyOf(act.step, entry),
      ...withdraw,
    });
  };
  /** A diagnosis that is finished already: the stories have no traces. */
  const diagnosed = async (verdict: string) => {
    const trace = traceOf(
      server('service', 'GET /', { ms: 900, failed: true }, [span('service', 'work', { ms: 800 })]),
    );
    const cause = { spans: [spanAt(trace, '0.0')], detector: 'pool-exhaustion', title: verdict };
    const incidentId = (await incident(script.id)).id;
    await bot.store.transaction(async (tx) => {
      await openInvestigation(tx, { ...DIAGNOSED, workspaceId: slack.team, channelId: slack.channel });
      const report = reportOf(analysisOf(trace, { cause }));
      await finishInvestigation(tx, { id: DIAGNOSED.id, traceId: 'drawn', report, markdown: '', logs: '' });
      await addDiagnosisEntry(tx, { incidentId, investigationId: DIAGNOSED.id });
    });
  };
  const assign = async (act: StepAct, role: string, person: string) => {
    const isOther = person !== act.step.who;
    await type(act.step.who, `${nameOf(act.incident)} role ${role}${isOther ? ` ${mention(person)}` : ''}`);
    if (!isOther) return;
    const direct = await soon(() =>
      slack.proxy
        .callsOf('chat.postMessage')
        .findLast(({ args }) => args.channel === idOf(person) && args.blocks?.includes(CONFIRM)),
    );
    await press(person, CONFIRM, buttonValue(JSON.parse(direct.args.blocks ?? '[]'), CONFIRM));
  };

  /** The message that it marked; undefined for all else. */
  const perform = async (act: StepAct): Promise<string | undefined> => {
    const { step } = act;
    switch (step.does) {
      case 'message':
        return await message(act);
      case 'role':
        await assign(act, step.role.role, step.role.person);
        return undefined;
      case 'merge':
        await type(step.who, `${nameOf(act.incident)} merge ${nameOf(step.merge.from)}`);
        await press(
          step.who,
          'incident_merge',
          `${(await incident(act.incident)).id}:${(await incident(step.merge.from)).id}`,
        );
        return undefined;
      case 'verdict-no':
        if (step.text !== '') await type(step.who, `${nameOf(act.incident)} note ${escaped(step.text)}`);
        await press(step.who, 'trace_right_no', DIAGNOSED.id);
        return undefined;
      case 'correct':
        await change(act, step.correct.step, step.correct);
        return undefined;
      case 'strike':
        await change(act, step.strike.step, {});
        return undefined;
      default:
        await type(
          step.who,
          `${nameOf(act.incident)} ${typedAs(step, (name) => (people.has(name) ? mention(name) : ''))}`,
        );
        return undefined;
    }
  };
  const declare = async ({ incident: id, declared }: Extract<Act, { declared: unknown }>) => {
    await type(declared.by, `declare ${declared.severity} ${escaped(declared.title)}`);
    const number = numbers.size + 1;
    numbers.set(id, number);
    await soon(() => findIncident(bot.store, { workspaceId: slack.team, number }));
  };
  const act = async (one: Act) => {
    if ('declared' in one) return await declare(one);
    if ('verdict' in one) return await diagnosed(one.verdict);
    const known = new Set((await entries(one.incident)).map(({ id }) => id));
    const messageTs = await perform(one);
    const entryIds = (await entries(one.incident)).map(({ id }) => id).filter((id) => !known.has(id));
    left.set(`${one.incident}/${one.step.n}`, { entryIds, messageTs });
  };

  try {
    for (const one of acts) {
      await until(one.atUs);
      await act(one);
    }
    await until(clock.nowUs() + MINUTE_US);
    const asked = { command: '/postmortem', user_id: idOf(script.declared.by) };
    await sendToBot(bot.url, slack.command(nameOf(script.id), asked));
    const draft = await soon(() =>
      [...slack.proxy.uploads.values()].map(fileIn).find((text) => text.startsWith('# Postmortem of ')),
    );
    return { draft, answers };
  } finally {
    await bot.stop();
    work[Symbol.dispose]();
    await bot.forget();
    await slack.close();
    Date.now = machineNow;
  }
}

const SETTINGS = { SPANHOUND_COMMANDER_MINUTES: '0' };
const MARK = 'pushpin';
const CONFIRM = 'incident_role_confirm';
const DIAGNOSED = { id: 'the-verdict', traceId: '', askedBy: '' };

type FilledIn = Readonly<Record<string, string | Readonly<{ chosen: string }>>>;

/** `incident`: its id in the script. */
type StepAct = Readonly<{ atUs: number; incident: string; step: Step }>;
type Act =
  | StepAct
  | Readonly<{ atUs: number; incident: string; declared: Script['declared'] }>
  | Readonly<{ atUs: number; incident: string; verdict: string }>;

/** All of the script and of the incidents beside it, by time. What is repeated stands there as often. */
function actsOf(script: Script): readonly Act[] {
  const { diagnosis } = script;
  const all = [script, ...script.others].flatMap(({ id: incident, declared, steps }): readonly Act[] => [
    { atUs: declared.at, incident, declared },
    ...steps.flatMap((step) => repeated(step).map((one) => ({ atUs: one.at, incident, step: one }))),
  ]);
  const verdicts =
    diagnosis === undefined ? [] : [{ atUs: diagnosis.at, incident: script.id, verdict: diagnosis.text }];
  return [...all, ...verdicts].toSorted((a, b) => a.atUs - b.atUs);
}

function repeated(step: Step): readonly Step[] {
  const { repeat } = step;
  if (repeat === undefined) return [step];
  return Array.from({ length: repeat.n }, (_, time) => ({
    ...step,
    at: step.at + time * repeat.everySeconds * 1_000_000,
    text: (repeat.text ?? step.text).replaceAll('#', String(time + 1)),
  }));
}

type Left = Readonly<{ entryIds: readonly string[]; messageTs: string | undefined }>;

/** Everybody whom the script names, with an id of Slack's form. */
function peopleOf(script: Script): ReadonlyMap<string, string> {
  const acting = [script, ...script.others].flatMap(({ declared, steps }) => [
    declared.by,
    ...steps.flatMap((step) => [step.who, ...named(step)]),
  ]);
  return new Map([...new Set(acting)].map((name, at) => [name, `U0PLAYED${String(at).padStart(2, '0')}`]));
}

function named(step: Step): readonly string[] {
  if (step.does === 'role') return [step.role.person];
  // Nobody owns an item without an owner.
  return step.does === 'action' && step.action.owner !== '' ? [step.action.owner] : [];
}

function loginOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '.');
}

/** As Slack sends what people type. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `2026-01-06 14:02:10 UTC` */
function wholeTime(us: number): string {
  return `${new Date(us / 1_000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What people type behind the incident's name. */
function typedAs(step: Step, mentioned: (name: string) => string): string {
  const text = escaped(step.text);
  switch (step.does) {
    case 'severity':
      return `severity ${step.severity.to} because ${escaped(step.severity.because)}`;
    case 'mitigation':
      return `${step.mitigation.worked ? 'helped' : 'tried'} ${text}`;
    case 'milestone':
      return `${MILESTONES[step.milestone.name]} at ${wholeTime(step.milestone.at)} ${text}`;
    case 'action':
      return `action ${text} ${mentioned(step.action.owner)} due ${step.action.due}`;
    default:
      return `${step.does} ${text}`;
  }
}

const MILESTONES = {
  began: 'impact',
  detected: 'detected',
  confirmed: 'status identified',
  mitigated: 'status mitigated',
  fixed: 'status fixed',
} as const;

function isMoment({ value }: TimelineEntry): boolean {
  return value === IMPACT_START || value === DETECTED;
}

function isOf({ link }: TimelineEntry, ts: string): boolean {
  return link.includes(ts.replace('.', ''));
}

/** An upload is a form with the file in it. */
function fileIn(upload: Buffer): string {
  return /\r\n\r\n([\s\S]*)\r\n------/.exec(upload.toString('utf8'))?.[1] ?? '';
}

function buttonValue(blocks: readonly KnownBlock[], actionId: string): string {
  const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  const button = buttons.find((element) => 'action_id' in element && element.action_id === actionId);
  return button !== undefined && 'value' in button ? (button.value ?? '') : '';
}
