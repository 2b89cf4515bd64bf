/** Whether the configuration takes this for the path of a file: absolute, and not a folder by its form. */
export function isFilePath(path: string): boolean {
  return /^\/[^\0]*[^\0/]$/.test(path);
}
