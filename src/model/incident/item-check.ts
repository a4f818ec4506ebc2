/**
 * The check of an action item: the request of the diagnosis is traced again. It proves only the remedy of the verdict
 * itself, so only the item that comes from that remedy has a check.
 */
import { type ActionItem, itemName, proposedItemId, type TimelineEntry } from '#model/incident/incident.ts';

const CHECK_OUTCOMES = ['gone', 'there', 'unsure'] as const;

export type ItemCheck = NonNullable<ActionItem['check']>;

/** The id of the proposal to do what a finding advises. */
export function remedyProposal(detector: string, service: string): string {
  const names = [detector, service].map((name) => encodeURIComponent(name.slice(0, NAME_CHARS).toWellFormed()));
  return [...REMEDY, ...names].join('-');
}

/** An id takes this much of a service’s name. */
const NAME_CHARS = 60;
const REMEDY = ['prevent', 'remedy'];

/** Whether the item does what this finding advises. */
export function isRemedyOf(
  { id, incidentId }: Pick<ActionItem, 'id' | 'incidentId'>,
  finding: Readonly<{ kind: string; service: string }>,
): boolean {
  return id === proposedItemId(incidentId, remedyProposal(finding.kind, finding.service));
}

/** The content of the entry in the timeline that keeps the answer. */
export function checkEntry(
  item: Pick<ActionItem, 'id' | 'number'>,
  { outcome, text }: ItemCheck,
): Pick<TimelineEntry, 'text' | 'value'> {
  return { text: `${itemName(item)} checked: ${text}`, value: `${VALUE}${outcome}=${item.id}` };
}

/** Undefined for an entry that says something else. */
export function checkOfEntry({ text, value }: Pick<TimelineEntry, 'text' | 'value'>): ItemCheck | undefined {
  const outcome = CHECK_OUTCOMES.find((known) => value.startsWith(`${VALUE}${known}=`));
  return outcome && { outcome, text: text.replace(/^A\d+ checked: /, '') };
}

const VALUE = 'checked-';
