/**
 * How a trace was requested, and how its id relates to that: a store pads or strips an id, and lines with the typed
 * text may name another trace. The reader must know when the answer is about another id.
 */
import { hexOfDatadogId, isDecimalId, mayBeTrace } from '#model/trace/datadog-id.ts';
import { readSearchText, readTraceId, sameTraceId, type TraceReference } from '#model/trace/trace-id.ts';

/** Where the id was found, if it was not typed alone. */
export type Around = 'link' | 'text' | 'message';

/** A person's request for a trace. */
export type AskedReference = TraceReference &
  Readonly<{
    around?: Around;
    /** Nothing was found in the last day: the logs of the week before now are searched. */
    furtherBack?: true;
  }>;

/** `mentioned`: no source has a trace with that id, but log lines that contain it name this one. */
export type AskedFor = Readonly<{ text: string; around?: Around | undefined; isMentioned: boolean }>;

/** The reference in the typed text, and what surrounds it. */
export function readAsked(typed: string): AskedReference | undefined {
  const reference = readTraceId(typed);
  if (reference?.kind !== 'trace') return reference;
  // An imprecise selection includes quotes, brackets, 0x, the hyphens of a UUID: these are no text.
  const bare = typed.replace(/[^0-9a-z]/gi, '').toLowerCase();
  if (bare === reference.id || bare === `0x${reference.id}`) return reference;
  return { ...reference, around: typed.includes('://') ? 'link' : 'text' };
}

/** The same where nothing but a trace is meant: several words are a text to search the logs for. */
export function readAskedText(typed: string): AskedReference | undefined {
  return readAsked(typed) ?? readSearchText(typed);
}

export function askedFor(reference: AskedReference, isMentioned: boolean): AskedFor {
  const text = reference.kind === 'trace' ? reference.id : reference.text;
  return { text, around: reference.kind === 'trace' ? reference.around : undefined, isMentioned };
}

/** The sentence for a trace with another id than the requested one; '' where it is the same. */
export function otherIdText({ text, isMentioned }: AskedFor, traceId: string): string {
  if (text.toLowerCase() === traceId.toLowerCase()) return '';
  if (sameTraceId(text, traceId) && !isMentioned) {
    const zeros = traceId.length - text.length;
    const count = Math.abs(zeros) === 1 ? 'a leading zero' : `${Math.abs(zeros)} leading zeros`;
    return `You asked for ${text} (${text.length} digits). This is trace ${traceId}: the same id with ${zeros > 0 ? count : `${count} less`}.`;
  }
  if (!isMentioned && mayBeTrace(text, traceId)) {
    const why = isDecimalId(text)
      ? 'a decimal number is the last half of the id'
      : 'one id is the last half of the other';
    return `You asked for ${text}. This is trace ${traceId}: ${why}.`;
  }
  const form = idFormText(text);
  return `There is no trace ${text}. This is trace ${traceId}: log lines with ${text} name it.${form === '' ? '' : ` ${form}`}`;
}

/** The problem of an id that was meant as a trace id: '' where there is none, or where it looks like something else. */
export function idFormText(id: string): string {
  if (!/^[0-9a-z]{13,40}$/i.test(id) || (id.match(/\d/g)?.length ?? 0) < 4) return '';
  const odd = [...new Set(id.toLowerCase().replace(/[0-9a-f]/g, ''))];
  const isWhole = id.length === 32 || id.length === 16;
  // The words in an order number are no typing mistakes.
  if (odd.length > 1 || (odd.length === 1 && !isWhole)) return '';
  if (odd.length === 1) return `A trace id has only hex digits, 0 to 9 and a to f; this one has ${odd[0]}.`;
  return isWhole ? '' : `A trace id has 32 or 16 hex digits; this one has ${id.length}.${decimalText(id)}`;
}

/** Datadog shows an id of 64 bits as a decimal number. */
function decimalText(id: string): string {
  return isDecimalId(id) ? ` As a decimal number it is ${hexOfDatadogId(id)} in hex.` : '';
}
