/**
 * Ids of traces and spans in the forms of stores: hex in either case, with or without leading zeros, and base64 where a
 * store prints protobuf's bytes as JSON. Shown as received; compared in one form.
 */

/** 8 or 16 bytes. The padding is required: without it, many words would be ids. */
const BASE64 = /^(?:[A-Za-z0-9+/_-]{11}=|[A-Za-z0-9+/_-]{22}==)$/;

/** In any case, and as a UUID. */
const HEX = /^[0-9a-f-]*$/i;

/** Lower-case hex. Anything but hex or a base64 id stays unchanged: unpadded base64 depends on case. */
export function hexId(id: string): string {
  if (HEX.test(id)) return id.toLowerCase();
  if (!id.endsWith('=') || !BASE64.test(id)) return id;
  const bytes = atob(id.replaceAll('-', '+').replaceAll('_', '/'));
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

/** A trace id with 32 digits. Equal for all forms of one id. */
export function fullTraceId(id: string): string {
  return hexId(id).padStart(32, '0');
}

/** Without leading zeros. Equal for all forms of one id of a trace or a span. */
export function comparableId(id: string): string {
  return hexId(id).replace(/^0+(?=[0-9a-f])/, '');
}

/** Empty or only zeros: how some senders write a missing id. */
export function isNoId(id: string): boolean {
  return /^0*$/.test(hexId(id));
}

const ID_ALONE = /^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Whether somebody gave the id of a trace where a file or a body was expected. */
export function isIdAlone(text: string): boolean {
  return ID_ALONE.test(text);
}

/** What to do with such an id. */
export function lookUpText(id: string): string {
  return `To look up an id in the configured stores: spanhound trace ${id}`;
}
