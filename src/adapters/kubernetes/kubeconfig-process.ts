/** Reads a kubeconfig, runs its token command if there is one, and prints the result. */
import type { RequestOptions } from 'node:https';
import { ConfigError, errorRecord, SpanhoundError } from '#core/errors.ts';
import { troubleOfFile } from '#core/file-trouble.ts';
import { redact } from '#model/redaction/redaction.ts';
import { cutText } from '#model/text/cut-text.ts';
import type { Access, AccessReply, Kubeconfig } from './access.ts';

process.once('message', async (kubeconfig: Kubeconfig) => tell(await replyTo(kubeconfig)));

async function replyTo(kubeconfig: Kubeconfig): Promise<AccessReply> {
  try {
    return { access: await accessIn(kubeconfig) };
  } catch (error) {
    return { error: errorRecord(error instanceof SpanhoundError ? error : unusable(error)) };
  }
}

function tell(reply: AccessReply): void {
  process.send?.(reply);
}

async function accessIn({ files, context }: Kubeconfig): Promise<Access> {
  const { KubeConfig } = await library();
  const [config, ...others] = files
    .split(':')
    .filter((file) => file !== '')
    .map((file) => {
      const one = new KubeConfig();
      one.loadFromFile(file);
      return one;
    });
  if (config === undefined) throw new ConfigError('KUBECONFIG names no file');
  for (const other of others) config.mergeConfig(other, true);
  if (context !== undefined) config.setCurrentContext(context);

  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new ConfigError(
      `the kubeconfig has no context ${config.getCurrentContext() || 'selected'}: set KUBERNETES_CONTEXT to one of ${known.join(', ') || 'its contexts (it has none)'}`,
    );
  }
  if (cluster.proxyUrl)
    throw new ConfigError(`the kubeconfig asks for a proxy (${cluster.proxyUrl}), which is not supported`);
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const authorization = Object.entries(options.headers ?? {}).find(
    ([name]) => name.toLowerCase() === 'authorization',
  )?.[1];
  return {
    url: cluster.server,
    token: `${authorization ?? ''}`.replace(/^Bearer /, ''),
    basic: `${options.auth ?? ''}`,
    ca: textOf(options.ca),
    cert: textOf(options.cert),
    key: textOf(options.key),
    serverName: cluster.tlsServerName ?? '',
    isVerified: cluster.skipTLSVerify !== true,
  };
}

async function library() {
  try {
    return await import('@kubernetes/client-node');
  } catch (error) {
    throw new ConfigError(
      'a kubeconfig needs the package @kubernetes/client-node, which is not installed: run npm ci --omit=dev',
      { cause: error },
    );
  }
}

function textOf(pem: unknown): string {
  return typeof pem === 'string' || Buffer.isBuffer(pem) ? pem.toString() : '';
}

/** The output of a failed command may contain secrets. */
function unusable(error: unknown): ConfigError {
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new ConfigError(`the kubeconfig cannot be used: ${cutText(redact(troubleOfFile(error) ?? first), 200)}`);
}
