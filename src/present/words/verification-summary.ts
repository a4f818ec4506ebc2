/** Whether a fix worked, in words. It has the parts of a comparison, so that every form can show both. */
import type { Comparison, GotWorse, Verification } from '#model/requests/comparison.ts';
import type { Share } from '#model/stats/proportion.ts';
import { durationsApart, durationText } from '#model/text/duration.ts';
import { type ComparisonSummary, comparisonSummary } from '#present/words/comparison-summary.ts';
import { counted, durationsText, type SideNames, tellingText } from '#present/words/comparison-words.ts';
import { shown } from '#present/words/plain-text.ts';

export const BEFORE_AND_AFTER: Pick<SideNames, 'first' | 'second'> = { first: 'before', second: 'after' };

/** The title of the section that lists what got worse. */
export const WORSE = 'What got worse';

export function verificationSummary(verification: Verification, comparison: Comparison): ComparisonSummary {
  const isSlower = verification.worse.some(({ kind }) => kind === 'whole' || kind === 'some');
  const compared = comparisonSummary(comparison, BEFORE_AND_AFTER, {
    isSlower,
    isFewSaid: verification.result === 'too-few',
  });
  const names = {
    ...BEFORE_AND_AFTER,
    firstTraces: comparison.healthy.traces.length,
  };
  const worse = verification.worse.map((one) => worseText(one, names));
  const lines = (texts: readonly string[]) => texts.map((text) => ({ text, url: '' }));
  return {
    verdict: VERDICTS[verification.result](verification, worse),
    standing: reasonText(verification),
    subject: [
      ...(verification.cause === undefined ? [] : [`At fault before: ${shown(verification.cause.title)}`]),
      ...compared.subject,
    ],
    top: worse.slice(0, 4),
    topTitle: WORSE,
    gaps: compared.gaps,
    sections: [
      { title: 'How this is known', lines: lines(evidenceOf(verification)), ordered: false },
      ...(worse.length === 0 ? [] : [{ title: WORSE, lines: lines(worse), ordered: false }]),
      ...compared.sections,
    ],
  };
}

type Fault = Pick<Verification, 'cause' | 'before' | 'after'>;

const VERDICTS: Readonly<Record<Verification['result'], (one: Verification, worse: readonly string[]) => string>> = {
  confirmed: (one) => `Fix confirmed: ${faultName(one)} is gone and nothing else got worse (${requestsText(one)})`,
  'not-confirmed': (one, worse) => `Fix not confirmed: ${whyNot(one, worse)}`,
  'too-few': (one, worse) => whyTooEarly(one, worse),
};

function whyTooEarly(verification: Verification, worse: readonly string[]): string {
  const { reason, needed } = verification;
  if (reason === 'load') return 'Too early to say whether the fix works: the load is much lower than before';
  const few = 'Too few requests to say whether the fix works';
  if (reason === 'maybe-worse')
    return `${few}: ${goneText(verification)}, but ${firstOf(worse)} (${requestsText(verification)})`;
  const { before, after } = verification;
  if (after.made < after.traces)
    return `${few}: the call at fault is made in ${after.made} of ${counted(after.traces, 'request')} after it; ${needed} are needed that make it`;
  return `${few}: ${oneOrMany(before.traces)} before it and ${oneOrMany(after.traces)} after; ${needed} are needed after`;
}

function whyNot(verification: Verification, worse: readonly string[]): string {
  const { reason, after, before } = verification;
  switch (reason) {
    case 'remains':
      return `${faultName(verification)} still shows in ${after.withFault} of ${counted(after.traces, 'request')}`;
    case 'not-back':
      return `${faultName(verification)} is no longer found, but the call at fault still takes ${durationsApart(after.us, before.us).join(' (before: ')})`;
    case 'worse':
      return `${goneText(verification)}, but ${firstOf(worse)}`;
    case 'not-made':
      return [goneText(verification), ...(worse.length === 0 ? [] : [firstOf(worse)])].join('; ');
    default:
      return 'the traces before the fix show no problem that it could remove';
  }
}

function faultName({ cause }: Fault): string {
  return cause === undefined ? 'the problem' : `${shown(cause.problem)} in ${shown(cause.service)}`;
}

/** A fault whose call is not made is not gone: nobody saw the call. */
function goneText({ cause, before, after }: Fault): string {
  if (after.made === 0) return `the call at fault is not made any more in ${counted(after.traces, 'request')}`;
  if (after.made * before.traces < (before.made * after.traces) / 2)
    return `the call at fault is made in only ${after.made} of ${counted(after.traces, 'request')} (before: ${before.made} of ${before.traces})`;
  return `${faultName({ cause, before, after })} is gone`;
}

/** `10 requests before and one after` */
function requestsText({ before, after }: Fault): string {
  const noun = before.traces === 1 ? 'request' : 'requests';
  return `${oneOrMany(before.traces)} ${noun} before and ${oneOrMany(after.traces)} after`;
}

function oneOrMany(count: number): string {
  return count === 1 ? 'one' : String(count);
}

/** A sentence names two; a list below it names all. */
const IN_A_SENTENCE = 2;

function firstOf(worse: readonly string[]): string {
  const more = worse.length - IN_A_SENTENCE;
  const rest = more > 0 ? [`${counted(more, 'other thing')} got worse`] : [];
  return [...worse.slice(0, IN_A_SENTENCE), ...rest].join('; ');
}

