/** Prefixes for those who compile or show rules; they are read where the settings are, so that a slip has a line. */
export { formatAddress } from '../config/address-text.ts';
export {
  formatPrefix,
  IPV4_LENGTH,
  isIpv4Prefix,
  masked,
  type Prefix,
  parsePrefix,
} from '../config/prefix-text.ts';
