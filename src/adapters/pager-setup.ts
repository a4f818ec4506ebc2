/** How a paging system that is written to is set up: it does nothing before its actions and its own key are set. */
import type { Doctor, OfferedPager } from '#adapters/system.ts';
import type { Health } from '#gather/sources.ts';
import type { Pager, PagerAction } from '#model/incident/pager.ts';

type PagerSetup<Settings, Writing> = Readonly<{
  /** The settings that enable it: `PAGERDUTY_ACTIONS, PAGERDUTY_WRITE_KEY and PAGERDUTY_FROM`. */
  set: string;
  /** After `to`, in the advice of `doctor`. */
  purpose: string;
  actions(settings: Settings): readonly PagerAction[];
  /** By its variable, what an action needs; undefined if it is not set. */
  needs(settings: Settings): Readonly<Record<string, unknown>>;
  /** Undefined unless all of it is set. */
  writing(settings: Settings): Writing | undefined;
  load(): Promise<
    Readonly<{ open(writing: Writing): Pager; check(writing: Writing, signal: AbortSignal): Promise<Health> }>
  >;
}>;

export function pagerSetup<Settings, Writing>(
  setup: PagerSetup<Settings, Writing>,
): Readonly<{ pager: OfferedPager<Settings>; doctor: Doctor<Settings> }> {
  const { set, purpose, actions, needs, writing, load } = setup;
  return {
    pager: {
      set,
      async open(settings) {
        const found = actions(settings).length === 0 ? undefined : writing(settings);
        return found === undefined ? undefined : (await load()).open(found);
      },
    },
    doctor: {
      set: `${set} to ${purpose}`,
      async check(settings, signal) {
        if (actions(settings).length === 0) return undefined;
        const found = writing(settings);
        if (found !== undefined) return await (await load()).check(found, signal);
        const missing = Object.entries(needs(settings)).flatMap(([name, value]) => (value === undefined ? [name] : []));
        const [first = ''] = missing;
        return { ok: false, detail: `${first} is missing, so nothing is changed`, remedy: `Set ${first}.` };
      },
    },
  };
}
