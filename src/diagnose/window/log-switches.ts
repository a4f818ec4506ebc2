/**
 * What an operation's own log says differently: a line that each execution wrote stops, or a complaint that none wrote
 * appears. Rates vary with the users' requests, but a rate that goes from nothing to everything, or back, means that
 * the code takes another path. Where only some executions differ, they must exceed chance. An execution whose callee
 * differs too is explained by that callee.
 */
import { type Compared, chanceAmong, chanceOfRise, comparisonsOf } from '#diagnose/window/chance.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import type { Execution } from '#diagnose/window/executions.ts';
import { logBetaBinomial, riseInNats, stretchesWith } from '#diagnose/window/samples.ts';
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';

export type LogSwitch = Readonly<{
  service: string;
  /** Empty where lines name only their service. */
  operation: string;
  change: 'stopped' | 'began';
  example: LogLine;
  before: Counted;
  now: Counted;
  /** How much more probable a fault is than chance or than unrelated rates, as a logarithm. */
  nats: number;
  /** The chance that any one of all code locations differs this much. */
  chance: number;
}>;

/** Evidence of three to one is news. */
export const NEWS_NATS = 1;

/** A line that appeared, and chance hardly explains it. */
export function isNews({ change, nats }: LogSwitch): boolean {
  return change === 'began' && nats >= NEWS_NATS;
}

/** News of this level at least. */
export function isNewComplaint(one: LogSwitch, level: 'warn' | 'error' = 'warn'): boolean {
  return isNews(one) && severityOf(logLevel(one.example.level)) >= severityOf(level);
}

/** Prior of a rate near 0 or near 1, and of a rate that may be anything. */
const NEVER = [0.1, 2] as const;
const ALWAYS = [2, 0.1] as const;
const ANY = [0.5, 0.5] as const;

/** Fewer executions on either side do not show what they always do. */
const FEWEST = 3;
/** With fewer healthy executions, "always" or "never" is no rule yet. */
const FEWEST_OF_RULE = 10;
/** Evidence below three to one explains nothing else. */
const EXPLAINING_NATS = 1;

const STEP = '\n';

/**
 * Differences that point to a failure, the most certain first: lines of successful work that stop, complaints that
 * begin.
 */
export function logSwitches(before: readonly Execution[], now: readonly Execution[]): readonly LogSwitch[] {
  const [was, is] = [saidBy(before), saidBy(now)];
  const switches = new Map<string, LogSwitch>();
  const compared: Compared[] = [];
  for (const key of new Set([...was.said.keys(), ...is.said.keys()])) {
    const one = switchOf(key, was, is);
    if (one === undefined) continue;
    compared.push(one);
    if (one.nats > 0) switches.set(key, one);
  }
  const unexplained = unexplainedBy(switches, was, now);
  const comparisons = comparisonsOf(compared);
  const left = [...switches].map(([key, one]) => {
    const chance = chanceAmong(one.chance, comparisons);
    return weighedBy({ ...one, chance }, unexplained.get(key) ?? [], was, is, key);
  });
  return left.filter(({ nats }) => nats > 0).sort((a, b) => b.nats - a.nats || (a.service < b.service ? -1 : 1));
}

type Said = { readonly service: string; readonly operation: string; readonly example: LogLine; times: number };

type SaidBy = Readonly<{
  /** By service and operation: when each execution began. */
  executions: ReadonlyMap<string, readonly number[]>;
  /** By service, operation and code location: how many executions wrote the line. */
  said: ReadonlyMap<string, Said>;
  /** Code locations that wrote anything at all, by service. */
  known: ReadonlySet<string>;
}>;

