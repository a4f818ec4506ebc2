/** Numbers for sentences: two significant digits. Tables, pictures and JSON keep exact ones. */
import { durationText } from '#model/text/duration.ts';

export function roughDuration(us: number): string {
  return durationText(Number(us.toPrecision(2)));
}
