/** What an exporter would send of a drawn trace: what was lost is gone, clocks are off, names are the SDK's own. */
import { spoken } from '../conventions.ts';
import type { DrawnTrace } from '../draw.ts';
import type { Service } from '../services.ts';
import type { Attributes, Kind } from '../span.ts';

export type RecordedSpan = Readonly<{
  id: string;
  parentId: string | undefined;
  isLink: boolean;
  service: Service;
  operation: string;
  kind: Kind | 'unspecified';
  scope: string;
  /** Microseconds since the epoch, by the host's clock. */
  startUs: number;
  durationUs: number;
  attributes: Attributes;
  failure: string | undefined;
  events: readonly Readonly<{ atUs: number; name: string; attributes: Attributes }>[];
}>;

export function recorded({ spans, beginsUs, clocksMs, missing, recording }: DrawnTrace): RecordedSpan[] {
  const sent = spans
    .filter(({ drawn }) => !drawn.lost)
    .map(({ id, parentId, startUs, endUs, drawn }): RecordedSpan => {
      const {
        service,
        operation,
        kind,
        scope,
        attributes,
        events,
        failure,
        linked = false,
        parentless = false,
      } = drawn;
      const begunUs = beginsUs + startUs + Math.round((clocksMs.get(service.host) ?? 0) * 1000);
      const durationUs = endUs - startUs;
      return {
        id,
        parentId: parentless ? undefined : parentId,
        isLink: linked,
        service,
        operation,
        kind: recording.kindless && (kind === 'client' || kind === 'server') ? 'unspecified' : kind,
        scope,
        ...(recording.coarse ? inMilliseconds(begunUs, durationUs) : { startUs: begunUs, durationUs }),
        attributes: spoken(service, kind, scope, shortened(without(attributes, missing), recording.cutAt)),
        failure,
        events: events.map(({ at, name, attributes: own }) => ({
          atUs: begunUs + (at === 'end' ? durationUs : Math.min(durationUs, Math.round(at * 1000))),
          name,
          attributes: own,
        })),
      };
    });
  return [...sent, ...sent.slice(0, recording.twice)];
}

function inMilliseconds(startUs: number, durationUs: number) {
  const begun = Math.floor(startUs / 1000);
  return { startUs: begun * 1000, durationUs: (Math.floor((startUs + durationUs) / 1000) - begun) * 1000 };
}

function shortened(attributes: Attributes, cutAt: number): Attributes {
  const text = attributes['db.query.text'];
  if (typeof text !== 'string' || text.length <= cutAt) return attributes;
  return { ...attributes, 'db.query.text': text.slice(0, cutAt) };
}

function without(attributes: Attributes, missing: readonly string[]): Attributes {
  if (missing.length === 0) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !missing.includes(name)));
}
