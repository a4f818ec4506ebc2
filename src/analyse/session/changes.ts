/** The changes (deploys, settings, flags) of a session. */
import { decoded, type OpenBody } from '#analyse/session/body-reader.ts';
import type { SessionGaps } from '#analyse/session/gaps.ts';
import type { KeptBodies } from '#analyse/session/kept-bodies.ts';
import { changesBody } from '#decode/changes-json.ts';
import type { Change } from '#model/changes/change.ts';
import type { EvidenceFile } from '#model/incident/case.ts';

export type SessionChanges = Readonly<{
  open: OpenBody;
  /** Undefined if no source was queried. */
  all(): readonly Change[] | undefined;
  /** The files of the case, if credentials were removed from one of them. */
  restOn(files: readonly EvidenceFile[]): void;
  close(): void;
}>;

export function sessionChanges(gaps: SessionGaps, kept: KeptBodies): SessionChanges {
  let changes: readonly Change[] | undefined;
  return {
    open(head) {
      const { source } = head;
      const body = changesBody(source);
      const evidence = kept.begin(head);
      return {
        push(chunk) {
          body.push(chunk);
          evidence.push(chunk);
        },
        end() {
          const { changes: found, unread } = body.end();
          const all = found.length + unread;
          if (unread > 0) {
            const problem = `${unread} of ${all} changes cannot be read`;
            gaps.add({ source, problem, consequence: 'they were not considered as the cause' });
          }
          changes = [...(changes ?? []), ...found];
          evidence.keep();
          return { items: found.length };
        },
      };
    },
    all: () => changes,
    restOn(files) {
      changes = files.flatMap(({ source, bytes }) => decoded(changesBody(source), bytes).changes);
    },
    close() {
      changes = undefined;
    },
  };
}
