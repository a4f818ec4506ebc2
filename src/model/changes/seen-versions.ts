/**
 * Releases that nobody recorded: from one time on the spans of a service name another version.
 *
 *   14:02  14:03  14:04  14:05  14:06
 *   v2.0   v2.0   v2.0   v2.1   v2.1      cart: v2.1 in place of v2.0, between 14:04 and 14:05
 */
import { MINUTE_US } from '#core/time-units.ts';
import type { Change } from '#model/changes/change.ts';
import type { Trace } from '#model/trace/trace.ts';
import { isEntry } from '#model/trace/views/entry.ts';

/** Fewer spans of a version may be one instance that was asked late. */
const FEWEST_SPANS = 5;
/** Between the last span of the old version and the first of the new one. After a longer pause the time is not known. */
const LONGEST_PAUSE_US = 10 * MINUTE_US;

type Sighting = Readonly<{ version: string; atUs: number }>;

/** At most one for each service, the newest. */
export function versionChanges(requests: readonly Trace[]): readonly Change[] {
  const byService = new Map<string, Sighting[]>();
  for (const trace of requests) {
    for (let span = 0; span < trace.spanCount; span += 1) {
      const version = trace.resource(span)['service.version'];
      if (typeof version !== 'string' || version === '' || !isEntry(trace, span)) continue;
      const seen = { version, atUs: trace.startEpochUs + trace.startUs(span) };
      const known = byService.get(trace.service(span));
      if (known === undefined) byService.set(trace.service(span), [seen]);
      else known.push(seen);
    }
  }
  return [...byService].flatMap(([service, all]) => newest(service, all) ?? []);
}

/** Undefined where the service had one version, or where a version came without showing when. */
function newest(service: string, all: readonly Sighting[]): Change | undefined {
  const ordered = all.toSorted((a, b) => a.atUs - b.atUs);
  const firstOf = new Map(ordered.toReversed().map((one) => [one.version, one.atUs] as const));
  const [version, atUs] = [...firstOf].reduce(
    (last, one) => (one[1] > last[1] ? one : last),
    ['', Number.NEGATIVE_INFINITY],
  );
  const before = ordered.filter((one) => one.atUs < atUs);
  const after = ordered.filter((one) => one.version === version);
  const last = before.at(-1);
  if (last === undefined || before.length < FEWEST_SPANS || after.length < FEWEST_SPANS) return undefined;
  if (atUs - last.atUs > LONGEST_PAUSE_US) return undefined;
  const text = `version ${version} in place of ${last.version}, as its spans say`;
  // The new version had started when its first request came, and the old one answered until then.
  return { atUs: last.atUs, kind: 'deploy', service, id: version, text, url: '', files: [], diff: '' };
}
