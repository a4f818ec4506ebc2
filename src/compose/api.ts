/** Composes the REST API: its tokens, what each may see, and the operations. */
import { fitsDigest, tokenIn } from '#adapters/api-token.ts';
import { answerCall, replyOf } from '#api/calls.ts';
import { openApiDocument } from '#api/openapi.ts';
import { problem } from '#api/problem.ts';
import type { Investigation } from '#compose/investigation.ts';
import { operationParts } from '#compose/operations.ts';
import type { Config } from '#config/schema.ts';
import { SpanhoundError, UsageError } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import { openDesk } from '#operations/desk.ts';
import { failureOf } from '#operations/failure.ts';
import { MOST_MESSAGE_BYTES } from '#operations/sent-texts.ts';
import { allTokens, isUseDue, noteTokenUse, type StoredToken, tokenActor } from '#record/api-tokens.ts';
import type { Store } from '#record/store.ts';
import type { ApiDoor } from '#web/api.ts';
import { mayShowTo } from '#workflows/rights/may-show.ts';

export type ApiParts = Readonly<{
  store: Store;
  investigation: Investigation;
  /** Whether every member of the workspace may read the channel; undefined if Slack did not say. */
  isForAll(channelId: string): Promise<boolean | undefined>;
  /** Whether programs may see anything of this workspace. */
  isOwn(workspaceId: string): Promise<boolean>;
  log: Log;
}>;

/** Half of the threads: alerts come first. */
const MOST_AT_ONCE = 2;
/** Each holds a connection. */
const MOST_WAITING = 20;

export function composeApi(
  config: Config,
  { store, investigation, isForAll, isOwn, log }: ApiParts,
): ApiDoor<StoredToken> {
  const desk = openDesk({ atOnce: MOST_AT_ONCE, waiting: MOST_WAITING });
  const tokens = knownTokens(store);
  const onBug = (error: unknown) => log.error({ err: error }, 'a call of the API failed');
  let document: string | undefined;

  const partsFor = ({ id, channels }: StoredToken) =>
    operationParts(config, {
      investigation,
      withStore: (work) => work(store),
      mayShow: mayShowTo(channels, isForAll, isOwn),
      isOwn,
      actor: tokenActor(id),
      replayCase: async () => {
        throw new UsageError('the API offers no folders', 'Name an incident.');
      },
    });

  return {
    maxBytes: MOST_MESSAGE_BYTES,
    perMinute: config.api.requestsPerMinute,
    deadlineMs: config.api.deadlineSeconds * 1_000,
    document: () => {
      document ??= `${JSON.stringify(openApiDocument(), null, 2)}\n`;
      return document;
    },
    async idIn(authorization) {
      const given = tokenIn(authorization);
      return given && (await tokens()).get(given.id)?.id;
    },
    async check(authorization) {
      const given = tokenIn(authorization);
      if (given === undefined) return undefined;
      const token = (await tokens()).get(given.id);
      return fitsDigest(given.secret, token?.digest) ? token : undefined;
    },
    async noteUse(token, { name }) {
      const current = (await tokens()).get(token.id) ?? token;
      if (isUseDue(current, await store.nowUs())) await store.transaction((tx) => noteTokenUse(tx, token.id, name));
    },
    async answer(token, { signal, ...asked }) {
      const caller = { name: token.id, parts: partsFor(token), signal };
      return await answerCall({ ...asked, caller }, { desk, onBug });
    },
    onFailure(error) {
      if (!(error instanceof SpanhoundError)) onBug(error);
      const { what, advice } = failureOf({ name: 'the API' }, error);
      return replyOf(problem(503, { code: 'unavailable', detail: what, advice }));
    },
  };
}

/** A revoked token stops working within this time. */
const REMEMBER_US = 1_000_000;

/** The valid tokens by id. Whatever is sent, the store is asked once in `REMEMBER_US`. */
function knownTokens(store: Store): () => Promise<ReadonlyMap<string, StoredToken>> {
  let known: Readonly<{ tokens: Promise<ReadonlyMap<string, StoredToken>>; untilUs: number }> | undefined;
  const read = async () => {
    const [all, nowUs] = await Promise.all([allTokens(store), store.nowUs()]);
    const valid = all.filter(({ revokedUs, expiresUs }) => revokedUs === undefined && expiresUs > nowUs);
    return new Map(valid.map((token) => [token.id, token]));
  };
  return () => {
    const nowUs = store.clock.elapsedUs();
    if (known === undefined || nowUs >= known.untilUs) known = { tokens: read(), untilUs: nowUs + REMEMBER_US };
    return known.tokens;
  };
}
