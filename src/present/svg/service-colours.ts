/** Colours for services in pictures. Colour is never the only sign. */
/** Okabe and Ito's colours, lightened where needed so that dark lines and marks stand out on each. */
const SERVICE_COLOURS = ['#56b4e9', '#e6a532', '#4fb894', '#d99abf', '#8f9fd6', '#e3d65b', '#d98a5b', '#9db7c4'];

/** For rows of no single service. */
export const FOLDED = '#c9c9c9';

/** By order of appearance, so that the first services differ most. An empty name has no colour. */
export function serviceColours(services: readonly string[]): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  for (const service of services) {
    if (service === '' || colours.has(service)) continue;
    colours.set(service, SERVICE_COLOURS[colours.size % SERVICE_COLOURS.length] ?? FOLDED);
  }
  return colours;
}
