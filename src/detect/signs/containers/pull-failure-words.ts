/** Words for why an image cannot be pulled. */
import type { CauseWords } from '#detect/signs/cause-words.ts';
import type { PullFailure } from '#detect/signs/containers/pull-failure.ts';

export const PULL_FAILURE_WORDS: Readonly<Record<PullFailure, (image: string) => CauseWords>> = {
  'rate-limit': (image) => ({
    is: `the registry of ${image} limits the rate of pulls`,
    remedy: `Pull ${image} with an account or through your own registry cache, or wait until the rate limit resets.`,
    check: 'Another node pulls the same image now without an account.',
  }),
  'never-pulled': (image) => ({
    is: `${image} is not on the node and its pull policy forbids pulling`,
    remedy: `Put ${image} on the node, or set imagePullPolicy to IfNotPresent.`,
    check: 'The image is on the node (crictl images) under exactly this name.',
  }),
  'invalid-name': (image) => ({
    is: `${image} is not a valid image name`,
    remedy: `Correct the name ${image} in the manifest: no spaces, no capital letters, one tag.`,
    check: 'Another cluster runs a pod with exactly this image name.',
  }),
  'missing-secret': (image) => ({
    is: `the pull secret for ${image} is missing`,
    remedy: `Create the pull secret for ${image} in this namespace, or correct its name in imagePullSecrets of the pod or its service account.`,
    check: 'The secret exists (kubectl get secret) and has the type kubernetes.io/dockerconfigjson.',
  }),
  'not-allowed': (image) => ({
    is: `the registry rejects the credentials for ${image}`,
    remedy: `Renew the credentials for ${image} in the pull secret, or give its account read access to this repository.`,
    check: 'The same credentials pull the same image elsewhere.',
  }),
  'unknown-host': (image) => ({
    is: `the DNS of the node cannot resolve the registry of ${image}`,
    remedy: `Correct the host in ${image}. If it is right, look at the DNS of the node.`,
    check: 'The node resolves the registry’s name (nslookup on the node).',
  }),
  certificate: (image) => ({
    is: `the node does not trust the certificate of the registry of ${image}`,
    remedy: `Renew the certificate of the registry of ${image}, or install its certificate authority on the nodes.`,
    check: 'The same node can pull other images of this registry now.',
  }),
  unreachable: (image) => ({
    is: `the registry of ${image} does not answer`,
    remedy: `Look at the registry of ${image} and at the network to it: firewall, proxy. Images that are already on the node still start.`,
    check: 'The same node can pull other images of this registry now.',
  }),
  'other-platform': (image) => ({
    is: `${image} is not built for the CPU architecture of the node`,
    remedy: `Build ${image} for this architecture, or use a node selector for nodes that fit.`,
    check: 'The image’s manifest lists the architecture of the node.',
  }),
  'no-space': (image) => ({
    is: `the disk of the node is too full for ${image}`,
    remedy: `Free the disk of the node that pulls ${image}: unused images, logs. Then find out what filled it.`,
    check: 'The node has free space (df) where it stores images.',
  }),
  'not-found': (image) => ({
    is: `${image} does not exist in its registry`,
    remedy: `Correct the tag of ${image} in the manifest, or push the missing image.`,
    check: 'The registry lists this tag (crane manifest, docker manifest inspect).',
  }),
  'not-found-or-not-allowed': (image) => ({
    is: `${image} does not exist or needs credentials`,
    remedy: `Check whether ${image} exists under this name and tag, then whether a pull secret is set. The registry does not say which.`,
    check: 'Another machine can pull the image with the same credentials.',
  }),
  unknown: (image) => ({
    is: `${image} cannot be pulled`,
    remedy: `Read the events of a pod with ${image} (kubectl describe pod) and the log of the kubelet: the evidence does not show why.`,
    check: 'You can pull the image on that node by hand (crictl pull).',
  }),
};