function saidBy(all: readonly Execution[]): SaidBy {
  const executions = new Map<string, number[]>();
  const said = new Map<string, Said>();
  const known = new Set<string>();
  for (const { service, operation, atUs, said: lines } of all) {
    const key = service + STEP + operation;
    const ran = executions.get(key);
    if (ran === undefined) executions.set(key, [atUs]);
    else ran.push(atUs);
    for (const [site, example] of lines) {
      known.add(service + STEP + site);
      const one = said.get(key + STEP + site);
      if (one === undefined) said.set(key + STEP + site, { service, operation, example, times: 1 });
      else one.times += 1;
    }
  }
  return { executions, said, known };
}

function switchOf(key: string, before: SaidBy, now: SaidBy): (LogSwitch & Compared) | undefined {
  const said = now.said.get(key) ?? before.said.get(key);
  if (said === undefined) return undefined;
  const { service, operation, example } = said;
  const of = service + STEP + operation;
  const was: Counted = [before.said.get(key)?.times ?? 0, before.executions.get(of)?.length ?? 0];
  const is: Counted = [now.said.get(key)?.times ?? 0, now.executions.get(of)?.length ?? 0];
  if (was[1] < FEWEST || is[1] < FEWEST) return undefined;
  const change = isComplaint(example) ? 'began' : 'stopped';
  const one = { service, operation, change, example, before: was, now: is } as const;
  const rise = isRule(one, key, before) ? riseInNats([0, was[1]], [brokenBy(one, is), is[1]]) : 0;
  return { ...one, ...chanceOf(change, was, is), nats: Math.max(switchNats(one, is), rise) };
}

/** For a line that stops, counts the executions without it. */
function chanceOf(change: LogSwitch['change'], before: Counted, now: Counted): Compared {
  const silent = ([times, of]: Counted): Counted => [of - times, of];
  return change === 'began' ? chanceOfRise(before, now) : chanceOfRise(silent(before), silent(now));
}

type Change = Omit<LogSwitch, 'nats' | 'chance'>;

/** How much more probable a switch is than two unrelated rates. */
function switchNats({ change, before }: Change, now: Counted): number {
  const [from, to] = change === 'began' ? [NEVER, ALWAYS] : [ALWAYS, NEVER];
  const switched = logBetaBinomial(before, from) + logBetaBinomial(now, to);
  return switched - logBetaBinomial(before, ANY) - logBetaBinomial(now, ANY);
}

/** Whether each healthy execution wrote it, or no execution of the whole service did. */
function isRule({ service, operation, change, before }: Change, key: string, { known }: SaidBy): boolean {
  const site = key.slice(service.length + operation.length + 2);
  if (before[1] < FEWEST_OF_RULE) return false;
  return change === 'began' ? !known.has(service + STEP + site) : before[0] === before[1];
}

function brokenBy({ change }: Change, [times, of]: Counted): number {
  return change === 'began' ? times : of - times;
}

/** Weighs only those executions of the window that nothing else explains, by their start times. */
function weighedBy(one: LogSwitch, at: readonly Broken[], before: SaidBy, now: SaidBy, key: string): LogSwitch {
  const { service, operation, change } = one;
  const is: Counted = [change === 'began' ? at.length : one.now[1] - at.length, one.now[1]];
  if (!isRule(one, key, before)) return { ...one, nats: switchNats(one, is) };
  const of = service + STEP + operation;
  const all = (side: SaidBy) => side.executions.get(of) ?? [];
  const broken = new Set(at.filter(({ isShort }) => isShort).map(({ atUs }) => atUs));
  // A client that repeats the same request repeats the same failure: it has to go on over the whole time.
  const rise = riseInNats(
    [0, stretchesOf(all(before))[1]],
    stretchesOf(all(now), (us) => broken.has(us)),
  );
  return { ...one, nats: Math.max(switchNats(one, is), rise) };
}

function stretchesOf(atUs: readonly number[], passes = (_: number): boolean => false): Counted {
  return stretchesWith({ values: atUs, atUs }, passes);
}

/**
 * An execution that breaks the rule. It is short where it writes nothing new; an execution on another path writes new
 * lines.
 */
type Broken = Readonly<{ atUs: number; isShort: boolean }>;

