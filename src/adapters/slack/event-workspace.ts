/**
 * Which installation a request of Slack belongs to. Slack names it in another place of each kind of request; in a channel
 * that several workspaces read, an event names the workspace that gets it beside the one where it happened, and a form the
 * one whose app opened it beside the one of the person.
 */
import { z } from 'zod';

const Authorization = z.looseObject({
  team_id: z.string().nullish(),
  is_enterprise_install: z.boolean().nullish(),
});

const Request = z.looseObject({
  type: z.string().optional(),
  team_id: z.string().nullish(),
  team: z.looseObject({ id: z.string() }).nullish().catch(undefined),
  user: z.looseObject({ team_id: z.string().nullish() }).nullish().catch(undefined),
  view: z.looseObject({ app_installed_team_id: z.string().nullish() }).nullish().catch(undefined),
  is_enterprise_install: z.union([z.boolean(), z.literal(['true', 'false'])]).nullish(),
  authorizations: z.array(Authorization).nullish(),
  event_time: z.number().optional(),
  event: z
    .looseObject({
      type: z.string(),
      tokens: z.looseObject({ bot: z.array(z.string()).optional() }).optional(),
    })
    .optional()
    .catch(undefined),
});

export type EventPlace =
  | Readonly<{
      kind: 'workspace';
      workspaceId: string;
      /** With the workspace of the installation as its own. */
      body: Readonly<Record<string, unknown>>;
      removed: Removed | undefined;
    }>
  /** Installed for a whole organisation. */
  | Readonly<{ kind: 'organisation' }>
  | Readonly<{ kind: 'unknown' }>;

/** The workspace removed the app, or revoked its token. */
export type Removed = Readonly<{ reason: string; atUs: number }>;

export function eventPlace(body: Readonly<Record<string, unknown>>): EventPlace {
  const read = Request.safeParse(body).data;
  if (read === undefined) return { kind: 'unknown' };
  const authorization = read.authorizations?.[0];
  const isOrganisation = [read.is_enterprise_install, authorization?.is_enterprise_install].some(
    (said) => said === true || said === 'true',
  );
  if (isOrganisation) return { kind: 'organisation' };
  const own = read.team_id ?? read.team?.id ?? read.user?.team_id;
  const receiver = read.type === 'event_callback' ? authorization?.team_id : read.view?.app_installed_team_id;
  const workspaceId = receiver || own;
  if (!workspaceId) return { kind: 'unknown' };
  return {
    kind: 'workspace',
    workspaceId,
    body: workspaceId === own ? body : withWorkspace(body, workspaceId),
    removed: removedIn(read),
  };
}

function withWorkspace(body: Readonly<Record<string, unknown>>, id: string): Readonly<Record<string, unknown>> {
  return body.type === 'event_callback' ? { ...body, team_id: id } : { ...body, team: { id } };
}

/** The tokens of people alone change nothing: Spanhound has none. */
function removedIn({ type, event, event_time: seconds = 0 }: z.output<typeof Request>): Removed | undefined {
  if (type !== 'event_callback' || event === undefined) return undefined;
  const isRemoved =
    event.type === 'app_uninstalled' || (event.type === 'tokens_revoked' && (event.tokens?.bot ?? []).length > 0);
  return isRemoved ? { reason: event.type, atUs: seconds * 1e6 } : undefined;
}
