/** `12 %`; `share`: between 0 and 1. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
