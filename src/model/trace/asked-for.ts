/**
 * How a trace was asked for, and how its id stands to that: a store pads an id or strips it, and lines that hold what was
 * typed may name another trace. Nobody should read the answer to another question without a word.
 */
import { readTraceId, sameTraceId, type TraceReference } from '#model/trace/trace-id.ts';

/** Where the id stood, if it was not typed by itself. */
export type Around = 'link' | 'text' | 'message';

/** What a person asked for. */
export type AskedReference = TraceReference & Readonly<{ around?: Around }>;

/** `mentioned`: no source has a trace of it, and log lines that hold it name this one. */
export type AskedFor = Readonly<{ text: string; around?: Around | undefined; isMentioned: boolean }>;

/** What the typed text names, and what stands around it. */
export function readAsked(typed: string): AskedReference | undefined {
  const reference = readTraceId(typed);
  if (reference?.kind !== 'trace') return reference;
  // What a hasty selection takes along is no text: quotes, brackets, 0x, the hyphens of a UUID.
  const bare = typed.replace(/[^0-9a-z]/gi, '').toLowerCase();
  if (bare === reference.id || bare === `0x${reference.id}`) return reference;
  return { ...reference, around: typed.includes('://') ? 'link' : 'text' };
}

export function askedFor(reference: AskedReference, isMentioned: boolean): AskedFor {
  const text = reference.kind === 'trace' ? reference.id : reference.text;
  return { text, around: reference.kind === 'trace' ? reference.around : undefined, isMentioned };
}

/** The sentence for a trace whose id is not the one that was asked for; '' where it is that. */
export function otherIdText({ text, isMentioned }: AskedFor, traceId: string): string {
  if (text.toLowerCase() === traceId.toLowerCase()) return '';
  if (sameTraceId(text, traceId) && !isMentioned) {
    const zeros = traceId.length - text.length;
    const count = Math.abs(zeros) === 1 ? 'a leading zero' : `${Math.abs(zeros)} leading zeros`;
    return `You asked for ${text} (${text.length} digits). This is trace ${traceId}: the same id with ${zeros > 0 ? count : `${count} less`}.`;
  }
  const form = idFormText(text);
  return `There is no trace ${text}. This is trace ${traceId}: log lines with ${text} name it.${form === '' ? '' : ` ${form}`}`;
}

/** What is wrong with the form of an id that was meant as a trace's: '' where nothing is, or it is none by its look. */
export function idFormText(id: string): string {
  if (!/^[0-9a-z]{13,40}$/i.test(id) || (id.match(/\d/g)?.length ?? 0) < 4) return '';
  const odd = [...new Set(id.toLowerCase().replace(/[0-9a-f]/g, ''))];
  const isWhole = id.length === 32 || id.length === 16;
  // Words of an order's number are no typing mistakes.
  if (odd.length > 1 || (odd.length === 1 && !isWhole)) return '';
  if (odd.length === 1) return `A trace id has only hex digits, 0 to 9 and a to f; this one has ${odd[0]}.`;
  return isWhole ? '' : `A trace id has 32 or 16 hex digits; this one has ${id.length}.${decimalText(id)}`;
}

/** Datadog shows an id of 64 bits as a decimal number. */
function decimalText(id: string): string {
  const value = /^\d{17,20}$/.test(id) ? BigInt(id) : 0n;
  if (value === 0n || value >= 2n ** 64n) return '';
  return ` As a decimal number it is ${value.toString(16).padStart(16, '0')} in hex.`;
}
