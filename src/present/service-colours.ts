/** Colours by which services are told apart in pictures; never the only thing that tells. */
/** Okabe and Ito's colours, lightened where needed so that dark lines and marks stand out on each. */
const SERVICE_COLOURS = ['#56b4e9', '#e6a532', '#4fb894', '#d99abf', '#8f9fd6', '#e3d65b', '#d98a5b', '#9db7c4'];

/** What belongs to no one service. */
export const FOLDED = '#c9c9c9';

/** By order of appearance, so that the services that a reader meets first differ the most; no name has none. */
export function serviceColours(services: readonly string[]): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  for (const service of services) {
    if (service === '' || colours.has(service)) continue;
    colours.set(service, SERVICE_COLOURS[colours.size % SERVICE_COLOURS.length] ?? FOLDED);
  }
  return colours;
}
