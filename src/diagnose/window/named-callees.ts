/**
 * Services whose new complaints are another one's failure, by their own words: all of them name a callee, and the callee
 * shows signs of its own.
 *
 *   depot     POST /orders failed HttpError: parcels answered 500     names its callee: no suspect
 *   kiosk     feign.FeignException: [parcels] status 500              a second caller: a second sign
 *   parcels   cannot read shelf 7: checksum differs                   or a pod that does not run, or a full resource
 */
import { callGraphOf } from '#diagnose/window/call-graph.ts';
import { isNews, type LogSwitch } from '#diagnose/window/log-switches.ts';
import type { SeenSuspect } from '#diagnose/window/seen-findings.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { saidCalls } from '#model/logs/said-callees.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The callees of a service that its lines name. */
export type NamedCallees = ReadonlyMap<string, readonly string[]>;

/** A status that refuses the request: it may be the caller's fault (RFC 9110, section 15.5). */
const REFUSED = /\b4\d\d\b/;
/**
 * A callee that says itself that it lacks the key to check what it gets: it refuses every caller. Nimbus, Spring, jose,
 * PyJWT, Microsoft.IdentityModel (IDX10501, IDX10503), golang-jwt.
 */
const CANNOT_CHECK =
  /\bno (?:matching|applicable|suitable) (?:signing )?keys?\b|\bunable to (?:find|match) (?:an? |any )?(?:signing )?key\b|\bkey (?:id )?(?:was )?not found\b|\bunknown (?:kid|key id|signing key)\b|\bIDX1050[0-3]\b|SignatureKeyNotFound|\bsignature (?:is invalid|validation failed|verification failed)\b/i;
/** Whatever the service is asked, these are its own. */
const OWN: ReadonlySet<SeenSuspect['role']> = new Set(['compared', 'stopped', 'mechanism']);

/**
 * By caller. What requests show of a service decides, so its callers' lines count only where it sent no spans. Services
 * that name each other both stay, and so does one whose processor is `full`.
 */
export function namedCallees(
  { switches, moved, requests }: WindowSigns,
  seen: readonly SeenSuspect[],
  traces: readonly Trace[],
  full: ReadonlySet<string>,
): NamedCallees {
  const began = switches.filter(isNews);
  const sick = new Set([
    ...began.map(({ service }) => service),
    ...seen.filter(({ role, restates }) => OWN.has(role) && !restates).map(({ service }) => service),
    ...(requests === 0 ? moved : []).map(({ service }) => service),
  ]);
  const examples = began.map(({ example }) => example);
  const calls = callGraphOf([], [], saidCalls(examples, sick));
  const silent = sick.difference(new Set(traces.flatMap(({ services }) => services)));
  const unable = began.filter(({ example }) => CANNOT_CHECK.test(example.line));
  const refusing = silent.intersection(new Set(unable.map(({ service }) => service)));
  const calleesOf = ({ service, example }: LogSwitch) => {
    const said = saidCalls([example], REFUSED.test(logMessage(example)) ? refusing : silent);
    return said.flatMap(({ callee }) => (calls.waitsFor(callee, service) ? [] : [callee]));
  };
  const callees = new Map<string, readonly string[]>();
  for (const [caller, own] of Map.groupBy(began, ({ service }) => service)) {
    const named = own.map(calleesOf);
    if (!full.has(caller) && named.every((each) => each.length > 0)) callees.set(caller, [...new Set(named.flat())]);
  }
  return callees;
}
