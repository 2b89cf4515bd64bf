/** Versions as `package.json` has them: three numbers, perhaps a pre-release, perhaps a build that has no rank. */
const VERSION = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-([0-9A-Za-z.-]{1,40}))?(?:\+[0-9A-Za-z.-]{1,40})?$/;

export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Below 0: `a` is older; 0: of equal rank; above 0: newer (Semantic Versioning 2 §11). Both must be versions. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [VERSION.exec(a), VERSION.exec(b)];
  for (const part of [1, 2, 3]) {
    const difference = Number(left?.[part]) - Number(right?.[part]);
    if (difference !== 0) return difference;
  }
  return comparePreReleases(left?.[4], right?.[4]);
}

function comparePreReleases(a: string | undefined, b: string | undefined): number {
  // Without one it is the release itself, which comes after.
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const [left, right] = [a.split('.'), b.split('.')];
  for (let n = 0; n < Math.max(left.length, right.length); n++) {
    const order = compareParts(left[n], right[n]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) return Number(a) - Number(b);
  if (left !== right) return left ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}
