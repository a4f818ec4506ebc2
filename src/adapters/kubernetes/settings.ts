/** The cluster to read, and the credentials. */
import { z } from 'zod';
import { Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  kubernetes: {
    kubeconfig: Text()
      .register(settingFacts, {
        env: 'KUBECONFIG',
        means: 'The kubeconfig for the cluster, as for kubectl: one file, or several separated by colons.',
      })
      .optional(),
    context: Text()
      .register(settingFacts, {
        env: 'KUBERNETES_CONTEXT',
        means: 'The context of the kubeconfig. Default: the current one.',
      })
      .optional(),
    inCluster: z
      .boolean('must be true or false')
      .register(settingFacts, {
        env: 'KUBERNETES_IN_CLUSTER',
        means: 'Whether to read the cluster of the bot itself, with the mounted service account.',
      })
      // The rights of its own pod are used only if somebody says so.
      .prefault(false),
    namespaces: z
      .array(
        z.string('must be text').regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a namespace'),
        'must be a list',
      )
      .register(settingFacts, {
        env: 'KUBERNETES_NAMESPACES',
        means: 'The namespaces to read. Default: all. In the variable, separate them with commas.',
      })
      .prefault([]),
    logs: z
      .enum(['all', 'crashed'], 'must be all or crashed')
      .register(settingFacts, {
        env: 'KUBERNETES_LOGS',
        means:
          'Which [log lines of pods](kubernetes.md#log-lines) to read: `all`, or `crashed` for what containers wrote before they ended. It needs the right to `get` `pods/log`. Default: none.',
      })
      .optional(),
  },
};
