/** The complete bodies that become evidence; none if the settings request no evidence. */
import type { KeptBody } from '#analyse/kept-evidence.ts';
import { bySource } from '#analyse/session/by-source.ts';
import type { BodyHead } from '#analyse/session.ts';

type WithHead = KeptBody & Readonly<{ head: BodyHead }>;

export type KeptBodies = Readonly<{
  /** Whether the settings request evidence. */
  areKept: boolean;
  begin(head: BodyHead): Readonly<{
    push(chunk: Uint8Array): void;
    /** Adds a body; without `whole`, the bytes as received. */
    keep(whole?: readonly Uint8Array[]): void;
  }>;
  /** In a fixed order, whichever came first. */
  ofKind(kind: BodyHead['kind']): readonly WithHead[];
  clear(): void;
}>;

export function keptBodies(areKept: boolean): KeptBodies {
  const bodies: WithHead[] = [];
  return {
    areKept,
    begin(head) {
      const { source, sample, query } = head;
      const chunks: Uint8Array[] = [];
      return {
        push(chunk) {
          if (areKept) chunks.push(chunk);
        },
        keep(whole = chunks) {
          if (areKept) bodies.push({ head, source, query: query.text, sample, chunks: whole });
        },
      };
    },
    ofKind: (kind) => bodies.filter(({ head }) => head.kind === kind).sort(bySource),
    clear() {
      bodies.length = 0;
    },
  };
}
