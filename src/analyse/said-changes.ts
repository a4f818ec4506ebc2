/** Changes of services that the evidence does not show, where the failure names what they changed. */

import type { Change } from '#model/changes/change.ts';
import { type ChangeSymptoms, failureSaid } from '#model/changes/change-symptoms.ts';
import { changedName, isSaidWhole } from '#model/changes/quoted-names.ts';
import { isSaidExactly, isSaidOfAnybody } from '#model/changes/said/effects.ts';
import { sharesTechnique } from '#model/changes/techniques/shared-techniques.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { hostInAddress } from '#model/trace/views/called-host.ts';

/** The services of changes that the failure names by what they do, by a name of their code, or by their own name. */
export function saidServices(changes: readonly Change[], symptoms: ChangeSymptoms): readonly string[] {
  const failure = failureSaid(symptoms);
  if (failure === '') return [];
  return changes.flatMap((change) =>
    change.service !== '' &&
    (isSaidOfAnybody(change, failure) ||
      changedName(change, symptoms.complaint) !== '' ||
      isNamedWithTechnique(change, failure) ||
      reservesForItself(change, failure))
      ? [change.service]
      : [],
  );
}

/** Whether the failure names the very thing that the change is about: a column, a name, a limit. */
export function isNamed(change: Change, symptoms: ChangeSymptoms): boolean {
  return isSaidExactly(change, failureSaid(symptoms));
}

/** `redis-q`, `ems1`: a name of one word without a digit is a word of many lines. */
const OF_PARTS = /[a-z\d][-_.][a-z\d]|[a-z]\d/;

/** The failure names the service, and says what comes of such a change: `evicted_keys` of `redis-q`. */
function isNamedWithTechnique(change: Change, failure: string): boolean {
  const name = change.service.toLowerCase();
  return OF_PARTS.test(name) && isSaidWhole(name, failure) && sharesTechnique(change, failure);
}

/**
 * All functions of an account share its concurrency: what one of them reserves, the others lack.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
function reservesForItself(change: Change, failure: string): boolean {
  return THROTTLED.test(failure) && RESERVES.test(`${change.text} ${change.diff}`) && sharesTechnique(change, failure);
}

const RESERVES = /\breserved_?-?concurren\w{2,20}/i;
const THROTTLED = /\btoo ?many ?requests(?:exception)?\b|\brate exceeded\b|\bconcurren\w{2,5} limit/;

/**
 * The services of changes that name the host which the failed calls asked for, where the failure says what comes of such a
 * change: the certificate of `api.shop.example` is that of an edge without spans.
 */
export function servicesOfHosts(
  changes: readonly Change[],
  symptoms: ChangeSymptoms,
  { spans }: Pick<Finding, 'spans'>,
  trace: Trace,
): readonly string[] {
  const failure = failureSaid(symptoms);
  if (failure === '') return [];
  const asked = spans.slice(0, MOST_READ).filter((span) => trace.isCall(span));
  const hosts = new Set(asked.map((span) => hostInAddress(trace, span) || trace.text(span, 'server.address')));
  const named = [...hosts]
    .map((host) => host.toLowerCase())
    .filter((host) => OF_DOMAIN.test(host))
    .map(asOneName);
  if (named.length === 0) return [];
  return changes.flatMap((change) => {
    const text = `${change.text}\n${change.files.join('\n')}\n${change.diff}`;
    const said = asOneName(text.slice(0, LONGEST_READ).toLowerCase());
    const isNamed = change.service !== '' && named.some((host) => isSaidWhole(host, said));
    return isNamed && sharesTechnique(change, failure) ? [change.service] : [];
  });
}

/** `shop.example` is no part of `api.shop.example` then. */
function asOneName(text: string): string {
  return text.replaceAll(/(?<=\w)\.(?=\w)/g, '_');
}

/** `api.shop.example`: a bare name is a word of many changes. */
const OF_DOMAIN = /[a-z][a-z\d-]{0,62}\.[a-z]/;
const MOST_READ = 50;
const LONGEST_READ = 8_000;

/**
 * Changed functions and silent services that the finding names as called: they have no spans of their own. Of a host
 * and of a method of RPC, too: `visits.shop.example`, `canal.Fares/Get`.
 */
export function silentCallees(
  changes: readonly Change[],
  { operation, title }: Finding,
  { services }: Pick<Trace, 'services'>,
): readonly string[] {
  const words = `${operation} ${title}`.toLowerCase();
  const named = new Set([...(words.match(/[\w-]{4,80}/g) ?? []), ...(words.match(HOST) ?? [])]);
  return changes.flatMap(({ service }) =>
    named.has(service.toLowerCase()) && !services.includes(service) ? [service] : [],
  );
}

const HOST = /\b[a-z\d][\w-]{0,60}(?:\.[\w-]{1,60}){1,6}/g;
