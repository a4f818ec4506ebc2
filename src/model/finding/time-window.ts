/** The time in question. Microseconds since the epoch; not finite where nobody named a time. */
export type TimeWindow = Readonly<{
  /** The service in question; empty where only the time was given. */
  service: string;
  fromUs: number;
  toUs: number;
  /** When the problem began, where the requests of the window show it. */
  onsetUs?: number | undefined;
  /** Services that failing lines name as what they called. */
  called?: readonly string[] | undefined;
}>;
