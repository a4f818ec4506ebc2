/** Which cluster is read, and by what right. */
import { z } from 'zod';
import { Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  kubernetes: {
    kubeconfig: Text()
      .register(settingFacts, {
        env: 'KUBECONFIG',
        means:
          'The kubeconfig by which the cluster is read, as kubectl takes it: one file, or several with colons between.',
      })
      .optional(),
    context: Text()
      .register(settingFacts, { env: 'KUBERNETES_CONTEXT', means: 'Its context. Left out: the current one.' })
      .optional(),
    inCluster: z
      .boolean('must be true or false')
      .register(settingFacts, {
        env: 'KUBERNETES_IN_CLUSTER',
        means: 'Whether the cluster is read in which the bot itself runs, by the service account that is mounted.',
      })
      // Nobody reads a cluster by the rights of its own pod unasked.
      .prefault(false),
    namespaces: z
      .array(
        z.string('must be text').regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a namespace'),
        'must be a list',
      )
      .register(settingFacts, {
        env: 'KUBERNETES_NAMESPACES',
        means: 'The namespaces that are read. Left out: all of them. In the variable, separated by commas.',
      })
      .prefault([]),
  },
};
