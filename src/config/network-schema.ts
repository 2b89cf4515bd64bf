/** The sections `ntp`, `keys`, `http` and `network`: what is served, and where. */
import Type, { type Static } from 'typebox';
import {
  addresses,
  autoOrWhole,
  autoOrYesOrNo,
  oneOf,
  section,
  textLike,
  texts,
  whole,
  yesOrNo,
} from './fields.ts';

/** Servers to compare with; more would tell nothing new. */
export const MAX_SERVERS = 64;
/** Threads that answer. */
export const MOST_WORKERS = 64;

const server = Type.Object(
  {
    address: Type.String({
      title: 'server address',
      description: 'Host name or IP address, 255 characters at most.',
      $comment: 'write a host name or an IP address of at most 255 characters',
      minLength: 1,
      maxLength: 255,
    }),
    description: Type.Optional(
      Type.String({
        title: 'description',
        description: 'For people, 250 characters at most.',
        default: '',
        $comment: 'write up to 250 characters',
        maxLength: 250,
      }),
    ),
  },
  { title: 'server', additionalProperties: false },
);

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
    { minimum: 1, maximum: MOST_WORKERS, unit: 'threads' },
    {
      title: 'number of threads',
      description: 'Threads that answer requests; auto takes one for each core.',
      default: 1,
    },
  ),
  servers: Type.Array(server, {
    title: 'list of servers',
    description:
      'Other NTP servers, to compare with and to fall back to (kept here; the comparison itself comes later). The keys ' +
      'of a server:',
    $comment: 'write a list, e.g. [{address: ntp.example.net, description: head office}]',
    default: [],
    maxItems: MAX_SERVERS,
  }),
});

export type NtpServer = Static<typeof server>;

export const keys = section('Symmetric keys (RFC 8573).', {
  file: textLike(/^(\/[^\0]+)?$/, "an absolute path such as /etc/timeball.keys, or '' for none", {
    title: 'key file',
    description: 'File of keys, in the form of ntp.keys or chrony.keys; empty: no keys.',
    default: '',
  }),
});

export const http = section('The admin page, the REST API and the metrics.', {
  listen: addresses("write 'HOST:PORT', '[IPv6]:PORT' or 'INTERFACE:PORT', in quotes", {
    description:
      'Addresses, or network interfaces such as eth0, to serve HTTP on (TCP); without a port, 8080 is meant.',
    default: ['127.0.0.1:8080'],
  }),
  tls: autoOrYesOrNo({
    title: 'TLS setting',
    description:
      'Serve HTTPS instead of HTTP, with a certificate of its own or an uploaded one; auto: unless all of http.listen ' +
      'is of the loopback interface.',
    default: 'auto',
  }),
  hsts: yesOrNo({
    description:
      'Tell browsers to come by HTTPS only (HSTS); it holds for a year, also when TLS is switched off again.',
    default: false,
  }),
  allow: texts(
    {
      item: 'prefix',
      use: 'write networks such as 192.0.2.0/24, addresses, attached, loopback or any',
      most: 256,
    },
    {
      title: 'list of prefixes',
      description:
        'Who may use the page and the API: networks, addresses, or the words of access.rules; others are not ' +
        'answered. An empty list leaves the console.',
      default: ['loopback', 'attached'],
    },
  ),
  openStatus: yesOrNo({
    description: 'Show the status (no settings, no clients) without a login.',
    default: true,
  }),
  confirmSeconds: whole(
    { minimum: 10, maximum: 3600, unit: 's' },
    {
      title: 'time to confirm',
      description:
        'Seconds within which a change that could lock its maker out must be confirmed; then it is taken back.',
      default: 60,
    },
  ),
});

/** A label of a host name: RFC 1123 §2.1. */
const HOST_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$/i;

export const network = section("The machine's own network settings, where the appliance manages them.", {
  hostName: textLike(HOST_NAME, "letters, digits and hyphens, 63 at most, or '' to leave it as it is", {
    title: 'host name',
    description: 'Name of the machine, without a domain; empty: left as it is.',
    default: '',
  }),
  interface: textLike(/^(?!-)([\w.@-]{1,15})?$/, "the name of an interface such as eth0, or ''", {
    title: 'interface name',
    description: 'Interface that the settings below are for; empty: they are not used.',
    default: '',
  }),
  method: oneOf(['dhcp', 'static'], {
    title: 'method',
    description: 'Whether the interface asks for an address (dhcp) or has the one below (static).',
    default: 'dhcp',
  }),
  address: textLike(/^([0-9a-f.:]+\/\d{1,3})?$/i, "an address with its length such as 192.0.2.10/24, or ''", {
    title: 'address',
    description: 'Address of the interface with the length of its network, for static.',
    default: '',
  }),
  gateway: textLike(/^([0-9a-f.:]+)?$/i, "an address such as 192.0.2.1, or '' for none", {
    title: 'gateway',
    description: 'Address of the router, for static; empty: none.',
    default: '',
  }),
});
