/**
 * A change starts more copies of a service, and the failure says that one copy does not know a key, a session or a state
 * of another copy.
 *
 *   -  replicas: 1       The key {…} was not found in the key ring
 *   +  replicas: 2       ◄── each copy makes keys of its own
 *
 * https://learn.microsoft.com/aspnet/core/security/data-protection/configuration/overview,
 * https://socket.io/docs/v4/using-multiple-nodes/
 */
import { moreIn } from '#model/changes/effect.ts';
import type { Touched } from '#model/changes/said/values.ts';

/**
 * ASP.NET Core (data protection, antiforgery, remote sign-in, SignalR), Socket.IO, MCP, Spring Security, Authlib, Rails, Django,
 * Flask-WTF, csurf, Laravel; in lower case.
 */
const SAYS_UNKNOWN =
  /\bwas not found in the key ring\b|\bantiforgery token could not be decrypted\b|\bunprotect ticket failed\b|\bcorrelation failed\b|\bno connection with that id\b|\bsession ?(?:id )?(?:is )?(?:unknown|not found)\b|\bunknown session\b|\b(?:no valid|invalid) session id\b|\bmismatching_state\b|\bauthorization_request_not_found\b|\binvalid state parameter\b|\bstate (?:mismatch|does not match)\b|\binvalidauthenticitytoken\b|\bcsrf (?:session )?token(?:s| from \w{2,8})? (?:is |are )?(?:mismatch\w{0,2}|incorrect|invalid|missing|do not match)|\binvalid csrf token\b|\bcould not decode session\b/;

/** Kubernetes, Compose, Terraform (ECS, Cloud Run, App Service), Cloud Foundry, Heroku, Gunicorn, Puma, uWSGI, PM2. */
const COPIES =
  /\b(?:replicas?|replica_?count|(?:min|max)_?(?:replicas|instances|scale|capacity)|instances?|instance_?count|desired_?(?:count|capacity)|workers?|web_?concurrency|processes|numprocs)["']?\s{0,3}[:=\s]\s{0,3}["']?(\d{1,4})(?![\w.])/gi;
/** What sends a client to the same copy each time: Kubernetes, nginx, Traefik, HAProxy, AWS, Azure. */
const SAME_COPY =
  /\bsession_?-?affinity["']?\s{0,3}[:=]\s{0,3}["']?(?:client_?ip|generated_cookie|true|cookie)\b|\bip_hash\b|\bsticky\b(?!["'\w.]{0,12}\s{0,3}[:=]\s{0,3}["']?false)|\bstickiness\b[^\n]{0,40}\btrue\b|\baffinity["']?\s{0,3}:\s{0,3}["']?cookie\b|\barr_?affinity\w{0,10}["']?\s{0,3}[:=]\s{0,3}["']?true\b|\bbalance source\b/gi;

/** Empty where the failure is about something else, or where several copies ran before. `failure`: in lower case. */
export function copiesApart({ added, removed, context }: Touched, failure: string): string {
  if (!SAYS_UNKNOWN.test(failure)) return '';
  const [before, after] = [mostCopies(`${removed}\n${context}`), mostCopies(added)];
  if (before === 1 && after > 1)
    return `it runs ${after} copies instead of one, and the failure says that one does not know what another one made`;
  const isSpread = moreIn(removed, added, SAME_COPY).length > 0;
  return isSpread
    ? 'it no longer sends a client to the same copy, and the failure says that a copy does not know it'
    : '';
}

function mostCopies(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(COPIES), ([, many]) => Number(many)));
}
