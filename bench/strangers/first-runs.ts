/** The first run of each round. Never improved: later runs of a round only show regressions. */
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

/** The first runs of the rounds of single requests. */
export const FIRST_RUNS: readonly FirstRun[] = [
  { round: 'requests-1', cases: 110, right: 93, wrongAndSure: 13, healthy: 27, blamed: 7 },
  { round: 'requests-2', cases: 160, right: 133, wrongAndSure: 20, healthy: 73, blamed: 16, headlines: 23 },
  { round: 'requests-3', cases: 160, right: 148, wrongAndSure: 9, healthy: 88, blamed: 3, headlines: 15 },
  { round: 'requests-4', cases: 150, right: 146, wrongAndSure: 3, healthy: 83, blamed: 1, headlines: 6 },
  { round: 'requests-5', cases: 244, right: 229, wrongAndSure: 6, healthy: 87, blamed: 4, headlines: 1 },
  { round: 'requests-6', cases: 160, right: 159, wrongAndSure: 0, healthy: 69, blamed: 0, headlines: 0 },
  { round: 'requests-7', cases: 206, right: 188, wrongAndSure: 7, healthy: 99, blamed: 2, headlines: 4 },
  { round: 'requests-8', cases: 231, right: 221, wrongAndSure: 6, healthy: 104, blamed: 2, headlines: 10 },
  { round: 'requests-9', cases: 198, right: 192, wrongAndSure: 5, healthy: 91, blamed: 0, headlines: 5 },
  { round: 'requests-10', cases: 199, right: 185, wrongAndSure: 7, healthy: 88, blamed: 2, headlines: 5 },
  { round: 'requests-11', cases: 177, right: 170, wrongAndSure: 2, healthy: 84, blamed: 0, headlines: 5 },
  { round: 'requests-12', cases: 164, right: 156, wrongAndSure: 6, healthy: 80, blamed: 5, headlines: 14 },
  { round: 'requests-13', cases: 225, right: 206, wrongAndSure: 10, healthy: 111, blamed: 2, headlines: 20 },
  { round: 'requests-14', cases: 200, right: 187, wrongAndSure: 11, healthy: 103, blamed: 0, headlines: 5 },
  { round: 'requests-15', cases: 200, right: 195, wrongAndSure: 4, healthy: 98, blamed: 1, headlines: 3 },
  { round: 'requests-16', cases: 209, right: 202, wrongAndSure: 5, healthy: 102, blamed: 2, headlines: 2 },
  { round: 'requests-17', cases: 325, right: 313, wrongAndSure: 8, healthy: 161, blamed: 2, headlines: 9 },
  { round: 'requests-18', cases: 232, right: 224, wrongAndSure: 5, healthy: 111, blamed: 1, headlines: 7 },
  { round: 'requests-19', cases: 252, right: 236, wrongAndSure: 15, healthy: 112, blamed: 0, headlines: 0 },
  { round: 'requests-20', cases: 251, right: 237, wrongAndSure: 11, healthy: 128, blamed: 4, headlines: 4 },
  { round: 'requests-21', cases: 227, right: 213, wrongAndSure: 14, healthy: 112, blamed: 1, headlines: 1 },
  { round: 'requests-22', cases: 160, right: 143, wrongAndSure: 7, healthy: 74, blamed: 0, headlines: 1 },
  { round: 'requests-23', cases: 156, right: 139, wrongAndSure: 10, healthy: 74, blamed: 2, headlines: 3 },
  { round: 'requests-24', cases: 162, right: 149, wrongAndSure: 8, healthy: 71, blamed: 0, headlines: 4 },
  { round: 'requests-25', cases: 161, right: 145, wrongAndSure: 7, healthy: 68, blamed: 0, headlines: 2 },
  { round: 'requests-26', cases: 199, right: 187, wrongAndSure: 8, healthy: 90, blamed: 4, headlines: 10 },
  { round: 'requests-27', cases: 199, right: 191, wrongAndSure: 4, healthy: 97, blamed: 1, headlines: 2 },
  { round: 'requests-28', cases: 199, right: 195, wrongAndSure: 3, healthy: 93, blamed: 1, headlines: 3 },
  { round: 'requests-29', cases: 186, right: 179, wrongAndSure: 3, healthy: 88, blamed: 2, headlines: 4 },
  { round: 'requests-30', cases: 218, right: 211, wrongAndSure: 6, healthy: 101, blamed: 2, headlines: 6 },
  { round: 'requests-31', cases: 227, right: 217, wrongAndSure: 7, healthy: 105, blamed: 1, headlines: 12 },
  { round: 'requests-32', cases: 230, right: 213, wrongAndSure: 8, healthy: 112, blamed: 2, headlines: 11 },
  { round: 'requests-33', cases: 220, right: 204, wrongAndSure: 11, healthy: 108, blamed: 3, headlines: 7 },
  { round: 'requests-34', cases: 220, right: 200, wrongAndSure: 11, healthy: 100, blamed: 3, headlines: 10 },
  { round: 'requests-35', cases: 237, right: 218, wrongAndSure: 10, healthy: 105, blamed: 3, headlines: 6 },
  { round: 'requests-36', cases: 254, right: 238, wrongAndSure: 8, healthy: 114, blamed: 2, headlines: 7 },
  { round: 'requests-37', cases: 256, right: 233, wrongAndSure: 15, healthy: 114, blamed: 2, headlines: 14 },
  { round: 'requests-38', cases: 256, right: 235, wrongAndSure: 13, healthy: 112, blamed: 2, headlines: 8 },
  { round: 'requests-39', cases: 262, right: 232, wrongAndSure: 23, healthy: 111, blamed: 4, headlines: 15 },
  { round: 'requests-40', cases: 254, right: 242, wrongAndSure: 6, healthy: 107, blamed: 2, headlines: 7 },
  { round: 'requests-41', cases: 255, right: 233, wrongAndSure: 13, healthy: 110, blamed: 4, headlines: 12 },
  { round: 'requests-42', cases: 256, right: 246, wrongAndSure: 5, healthy: 119, blamed: 1, headlines: 6 },
  { round: 'requests-43', cases: 260, right: 245, wrongAndSure: 10, healthy: 122, blamed: 2, headlines: 16 },
  { round: 'requests-44', cases: 233, right: 227, wrongAndSure: 4, healthy: 102, blamed: 1, headlines: 10 },
  { round: 'requests-45', cases: 240, right: 220, wrongAndSure: 16, healthy: 105, blamed: 3, headlines: 10 },
  { round: 'requests-46', cases: 248, right: 227, wrongAndSure: 13, healthy: 108, blamed: 5, headlines: 25 },
  { round: 'requests-47', cases: 250, right: 236, wrongAndSure: 10, healthy: 103, blamed: 1, headlines: 20 },
];

