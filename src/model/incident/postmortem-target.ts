/** Places outside that keep a postmortem: a repository, a wiki. Each sends it when a person asks, and updates what it made. */

import type { Tried } from '#model/incident/issue-tracker.ts';
import type { NotPublished } from '#model/incident/status-page.ts';
import type { TargetDocument } from '#model/incident/target-document.ts';

/** `name`: of a file, such as `INC-12-steps.png`; the Markdown refers to it. */
export type TargetPicture = Readonly<{ name: string; alt: string; png: Uint8Array }>;

/** What a target gets: clean and redacted, with nothing that has a meaning there. */
export type TargetDraft = Readonly<{
  /** `INC-12` */
  name: string;
  /** Where the incident was declared: its readers may see everything about it. */
  channelId: string;
  /** One line. */
  title: string;
  /** The whole draft. */
  markdown: string;
  /** The same in parts, for places that have no Markdown. */
  document: TargetDocument;
  pictures: readonly TargetPicture[];
  /** 32 hexadecimal digits that only this incident has: an earlier attempt is found by them. */
  mark: string;
  /** What the target kept last: it names what it made. '' before. */
  remote: string;
  /** An earlier call may have made it. */
  isUncertain: boolean;
  /** The titles of such calls, for a target that finds its pages by their titles: an incident may get another title. */
  earlierTitles: readonly string[];
}>;

export type SentThere = Readonly<{
  /** `acme/ops#12`, as people name it; '' if it has no name. */
  key: string;
  /** '' if the target did not say. */
  url: string;
}>;

export type TriedToSend = Readonly<{ kind: 'done'; value: SentThere }> | NotPublished;

/** Keeps what names the thing that a target made, before the next call: a later attempt gets it as `remote`. */
export type KeepRemote = (remote: string) => Promise<void>;

export type PostmortemTarget = Readonly<{
  /** As people type it: `github`. */
  id: string;
  title: string;
  send(draft: TargetDraft, keep: KeepRemote, signal: AbortSignal): Promise<TriedToSend>;
  /** What is there now, and changes nothing. Missing where people's edits cannot be read back. */
  read?(draft: Pick<TargetDraft, 'name' | 'mark' | 'remote'>, signal: AbortSignal): Promise<Tried<WrittenThere>>;
}>;

export type WrittenThere = Readonly<{
  markdown: string;
  /** What `marksOf` gave when the target wrote there; '' if it was not kept. */
  marks: string;
  /** Kept, it lets the next `send` replace exactly this. */
  remote: string;
}>;

/** What became of a postmortem at a target. */
export type SentPostmortem = Readonly<{
  target: string;
  state: 'queued' | 'sent' | 'refused';
  /** Why it is not there, and what to do; '' otherwise. */
  reason: string;
  key: string;
  url: string;
  askedUs: number;
  /** The last time that it arrived; undefined before. */
  sentUs: number | undefined;
}>;

/** Why a target replaces nothing: people wrote there. `what`: `page`; `advice`: a sentence on what to do. */
export function editedThere(what: string, advice: string): string {
  return `Somebody edited the ${what} since I wrote it, so I changed nothing in it. ${advice}`;
}
