/** The page's few requests. */

let actor;

/** From now on, requests are those of this person. @param {string} id */
export function actAs(id) {
  actor = id;
}

/** @returns {Promise<unknown>} the server's result; rejects with Slack's error code */
export async function ask(what, body = {}) {
  const answer = await fetch(`/playground/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ as: actor, ...body }),
  });
  const { result, error } = await answer.json();
  if (!answer.ok) throw new Error(error);
  return result;
}

export function fileAddress(id) {
  return `/playground/files/${encodeURIComponent(id)}`;
}
