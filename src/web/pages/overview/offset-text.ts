/** This browser's clock against the appliance's, in words. Messages are late by some ms: less than that is nothing. */
const UNSEEN_MS = 50;

/** `ahead`: browser minus appliance, ms. */
export function offsetText(ahead: number): string {
  const size = Math.abs(ahead);
  if (size < UNSEEN_MS) return 'This browser’s clock agrees to within 50 ms.';
  const text =
    size < 1000 ? `${Math.round(size)} ms` : size < 60_000 ? `${(size / 1000).toFixed(1)} s` : long(size);
  return `This browser’s clock is ${text} ${ahead > 0 ? 'ahead' : 'behind'}.`;
}

function long(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
