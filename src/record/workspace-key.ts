/** The key under which all messages of a workspace wait. */
export function workspaceKey(workspaceId: string): string {
  return `workspace ${workspaceId}`;
}
