/** The sections `ntp`, `keys` and `http`: what is served, and where. */
import { addresses, autoOrWhole, section, textLike, whole } from './fields.ts';

export const ntp = section('The NTP server.', {
  listen: addresses("write 'HOST', 'HOST:PORT', '[IPv6]:PORT' or 'INTERFACE:PORT', in quotes", {
    description:
      'Addresses, or network interfaces such as eth0, to serve NTP on (UDP); without a port, ntp.port is meant.',
    default: ['0.0.0.0', '::'],
  }),
  port: whole(
    { minimum: 1, maximum: 65535 },
    { title: 'port', description: 'UDP port of the listen addresses that name none.', default: 123 },
  ),
  refid: textLike(/^[!-~]{1,4}$/, '1 to 4 printable ASCII characters without spaces, e.g. GPS', {
    title: 'reference identifier',
    // RFC 5905 §7.3: four octets, left-justified, zero-padded.
    description: 'Reference identifier that clients see at stratum 1.',
    default: 'GPS',
  }),
  workers: autoOrWhole(
    { minimum: 1, maximum: 64, unit: 'threads' },
    {
      title: 'number of threads',
      description: 'Threads that answer requests; auto takes one for each core.',
      default: 1,
    },
  ),
});

export const keys = section('Symmetric keys (RFC 8573).', {
  file: textLike(/^(\/[^\0]+)?$/, "an absolute path such as /etc/timeball.keys, or '' for none", {
    title: 'key file',
    description: 'File of keys, in the form of ntp.keys or chrony.keys; empty: no keys.',
    default: '',
  }),
});

export const http = section('The admin page, the REST API and the metrics.', {
  listen: addresses("write 'HOST:PORT' or '[IPv6]:PORT', in quotes", {
    description: 'Addresses to serve HTTP on (TCP); without a port, 8080 is meant.',
    default: ['127.0.0.1:8080'],
  }),
});
