/** What changed between two versions of a postmortem, and the list of versions, as text for a terminal. */
import { readableSecond } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

/** `number`: from 1, the oldest first. */
export type Version = Readonly<{
  number: number;
  atUs: number;
  /** What a restore made of it: the words as they were just before, or those of the version with that number. */
  restored?: Readonly<{ part: 'before' | 'after'; number: number }> | undefined;
}>;

/** `, before version 2 was restored`; '' for a draft that somebody asked for. */
export function restoredText({ restored }: Version): string {
  if (restored === undefined) return '';
  return restored.part === 'before'
    ? `, before version ${restored.number} came back`
    : `, version ${restored.number} again`;
}

/** After `It has`. */
export function knownVersions({ length }: readonly Version[]): string {
  if (length === 0) return 'no version';
  return length === 1 ? 'version 1 alone' : `the versions 1 to ${length}`;
}

export type VersionDifference = Readonly<{ gone: readonly string[]; added: readonly string[] }>;

/** `before`, `after`: the sentences of each version. */
export function versionDifference(before: readonly string[], after: readonly string[]): VersionDifference {
  return { gone: without(before, after), added: without(after, before) };
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line));
}

export function differenceText({ gone, added }: VersionDifference): string {
  if (gone.length + added.length === 0) return 'No sentence changed.\n';
  const lines = [...gone.map((line) => `- ${shown(line)}`), ...added.map((line) => `+ ${shown(line)}`)];
  return `${lines.join('\n')}\n`;
}

export function versionsText(name: string, versions: readonly Version[]): string {
  if (versions.length === 0) return `Nobody has asked for the postmortem of ${name} in Slack yet.\n`;
  return versions
    .map((version) => `${version.number}  ${readableSecond(version.atUs)}${restoredText(version)}\n`)
    .join('');
}
