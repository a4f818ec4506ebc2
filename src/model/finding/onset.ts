/** Instants in microseconds since the epoch, `why` a clause for people. */

/** When trouble began, as the requests show it: an alert comes minutes later. */
export type Onset = Readonly<{
  atUs: number;
  /** What changed: requests that failed, failures inside of requests, or how long requests took. */
  signal: 'failures' | 'errors' | 'latency';
  why: string;
}>;

/** The time with which a window is compared, and why this one. */
export type HealthyTime = Readonly<{ fromUs: number; toUs: number; why: string }>;
