/**
 * Answers that fail because what another version put into a cache, a session or a queue cannot be read.
 *
 *   bunks v1   GET /nights ✗ InvalidClassException: local class incompatible     ← v2 wrote it
 *   bunks v2   GET /nights ✗ InvalidClassException: local class incompatible     ← v1 wrote it
 *
 * Both versions fail as often, and the release is the reason all the same.
 */
import type { VersionAnswer } from '#detect/signs/versions/version-counts.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';

/**
 * Java (java.io.InvalidClassException), Spring's and Hazelcast's serializers, Kryo, Python's pickle, Ruby's Marshal, PHP's
 * unserialize, Go's gob, Jackson's type ids, Json.NET, Protocol Buffers' `Any`.
 */
const UNREADABLE =
  /\bInvalidClassException\b|\bserialVersionUID\b|\blocal class incompatible\b|\b(?:Hazelcast)?SerializationFailedException\b|\bHazelcastSerializationException\b|\bfailed to deserialize payload\b|\bunregistered class ID\b|\bUnpicklingError\b|\bunsupported pickle protocol\b|\bmarshal data too short\b|\bincompatible marshal file format\b|\bunserialize\(\): error at offset\b|__PHP_Incomplete_Class\b|\bCan['’]t get attribute ['"][\w.]{1,160}['"] on <?module\b|\bundefined class\/module\b|\bunable to find class: [\w.$]{2,160}|\bgob: (?:name not registered for interface|type mismatch|unknown type id)\b|\bCould not resolve type id ['"]|\bError resolving type specified in JSON\b|\btype\.googleapis\.com\/[\w.]{1,160}["']?: ["']?not found/i;

/** The span of the answer, or one below it in the same service, says so. */
export function readsOtherForm({ trace, span, failed }: VersionAnswer): boolean {
  if (!failed) return false;
  const waiting = [span];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (trace.failed(one) && failureTexts(trace, one, NO_LINES).some(({ text }) => UNREADABLE.test(text))) return true;
    waiting.push(...trace.children(one).filter((child) => trace.isOfOneService(span, child)));
  }
  return false;
}
