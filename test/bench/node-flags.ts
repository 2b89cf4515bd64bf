/** What `npm start` and the service give Node, so that what is measured is what runs. */
export const NODE_FLAGS = [
  '--max-semi-space-size=2',
  '--single-threaded-gc',
  '--concurrent-sweeping',
] as const;
