/** The page's few requests. */

/** @returns {Promise<unknown>} the server's result; rejects with Slack's error code */
export async function ask(what, body = {}) {
  const answer = await fetch(`/playground/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { result, error } = await answer.json();
  if (!answer.ok) throw new Error(error);
  return result;
}

export function fileAddress(id) {
  return `/playground/files/${encodeURIComponent(id)}`;
}
