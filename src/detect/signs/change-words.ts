/** A suspect change in words: its name, its time, and why others are set aside. */
import type { AlikeVersions } from '#detect/signs/alike-versions.ts';
import type { Suspicion } from '#detect/signs/change-suspicion.ts';
import { type Change, shortChangeId } from '#model/changes/change.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { clockText } from '#model/logs/log-times.ts';
import { cutLine } from '#model/text/cut-text.ts';

export const KINDS: Readonly<Record<Change['kind'], string>> = {
  deploy: 'deploy',
  commit: 'commit',
  config: 'setting',
  scale: 'scaling',
  flag: 'flag',
  migration: 'migration',
};

export const LONGEST_TEXT = 120;

export function shownChange({ atUs, kind, service, text, id, url }: Change): EvidenceItem {
  const at = clockText(`${Math.round(atUs)}000`);
  const shown = `${at} ${KINDS[kind]} of ${service || 'nobody named'}: ${cutLine(text, LONGEST_TEXT) || shortChangeId(id)}`;
  return { kind: 'change', ref: id || at, text: shown, url };
}

/** `deploy 4f2a1c`, or what its text says where it has no id. */
export function nameOf({ kind, id, text }: Change): string {
  return `${KINDS[kind]} ${shortChangeId(id) || cutLine(text, LONGEST_RIVAL)}`.trim();
}

const LONGEST_RIVAL = 40;

/** `Set aside: deploy 4f2a1c of web: it changes only texts, tests or styles` */
export function setAside(
  { change, gapUs, reasons, isHarmless, isRearranged }: Suspicion,
  alike?: AlikeVersions,
): string {
  const { service } = change;
  const why =
    (alike && alikeText(alike)) ||
    (isHarmless && 'it changes only texts, tests or styles') ||
    (isRearranged && 'it only moves code') ||
    (gapUs < 0 && 'it came after the problem began') ||
    (reasons.length === 0 && 'nothing in it fits') ||
    'it fits less';
  return `Set aside: ${nameOf(change)}${service === '' ? '' : ` of ${service}`}: ${why}`;
}

function alikeText({ change, how, text }: AlikeVersions): string {
  return `old pods of ${change.service} ${how} the new ones: ${text}`;
}

export function gapText(us: number): string {
  const seconds = Math.round(us / 1_000_000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
