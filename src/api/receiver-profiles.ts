/** The receivers' profiles for the page, which is built from what this part offers. */
export { profileOf, RECEIVER_PROFILES } from '../config/receiver-profiles.ts';
