/** Instants in microseconds since the epoch; `why` is a clause for people. */

/** When the problem began, according to the requests: an alert comes minutes later. */
export type Onset = Readonly<{
  atUs: number;
  /** What changed: failed requests, failures inside of requests, or the latency. */
  signal: 'failures' | 'errors' | 'latency';
  why: string;
}>;

/** The baseline of a window, and why this time was chosen. */
export type HealthyTime = Readonly<{ fromUs: number; toUs: number; why: string }>;
