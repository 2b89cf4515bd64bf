/** Who may reach the page and the API at all: the prefixes and words of `http.allow`. */
import { Acl, compileAcl } from '../access/acl.ts';
import { parseAddress } from '../access/address.ts';
import { type AttachedNetwork, wordPrefixes } from '../access/networks.ts';
import { parsePrefix } from '../access/prefix.ts';
import { PREFIX_WORDS, type PrefixWord } from '../config/access-schema.ts';

/** `networks`: those that `attached` means now. The configuration is checked by now: what is no prefix is left out. */
export function managementAllows(
  allow: readonly string[],
  networks: readonly AttachedNetwork[],
): (address: string) => boolean {
  const prefixes = allow.flatMap((text) => {
    if (isWord(text)) return wordPrefixes(text, networks);
    const prefix = parsePrefix(text);
    return 'error' in prefix ? [] : [prefix];
  });
  const acl = new Acl(compileAcl(prefixes));
  return (address) => {
    const bytes = parseAddress(address);
    return bytes !== undefined && acl.find(bytes, 0) >= 0;
  };
}

function isWord(text: string): text is PrefixWord {
  return (PREFIX_WORDS as readonly string[]).includes(text);
}
