/** The threads whose lateness clients would see as error run ahead of the others. */
import { setPriority } from 'node:os';

/** Of −20 to 19, setpriority(2): the scheduler lets it run ahead of all that was not made as urgent. */
const URGENT = -20;
/** The calling thread: Linux keeps a nice value per thread. */
const SELF = 0;

/**
 * Makes the calling thread urgent. False where that is not permitted (CAP_SYS_NICE); then it runs like any other. Not
 * real-time: under a flood such a thread would keep a core from all others, the admin page included.
 */
export function becomeUrgent(): boolean {
  try {
    setPriority(SELF, URGENT);
    return true;
  } catch {
    return false;
  }
}
