/** A change in words: its name, and what an answer lists of it. */
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
export function changeName({ kind, id, text }: Change): string {
  return `${KINDS[kind]} ${shortChangeId(id) || cutLine(text, LONGEST_RIVAL)}`.trim();
}

/** `deploy of stock: 7c41e0b29a`: without the words of people. */
export function changeWithoutText({ kind, service, id }: Readonly<Record<'kind' | 'service' | 'id', string>>): string {
  const whose = service === '' ? kind : `${kind} of ${service}`;
  return id === '' ? whose : `${whose}: ${shortChangeId(id)}`;
}

const LONGEST_RIVAL = 40;
