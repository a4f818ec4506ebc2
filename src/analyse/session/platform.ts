/** The answers of Kubernetes in a session. */
import { type HeldAnswers, heldAnswers } from '#analyse/held-answers.ts';
import type { OpenBody } from '#analyse/session/body-reader.ts';
import type { SessionGaps } from '#analyse/session/gaps.ts';
import { kubernetesBody, withoutSecrets } from '#decode/kubernetes-lists.ts';
import { platformOf } from '#decode/kubernetes-platform.ts';
import type { Platform } from '#model/platform/platform.ts';

export type SessionPlatform = Pick<HeldAnswers<unknown, Platform>, 'read' | 'kept' | 'restOn' | 'clear'> &
  Readonly<{ open: OpenBody }>;

export function sessionPlatform(gaps: SessionGaps): SessionPlatform {
  const answers = heldAnswers({ body: kubernetesBody, cleaned: withoutSecrets, together: platformOf });
  return {
    ...answers,
    open(head) {
      const body = kubernetesBody(head.source);
      return {
        push: body.push,
        end(isCut) {
          const items = answers.add(head, body.end());
          if (body.damaged() > 0 && !isCut) {
            gaps.add({ source: head.source, problem: 'sent truncated answers', consequence: NOT_ALL_OBJECTS });
          }
          return { items };
        },
      };
    },
  };
}

const NOT_ALL_OBJECTS = 'not all Kubernetes objects were read';
