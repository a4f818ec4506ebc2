/** What to say about a failure, and about a callee without spans that is at fault for it. */
import type { CalleeFault } from '#detect/signs/failures/callee-faults.ts';
import { checkOfRefused, firstAction } from '#detect/signs/failures/failure-advice.ts';
import type { Facts, Words } from '#model/finding/finding.ts';

/** `address`: host and port for a tool. */
type Named = Readonly<{ host: string; caller: string; address: string }>;
type FaultWords = Pick<Words, 'explanation' | 'remedy' | 'check'>;

/** `follows`: what followed from the failure. `passed`: who passed it on; empty where nobody did. */
export function adviceOnFailure(
  facts: Facts,
  { follows, passed }: Readonly<Record<'follows' | 'passed', string>>,
): FaultWords {
  const { service, callee } = facts;
  const ofCallee = calleeFaultWords(facts);
  const also = passed === '' ? '' : ` ${passed}.`;
  if (ofCallee !== undefined) return { ...ofCallee, explanation: `${ofCallee.explanation} ${follows}${also}` };
  return {
    explanation: `${follows}${also}${thrownClause(facts)}`,
    remedy: firstAction(facts, passed !== ''),
    check:
      checkOfRefused(facts) ??
      `The log of ${callee || service} shows that it answered this call without an error. Then the failure arose between it and its caller.`,
  };
}

/** The place in the code; empty where no stack trace came with the failure, or only libraries stand in it. */
function thrownClause({ thrownType = '', thrownAt = '' }: Facts): string {
  return thrownAt === '' ? '' : ` ${thrownType || 'The exception'} was thrown at ${thrownAt}.`;
}

/** Undefined where no callee is at fault. */
function calleeFaultWords({ calleeFault, service, caller, callee, address = '' }: Facts): FaultWords | undefined {
  const words = OF_FAULT[String(calleeFault ?? '') as CalleeFault];
  const host = String(service === caller ? callee : service);
  return words?.({ host, caller: String(caller), address: String(address) || `${host}:443` });
}

const OF_FAULT: Readonly<Partial<Record<CalleeFault, (named: Named) => FaultWords>>> = {
  ended: ({ host, caller }) => ({
    explanation: `The process of ${host} ended during the call, with all requests in it. ${caller} only lost the connection.`,
    remedy: `Look at the last lines of ${host} before it ended, and at what it was asked for. Compare its version with the one before.`,
    check: `The log of ${host} shows that another of its processes wrote this line, and that it answered this call without an error.`,
  }),
  overdue: ({ host, caller }) => ({
    explanation: `What runs ${host} ended its work at a time limit. ${caller} only lost the call.`,
    remedy: `Find out what ${host} worked on or waited for until its limit. A higher limit only makes ${caller} wait longer.`,
    check: `The log of ${host} shows that this line is about another request, and that it answered this call without an error.`,
  }),
  'not-started': ({ host, caller }) => ({
    explanation: `The platform could not start ${host}, so nothing of it ran. ${caller} only got that answer.`,
    remedy: `Look at the settings of ${host} that the message names (role, key, network, image), and at their last change.`,
    check: `${host} started for another caller at that time.`,
  }),
  'no-instance': ({ host, caller }) => ({
    explanation: `The platform had no instance of ${host} for this call, so nothing of it ran. ${caller} only got that answer.`,
    remedy: `Look at how many instances ${host} may have, how many were busy, and how long a new one takes to start.`,
    check: `The log of ${host} shows that it answered this call.`,
  }),
  gone: ({ host, caller }) => ({
    explanation: `${host} took no connection or broke it. ${caller} only lost the call.`,
    remedy: `Look at ${host} at that time: its process, its restarts, its load, its status page if it is a third party’s.`,
    check: `The log of ${host} shows that it answered this call without an error. Then the failure arose between it and its caller.`,
  }),
  'no-name': ({ host, caller }) => ({
    explanation: `The name ${host} has no address, so no request was sent.`,
    remedy: `Look up ${host} where ${caller} runs (nslookup). Correct the address in the settings of ${caller}, or restore the record of the name.`,
    check: `The name ${host} resolved where ${caller} runs at that time.`,
  }),
  'no-resolver': ({ host, caller }) => ({
    explanation: `The name service gave no answer for ${host}, so no request was sent. The name may be right.`,
    remedy: `Look at the log and the load of the name service of ${caller}. Did other names fail at that time? Then look up ${host} there.`,
    check: `The name ${host} resolved where ${caller} runs at that time.`,
  }),
  unresolving: ({ host, caller }) => ({
    explanation: `${host} gave ${caller} no address, so no request was sent. The host that ${caller} wanted to call did nothing wrong.`,
    remedy: `Look at ${host} at that time: its log, its load, and the servers that it asks. Did other names fail, too?`,
    check: `${host} resolved other names at that time. Then the servers of this name gave no answer.`,
  }),
  expired: ({ host, caller, address }) => ({
    explanation: `The certificate of ${host} has expired, so ${caller} sent no request.`,
    remedy: `Renew the certificate of ${host}, or tell its owner, and find out why nobody renewed it in time.`,
    check: `The certificate that ${host} presents is valid (openssl s_client -connect ${address}), and the clock of ${caller} is right.`,
  }),
  'other-names': ({ host, caller, address }) => ({
    explanation: `The certificate that ${caller} got from ${host} was issued for other names, so it sent no request.`,
    remedy: `Compare the names in the certificate of ${host} with the address in the settings of ${caller} (openssl s_client -connect ${address} -servername ${address.replace(/:\d{1,5}$/, '')}).`,
    check: `The certificate of ${host} has this name, and the call reached ${host} and no proxy.`,
  }),
  late: ({ host, caller }) => ({
    explanation: `${host} gave no answer within the time limit of ${caller}, which only reports it.`,
    remedy: `Look at ${host} at that time: its log, its load, and what it waited for. A longer limit in ${caller} only makes people wait longer.`,
    check: `The log of ${host} shows that it answered this request in time, or that the request never arrived.`,
  }),
  shut: ({ host, caller }) => ({
    explanation: `The mesh refused the call by the policy of ${host}, which got no request from ${caller}.`,
    remedy: `Look at who may call ${host} (authorization policies, intentions), at the last change of it, and at the identity of ${caller}. Let ${caller} in if it may call ${host}.`,
    check: `${caller} was never meant to call ${host}. Then the call is wrong, not the policy.`,
  }),
  answered: ({ host, caller }) => ({
    explanation: `${host} answered with a failure of its own. ${caller} only passed it on.`,
    remedy: `Look at the log, the load and the status page of ${host} at that time, and decide how ${caller} answers without it.`,
    check: `The log of ${host} shows that it answered this call without an error. Then a proxy in between gave this answer.`,
  }),
};
