/** Stores reported changes without credentials, and serves them as a source of changes for later problems. */
import { isoFromUs } from '#core/clock.ts';
import type { ChangeSource } from '#gather/sources.ts';
import type { Change } from '#model/changes/change.ts';
import { redact } from '#model/redaction/redaction.ts';
import { changesBetween, forgetChanges, lastChange, noteChanges } from '#record/changes.ts';
import type { Store, Tx } from '#record/store.ts';

/** Changes older than this are not considered for current problems. */
const KEPT_US = 90 * 24 * 3_600 * 1_000_000;

/** The part of a change that is stored or shown: no secrets and no personal data. */
export function redactedChange(change: Change): Change {
  return {
    ...change,
    text: redact(change.text),
    url: redact(change.url),
    files: change.files.map(redact),
    diff: redact(change.diff),
  };
}

/** `then` runs in the transaction that stores them: what begins with a change is stored with it. */
export function changeNoter(
  store: Store,
  then: (tx: Tx, changes: readonly Change[]) => Promise<void> = async () => undefined,
): (changes: readonly Change[]) => Promise<void> {
  return async (changes) => {
    const clean = changes.map(redactedChange);
    await store.transaction(async (tx) => {
      await noteChanges(tx, clean);
      await then(tx, clean);
      await forgetChanges(tx, tx.nowUs - KEPT_US);
    });
  };
}

const NAME = 'changes';

export function storedChanges(store: Store): ChangeSource {
  return {
    name: NAME,
    async findChanges(asked) {
      const changes = await changesBetween(store, asked);
      const text = `changes of ${asked.services.join(', ') || 'every service'}`;
      return { query: { text, url: '' }, changes, warnings: [] };
    },
    async check() {
      const last = await lastChange(store);
      if (last === undefined) {
        const remedy = 'Let a pipeline report each deploy to POST /changes, or set up a webhook: docs/changes.md.';
        return { ok: true, detail: 'none received yet', remedy };
      }
      const { notedUs, change } = last;
      const what = `${change.kind} of ${change.service || 'an unnamed service'}`;
      return { ok: true, detail: `last received at ${isoFromUs(notedUs)}: ${what}`, remedy: '' };
    },
  };
}
