/**
 * The name of an operation without what differs from request to request, where its path was not named by a route:
 *
 *   GET /products/P17/reviews?page=2   →   GET /products/{}/reviews
 */

/** `v2` is a part of the route. */
const VERSION = /^v\d{1,2}$/i;

export function operationTemplate(operation: string): string {
  const at = operation.indexOf('/');
  if (at < 0 || !/[\d?]/.test(operation)) return operation;
  const path = operation.slice(at).split(/[?#]/, 1)[0] ?? '';
  return operation.slice(0, at) + path.split('/').map(segmentTemplate).join('/');
}

/** `17`, `P17`, `SKU-0017`, `order-17.json`, a UUID; not `endpoint1` or `oauth2`, which are words. */
function segmentTemplate(segment: string): string {
  if (!/\d/.test(segment) || VERSION.test(segment) || /^[{<:]/.test(segment)) return segment;
  const isNumbered = /^[a-z]{0,3}\d|[-_.:=]\d+(?:\.\w+)?$/i.test(segment);
  const digits = segment.replace(/\D/g, '').length;
  const isHex = segment.length >= 8 && /^[0-9a-f-]+$/i.test(segment);
  return isNumbered || isHex || digits * 2 >= segment.length ? '{}' : segment;
}

/** The last word of a path: what it is that is asked for. Empty where there is no path. */
export function resourceName(operation: string): string {
  const at = operation.indexOf('/');
  if (at < 0) return '';
  const words = operationTemplate(operation.slice(at))
    .split('/')
    .filter((segment) => /^[a-z][\w-]*$/i.test(segment) && !VERSION.test(segment));
  return words.at(-1) ?? '';
}