/** The first run of a round of time windows, and of single traces with changes, metrics and pods beside them. */
export const FIRST_WINDOWS: readonly FirstRun[] = [
  { round: 'windows-1, windows', cases: 81, right: 44, wrongAndSure: 33, healthy: 30, blamed: 5, headlines: 2 },
  { round: 'windows-2', cases: 131, right: 93, wrongAndSure: 34, healthy: 64, blamed: 8, headlines: 8 },
  { round: 'windows-3', cases: 132, right: 92, wrongAndSure: 34, healthy: 35, blamed: 1, headlines: 7 },
  { round: 'windows-4', cases: 105, right: 69, wrongAndSure: 29, healthy: 28, blamed: 0, headlines: 6 },
  { round: 'windows-5', cases: 89, right: 65, wrongAndSure: 16, healthy: 29, blamed: 1, headlines: 12 },
  { round: 'windows-6', cases: 100, right: 72, wrongAndSure: 24, healthy: 37, blamed: 5, headlines: 10 },
  { round: 'windows-7', cases: 100, right: 86, wrongAndSure: 10, healthy: 49, blamed: 0, headlines: 1 },
  { round: 'windows-8', cases: 115, right: 103, wrongAndSure: 9, healthy: 46, blamed: 0, headlines: 4 },
  { round: 'windows-9', cases: 82, right: 69, wrongAndSure: 8, healthy: 36, blamed: 0, headlines: 1 },
  { round: 'windows-10', cases: 101, right: 86, wrongAndSure: 13, healthy: 47, blamed: 0, headlines: 0 },
  { round: 'windows-11', cases: 90, right: 72, wrongAndSure: 13, healthy: 43, blamed: 1, headlines: 1 },
  { round: 'windows-12', cases: 72, right: 58, wrongAndSure: 7, healthy: 36, blamed: 0, headlines: 1 },
  { round: 'windows-13', cases: 82, right: 64, wrongAndSure: 13, healthy: 40, blamed: 1, headlines: 2 },
  { round: 'windows-14', cases: 60, right: 35, wrongAndSure: 9, healthy: 17, blamed: 1, headlines: 10 },
  { round: 'windows-15', cases: 84, right: 59, wrongAndSure: 16, healthy: 40, blamed: 0, headlines: 6 },
  { round: 'windows-16', cases: 64, right: 41, wrongAndSure: 12, healthy: 17, blamed: 1, headlines: 6 },
  { round: 'windows-17', cases: 73, right: 53, wrongAndSure: 7, healthy: 21, blamed: 0, headlines: 5 },
  { round: 'windows-18', cases: 77, right: 55, wrongAndSure: 12, healthy: 19, blamed: 0, headlines: 7 },
  { round: 'windows-19', cases: 80, right: 63, wrongAndSure: 7, healthy: 20, blamed: 0, headlines: 4 },
  { round: 'windows-20', cases: 76, right: 51, wrongAndSure: 13, healthy: 19, blamed: 2, headlines: 6 },
  { round: 'windows-21', cases: 76, right: 55, wrongAndSure: 9, healthy: 19, blamed: 0, headlines: 6 },
  { round: 'windows-22', cases: 80, right: 65, wrongAndSure: 6, healthy: 28, blamed: 1, headlines: 6 },
  { round: 'windows-23', cases: 76, right: 54, wrongAndSure: 6, healthy: 27, blamed: 0, headlines: 8 },
  { round: 'windows-24', cases: 78, right: 66, wrongAndSure: 5, healthy: 19, blamed: 1, headlines: 5 },
  { round: 'windows-25', cases: 82, right: 68, wrongAndSure: 5, healthy: 35, blamed: 0, headlines: 7 },
  { round: 'windows-26', cases: 84, right: 74, wrongAndSure: 6, healthy: 34, blamed: 0, headlines: 1 },
  { round: 'windows-27', cases: 84, right: 75, wrongAndSure: 5, healthy: 36, blamed: 0, headlines: 4 },
  { round: 'windows-28', cases: 84, right: 79, wrongAndSure: 3, healthy: 27, blamed: 0, headlines: 0 },
  { round: 'windows-29', cases: 84, right: 74, wrongAndSure: 3, healthy: 26, blamed: 0, headlines: 1 },
  { round: 'windows-30', cases: 84, right: 78, wrongAndSure: 2, healthy: 26, blamed: 0, headlines: 1 },
  { round: 'windows-31', cases: 84, right: 72, wrongAndSure: 8, healthy: 26, blamed: 0, headlines: 1 },
  { round: 'windows-32', cases: 84, right: 77, wrongAndSure: 4, healthy: 26, blamed: 0, headlines: 2 },
  { round: 'windows-33', cases: 84, right: 77, wrongAndSure: 4, healthy: 26, blamed: 0, headlines: 3 },
  { round: 'windows-34', cases: 84, right: 77, wrongAndSure: 6, healthy: 26, blamed: 1, headlines: 3 },
  { round: 'windows-35', cases: 84, right: 78, wrongAndSure: 3, healthy: 24, blamed: 0, headlines: 3 },
  { round: 'windows-36', cases: 84, right: 83, wrongAndSure: 0, healthy: 28, blamed: 0, headlines: 3 },
  { round: 'windows-37', cases: 84, right: 74, wrongAndSure: 5, healthy: 28, blamed: 0, headlines: 3 },
  { round: 'windows-38', cases: 84, right: 73, wrongAndSure: 6, healthy: 29, blamed: 0, headlines: 1 },
  { round: 'windows-39', cases: 88, right: 78, wrongAndSure: 8, healthy: 30, blamed: 0, headlines: 6 },
  { round: 'windows-40', cases: 90, right: 77, wrongAndSure: 4, healthy: 30, blamed: 0, headlines: 0 },
  { round: 'windows-1, traces', cases: 41, right: 34, wrongAndSure: 6, healthy: 9, blamed: 0, headlines: 0 },
];
