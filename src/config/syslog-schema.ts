/** The section `syslog`: where log and events are sent to. */
import { oneOf, section, texts } from './fields.ts';

/** RFC 5424 §6.2.1, in the order of their codes 0 to 11 and 16 to 23. */
export const SYSLOG_FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

export const syslog = section('Events and log lines to other machines (RFC 5424).', {
  servers: texts(
    { item: 'syslog server', use: "write 'udp://HOST:PORT' or 'tcp://HOST:PORT', in quotes", most: 8 },
    {
      title: 'list of syslog servers',
      description: 'Where to send them; without a port, 514 (UDP) or 601 (TCP) is meant.',
      default: [],
    },
  ),
  facility: oneOf(SYSLOG_FACILITIES, {
    title: 'facility',
    description: 'Facility that the messages are sent under.',
    default: 'daemon',
  }),
});
