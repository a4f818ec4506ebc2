/** A time that somebody asks about. Microseconds since the epoch; none that is finite where nobody said. */
export type TimeWindow = Readonly<{
  /** Whose trouble it is; empty where the time was asked about, whoever worked then. */
  service: string;
  fromUs: number;
  toUs: number;
}>;
