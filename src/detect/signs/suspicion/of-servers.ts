/** Whether a change is of a server that is under strain, or that fails what asks it, by any of its names. */
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';

/** Shorter names are parts of many words. */
const SHORTEST = 4;

export function isOfServers(
  { servers }: Pick<ChangeSymptoms, 'servers'>,
  { service, kind, id, text, files, diff }: Change,
): boolean {
  if (servers === undefined || servers.size === 0 || (kind !== 'config' && kind !== 'scale' && kind !== 'deploy'))
    return false;
  const isOfPlatform = kind === 'config';
  const said = [service, ...(isOfPlatform ? [id, text, ...files] : []), ...(service === '' ? [diff] : [])].join('\n');
  const words = new Set(said.toLowerCase().match(/[a-z][a-z\d]{1,60}/g));
  return [...servers].some((name) => isNamed(name.toLowerCase(), service.toLowerCase(), words));
}

/** `hoof-vttablet-101`: all its words, without its number. */
function isNamed(name: string, service: string, words: ReadonlySet<string>): boolean {
  if (name.length < SHORTEST) return false;
  const parts = name.match(/[a-z][a-z\d]{1,60}/g) ?? [];
  return name === service || (parts.length > 0 && parts.every((part) => words.has(part)));
}

/** `orders-5`: a partition of the topic `orders`. */
const PARTITION = /^-\d{1,5}(?![\w-])/;
const LONGEST_NUMBER = 8;

/** The failure says the name of the server or the topic whose configuration changed: `vttablet: rpc error: …`. */
export function namesServer(complaint: ChangeSymptoms['complaint'], { service, kind }: Change): boolean {
  if (complaint === undefined || kind !== 'config' || service.length < SHORTEST) return false;
  const at = complaint.text.indexOf(service.toLowerCase());
  const isPart = (place: number) => /[\w-]/.test(complaint.text[place] ?? ' ');
  const end = at + service.length;
  return (
    at >= 0 && !isPart(at - 1) && (!isPart(end) || PARTITION.test(complaint.text.slice(end, end + LONGEST_NUMBER)))
  );
}
