/** The Slack app's manifest. The playground offers exactly what it declares. */

export type SlackManifest = Readonly<{
  commands: readonly Readonly<{ command: string; description: string; usageHint: string; shouldEscape: boolean }>[];
  messageShortcuts: readonly Readonly<{ name: string; callbackId: string }>[];
  events: readonly string[];
}>;

type ManifestFile = {
  features?: {
    slash_commands?: { command: string; description?: string; usage_hint?: string; should_escape?: boolean }[];
    shortcuts?: { name: string; type: string; callback_id: string }[];
  };
  settings?: { event_subscriptions?: { bot_events?: string[] } };
};

/** The file is our own and ships with the program, so it is not validated. */
export function readManifest(json: string): SlackManifest {
  const { features = {}, settings = {} } = JSON.parse(json) as ManifestFile;
  return {
    commands: (features.slash_commands ?? []).map(
      ({ command, description = '', usage_hint = '', should_escape = false }) => ({
        command,
        description,
        usageHint: usage_hint,
        shouldEscape: should_escape,
      }),
    ),
    messageShortcuts: (features.shortcuts ?? [])
      .filter(({ type }) => type === 'message')
      .map(({ name, callback_id }) => ({ name, callbackId: callback_id })),
    events: settings.event_subscriptions?.bot_events ?? [],
  };
}
