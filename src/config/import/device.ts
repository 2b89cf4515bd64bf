import { parseNtpListen } from '../listen-address.ts';

/** Whether `ntp.listen` takes the text as the name of a network interface. */
export function isDevice(name: string): boolean {
  const read = parseNtpListen(name, 123);
  return 'device' in read && read.device === name;
}