function worseText(one: GotWorse, names: SideNames): string {
  switch (one.kind) {
    case 'failures':
      return `${outOf(one.after)} ${one.still ? 'still ' : ''}${isOrAre(one.after, 'fails', 'fail')}, ${noneOf(one.before)} before`;
    case 'refusals':
      return `${outOf(one.after)} ${isOrAre(one.after, 'is', 'are')} refused, ${noneOf(one.before)} before`;
    case 'whole':
      return `the request takes ${durationsText(one.afterUs, one.beforeUs)}`;
    case 'some':
      return shown(one.words);
    case 'new-call': {
      const part = one.made.times < one.made.of ? ` in ${one.made.times} of ${one.made.of} requests` : '';
      const whom = one.whom === '' ? '' : ` to ${shown(one.whom)}`;
      return `a new call takes ${durationText(one.us)}${part}: ${shown(one.service)}: ${shown(one.operation)}${whom}`;
    }
    case 'no-longer-asked':
      return `${shown(one.name)} is no longer called: in ${noneOf(one.after)} requests now, in ${noneOf(one.before)} before`;
    case 'differs':
      return tellingText(one.telling, names);
    case 'finding':
      return `new: ${shown(one.title)}`;
    case 'elsewhere':
      return `${outOf(one.after)} of other kinds ${isOrAre(one.after, 'fails', 'fail')}, ${noneOf(one.before)} before, most of them ${shown(one.request)}`;
  }
}

/** `4 of 10 requests` */
function outOf({ times, of }: Share): string {
  return `${times} of ${counted(of, 'request')}`;
}

/** `none of 10` */
function noneOf({ times, of }: Share): string {
  return `${times === 0 ? 'none' : times} of ${of}`;
}

function isOrAre({ times }: Share, one: string, many: string): string {
  return times === 1 ? one : many;
}

/** New calls to name: one of them may be the call at fault under another name. */
const MOST_ADDED = 3;

function provedBy({ added, whole, before }: Verification): string {
  const names = added.slice(0, MOST_ADDED).map((one) => `${shown(one.service)}: ${shown(one.operation)}`);
  return [
    'A call that is not made proves nothing: a cache may answer, a flag may be off, sampling may drop it, or the request may end before it.',
    'Requests that make the call again would prove the fix: for example with an empty cache, or with the flag on.',
    ...(names.length === 0
      ? []
      : [`New since then: ${names.join('; ')}. If one of these is the call under another name, compare its time.`]),
    ...(whole === undefined || before.us === 0
      ? []
      : [`If the fix was to remove the call: the request takes ${durationsText(whole.afterUs, whole.beforeUs)}.`]),
  ].join(' ');
}

function reasonText(verification: Verification): string {
  const { result, reason, before, after, chance, needed, load, whole } = verification;
  if (reason === 'not-made' || (result === 'not-confirmed' && after.made === 0 && after.traces > 0))
    return provedBy(verification);
  if (reason === 'load' && load !== undefined) {
    return `The load was ${rate(load.before)} before the fix and is ${rate(load.after)} now. A problem that needs load may not show at this load.`;
  }
  if (reason === 'maybe-worse') return 'What got worse may be chance. More requests on both sides would show it.';
  if (result === 'too-few') {
    const making = before.made < before.traces ? ' that make the call' : '';
    return `Before the fix, ${before.withFault} of ${counted(before.made, 'trace')}${making} showed the problem. If nothing had changed, the chance that no trace after it shows the problem is ${percent(chance)}; with ${needed} traces, it is below 5 %.`;
  }
  if (result === 'confirmed') {
    const took =
      whole === undefined
        ? 'The latency cannot be compared: every request before the fix failed.'
        : `The request takes ${durationsText(whole.afterUs, whole.beforeUs)}.`;
    return `${took} If nothing had changed, the chance that none of these requests shows the problem is ${percent(chance)}.`;
  }
  return '';
}

function evidenceOf({ before, after, load, cause, failures }: Verification): string[] {
  if (cause === undefined) return ['No finding explains most of the traces before the fix.'];
  const [was, is] = durationsApart(before.us, after.us);
  const now = after.us === 0 ? 'is no longer made' : `takes ${is} now`;
  return [
    `${shown(cause.problem)} was found in ${before.withFault} of ${counted(before.traces, 'trace')} before, and in ${after.withFault} of ${after.traces} after`,
    `The call at fault took ${was} before and ${now} (median of all its spans in one trace, including what replaced it)`,
    ...(after.made < after.traces || before.made < before.traces
      ? [
          `It was made in ${before.made} of ${counted(before.traces, 'trace')} before, and in ${after.made} of ${after.traces} after`,
        ]
      : []),
    ...(failures.after + failures.before === 0 ? [] : [failureText({ before, after, failures })]),
    load === undefined
      ? 'The load cannot be compared: there are fewer than five traces on one side'
      : `Traces arrived at ${rate(load.before)} before and at ${rate(load.after)} after`,
  ];
}

function failureText({ before, after, failures }: Pick<Verification, 'before' | 'after' | 'failures'>): string {
  const counts = `${failures.before} of ${counted(before.traces, 'request')} failed before, and ${failures.after} of ${after.traces} after`;
  const isMore = failures.after * before.traces > failures.before * after.traces;
  return isMore && !failures.isWorse
    ? `${counts}: as many would fail with a chance of ${percent(failures.chance)} if nothing had changed`
    : counts;
}

function rate(perMinute: number): string {
  return `${Number(perMinute.toPrecision(2))} a minute`;
}

function percent(share: number): string {
  return share < 0.001 ? 'less than 0.1 %' : `${Number((share * 100).toPrecision(2))} %`;
}
