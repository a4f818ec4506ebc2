/** `spanhound demo`: plays the recorded outage into the store, from alert to postmortem. */
import type { Call, Form } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { composeDemo } from '#compose/demo.ts';
import { loadConfig } from '#config/load.ts';
import { START_NAMES } from '#model/incident/incident.ts';
import { quotedForShell } from '#utilities/http-request.ts';
import type { ToldIncident } from '#workflows/incidents/tell-incident.ts';

const DEMO_FORMS = ['text', 'json', 'md'] as const satisfies readonly Form[];

export async function demo(call: Call): Promise<number> {
  const output = openOutput(call, DEMO_FORMS);
  const config = loadConfig(call.env, call.options.config);
  const told = await composeDemo(config, (line) => process.stderr.write(`${line}\n`));
  await output.write(WRITTEN[output.form as (typeof DEMO_FORMS)[number]](told, sameStore(call)));
  return EXIT.done;
}

/** What another call needs to read the same store: before the program, and behind it. */
function sameStore({ env, options }: Call): StorePlace {
  const folder = env.SPANHOUND_DATA;
  return {
    before: folder === undefined || folder === '' ? '' : `SPANHOUND_DATA=${quotedForShell(folder)} `,
    behind: options.config === undefined ? '' : ` --config ${quotedForShell(options.config)}`,
  };
}

type StorePlace = Readonly<{ before: string; behind: string }>;

const WRITTEN: Readonly<Record<(typeof DEMO_FORMS)[number], (told: ToldIncident, place: StorePlace) => string>> = {
  json: (told) => `${JSON.stringify(told)}\n`,
  md: ({ postmortem }) => postmortem,
  text: ({ incident, reply, timeline, metrics, knownFrom, durationFrom }, { before, behind }) =>
    [
      '',
      `${incident}: ${reply.diagnosis?.verdict ?? 'no verdict'}`,
      '',
      ...timeline.map(({ at, kind, text }) => `  ${at.slice(11, 19)}  ${kind.padEnd(9)} ${text}`),
      '',
      `  from ${START_NAMES[knownFrom]}: confirmation ${minutes(metrics.confirmationMinutes)} · repair ${minutes(metrics.repairMinutes)}`,
      `  from ${START_NAMES[durationFrom]}: duration ${minutes(metrics.durationMinutes)}`,
      '',
      `The postmortem: ${before}./spanhound postmortem ${incident}${behind}`,
      '',
    ].join('\n'),
};

/** `10 min`, to a tenth. */
function minutes(value: number | undefined): string {
  return value === undefined ? 'unknown' : `${Math.round(10 * value) / 10} min`;
}
