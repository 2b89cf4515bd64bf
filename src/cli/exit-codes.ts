/** Exit codes of the commands: those of BSD's <sysexits.h>, so that scripts and systemd can tell failures apart. */
export const EX_OK = 0;
/** Wrong use of the command line. */
export const EX_USAGE = 64;
/** An input file's content is wrong. */
export const EX_DATAERR = 65;
/** An input file is missing or unreadable. */
export const EX_NOINPUT = 66;
/** Something needed is not there: a device, an appliance that answers. */
export const EX_UNAVAILABLE = 69;
/** A bug of ours. */
export const EX_SOFTWARE = 70;
/** The operating system refused something, e.g. to bind an address. */
export const EX_OSERR = 71;
/** An output file can't be created. */
export const EX_CANTCREAT = 73;
/** Reading or writing failed midway. */
export const EX_IOERR = 74;
/** Failed now, may work later: try again. */
export const EX_TEMPFAIL = 75;
/** A permission is missing. */
export const EX_NOPERM = 77;
/** The configuration is wrong. */
export const EX_CONFIG = 78;

/** Ends a command: `message` (one line: what, where, the remedy) goes to standard error, without a stack. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}
