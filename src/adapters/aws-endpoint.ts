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

/** The console reads a form of its own: objects are `~(name~'text)`, and special characters `*2f`. */
export function consoleText(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  const written = bytes.map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\w.-]/.test(character) ? character : `*${byte.toString(16).padStart(2, '0')}`;
  });
  return `'${written.join('')}`;
}

function isChina(region: string): boolean {
  return region.startsWith('cn-');
}
