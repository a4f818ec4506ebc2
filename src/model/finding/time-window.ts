/** A time that somebody asks about. Microseconds since the epoch; none that is finite where nobody said. */
export type TimeWindow = Readonly<{
  /** Whose trouble it is; empty where the time was asked about, whoever worked then. */
  service: string;
  fromUs: number;
  toUs: number;
  /** When trouble began, where the requests of that time show it. */
  onsetUs?: number | undefined;
}>;
