/**
 * A duration in readable form: three digits and a unit; minutes and hours in two parts. `1.85 s`, `620 ms`, `12 µs`, `2
 * min 5 s`.
 */
export function durationText(us: number): string {
  if (us < 0) return `−${durationText(-us)}`;
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 999_500) return `${threeDigits(us / 1000)} ms`;
  if (us < 59_995_000) return `${threeDigits(us / 1_000_000)} s`;
  const seconds = Math.round(us / 1_000_000);
  if (seconds < 3600) return inTwo(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return inTwo(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

/** Since the beginning of something: `0`, `142 ms`. */
export function momentText(us: number): string {
  return us === 0 ? '0' : durationText(us);
}

function inTwo(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
