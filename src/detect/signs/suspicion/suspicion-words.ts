/** Suspect changes in words: why others are set aside, and how long before the problem one came. */

import type { Suspicion } from '#detect/signs/suspicion/change-suspicion.ts';
import type { AlikeVersions } from '#detect/signs/versions/alike-versions.ts';
import { changeName } from '#model/changes/change-words.ts';

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
  return `Set aside: ${changeName(change)}${service === '' ? '' : ` of ${service}`}: ${why}`;
}

function alikeText({ change, how, text }: AlikeVersions): string {
  return `old pods of ${change.service} ${how} the new ones: ${text}`;
}

export function gapText(us: number): string {
  const seconds = Math.round(us / 1_000_000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
