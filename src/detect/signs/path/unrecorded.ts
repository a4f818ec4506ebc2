/** The first line about time that nothing recorded explains. */
import type { Facts, Headline } from '#model/finding/finding.ts';
import { durationsApart } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';

/** `Something in thumbnailer takes 1.9 s of 2.1 s, and nothing records what` */
export function unrecordedIn(
  service: Facts[string] | undefined,
  us: number,
  { rootUs, reason, meanwhile = '' }: Partial<Facts>,
): Headline {
  const took = `${inWords(service)} takes ${durationsApart(us, Number(rootUs)).join(' of ')}`;
  if (reason !== undefined && reason !== '') return { what: `${took}, while ${String(reason)}` };
  return { what: `Something in ${took}`, unrecorded: `${silent(meanwhile)} what` };
}

/** `meanwhile`: a line or an event of that time, quoted below; it is a record, but no span. */
export function silent(meanwhile: Facts[string]): string {
  return meanwhile === '' ? 'nothing records' : 'no span shows';
}
