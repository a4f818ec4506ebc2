/** The first run of each round of single requests. Never improved: later runs of a round only show regressions. */
export type FirstRun = Readonly<{
  round: string;
  cases: number;
  right: number;
  /** Likely or confirmed, and not right. */
  wrongAndSure: number;
  healthy: number;
  /** Likely or confirmed on a healthy request. */
  blamed: number;
  /** Unsure, but with a first line that sounds like a fault, on a healthy request; not counted in the first round. */
  headlines?: number;
}>;

export const FIRST_RUNS: readonly FirstRun[] = [
  { round: 'requests-1', cases: 110, right: 93, wrongAndSure: 13, healthy: 27, blamed: 7 },
  { round: 'requests-2', cases: 160, right: 133, wrongAndSure: 20, healthy: 73, blamed: 16, headlines: 23 },
  { round: 'requests-3', cases: 160, right: 148, wrongAndSure: 9, healthy: 88, blamed: 3, headlines: 15 },
  { round: 'requests-4', cases: 150, right: 146, wrongAndSure: 3, healthy: 83, blamed: 1, headlines: 6 },
];
