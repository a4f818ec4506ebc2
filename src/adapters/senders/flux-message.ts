/**
 * An error of Flux in a channel: the object of Kubernetes as the author of the card, what failed as its text, and red as
 * its colour. A green card is about a change that went well.
 * https://github.com/fluxcd/notification-controller/blob/main/internal/notifier/slack.go
 */
import { z } from 'zod';
import { labelsOf } from '#adapters/alert-fields.ts';
import { appName, microseconds, type Posted } from '#adapters/posted-message.ts';
import type { Alert } from '#model/incident/alert.ts';
import { stateOfColour } from './general-state.ts';

/** `helmrelease/cart.shop`: the kind in small letters, the name and the namespace. */
const OBJECT =
  /^(helmrelease|kustomization|gitrepository|ocirepository|bucket|helmrepository|helmchart|imagerepository|imagepolicy|imageupdateautomation)\/([a-z0-9][a-z0-9.-]{0,250})\.([a-z0-9-]{1,63})$/;

const Card = z.object({
  // Slack's events have the names of colours as hex.
  color: z.string().refine((colour) => stateOfColour(colour) === 'triggered'),
  author_name: z.string().regex(OBJECT),
  text: z.string().min(1),
  fields: z.array(z.object({ title: z.string(), value: z.string() })).nullish(),
});

export function fluxError(message: Posted): Omit<Alert, 'saidUs'> | undefined {
  const card = (message.attachments ?? []).map((one) => Card.safeParse(one).data).find((one) => one !== undefined);
  const [object = '', kind = '', name = '', namespace] = OBJECT.exec(card?.author_name ?? '') ?? [];
  if (card === undefined || name === '') return undefined;
  const fields = (card.fields ?? []).map(({ title, value }) => [title.slice(0, 100), value.slice(0, 300)] as const);
  return {
    source: appName(message).toLowerCase() || 'flux',
    key: object,
    title: (card.text.split('\n', 1)[0] ?? '').slice(0, 500),
    service: name,
    severity: 'error',
    state: 'triggered',
    atUs: microseconds(message.ts),
    url: '',
    traceId: '',
    labels: labelsOf({ ...Object.fromEntries(fields), kind, namespace }),
  };
}
