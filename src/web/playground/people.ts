import { PEOPLE, TEAM } from '#web/playground/workspace.ts';

/** The workspace of the demo. Nothing in it ever goes to a real workspace. */
export const DEMO_WORKSPACE = TEAM.id;
export const DEMO_NAMES: ReadonlyMap<string, string> = new Map(PEOPLE.map(({ id, realName }) => [id, realName]));
