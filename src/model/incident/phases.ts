/**
 * The phases of an incident, as its timeline shows them. A phase begins with a milestone, and ends where the next begins.
 *
 *   before ── began ── detected ── confirmed ── mitigated ── resolved
 *                         ▲            │            │           │
 *                         └─ again ◄───┴────────────┴───────────┘   somebody sets it back to investigating
 */
import { hypothesisStep } from '#model/incident/hypothesis-board.ts';
import {
  declaredSeverity,
  type Incident,
  impactBeganUs,
  knownSinceUs,
  type Status,
  type TimelineEntry,
  wasTried,
  wordsOfStatus,
} from '#model/incident/incident.ts';
import { isOfMitigation } from '#model/incident/mitigation.ts';

export const PHASE_NAMES = {
  before: 'Before',
  began: 'Began',
  detected: 'Detected',
  again: 'Investigating again',
  confirmed: 'Confirmed',
  mitigated: 'Mitigated',
  resolved: 'Resolved',
} as const;

export type PhaseId = keyof typeof PHASE_NAMES;

export type Phase = Readonly<{
  id: PhaseId;
  /** Microseconds since the epoch: the time of its first entry. */
  atUs: number;
  /** Where the next one begins; undefined for the last one. */
  untilUs: number | undefined;
  /** At least one. */
  entries: readonly TimelineEntry[];
}>;

const PHASE_OF: Readonly<Record<Status, PhaseId>> = {
  investigating: 'again',
  identified: 'confirmed',
  mitigated: 'mitigated',
  fixed: 'mitigated',
  resolved: 'resolved',
};

/** `entries`: in the order of events. Phases without an entry are missing. */
export function phasesOf(incident: Incident, entries: readonly TimelineEntry[]): readonly Phase[] {
  const impactUs = impactBeganUs(incident, entries) ?? Number.POSITIVE_INFINITY;
  const knownUs = knownSinceUs(incident, entries);
  const phases: { id: PhaseId; entries: TimelineEntry[] }[] = [];
  let id: PhaseId = 'before';
  for (const entry of entries) {
    if (id === 'before' && entry.atUs >= impactUs) id = 'began';
    if ((id === 'before' || id === 'began') && entry.atUs >= knownUs) id = 'detected';
    id = phaseAt(entry, id);
    if (phases.at(-1)?.id === id) phases.at(-1)?.entries.push(entry);
    else phases.push({ id, entries: [entry] });
  }
  const beginUs = (at: number) => phases[at]?.entries[0]?.atUs;
  return phases.map((phase, at) => ({ ...phase, atUs: beginUs(at) ?? 0, untilUs: beginUs(at + 1) }));
}

/** Statuses of merged incidents begin no phase of this one. */
function phaseAt(entry: TimelineEntry, before: PhaseId): PhaseId {
  if (entry.kind !== 'status' || entry.from !== undefined || !isStatus(entry.value)) return before;
  const phase = PHASE_OF[entry.value];
  if (phase !== 'again') return phase;
  return before === 'before' || before === 'began' || before === 'detected' ? before : 'again';
}

function isStatus(value: string): value is Status {
  return Object.hasOwn(PHASE_OF, value);
}

/** What people look for first in a phase that is over; of two alike, the earlier. */
export function mostImportant(entries: readonly TimelineEntry[]): TimelineEntry | undefined {
  return importantOf(entries, 1)[0];
}

/** The most important ones, in the order of events. */
export function importantOf(entries: readonly TimelineEntry[], count: number): readonly TimelineEntry[] {
  const kept = new Set(entries.toSorted((a, b) => rank(a) - rank(b)).slice(0, count));
  return entries.filter((entry) => kept.has(entry));
}

const RANKS: readonly ((entry: TimelineEntry) => boolean)[] = [
  (entry) => entry.kind === 'status' && isStep(entry) && wordsOfStatus(entry) !== '',
  ({ kind }) => kind === 'diagnosis',
  isOfMitigation,
  ({ kind }) => kind === 'severity',
  ({ kind, value }) => kind === 'alert' && value !== 'resolved',
  ({ kind }) => kind === 'change',
  ({ kind }) => kind === 'finding',
  ({ kind, value }) => kind === 'update' && value === '',
  (entry) => entry.kind === 'status' && isStep(entry),
  wasTried,
  (entry) => hypothesisStep(entry) !== undefined,
  ({ kind, value }) => kind === 'note' && value === '',
  ({ kind }) => kind === 'message' || kind === 'metric' || kind === 'image',
];

function rank(entry: TimelineEntry): number {
  const at = RANKS.findIndex((isOf) => isOf(entry));
  return at === -1 ? RANKS.length : at;
}

function isStep(entry: TimelineEntry): boolean {
  return declaredSeverity(entry) === undefined;
}
