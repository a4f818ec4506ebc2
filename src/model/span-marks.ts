/**
 * What a span says of itself by an attribute that has few values: one bit each, so that a detector can ask a million
 * spans. Whoever adds a mark adds a rule; the tags that rules read are known to the scan of Jaeger's bytes by it.
 */
import { canonicalText, namesOf } from '#model/semconv.ts';
import type { Attributes } from '#model/trace.ts';

export const MARK = {
  cacheHit: 1,
  cacheMiss: 2,
  /** The first request of a process that was started for it. */
  coldStart: 4,
  /** Hands a message to the broker. */
  sends: 8,
  /** Waits for messages or fetches them. */
  receives: 16,
  /** Works on messages. */
  processes: 32,
  /** The request was sent before. */
  resent: 64,
} as const;

type Rule = Readonly<{ name: string; marks: (value: string) => number }>;

const RULES: readonly Rule[] = [
  { name: 'cache.hit', marks: (value) => cacheMark(value) },
  { name: 'cache.result', marks: (value) => cacheMark(value) },
  { name: 'faas.coldstart', marks: (value) => (value === 'true' || value === '1' ? MARK.coldStart : 0) },
  { name: 'messaging.operation.type', marks: (value) => MESSAGING[value] ?? 0 },
  { name: 'http.request.resend_count', marks: (value) => (Number(value) > 0 ? MARK.resent : 0) },
];

/** Every name of an attribute that a mark depends on. */
export const MARKING_NAMES: readonly string[] = RULES.flatMap(({ name }) => namesOf(name));

export function marksOf(attributes: Attributes): number {
  let marks = 0;
  for (const { name, marks: read } of RULES) {
    const value = canonicalText(attributes, name);
    if (value !== '') marks |= read(value.toLowerCase());
  }
  return marks;
}

/** `true`, `HIT`, `hit from cloudfront`, `expired`; words that CDNs and HTTP caches use as well (RFC 9211). */
function cacheMark(value: string): number {
  if (/^(?:true|1|yes|\w*hit\b)/.test(value)) return MARK.cacheHit;
  return /^(?:false|0|no|none|\w*miss(?:ed)?\b|expired|not[ _-]?found)/.test(value) ? MARK.cacheMiss : 0;
}

const MESSAGING: Readonly<Record<string, number>> = {
  send: MARK.sends,
  receive: MARK.receives,
  poll: MARK.receives,
  process: MARK.processes,
};
