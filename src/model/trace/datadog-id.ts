/**
 * Ids as Datadog writes them: 64 bits as a decimal number, 128 bits as 32 hex digits. Its traces may keep only the last
 * 64 bits of a longer id.
 *
 * https://docs.datadoghq.com/opentelemetry/reference/trace_ids/
 */
import { hexId } from '#model/trace/id-forms.ts';

/** Hex digits of 64 bits. */
const HALF = 16;
const FULL = 32;
/** 128 bits as a decimal number have at most so many digits. */
const MOST_DIGITS = 39;

/** In hex with 16 digits or more. Anything but a decimal number stays as it is: 32 digits are hex. */
export function hexOfDatadogId(id: string): string {
  if (!/^\d+$/.test(id) || id.length === FULL || id.length > MOST_DIGITS) return hexId(id);
  return BigInt(id).toString(16).padStart(HALF, '0');
}

/** The last 64 bits of a hex id as a decimal number. */
export function datadogIdOf(hex: string): string {
  return BigInt(`0x${hexId(hex).slice(-HALF)}`).toString();
}

/** Whether one of two hex ids is the last half of the other, or they are equal. */
export function isHalfOf(a: string, b: string): boolean {
  const [one, other] = [a, b].map((id) => hexId(id).padStart(FULL, '0'));
  if (one === undefined || other === undefined || one.slice(-HALF) !== other.slice(-HALF)) return false;
  return one === other || [one, other].some((id) => /^0+$/.test(id.slice(0, HALF)));
}

/** Whether a store may mean this trace with the id that somebody gave: the same, a half of it, or its decimal number. */
export function mayBeTrace(asked: string, traceId: string): boolean {
  return isHalfOf(asked, traceId) || (isDecimalId(asked) && isHalfOf(hexOfDatadogId(asked), traceId));
}

/** Whether a text of digits is more likely a decimal number of 64 bits than hex: hex has 16 or 32 digits. */
export function isDecimalId(text: string): boolean {
  return /^\d{17,20}$/.test(text) && BigInt(text) > 0n && BigInt(text) < 2n ** 64n;
}
