/** A postmortem that is drafted from what people noted: it began at minute 0, was detected at 20 and declared at 21. */
import type { Incident, TimelineEntry } from '#model/incident/incident.ts';
import type { PostmortemRecord } from '#model/incident/postmortem.ts';
import { postmortemOf } from '#model/incident/postmortem-draft.ts';

export const MINUTE = 60_000_000;
/** Monday, 2025-01-06 14:30 UTC */
export const START = Date.UTC(2025, 0, 6, 14, 30) * 1_000;
const INCIDENT: Incident = {
  id: 'i1',
  workspaceId: 'T1',
  number: 1,
  title: 'Orders fail',
  severity: 'P1',
  status: 'investigating',
  channelId: 'C1',
  declaredBy: 'U0SARAH01',
  declaredUs: START + MINUTE,
  detectedBy: 'employee',
  detection: 'U0SARAH01',
  roles: {},
};

let counted = 0;
/** A note at a minute of the incident. */
export function entry(atMinutes: number, text: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  counted += 1;
  const atUs = START + atMinutes * MINUTE;
  return {
    id: `e${counted}`,
    atUs,
    notedUs: atUs,
    kind: 'note',
    text,
    source: 'U0SARAH01',
    link: '',
    value: '',
    ...more,
  };
}

export const BEGAN = entry(0, 'Impact began', { value: 'impact-start' });
const DETECTED = entry(20, 'Detected', { value: 'detected' });
export const DECLARED = entry(21, 'Declared P1, investigating', { kind: 'status', value: 'investigating' });
export const status = (at: number, value: string, text = '') =>
  entry(at, `investigating → ${value}${text === '' ? '' : `: ${text}`}`, { kind: 'status', value });

/** `said`: the statements of a section, with `<at>` for each instant. */
export function drafted(
  entries: readonly TimelineEntry[],
  more: Partial<PostmortemRecord> = {},
  first: readonly TimelineEntry[] = [BEGAN, DETECTED, DECLARED],
) {
  const draft = postmortemOf({
    incident: INCIDENT,
    entries: [...first, ...entries],
    actionItems: [],
    diagnoses: [],
    similar: [],
    others: 0,
    names: new Map(),
    ...more,
  });
  const said = (title: string) =>
    (draft.sections.find((one) => one.title === title)?.statements ?? []).map(({ words }) =>
      words.map((word) => (typeof word === 'string' ? word : '<at>')).join(''),
    );
  return { ...draft, said };
}
