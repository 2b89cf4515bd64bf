/** Answers as bytes in hex, spaces for reading; without their first byte, which tells leap, version and mode. */

/**
 * To `request()` by the clock of exchange.ts: RFC 5905 §7.3.
 *
 *     01        stratum 1
 *     06        poll, the request's
 *     e9        precision: 2⁻²³ s
 *     00000000  root delay
 *     00000001  root dispersion: 100 ns + 2⁻²³ s = 219.2 ns = 0.0144 units of 2⁻¹⁶ s, rounded up
 *     47505300  reference identifier: G P S NUL
 *     eeab5d7f 00000000  reference: 1 795 219 199 s since 1970 + 2 208 988 800 s = 4 004 207 999 s since 1900
 *     01234567 89abcdef  origin: the request's transmit stamp
 *     eeab5d80 40000000  receive: a second after the reference, + 0.25 s
 *     eeab5d80 4000a7c5  transmit: + 0.25001 s
 */
export const TIME =
  '01 06 e9 00000000 00000001 47505300 eeab5d7f 00000000 01234567 89abcdef eeab5d80 40000000 eeab5d80 4000a7c5';
/** Stratum 0, delay and dispersion 1 s, no refid, no reference. */
export const UNSYNCHRONISED =
  '00 06 e9 00010000 00010000 00000000 00000000 00000000 01234567 89abcdef eeab5d80 40000000 eeab5d80 4000a7c5';
/** The same with D E N Y, and with R A T E and the poll interval that the limit allows. */
export const DENY =
  '00 06 e9 00010000 00010000 44454e59 00000000 00000000 01234567 89abcdef eeab5d80 40000000 eeab5d80 4000a7c5';
export const RATE =
  '00 0a e9 00010000 00010000 52415445 00000000 00000000 01234567 89abcdef eeab5d80 40000000 eeab5d80 4000a7c5';
/** To `followUp()`. Origin: the request's receive stamp; transmit: when the answer before left. */
export const INTERLEAVED =
  '01 06 e9 00000000 00000001 47505300 eeab5d7f 00000000 aaaaaaaa bbbbbbbb eeab5d80 40000000 11111111 22222222';
