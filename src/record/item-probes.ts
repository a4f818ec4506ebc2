/**
 * The checks that people set for action items, as entries of the timeline. The newest of an item counts. The value has what
 * the person wrote: `probe=<item>=p99:POST /pay of checkout below 500 ms`.
 */
import { type ActionItem, itemName } from '#model/incident/incident.ts';
import { type ItemProbe, PROBE_KINDS, probeText, probeWritten, readProbe } from '#model/incident/item-probe.ts';
import { redact } from '#model/redaction/redaction.ts';
import type { Tx } from '#record/store.ts';
import { addEntry } from '#record/timeline.ts';

const VALUE = 'probe';

/** Undefined for an entry that says something else; `probe`: undefined where it was taken away. */
export function probeOfEntry(value: string): Readonly<{ itemId: string; probe: ItemProbe | undefined }> | undefined {
  const [what, itemId = '', ...rest] = value.split('=');
  if (what !== VALUE) return undefined;
  const stored = rest.join('=');
  const at = stored.indexOf(':');
  const kind = PROBE_KINDS.find((known) => known === stored.slice(0, at));
  const read = kind && readProbe(kind, stored.slice(at + 1));
  return { itemId, probe: read && 'probe' in read ? read.probe : undefined };
}

export type ProbeChange = Readonly<{
  item: Pick<ActionItem, 'id' | 'incidentId' | 'number'>;
  /** The key of the request: a second one changes nothing. */
  key: string;
  /** Undefined to take the check away. */
  probe: ItemProbe | undefined;
  by: string;
}>;

/** False if the request was carried out already. */
export async function setItemProbe(tx: Tx, { item, key, probe, by }: ProbeChange): Promise<boolean> {
  const name = itemName(item);
  return await addEntry(tx, {
    incidentId: item.incidentId,
    key: `item-probe:${key}`,
    atUs: tx.nowUs,
    kind: 'action',
    text: probe === undefined ? `${name} has no check any more` : `${name} has a check: ${probeText(probe)}`,
    source: by,
    link: '',
    value: `${VALUE}=${item.id}=${probe === undefined ? '' : `${probe.kind}:${redact(probeWritten(probe))}`}`,
  });
}
