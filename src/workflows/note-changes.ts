/** Changes that are told of are kept without credentials, and are a source of changes for what goes wrong later. */
import { isoFromUs } from '#core/clock.ts';
import type { ChangeSource } from '#gather/sources.ts';
import type { Change } from '#model/changes/change.ts';
import { redact } from '#model/redaction/redaction.ts';
import { changesBetween, forgetChanges, lastChange, noteChanges } from '#record/changes.ts';
import type { Store } from '#record/store.ts';

/** Longer ago nothing that goes wrong today is looked for. */
const KEPT_US = 90 * 24 * 3_600 * 1_000_000;

/** What is kept, or shown, of a change: nothing that is secret or says who somebody is. */
export function redactedChange(change: Change): Change {
  return {
    ...change,
    text: redact(change.text),
    url: redact(change.url),
    files: change.files.map(redact),
    diff: redact(change.diff),
  };
}

export function changeNoter(store: Store): (changes: readonly Change[]) => Promise<void> {
  return async (changes) => {
    const clean = changes.map(redactedChange);
    await store.transaction(async (tx) => {
      await noteChanges(tx, clean);
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
        const remedy = 'Let a pipeline tell of each deploy at POST /changes, or set up a webhook: docs/changes.md.';
        return { ok: true, detail: 'none was told of yet', remedy };
      }
      const { notedUs, change } = last;
      const what = `${change.kind} of ${change.service || 'nobody named'}`;
      return { ok: true, detail: `the last one came at ${isoFromUs(notedUs)}: ${what}`, remedy: '' };
    },
  };
}
