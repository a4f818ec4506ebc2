/** One series of a metric: the same in a case's `metrics.json` and in an answer of Prometheus. */
export type Series = Readonly<{
  name: string;
  labels: Readonly<Record<string, string>>;
  /** Microseconds since the epoch, rising. */
  atUs: Float64Array;
  values: Float64Array;
}>;

/** The values in `[fromUs, toUs)`. */
export function valuesIn({ atUs, values }: Series, fromUs: number, toUs: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < atUs.length; at += 1) {
    const us = atUs[at] ?? 0;
    const value = values[at] ?? Number.NaN;
    if (us >= fromUs && us < toUs && !Number.isNaN(value)) found.push(value);
  }
  return found;
}
