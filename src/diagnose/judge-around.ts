/**
 * Joins the judgement of one request with findings about the time around it: metrics, pods, machines. A finding that
 * explains the first one comes before it. Every other one is listed, and changes nothing.
 */

/** How often a window's finding about a pod, or about another mechanism, is right by itself: see `seen-findings.ts`. */
export const PRECISION = { pod: 0.9, mechanism: 0.6 } as const;
