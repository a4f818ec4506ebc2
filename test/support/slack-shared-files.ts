/**
 * The files that people share in Slack, which the emulator lacks: in their messages, in `files.info`, and on the server of
 * files, which gives them to a token with `files:read` and leads everybody else to a login.
 */
import type { ServerResponse } from 'node:http';

export type SharedFile = Readonly<{ id: string; name: string; type: string; bytes: Uint8Array }>;

type Answer = { ok: boolean } & Record<string, unknown>;

export function slackSharedFiles() {
  const files = new Map<string, SharedFile & Readonly<{ ts: string; more: object }>>();
  const deleted = new Set<string>();
  const downloads: string[] = [];
  const state = { problem: 0, login: '' };

  const said = ({ id, name, type, bytes, more }: SharedFile & Readonly<{ more: object }>, url: string) =>
    deleted.has(id)
      ? { id, mode: 'tombstone' }
      : {
          id,
          name,
          title: name,
          mimetype: type,
          size: bytes.length,
          url_private: `${url}/files-pri/T-${id}/x`,
          ...more,
        };

  return {
    /** `more`: what Slack says of it, too. */
    share: (ts: string, file: SharedFile, more: object = {}) => void files.set(file.id, { ...file, ts, more }),
    delete: (id: string) => void deleted.add(id),
    /** The files that were asked for, with the token. */
    downloads: downloads as readonly string[],
    /** The server of files answers with this status; 0 ends that. */
    fail: (status: number) => void Object.assign(state, { problem: status }),
    /** As Slack leads a token without the scope to its login. */
    leadTo: (login: string) => void Object.assign(state, { login }),
    of: (ts: string, url: string) =>
      [...files.values()].filter((file) => file.ts === ts).map((file) => said(file, url)),
    /** Undefined for another method. */
    answer(method: string, { file = '' }: Readonly<Record<string, string>>, url: string): Answer | undefined {
      if (method !== 'files.info') return undefined;
      const found = files.get(file);
      if (found === undefined || deleted.has(file)) return { ok: false, error: 'file_not_found' };
      return { ok: true, file: said(found, url) };
    },
    download(path: string, authorization: string | undefined, response: ServerResponse): void {
      const id = /-(F[A-Z0-9]+)\//.exec(path)?.[1] ?? '';
      downloads.push(`${id} ${authorization}`);
      const file = files.get(id);
      if (state.problem !== 0) return void response.writeHead(state.problem).end();
      if (state.login !== '') return void response.writeHead(302, { location: state.login }).end();
      if (file === undefined) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
    },
  };
}
