import { DEMO_NAMES, DEMO_WORKSPACE } from '#web/playground/people.ts';

/** The names of the people in this workspace, as far as they are known without Slack: those of the demo. */
export function namesWithoutSlack(workspaceId: string): ReadonlyMap<string, string> {
  return workspaceId === DEMO_WORKSPACE ? DEMO_NAMES : new Map();
}
