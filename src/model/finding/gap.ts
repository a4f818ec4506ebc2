/** Evidence that could not be read, and the consequence. Shown last in every report and never hidden. */
export type Gap = Readonly<{
  /** `jaeger`, `loki`, or the part of the program that failed. */
  source: string;
  /** What happened: `timed out after 5 s`. */
  problem: string;
  /** What the reader lacks because of it: `log detectors did not run`. */
  consequence: string;
  /** What broke off, so that more may be missing than anybody can see. Missing where nothing did. */
  cutOff?: CutOff;
}>;

/** The log, or the traces with these ids. */
export type CutOff = 'log' | readonly string[];

/** The kind of evidence that was cut off. */
export type MissingPart = 'trace' | 'traces' | 'log';
