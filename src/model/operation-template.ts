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

/** Ids hold a digit; words of a route seldom do. */
function segmentTemplate(segment: string): string {
  return /\d/.test(segment) && !VERSION.test(segment) && !/^[{<:]/.test(segment) ? '{}' : segment;
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
