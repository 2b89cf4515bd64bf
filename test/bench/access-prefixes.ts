/** 10,000 networks that no request of the bench comes from, both families: for rules here and at other servers. */
export const ACCESS_PREFIXES: readonly string[] = Array.from({ length: 10_000 }, (_, i) => {
  const [high, low] = [i >> 8, i & 0xff];
  switch (i % 4) {
    case 0:
      return `172.${16 + (high % 16)}.${low}.${(high >> 4) * 64}/26`;
    case 1:
      return `192.168.${low}.${(high * 4) % 256}/30`;
    default:
      return `2001:db8:${i.toString(16)}::/48`;
  }
});
