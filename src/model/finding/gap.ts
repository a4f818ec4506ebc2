/** Evidence that could not be had, and what that costs. Shown last in every report and never hidden. */
export type Gap = Readonly<{
  /** `jaeger`, `loki`, or the part of the program that could not do its work. */
  source: string;
  /** What happened: `timed out after 5 s`. */
  problem: string;
  /** What the reader loses by it: `log detectors did not run`. */
  consequence: string;
}>;
