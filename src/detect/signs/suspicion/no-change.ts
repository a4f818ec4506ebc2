/** What speaks against every change: data, a stranger, an expiry, more requests or a machine explain it as well. */
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { CERTIFICATE_EXPIRED } from '#model/instruments/certificate-words.ts';

/** The score of the claim that no change is the cause. */
export function scoreOfNone({ complaint, isLoad }: ChangeSymptoms): number {
  if (complaint !== undefined && complaint.record !== '') return ONE_RECORD;
  if (complaint !== undefined && complaint.outsider !== '') return AN_OUTSIDER;
  if (complaint !== undefined && saysExpired(complaint.text)) return EXPIRY;
  if (complaint?.kinds.has('read-only')) return A_FAILOVER;
  if (isLoad) return MORE_LOAD;
  return complaint?.isOfNode ? OF_A_NODE : 1;
}

/** Nearly all lines name the same record: its data is bad. Changed code would fail on other records, too. */
const ONE_RECORD = 4;
/** A host outside of these services fails. */
const AN_OUTSIDER = 3;
/** Certificates, passwords and licences expire without a change. */
const EXPIRY = 3;
const EXPIRED =
  /\b(?:certificate|licen[cs]e|password|subscription|key|secret)s? (?:has |have |is |are )?expired|expired (?:certificate|licen[cs]e)/;
function saysExpired(text: string): boolean {
  return EXPIRED.test(text) || CERTIFICATE_EXPIRED.test(text);
}

/** A replica took over by itself, and clients still write to the old one. */
const A_FAILOVER = 2;
/** More than twice as many requests arrive. */
const MORE_LOAD = 3;
/** The node reports a problem, not only the service. */
const OF_A_NODE = 2;
