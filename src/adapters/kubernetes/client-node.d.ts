/** What is used of `@kubernetes/client-node`: its own types weigh 27 MB, and `npm ci` deletes them. */
declare module '@kubernetes/client-node' {
  import type { RequestOptions } from 'node:https';

  export class KubeConfig {
    loadFromFile(file: string): void;
    mergeConfig(other: KubeConfig, preserveContext?: boolean): void;
    setCurrentContext(context: string): void;
    getCurrentContext(): string;
    getContexts(): readonly Readonly<{ name: string }>[];
    getCurrentCluster(): Readonly<{
      server: string;
      proxyUrl?: string;
      tlsServerName?: string;
      skipTLSVerify?: boolean;
    }> | null;
    applyToHTTPSOptions(options: RequestOptions): Promise<void>;
  }
}
