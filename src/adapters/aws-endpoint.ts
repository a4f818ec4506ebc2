/** Addresses of Amazon Web Services by region: of their APIs, and of the console for people. */
import { addressUnder } from '#adapters/http.ts';

/** https://docs.aws.amazon.com/general/latest/gr/rande.html */
export function awsEndpoint(service: string, region: string): URL {
  return new URL(`https://${service}.${region}.amazonaws.com${isChina(region) ? '.cn' : ''}`);
}

/** A page of CloudWatch in the console; `page` is its part behind the `#`. */
export function consolePage(region: string, page: string): string {
  const ui = new URL(`https://${region}.console.${isChina(region) ? 'amazonaws.cn' : 'aws.amazon.com'}`);
  return `${addressUnder(ui, 'cloudwatch/home', [['region', region]])}#${page}`;
}

function isChina(region: string): boolean {
  return region.startsWith('cn-');
}
