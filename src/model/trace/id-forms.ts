/**
 * Ids of traces and spans in the forms that stores give them: hex in either case, with or without leading zeros, and
 * base64 where a store prints protobuf's bytes as JSON. Shown as they came; compared in one form.
 */

/** 8 or 16 bytes. The padding is asked for: without it, many a word would be an id. */
const BASE64 = /^(?:[A-Za-z0-9+/_-]{11}=|[A-Za-z0-9+/_-]{22}==)$/;

/** In any case, and as a UUID. */
const HEX = /^[0-9a-f-]*$/i;

/** Lower-case hex. What is neither hex nor an id in base64 stays as it is: base64 without its padding tells cases apart. */
export function hexId(id: string): string {
  if (HEX.test(id)) return id.toLowerCase();
  if (!id.endsWith('=') || !BASE64.test(id)) return id;
  const bytes = atob(id.replaceAll('-', '+').replaceAll('_', '/'));
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

/** The same for every form of one id. */
export function comparableId(id: string): string {
  return hexId(id).replace(/^0+(?=[0-9a-f])/, '');
}

/** Nothing, or zeros alone: how some senders write that there is none. */
export function isNoId(id: string): boolean {
  return /^0*$/.test(hexId(id));
}
