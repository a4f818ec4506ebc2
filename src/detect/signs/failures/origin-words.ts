/** Words for the origin of a failure. */
import { adviceOnFailure } from '#detect/signs/failures/callee-fault-words.ts';
import { wordsOfJob } from '#detect/signs/failures/lost-jobs.ts';
import { candidatesOfReplaced, possibleCauses } from '#detect/signs/failures/open-failures.ts';
import { adviceOn, flagClause, MEANS, UNROUTED } from '#detect/signs/failures/proxy-blame.ts';
import { wordsOfRefused } from '#detect/signs/failures/refused-requests.ts';
import type { Facts, Headline, Words } from '#model/finding/finding.ts';
import { inWords, quoteInWords } from '#model/text/in-words.ts';
import type { ProxyFlag } from '#model/trace/proxy-flag.ts';
import { proxyFlags } from '#model/trace/proxy-flags.ts';

/** The facts are those that the detector `error-origin` gives. */
export function wordsOfOrigin(facts: Facts): Words {
  const [flag] = proxyFlags(String(facts.flag ?? ''));
  if (flag !== undefined) return wordsOfFlag(facts, flag);
  if (facts.isJob === true) return wordsOfJob(facts);
  if (facts.refused === true) return wordsOfRefused(facts);
  return wordsOfFailure(facts);
}

function wordsOfFailure(facts: Facts): Words {
  const { service, operation, status, message, caller, callee, symptom, above, attempts, reachedRoot } = facts;
  const tries = Number(attempts) > 1 ? ` ${attempts} times` : '';
  const isPassedOn = Number(above) > 0 && reachedRoot === true && facts.rivals === 0;
  const couldBe = possibleCauses(facts) ?? (facts.isReplaced === true ? candidatesOfReplaced(facts) : undefined);
  const failed = `${callee === '' ? `${operation} of ${service}` : `the call ${operation} from ${caller} to ${callee}`} failed${tries}${status === '' ? '' : ` with ${status}`}${message === '' ? '' : `: “${message}”`}`;
  return {
    title: isPassedOn ? `${symptom} failed because ${failed}` : failed.replace(/^the call /, 'The call '),
    headline: headlineOf(facts),
    names: tries === '' ? [] : ['retry-storm'],
    ...adviceOnFailure(facts, { follows: whatFollows(facts), passed: isPassedOn ? passedOn(Number(above)) : '' }),
    ...(couldBe && { couldBe }),
  };
}

/** Words for a failure that a proxy's response flags explain. */
function wordsOfFlag(facts: Facts, flag: ProxyFlag): Words {
  const { proxy, upstream, operation, symptom, status, message, refused, above, reachedRoot, rivals } = facts;
  const said = flagClause(facts, String);
  const isRoot = refused === true || (reachedRoot === true && rivals === 0);
  const answered = `${proxy} answered${status === '' ? '' : ` ${status}`} with “${message}”`;
  return {
    title: isRoot
      ? `${refused === true ? `${operation} of ${proxy}` : symptom} fails because ${said}`
      : `${operation} of ${proxy} fails because ${said}`,
    headline:
      Number(rivals) > 0
        ? { why: 'several calls failed, and nothing records which one counts' }
        : { why: flagClause(facts, inWords) },
    explanation: `${answered}. ${refused === true ? MEANS[flag.blames] : `${whatFollows(facts)} ${MEANS[flag.blames]}`}${isRoot && Number(above) > 0 ? ` ${passedOn(Number(above))}.` : ''}`,
    ...adviceOn(flag, String(proxy), String(upstream) || `the upstream of ${proxy}`),
    ...(facts.isUnrouted === true && { couldBe: UNROUTED }),
  };
}

function headlineOf(facts: Facts): Headline {
  const { service, operation, callee, status, message, symptom, reachedRoot, rivals } = facts;
  if (Number(rivals) > 0) return { why: 'several calls failed, and nothing records which one counts' };
  const isRoot = reachedRoot === true && callee === '' && symptom === `${operation} of ${service}`;
  if (!isRoot || quoteInWords(message) !== '') return { why: whoFailed(facts) };
  const failed = `${inWords(operation)} of ${inWords(service)} fails${status === '' ? '' : ` with ${status}`}`;
  return { what: failed, unrecorded: 'nothing records why' };
}

function whoFailed({ service, operation, callee, status, message }: Facts): string {
  const quote = quoteInWords(message);
  if (quote !== '')
    return `${callee === '' ? inWords(service) : `the call to ${inWords(callee)}`} failed with ${quote}`;
  const what = callee === '' ? `${inWords(operation)} of ${inWords(service)}` : `the call to ${inWords(callee)}`;
  return `${what} failed${status === '' ? '' : ` with ${status}`}`;
}

function whatFollows({ operation, symptom, reachedRoot, rivals, isBeside, rootOperation }: Facts): string {
  const nothingBelow = `No call below ${operation} failed`;
  if (Number(rivals) > 0)
    return `${nothingBelow}. ${symptom} failed because of this or because of another failure: nothing shows which.`;
  if (reachedRoot === true) return `${nothingBelow}, and all failures above it in this trace follow from it.`;
  return isBeside === true
    ? `${nothingBelow}. Its caller failed, too, but names another cause.`
    : `${nothingBelow}. ${symptom} is the last span that reports it. The caller of that span continued, so ${rootOperation} answered without the result of this call.`;
}

function passedOn(services: number): string {
  return services === 1 ? 'One service passed the error on' : `${services} services passed the error on`;
}