/** By key: the executions that show the change and have no callee that shows one too. */
function unexplainedBy(
  switches: ReadonlyMap<string, LogSwitch>,
  before: SaidBy,
  now: readonly Execution[],
): ReadonlyMap<string, readonly Broken[]> {
  const byOperation = Map.groupBy(switches, ([, { service, operation }]) => service + STEP + operation);
  const unexplained = new Map<string, Broken[]>();
  const isBelow = new Uint8Array(now.length);
  // A callee comes after its caller.
  for (let place = now.length - 1; place >= 0; place -= 1) {
    const { service, operation, atUs, said, caller } = now[place] ?? NO_EXECUTION;
    const key = service + STEP + operation;
    const shown = (byOperation.get(key) ?? []).filter(
      ([whole, { change }]) => said.has(whole.slice(key.length + 1)) === (change === 'began'),
    );
    const isShort = [...said].every(([site, line]) => isComplaint(line) || before.said.has(key + STEP + site));
    for (const [whole] of isBelow[place] === 0 ? shown : []) {
      const known = unexplained.get(whole);
      if (known === undefined) unexplained.set(whole, [{ atUs, isShort }]);
      else known.push({ atUs, isShort });
    }
    const explains = shown.some(([, { nats }]) => nats >= EXPLAINING_NATS);
    if (caller >= 0 && (explains || isBelow[place] === 1)) isBelow[caller] = 1;
  }
  return unexplained;
}

const NO_EXECUTION: Execution = { service: '', operation: '', atUs: 0, said: new Map(), caller: -1 };

/** Fewer lines of a service, or from one code location, prove nothing. */
const FEWEST_LINES = 20;
const FEWEST_NEW = 3;

/**
 * Switches in lines that name no request: new complaints of a service, relative to all its lines, and frequent lines
 * that stopped completely. The lines do not show callers, so a line that stops counts half: the lines of its callers
 * stop too.
 */
export function serviceSwitches(
  before: readonly LogLine[],
  now: readonly LogLine[],
  siteOf: (line: LogLine) => string,
): readonly LogSwitch[] {
  const healthy = Map.groupBy(before.filter(isOfNoRequest), ({ service }) => service);
  const found = [...Map.groupBy(now.filter(isOfNoRequest), ({ service }) => service)].flatMap(([service, lines]) => {
    const usual = healthy.get(service) ?? [];
    if (usual.length < FEWEST_LINES) return [];
    const [was, is] = [Map.groupBy(usual, siteOf), Map.groupBy(lines, siteOf)];
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((site): (LogSwitch & Compared)[] => {
      const [old = [], fresh = []] = [was.get(site), is.get(site)];
      const example = fresh[0] ?? old[0];
      if (example === undefined) return [];
      const counts = { before: [old.length, usual.length], now: [fresh.length, lines.length] } as const;
      const nats = changeOfService(isComplaint(example), counts.before, counts.now);
      const change = fresh.length > 0 ? 'began' : 'stopped';
      return [
        { service, operation: '', change, example, ...counts, nats, ...chanceOf(change, counts.before, counts.now) },
      ];
    });
  });
  const comparisons = comparisonsOf(found);
  const risen = found.filter(({ nats }) => nats > 0);
  return risen.map(({ least: _, ...one }) => ({ ...one, chance: chanceAmong(one.chance, comparisons) }));
}

function changeOfService(isComplaint: boolean, before: Counted, now: Counted): number {
  if (isComplaint) return before[0] === 0 && now[0] >= FEWEST_NEW ? riseInNats(before, now) : 0;
  return now[0] === 0 && before[0] >= FEWEST_OF_RULE ? riseInNats(now, before) / 2 : 0;
}

function isComplaint({ level }: LogLine): boolean {
  return severityOf(level) >= WARN;
}

function isOfNoRequest({ traceId }: LogLine): boolean {
  return traceId === '';
}
