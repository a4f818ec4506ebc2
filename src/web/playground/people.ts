import { PEOPLE, TEAM } from '#web/playground/workspace.ts';

/** The workspace of the demo. Nothing in it ever goes to a real workspace. */
export const DEMO_WORKSPACE = TEAM.id;
/** A sender such as PagerDuty is no person. */
export const DEMO_NAMES: ReadonlyMap<string, string> = new Map(
  PEOPLE.filter(({ isBot }) => !isBot).map(({ id, realName }) => [id, realName]),
);
