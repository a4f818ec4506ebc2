/** Takes a person or a trace out of the action items. The log gets the digests of what is left. */
import type { ForgetScope } from '#record/forget-scope.ts';
import { rowsMentioning } from '#record/mentioning-rows.ts';
import { FORGOTTEN_TEXT, type Mentions } from '#record/mentions.ts';
import { itemDigest } from '#record/row-digests.ts';
import type { Schema } from '#record/schema.ts';
import { auditForgotten, type SignedBy } from '#record/signed-entries.ts';
import type { Tx } from '#record/store.ts';

type ItemRow = Schema['action_items'];

/** Returns how many items were changed. */
export async function forgetInItems(tx: Tx, { mentions, personId }: ForgetScope, by: SignedBy): Promise<number> {
  if (mentions === undefined) return 0;
  const columns = ['text', 'owner', 'created_by'] as const;
  const found = await rowsMentioning(tx, mentions, { table: 'action_items', columns });
  for (const row of found as unknown as readonly ItemRow[]) {
    const left = { ...withoutMentions(row, mentions, personId), salt: tx.newId() };
    await tx.db.updateTable('action_items').set(left).where('id', '=', row.id).execute();
    await auditForgotten(tx, by, row, {
      action: 'action-item.forgotten',
      detail: { id: row.id, digest: itemDigest(left) },
    });
  }
  return found.length;
}

/** What the person wrote goes as a whole. */
function withoutMentions(row: ItemRow, mentions: Mentions, personId: string | undefined): ItemRow {
  const isOwn = personId !== undefined && row.created_by === personId;
  return {
    ...row,
    text: isOwn ? FORGOTTEN_TEXT : mentions.without(row.text),
    owner: isOwn ? '' : mentions.without(row.owner),
    created_by: mentions.without(row.created_by),
  };
}
