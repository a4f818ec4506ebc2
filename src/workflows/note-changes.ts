/** Changes that are told of are kept without credentials, and are a source of changes for what goes wrong later. */
import type { ChangeSource } from '#gather/sources.ts';
import type { Change } from '#model/change.ts';
import { redact } from '#model/redaction.ts';
import { changesBetween, forgetChanges, noteChanges } from '#record/changes.ts';
import type { Store } from '#record/store.ts';

/** Longer ago nothing that goes wrong today is looked for. */
const KEPT_US = 90 * 24 * 3_600 * 1_000_000;

export function changeNoter(store: Store): (changes: readonly Change[]) => Promise<void> {
  return async (changes) => {
    const clean = changes.map((change) => ({
      ...change,
      text: redact(change.text),
      url: redact(change.url),
      files: change.files.map(redact),
      diff: redact(change.diff),
    }));
    await store.transaction(async (tx) => {
      await noteChanges(tx, clean);
      await forgetChanges(tx, tx.nowUs - KEPT_US);
    });
  };
}

export function storedChanges(store: Store): ChangeSource {
  return {
    name: 'changes',
    async openChanges({ services, fromUs, toUs }) {
      const changes = await changesBetween(store, { services, fromUs, toUs });
      const told = changes.map(({ atUs, ...change }) => ({ at: new Date(atUs / 1_000).toISOString(), ...change }));
      const text = `changes of ${services.join(', ') || 'every service'}`;
      return { source: 'changes', format: 'auto', query: { text, url: '' }, chunks: once(JSON.stringify(told)) };
    },
  };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
