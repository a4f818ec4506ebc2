/** Whether a fix worked, in words. The same parts as a comparison's, so that every form shows both. */
import type { Comparison, Verification } from '#model/comparison.ts';
import { durationText } from '#model/duration.ts';
import { type ComparisonSummary, comparisonSummary } from '#present/comparison-summary.ts';
import { counted, type SideNames, tellingText } from '#present/comparison-words.ts';
import { shown } from '#present/plain-text.ts';

export const BEFORE_AND_AFTER: Pick<SideNames, 'first' | 'second'> = { first: 'before', second: 'after' };

export function verificationSummary(verification: Verification, comparison: Comparison): ComparisonSummary {
  const compared = comparisonSummary(comparison, BEFORE_AND_AFTER);
  const names = {
    ...BEFORE_AND_AFTER,
    firstTraces: comparison.healthy.traces.length,
  };
  const { failures } = verification;
  const failing = `requests fail: ${failures.after} of ${verification.after.traces}, before: ${failures.before} of ${verification.before.traces}`;
  const worse = [
    ...(failures.isWorse ? [failing] : []),
    ...verification.worse.map((one) => tellingText(one, names)),
    ...verification.newFindings.map((title) => `new: ${shown(title)}`),
  ];
  const lines = (texts: readonly string[]) => texts.map((text) => ({ text, url: '' }));
  return {
    verdict: VERDICTS[verification.result](verification),
    standing: reasonText(verification, worse),
    subject: [
      ...(verification.cause === undefined ? [] : [`At fault before: ${shown(verification.cause.title)}`]),
      ...compared.subject,
    ],
    top: worse.slice(0, 4),
    gaps: compared.gaps,
    sections: [
      { title: 'How this is known', lines: lines(evidenceOf(verification)), ordered: false },
      ...(worse.length === 0 ? [] : [{ title: 'What got worse', lines: lines(worse), ordered: false }]),
      ...compared.sections,
    ],
  };
}

type Fault = Pick<Verification, 'cause' | 'before' | 'after'>;

const VERDICTS: Readonly<Record<Verification['result'], (verification: Verification) => string>> = {
  confirmed: (verification) => `Fix confirmed: ${faultName(verification)} is gone, and nothing else got worse`,
  'not-confirmed': (verification) => `Fix not confirmed: ${whyNot(verification)}`,
  'too-few': ({ after, needed, reason }) =>
    reason === 'load'
      ? 'Too early to say whether the fix works: the load is far below that before it'
      : `Too few traces to say whether the fix works: ${counted(after.traces, 'trace')} after it, ${needed} are needed`,
};

function whyNot(verification: Verification): string {
  const { reason, after, before, worse, newFindings, failures } = verification;
  switch (reason) {
    case 'remains':
      return `${faultName(verification)} is still there in ${after.withFault} of ${counted(after.traces, 'trace')}`;
    case 'not-back':
      return `${faultName(verification)} is no longer found, but the call still takes ${durationText(after.us)} (before: ${durationText(before.us)})`;
    case 'worse':
      return `${faultName(verification)} is gone, but ${counted(worse.length + newFindings.length + Number(failures.isWorse), 'other thing')} got worse`;
    default:
      return 'the traces before it show no fault that could be gone';
  }
}

function faultName({ cause }: Fault): string {
  return cause === undefined ? 'the fault' : `${cause.kind} in ${shown(cause.service)}`;
}

function reasonText({ result, reason, before, chance, needed, load }: Verification, worse: readonly string[]): string {
  if (reason === 'worse') return worse[0] === undefined ? '' : `First of all: ${worse[0]}.`;
  if (reason === 'load' && load !== undefined) {
    return `Before it ${rate(load.before)}, now ${rate(load.after)}: a fault that needs load may be missing for want of it.`;
  }
  if (result === 'too-few') {
    return `Before it ${before.withFault} of ${counted(before.traces, 'trace')} showed the fault. Had nothing changed, none of those after it would show it with a chance of ${percent(chance)}; with ${needed} that is below 5 %.`;
  }
  if (result === 'confirmed') {
    return `Had nothing changed, that many traces would be free of it with a chance of ${percent(chance)}.`;
  }
  return '';
}

function evidenceOf({ before, after, load, cause, failures }: Verification): string[] {
  if (cause === undefined) return ['No finding explains most of the traces before.'];
  return [
    `${shown(cause.kind)} was found in ${before.withFault} of ${counted(before.traces, 'trace')} before, and in ${after.withFault} of ${after.traces} after`,
    `The call at fault took ${durationText(before.us)} before and takes ${durationText(after.us)} now (all its spans in one trace, the median)`,
    ...(failures.after + failures.before === 0 ? [] : [failureText({ before, after, failures })]),
    load === undefined
      ? 'The load cannot be compared: there are fewer than five traces on one side'
      : `The traces came at ${rate(load.before)} before and at ${rate(load.after)} after`,
  ];
}

function failureText({ before, after, failures }: Pick<Verification, 'before' | 'after' | 'failures'>): string {
  const counts = `${failures.before} of ${counted(before.traces, 'request')} failed before, and ${failures.after} of ${after.traces} after`;
  const isMore = failures.after * before.traces > failures.before * after.traces;
  return isMore && !failures.isWorse
    ? `${counts}, which may be chance (${percent(failures.chance)} if nothing had changed): look again with more traces`
    : counts;
}

function rate(perMinute: number): string {
  return `${Number(perMinute.toPrecision(2))} a minute`;
}

function percent(share: number): string {
  return share < 0.001 ? 'less than 0.1 %' : `${Number((share * 100).toPrecision(2))} %`;
}
