/** `spanhound retention` and `spanhound hold`: deletes evidence that is past its time, and keeps what must stay. */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { noteRead } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { openStore } from '#cli/store.ts';
import { composeRetention } from '#compose/retention.ts';
import { loadConfig } from '#config/load.ts';
import { isoFromUs } from '#core/clock.ts';
import { UsageError } from '#core/errors.ts';
import { incidentName } from '#model/incident/incident.ts';
import { readableSecond } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';
import { changeHold, type HoldRequest, listHolds } from '#workflows/incidents/hold-incident.ts';

/** For the audit log: anybody who may run this on the machine with the data. */
const ACTOR = 'command line';

export async function retention(call: Call, isTrial: boolean): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = loadConfig(call.env, call.options.config);
  const { traces, logs, metrics, files } = config.retention;
  if (traces + logs + metrics + files === 0) {
    throw new UsageError(
      'no retention is set, so nothing is past its time',
      'Set SPANHOUND_KEEP_TRACES_DAYS, SPANHOUND_KEEP_LOGS_DAYS, SPANHOUND_KEEP_METRICS_DAYS or SPANHOUND_KEEP_FILES_DAYS.',
    );
  }
  const store = await openStore(config);
  const work = await composeRetention(store, config);
  const deleted = await work(isTrial).finally(() => store.close());
  const verb = isTrial ? 'Past their time:' : 'Deleted:';
  const held = deleted.held === 0 ? '' : ` ${deleted.held} more stay because their incident is on hold.`;
  const copies = deleted.copies === 0 ? '' : `, ${deleted.copies} files of messages`;
  const said = `${verb} ${deleted.files} files of ${deleted.cases} cases${copies}.${held}`;
  await output.write(`${output.form === 'json' ? JSON.stringify({ ...deleted, isTrial }) : said}\n`);
  return EXIT.done;
}

export type HoldOptions = Readonly<{ reason?: string; release?: boolean }>;

export async function hold(call: Call, incident: string | undefined, options: HoldOptions): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = loadConfig(call.env, call.options.config);
  const store = await openStore(config);
  try {
    if (incident !== undefined) {
      const isRelease = options.release === true;
      const asked = { incident, by: ACTOR, reason: options.reason ?? '', isRelease };
      const { incident: found, changed } = await changeHold(store, asked);
      const said = `${incidentName(found)} is ${stateAfter(asked, changed)}.`;
      await output.write(
        `${output.form === 'json' ? JSON.stringify({ incident: incidentName(found), held: !isRelease, changed }) : said}\n`,
      );
      return EXIT.done;
    }
    const all = (await listHolds(store)).map((one) => ({
      incident: incidentName(one.incident),
      by: one.by,
      reason: one.reason,
      since: isoFromUs(one.sinceUs),
      sinceUs: one.sinceUs,
    }));
    const lines = all.map((one) =>
      shown(`${one.incident}  since ${readableSecond(one.sinceUs)}  ${one.by}  ${one.reason}`.trimEnd()),
    );
    const text = lines.length === 0 ? 'No incident is on hold.' : lines.join('\n');
    await noteRead(store, { what: 'holds' });
    await output.write(`${output.form === 'json' ? JSON.stringify(all.map(({ sinceUs: _, ...one }) => one)) : text}\n`);
    return EXIT.done;
  } finally {
    await store.close();
  }
}

function stateAfter({ isRelease, reason }: Pick<HoldRequest, 'isRelease' | 'reason'>, changed: boolean): string {
  if (isRelease) return changed ? 'no longer on hold' : 'not on hold';
  const why = reason === '' ? '' : `: ${shown(reason)}`;
  return changed ? `on hold${why}` : `on hold already${why}`;
}
