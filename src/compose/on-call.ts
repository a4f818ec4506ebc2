/** Opens the systems that know who is on call, for calls and for `doctor`. */
import type { AnySettings } from '#adapters/system.ts';
import { registeredSystems } from '#compose/systems.ts';
import type { Config } from '#config/schema.ts';
import { errorRecord } from '#core/errors.ts';
import type { OnCallSource } from '#model/incident/on-call.ts';
import { outsideTarget } from '#model/incident/on-call.ts';

/** A system that cannot be opened says so when it is asked, so that a call names it. */
export async function openOnCallSources(settings: AnySettings | undefined): Promise<readonly OnCallSource[]> {
  if (settings === undefined) return [];
  const offered = (await registeredSystems()).flatMap(({ id, title, onCall }) =>
    onCall ? [{ id, title, ...onCall }] : [],
  );
  return await Promise.all(
    offered.map(async ({ id, title, set, open }) => {
      const silent = (reason: string): OnCallSource => ({
        id,
        title,
        onCall: async () => ({ kind: 'unknown', reason }),
      });
      try {
        return (await open(settings)) ?? silent(`${title} is not connected: set ${set}.`);
      } catch (error) {
        return silent(errorRecord(error).advice);
      }
    }),
  );
}

export type OnCallCheck = Readonly<{ ok: boolean; detail: string; remedy: string }>;

/** Asks once for each target of the settings. Undefined if they name none. */
export async function checkOnCall(
  config: Config,
  { nowUs, signal }: Readonly<{ nowUs: number; signal: AbortSignal }>,
): Promise<OnCallCheck | undefined> {
  const { commander, page } = config.incidents;
  const named = page.onCall.map((entry) => entry.slice(entry.lastIndexOf('=') + 1));
  const ofChannels = commander.onCallByChannel.map(({ target }) => target);
  const targets = [...new Set([...commander.onCall, ...ofChannels, ...named])].filter(
    (target) => outsideTarget(target) !== undefined,
  );
  if (targets.length === 0) return undefined;
  const sources = await openOnCallSources(config);
  const answers = await Promise.all(
    targets.map(async (target) => {
      const { system, place } = outsideTarget(target) ?? { system: '', place: '' };
      const answer = await sources.find(({ id }) => id === system)?.onCall(place, nowUs, signal);
      return { target, answer };
    }),
  );
  const broken = answers.flatMap(({ target, answer }) =>
    answer?.kind === 'unknown' ? [{ target, reason: answer.reason }] : [],
  );
  const known = answers.flatMap(({ answer }) =>
    answer?.kind === 'known' ? [`${answer.people.length} in ${answer.place}`] : [],
  );
  if (broken.length === 0) return { ok: true, detail: `on call now: ${known.join(', ')}`, remedy: '' };
  return {
    ok: false,
    detail: `cannot be read: ${broken.map(({ target }) => target).join(', ')}`,
    remedy: [...new Set(broken.map(({ reason }) => reason))].join(' '),
  };
}
