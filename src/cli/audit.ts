/** `spanhound audit verify`: verifies the audit log and names the first altered entry. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { composeStoreToRead } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';
import { UsageError } from '#core/errors.ts';
import { checkAudit } from '#workflows/check-audit.ts';

/** `knownHead`: the head of an earlier day, stored outside the store. */
export async function verifyAudit(call: Call, knownHead?: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  if (knownHead !== undefined && !/^[0-9a-f]{64}$/i.test(knownHead)) {
    throw new UsageError(
      '--head is not the head of an audit log',
      'A head is the 64 hexadecimal digits that this command prints.',
    );
  }
  const { dataFolder } = loadConfig(call.env, call.options.config);
  const store = await composeStoreToRead(dataFolder);
  if (store === undefined) {
    throw new UsageError(
      `there is no store in ${dataFolder}, so there is no audit log to check`,
      'Set SPANHOUND_DATA to the folder that the bot keeps its data in.',
    );
  }
  const state = await checkAudit(store, knownHead).finally(() => store.close());
  const said = state.ok
    ? `The audit log is intact: ${state.entries} ${entries(state.entries)}.${state.head && ` Head: ${state.head}`}`
    : `The audit log was altered, first at entry ${state.firstTouched}: ${state.problem}. Intact entries before it: ${state.entries}.`;
  await output.write(`${output.form === 'json' ? JSON.stringify(state) : said}\n`);
  return state.ok ? EXIT.done : EXIT.checkFailed;
}

function entries(count: number): string {
  return count === 1 ? 'entry' : 'entries';
}
